import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProductRef, RemoteListing, RemoteMedia } from '../../../core/catalog.ts'
import { isCode, statAt } from './folder.ts'
import { productPath } from './links.ts'
import { filesOf, type ListingRecord, type MediaRecord, mediaName, revisionOf } from './record.ts'
import { isShown } from './served.ts'
import type { Vault } from './vault.ts'

/** The listing of a product: by remote id, by product, then by SKU and by handle where only one has it. */
export function findRecord(listings: readonly ListingRecord[], ref: ProductRef): ListingRecord | null {
  const byId = listings.find((entry) => entry.handle === ref.remoteId) ?? listings.find((entry) => entry.productId === ref.productId)
  if (byId !== undefined) return byId
  const bySku = ref.sku === null ? [] : listings.filter((entry) => entry.sku === ref.sku)
  if (bySku[0] !== undefined && bySku.length === 1) return bySku[0]
  return listings.find((entry) => entry.handle === ref.handle) ?? null
}

/** What is really there: `visible` is whether the page stands in the served folder, a picture is `ready` when all its files are whole. */
export async function remoteListing(
  entry: ListingRecord,
  at: { root: string; baseUrl: string | null; vault: Vault },
): Promise<RemoteListing> {
  const visible = await isShown(at.root, entry)
  const media = await Promise.all(
    entry.media.map(async (one): Promise<RemoteMedia> => {
      const whole = await Promise.all(
        filesOf({ media: [one] }).map(
          async ({ shelf, file }) =>
            (await at.vault.has(shelf, file)) && (!visible || (await sizeAt(join(at.root, 'media', mediaName(file)))) === file.bytes),
        ),
      )
      return { ...remoteMedia(one.key, one.type, true), state: whole.every(Boolean) ? 'ready' : 'failed' }
    }),
  )
  return {
    remoteId: entry.handle,
    url: addressOf(entry, visible, at),
    revision: revisionOf(entry),
    visible,
    opensAt: null,
    title: entry.title,
    price: entry.price,
    stock: entry.stock,
    media,
  }
}

/** Where the shop will be is known before the page is there: printed codes lead to it. */
function addressOf(entry: ListingRecord, visible: boolean, at: { root: string; baseUrl: string | null }): string | null {
  if (at.baseUrl !== null) return new URL(productPath(entry.handle), at.baseUrl).href
  return visible ? pathToFileURL(join(at.root, productPath(entry.handle))).href : null
}

export const remoteMedia = (key: string, type: MediaRecord['type'], attached: boolean): RemoteMedia => ({
  remoteId: key,
  key,
  kind: type === 'video/mp4' ? 'clip' : 'image',
  state: 'ready',
  attached,
})

/** null, or what is missing, in words: the folder, or the nearest one above that exists, cannot be written. */
export async function canWrite(path: string): Promise<string | null> {
  for (let at = path; ; at = dirname(at)) {
    try {
      await access(at, constants.W_OK)
      return null
    } catch (cause) {
      if (!isCode(cause, 'ENOENT') || dirname(at) === at) return `permission to write to ${at}`
    }
  }
}

async function sizeAt(path: string): Promise<number | null> {
  const stats = await statAt(path)
  return stats?.isFile() === true ? stats.size : null
}

import { createHash } from 'node:crypto'
import type { CatalogReply, Money, RemoteListing, RemoteMedia } from '../../../core/catalog.ts'
import type { ShopProduct } from './documents.ts'
import type { ShopFile } from './file-documents.ts'
import { shopifyProblem } from './problems.ts'

/** How many digits of the SHA-256 stand in a file's name. */
const DIGITS = 16
const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'video/mp4': 'mp4' } as const

/** `<slug>-<16 hex>`: what a file of ours is called there, without its extension. */
export const stemOf = (slug: string, key: string): string =>
  `${slug.replace(/[^a-z0-9-]+/gi, '-').slice(0, 100) || 'product'}-${key.slice(0, DIGITS)}`
export const fileNameOf = (slug: string, key: string, type: keyof typeof EXTENSIONS): string => `${stemOf(slug, key)}.${EXTENSIONS[type]}`

/** The 16 digits in a file's name; null: not ours, or Shopify does not show the name yet. A name that was taken got an UUID behind ours. */
export function markOf(file: { image?: { url: string } | null | undefined; filename?: string | undefined }): string | null {
  const name =
    file.filename ??
    URL.parse(file.image?.url ?? '')
      ?.pathname.split('/')
      .at(-1) ??
    ''
  return /-([0-9a-f]{16})(_[0-9a-f-]{36})?\.(jpe?g|webp|mp4|mov)$/.exec(name)?.[1] ?? null
}

export const isVideo = (file: { __typename: string }): boolean => file.__typename === 'Video'

/** Which of `keys` a file carries. */
export const keyOf = (mark: string | null, keys: readonly string[]): string | null =>
  mark === null ? null : (keys.find((key) => key.startsWith(mark)) ?? mark)

export function toMedia(file: ShopFile, key: string | null, attached: boolean): RemoteMedia {
  const status = file.fileStatus ?? 'PROCESSING'
  return {
    remoteId: file.id,
    key,
    kind: isVideo(file) ? 'clip' : 'image',
    state: status === 'READY' ? 'ready' : status === 'FAILED' ? 'failed' : 'processing',
    attached,
  }
}

const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

/** "12.50" in minor units, exactly; null when it has more digits than the currency, or is none. */
export function minorOf(text: string, currency: string): number | null {
  const digits = digitsOf(currency)
  const parts = /^(\d{1,12})(?:\.(\d+))?$/.exec(text)
  const fraction = (parts?.[2] ?? '').replace(/0+$/, '')
  if (parts === null || fraction.length > digits) return null
  return Number(`${parts[1]}${fraction.padEnd(digits, '0')}`)
}

export function priceOf(product: ShopProduct, currency: string): Money | null {
  // With several variants there is not one price.
  if (variantsOf(product) !== 1) return null
  const minor = minorOf(product.variants.nodes[0]?.price ?? '', currency)
  return minor === null ? null : { minor, currency }
}

export const variantsOf = (product: ShopProduct): number => product.variantsCount?.count ?? product.variants.nodes.length

/** Where the one variant is stocked; null where there is none or more than one place, or Shopify does not count. */
export function stockedAt(product: ShopProduct): { item: string; location: string; available: number } | null {
  const item = product.variants.nodes[0]?.inventoryItem
  const [level, second] = item?.inventoryLevels.nodes ?? []
  if (item === undefined || level === undefined || second !== undefined || variantsOf(product) !== 1) return null
  const available = level.quantities.find((one) => one.name === 'available')?.quantity
  return available === undefined ? null : { item: item.id, location: level.location.id, available }
}

export const stockOf = (product: ShopProduct): number | null =>
  product.variants.nodes[0]?.inventoryItem.tracked === true ? (stockedAt(product)?.available ?? null) : null

/** Visible in our channel: published there, and active. */
export function visibilityOf(
  from: Pick<ShopProduct, 'status' | 'publishedOnPublication' | 'resourcePublicationsV2'>,
  publication: string,
): { visible: boolean; opensAt: string | null } {
  const visible = from.status === 'ACTIVE' && from.publishedOnPublication
  const entry = from.resourcePublicationsV2.nodes.find((one) => one.publication.id === publication && !one.isPublished)
  const at = visible || entry?.publishDate === null || entry?.publishDate === undefined ? Number.NaN : Date.parse(entry.publishDate)
  return { visible, opensAt: Number.isNaN(at) ? null : new Date(at).toISOString() }
}

export function toListing(product: ShopProduct, currency: string, publication: string, keys: readonly string[]): RemoteListing {
  const price = priceOf(product, currency)
  const stock = stockOf(product)
  const media = product.media.nodes.map((one) => {
    const mark = markOf(one)
    return toMedia({ ...one, fileStatus: one.status }, keyOf(mark, keys), true)
  })
  const set = [product.title, product.descriptionHtml, price, stock, media.map((one) => one.remoteId)]
  return {
    remoteId: product.id,
    url: product.onlineStoreUrl ?? null,
    revision: createHash('sha256').update(JSON.stringify(set)).digest('hex').slice(0, 32),
    ...visibilityOf(product, publication),
    title: product.title,
    price,
    stock,
    media,
  }
}

/** The remote id's number, as searches want it: "gid://shopify/MediaImage/12" → "12". */
export const numberOf = (gid: string): string | null => /\/(\d+)$/.exec(gid)?.[1] ?? null

export const gone = (what: string): CatalogReply<never> => ({
  ok: false,
  problem: shopifyProblem('NOT_FOUND', `${what} is not there any more`),
})

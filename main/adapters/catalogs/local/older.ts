import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { kindAt, readText, stop, syncFolder, writeText } from './folder.ts'
import { filesOf, firstIssue, type ListingRecord, listingRecord, mediaName, type ShopRecord } from './record.ts'
import type { Vault } from './vault.ts'

/** The first format: its `catalog.json` lay in the served folder, hidden listings and their pictures included. */
const olderListing = z.strictObject({ ...listingRecord.shape, wanted: z.string() })
const olderState = z.strictObject({
  schema: z.literal(1),
  shop: z.strictObject({ title: z.string() }),
  listings: z.array(olderListing),
})

/** Reads a `catalog.json` of the first format. `path` names it in problems. */
export function readOlder(text: string, path: string): { shop: ShopRecord; listings: ListingRecord[] } {
  const refuse = (because: string) =>
    stop(
      'permanent',
      'state-damaged',
      `${path} cannot be used: ${because}. It was left as it is. Put back a good copy, or move the file away and publish again: the pages are then rebuilt from the library.`,
    )
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    throw refuse(text.trim() === '' ? 'it is empty' : 'it is not complete JSON')
  }
  const version = z.object({ schema: z.number().int() }).safeParse(raw)
  if (version.success && version.data.schema > 1) throw refuse(`it was written by a newer Dropcard (format ${version.data.schema})`)
  const parsed = olderState.safeParse(raw)
  if (!parsed.success) throw refuse(`expected the format of a Dropcard catalog: ${firstIssue(parsed.error)}`)
  return {
    shop: { title: parsed.data.shop.title, drops: [] },
    listings: parsed.data.listings.map(({ wanted: _, ...entry }) => entry),
  }
}

/** Takes the files of older listings into the vault. What is missing or changed is left for the next publication of its product. */
export async function adoptMedia(listings: readonly ListingRecord[], served: string, vault: Vault): Promise<void> {
  if ((await kindAt(join(served, 'media'))) !== 'folder') return
  for (const { shelf, file } of listings.flatMap(filesOf)) await vault.adopt(shelf, file, join(served, 'media', mediaName(file)))
  await vault.settle()
}

/** Moves an older `catalog.json` out of the served folder: there it would name hidden listings to everybody. Never loses it. */
export async function moveOlder(served: string, stateDir: string): Promise<void> {
  const path = join(served, 'catalog.json')
  const text = await readText(path)
  if (text === null || !isOlder(text)) return
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 8)
  await writeText(join(stateDir, `catalog-older-${mark}.json`), text)
  await rm(path)
  await syncFolder(served)
}

function isOlder(text: string): boolean {
  try {
    return z.object({ schema: z.literal(1), shop: z.object({}), listings: z.array(z.unknown()) }).safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

import { createHash } from 'node:crypto'
import type { CatalogObject } from 'square'
import { z } from 'zod'
import type { CatalogProblem, CatalogReply, Flip, FlipReply, RemoteListing } from '../../../core/catalog.ts'
import type { Square } from './client.ts'
import { image, item, raw, type SquareImage, type SquareItem, toListing } from './objects.ts'

const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })
export const missingItem: CatalogProblem = {
  class: 'conflict',
  code: 'NOT_FOUND',
  message: 'Square has this item no more. Publish it anew, or take it out of the drop.',
}
/** At most 45 characters, as Square's catalog wants its idempotency keys. */
export const keyFor = (...parts: string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 45)

export type Read = { object: CatalogObject & { type: 'ITEM' }; item: SquareItem; images: SquareImage[] }

export async function readItem(square: Square, id: string, signal: AbortSignal): Promise<CatalogReply<Read | null>> {
  const read = await square.ask(
    false,
    signal,
    (client) => client.catalog.object.get({ objectId: id, includeRelatedObjects: true }),
    z.object({ object: raw, relatedObjects: z.array(raw).nullish() }),
  )
  if (!read.ok) return read.problem.code === 'NOT_FOUND' ? { ok: true, value: null } : read
  const { object, relatedObjects } = read.value
  const parsed = item.safeParse(object)
  if (object.type !== 'ITEM' || !parsed.success) {
    return no({
      class: 'conflict',
      code: 'not-an-item',
      message: 'Expected an item in Square under this ID, got something else. Publish it anew.',
    })
  }
  if (parsed.data.isDeleted === true) return { ok: true, value: null }
  const images = (relatedObjects ?? []).flatMap((one) => image.safeParse(one).data ?? [])
  return { ok: true, value: { object, item: parsed.data, images } }
}

export async function readListing(
  square: Square,
  id: string,
  location: string | null,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteListing | null>> {
  const read = await readItem(square, id, signal)
  if (!read.ok || read.value === null) return read.ok ? { ok: true, value: null } : read
  const stock = await readStock(square, read.value.item, location, signal)
  return stock.ok ? { ok: true, value: toListing(read.value.item, read.value.images, stock.value) } : stock
}

export async function readStock(
  square: Square,
  one: SquareItem,
  location: string | null,
  signal: AbortSignal,
): Promise<CatalogReply<number | null>> {
  const [variation, second] = one.itemData.variations ?? []
  if (location === null || variation === undefined || second !== undefined || variation.itemVariationData.trackInventory !== true)
    return { ok: true, value: null }
  const counts = await square.ask(
    false,
    signal,
    async (client) => (await client.inventory.batchGetCounts({ catalogObjectIds: [variation.id], locationIds: [location] })).response,
    z.object({ counts: z.array(z.object({ state: z.string().nullish(), quantity: z.string().nullish() })).nullish() }),
  )
  if (!counts.ok) return counts
  const quantity = counts.value.counts?.find((count) => count.state === 'IN_STOCK')?.quantity
  return { ok: true, value: quantity === null || quantity === undefined || !/^-?\d{1,9}$/.test(quantity) ? null : Number(quantity) }
}

export function writeStock(
  square: Square,
  one: SquareItem,
  location: string,
  quantity: number,
  signal: AbortSignal,
): Promise<CatalogReply<object>> {
  const occurredAt = new Date().toISOString()
  const change = {
    type: 'PHYSICAL_COUNT' as const,
    physicalCount: {
      catalogObjectId: one.itemData.variations?.[0]?.id ?? '',
      state: 'IN_STOCK' as const,
      locationId: location,
      quantity: String(quantity),
      occurredAt,
    },
  }
  // A count says what is there, so doing it twice is the same as once.
  return square.ask(
    true,
    signal,
    (client) =>
      client.inventory.batchCreateChanges({ idempotencyKey: keyFor('stock', one.id, String(quantity), occurredAt), changes: [change] }),
    z.object({}),
  )
}

/** An item is hidden by archiving it. All in three requests: read, write, read. */
export async function flipItems(
  square: Square,
  flips: readonly Flip[],
  to: 'live' | 'hidden',
  at: string | null,
  signal: AbortSignal,
): Promise<FlipReply[]> {
  const all = (problem: CatalogProblem): FlipReply[] => flips.map(({ productId }) => ({ productId, reply: { ok: false, problem } }))
  if (flips.length === 0) return []
  if (at !== null)
    return all({
      class: 'permanent',
      code: 'no-schedule',
      message: 'Square cannot open by itself at a given time: this computer has to do it.',
    })
  const objectIds = flips.map((flip) => flip.remoteId)
  const read = () =>
    square.ask(false, signal, (client) => client.catalog.batchGet({ objectIds }), z.object({ objects: z.array(raw).nullish() }))
  const before = await read()
  if (!before.ok) return all(before.problem)
  const hidden = to === 'hidden'
  const objects = (before.value.objects ?? []).flatMap((object) =>
    object.type === 'ITEM' && object.isDeleted !== true && (object.itemData?.isArchived === true) !== hidden
      ? [{ ...object, itemData: { ...object.itemData, isArchived: hidden } }]
      : [],
  )
  if (objects.length > 0) {
    const idempotencyKey = keyFor('flip', to, ...objects.map((object) => `${object.id} ${object.version}`))
    const written = await square.ask(
      true,
      signal,
      (client) => client.catalog.batchUpsert({ idempotencyKey, batches: [{ objects }] }),
      z.object({}),
    )
    if (!written.ok) return all(written.problem)
  }
  const after = await read()
  if (!after.ok) return all(after.problem)
  return flips.map(({ productId, remoteId }) => {
    const one = (after.value.objects ?? [])
      .flatMap((object) => item.safeParse(object).data ?? [])
      .find((each) => each.id === remoteId && each.isDeleted !== true)
    if (one === undefined) return { productId, reply: no(missingItem) }
    return { productId, reply: { ok: true, value: { visible: one.itemData.isArchived !== true, opensAt: null } } }
  })
}

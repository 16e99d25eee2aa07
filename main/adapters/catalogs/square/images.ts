import { z } from 'zod'
import type { CatalogReply, RemoteMedia } from '../../../core/catalog.ts'
import type { Square } from './client.ts'
import { readItem } from './items.ts'
import { image, keyOf, nameOf, raw, type SquareImage, toMedia } from './objects.ts'

export async function readImages(square: Square, ids: string[], signal: AbortSignal): Promise<CatalogReply<SquareImage[]>> {
  const read = await square.ask(
    false,
    signal,
    (client) => client.catalog.batchGet({ objectIds: ids }),
    z.object({ objects: z.array(raw).nullish() }),
  )
  if (!read.ok) return read
  return {
    ok: true,
    value: (read.value.objects ?? []).flatMap((one) => image.safeParse(one).data ?? []).filter((one) => one.isDeleted !== true),
  }
}

/** By the item's own gallery, which is exact, and by name through the search, which may lag. */
export async function findImages(
  square: Square,
  keys: readonly string[],
  remoteId: string,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia[]>> {
  const read = await readItem(square, remoteId, signal)
  if (!read.ok) return read
  const attached = new Set(read.value?.item.itemData.imageIds ?? [])
  const found = new Map((read.value?.images ?? []).map((one) => [one.id, one]))
  // Square takes up to 250 values in one search.
  for (let at = 0; at < keys.length; at += 250) {
    const attributeValues = keys.slice(at, at + 250).map(nameOf)
    const searched = await square.ask(
      false,
      signal,
      (client) =>
        client.catalog.search({ objectTypes: ['IMAGE'], query: { setQuery: { attributeName: 'name', attributeValues } }, limit: 1000 }),
      z.object({ objects: z.array(raw).nullish() }),
    )
    if (!searched.ok) return searched
    for (const one of (searched.value.objects ?? []).flatMap((object) => image.safeParse(object).data ?? []))
      if (one.isDeleted !== true) found.set(one.id, one)
  }
  const wanted = new Set(keys)
  const ours = [...found.values()].filter((one) => wanted.has(keyOf(one) ?? ''))
  ours.sort((a, b) => (a.updatedAt ?? '').localeCompare(b.updatedAt ?? '') || a.id.localeCompare(b.id))
  return { ok: true, value: ours.map((one) => toMedia(one, attached.has(one.id))) }
}

/** Whether any item shows this image. Square has no search for that, so all items are looked through; an account too large for it counts as yes. */
export async function isShown(square: Square, imageId: string, signal: AbortSignal): Promise<CatalogReply<boolean>> {
  let cursor: string | undefined
  for (let page = 0; page < 20; page++) {
    const listed = await square.ask(
      false,
      signal,
      (client) =>
        client.catalog.search({
          objectTypes: ['ITEM', 'ITEM_VARIATION', 'CATEGORY', 'MODIFIER_LIST'],
          limit: 1000,
          ...(cursor === undefined ? {} : { cursor }),
        }),
      z.object({ objects: z.array(raw).nullish(), cursor: z.string().nullish() }),
    )
    if (!listed.ok) return listed
    // Whatever holds the ID anywhere shows it.
    const shows = (listed.value.objects ?? []).some((object) =>
      JSON.stringify(object, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes(`"${imageId}"`),
    )
    if (shows) return { ok: true, value: true }
    if (!listed.value.cursor) return { ok: true, value: false }
    cursor = listed.value.cursor
  }
  return { ok: true, value: true }
}

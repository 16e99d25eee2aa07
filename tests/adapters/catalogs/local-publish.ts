import type { Catalog, CatalogListing, CatalogReply, RemoteListing } from '../../../main/core/catalog.ts'

/** What came, or the problem as an error. */
export function value<T>(reply: CatalogReply<T>): T {
  if (!reply.ok) throw new Error(`${reply.problem.code}: ${reply.problem.message}`)
  return reply.value
}

/** Brings one listing into a catalog as the library does: find or create, send what is not there, set, show. */
export async function publish(
  catalog: Catalog,
  entry: CatalogListing,
  to: 'live' | 'hidden' = 'live',
  signal: AbortSignal = new AbortController().signal,
): Promise<CatalogReply<RemoteListing>> {
  const ref = { productId: entry.productId, remoteId: null, sku: entry.sku, handle: entry.handle }
  const there = await catalog.find(ref, signal)
  if (!there.ok) return there
  const made = there.value === null ? await catalog.create(entry, entry.productId, signal) : { ok: true as const, value: there.value }
  if (!made.ok) return made
  const { remoteId } = made.value
  const known = await catalog.findMedia(
    entry.media.map((one) => one.key),
    remoteId,
    signal,
  )
  if (!known.ok) return known
  const keys = new Set(known.value.map((one) => one.key))
  for (const media of entry.media) {
    if (keys.has(media.key)) continue
    const sent = await catalog.upload(media, { remoteId, handle: entry.handle }, media.key, signal)
    if (!sent.ok) return sent
  }
  const gallery = entry.media.map(({ key }) => ({ key, remoteId: key }))
  const set = await catalog.set({ remoteId, listing: entry, text: true, gallery, keep: [], base: null }, signal)
  if (!set.ok || set.value.visible === (to === 'live')) return set
  const [flipped] = await catalog.flip([{ productId: entry.productId, remoteId }], to, null, signal)
  if (flipped !== undefined && !flipped.reply.ok) return flipped.reply
  const after = await catalog.find({ ...ref, remoteId }, signal)
  if (after.ok && after.value === null) throw new Error('expected the listing to be there')
  return after.ok && after.value !== null ? { ok: true, value: after.value } : set
}

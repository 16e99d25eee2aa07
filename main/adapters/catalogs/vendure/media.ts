import type { CatalogMedia, CatalogProblem, CatalogReply, RemoteMedia } from '../../../core/catalog.ts'
import type { VendureClient } from './client.ts'
import { deleteAsset, findAssets, findTagged, readAsset, readGalleries, readGallery, type VendureAsset } from './documents.ts'
import { refusal, vendureProblem } from './problems.ts'
import { fileNameOf, keyOf, tagOf, toMedia } from './product.ts'

/** Keys in one request. */
const AT_ONCE = 25

/**
 * What carries these keys, oldest first: by file name or our own field, and by tag unless the server is known to keep names. Products share assets, so
 * all with a key are ours. As few fields as can be: with an API key Vendure computes a costly hash for each.
 */
export async function findMedia(
  client: VendureClient,
  keys: readonly string[],
  remoteId: string,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia[]>> {
  const channel = await client.channel(signal)
  if (!channel.ok) return channel
  const assets = new Map<string, VendureAsset>()
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = keys.slice(from, from + AT_ONCE)
    const any = [...some.map((key) => ({ source: { contains: key } })), ...(channel.value.byHash ? [{ contentHash: { in: some } }] : [])]
    const found = await client.ask(findAssets, { any }, signal)
    if (!found.ok) return found
    const tagged = client.keepsNames === true ? null : await client.ask(findTagged, { tags: some.map(tagOf) }, signal)
    if (tagged?.ok === false) return tagged
    for (const asset of [...found.value.assets.items, ...(tagged?.value.assets.items ?? [])]) assets.set(asset.id, asset)
  }
  if (assets.size === 0) return { ok: true, value: [] }
  const gallery = await client.ask(readGallery, { id: remoteId }, signal)
  if (!gallery.ok) return gallery
  const shown = new Set(gallery.value.product?.assets.map((asset) => asset.id))
  // Our own field is not read back; where one key was asked for, that key it is.
  const only = keys.length === 1 ? (keys[0] ?? null) : null
  const media = [...assets.values()].map((asset) => toMedia(asset, shown.has(asset.id), only))
  return { ok: true, value: media.filter((one) => one.key !== null && keys.includes(one.key)) }
}

/** One file. Its key goes along three times: in the name (with the row), as a tag (what people see), and in our own field (which may be unique). */
export async function uploadMedia(
  client: VendureClient,
  media: CatalogMedia,
  to: { remoteId: string; handle: string },
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia>> {
  const channel = await client.channel(signal)
  if (!channel.ok) return channel
  const input = { tags: [tagOf(media.key)], ...(channel.value.byHash ? { customFields: { contentHash: media.key } } : {}) }
  const sent = await client.send(media, fileNameOf(media, to.handle), input, signal)
  if (!sent.ok) return sent.problem.code === 'UNIQUE' ? adopt(client, media.key, to.remoteId, sent.problem, signal) : sent
  const [made] = sent.value.createAssets
  if (made === undefined || made.__typename === 'MimeTypeError') {
    const error =
      made === undefined ? { message: 'it made nothing of the file', code: null } : { message: made.message, code: made.errorCode }
    return { ok: false, problem: vendureProblem(error, true, []) }
  }
  client.keepsNames = made.source.includes(media.key)
  const wrong = mismatch(made, media)
  if (wrong === null) return { ok: true, value: toMedia(made, false, media.key) }
  const cleared = await client.ask(deleteAsset, { id: made.id }, signal)
  const isClear = cleared.ok && cleared.value.deleteAsset.result === 'DELETED'
  const next = isClear ? 'It was removed there and will be sent again.' : `Remove asset ${made.id} in Vendure, then publish again.`
  return refusal(isClear ? 'retryable' : 'permanent', 'file-mismatch', `Vendure has something else than was sent: ${wrong}. ${next}`)
}

function mismatch(asset: VendureAsset, media: CatalogMedia): string | null {
  if (asset.fileSize !== media.bytes) return `${asset.fileSize} bytes instead of ${media.bytes}`
  if (media.kind !== 'image' || (asset.width === media.width && asset.height === media.height)) return null
  return asset.width === 0
    ? 'a file in which it sees no picture'
    : `${asset.width} × ${asset.height} pixels instead of ${media.width} × ${media.height}`
}

/** The server has this content already: that asset is ours. Sometimes it says so and shows nothing; then it is looked for again. */
async function adopt(
  client: VendureClient,
  key: string,
  remoteId: string,
  because: CatalogProblem,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia>> {
  const found = await findMedia(client, [key], remoteId, signal)
  if (!found.ok) return found
  const one = found.value.find((media) => media.attached) ?? found.value[0]
  if (one === undefined) return { ok: false, problem: { ...because, class: 'retryable', retryAfterMs: 2000 } }
  if (one.state !== 'failed') return { ok: true, value: one }
  return refusal(
    'permanent',
    'file-mismatch',
    `Vendure keeps a damaged copy of this file (asset ${one.remoteId}). Remove it there, then publish again.`,
  )
}

/** Vendure itself only keeps what is somewhere the featured one: galleries are looked through by us. */
export async function removeMedia(
  client: VendureClient,
  { remoteId, key }: { remoteId: string; key: string },
  signal: AbortSignal,
): Promise<CatalogReply<null>> {
  const seen = await client.ask(readAsset, { id: remoteId }, signal)
  if (!seen.ok) return seen
  if (seen.value.asset === null) return { ok: true, value: null }
  if (keyOf(seen.value.asset) !== key)
    return refusal('conflict', 'not-ours', 'This file in Vendure does not carry our mark. It was left alone.')
  for (let skip = 0, total = 1; skip < total; skip += 100) {
    const page = await client.ask(readGalleries, { skip }, signal)
    if (!page.ok) return page
    const uses = page.value.products.items.some(
      (product) =>
        product.featuredAsset?.id === remoteId ||
        [product, ...product.variants].some((one) => one.assets.some((asset) => asset.id === remoteId)),
    )
    if (uses) return refusal('conflict', 'in-use', 'A product in Vendure shows this file. It was left alone.')
    total = page.value.products.totalItems
  }
  const deleted = await client.ask(deleteAsset, { id: remoteId }, signal)
  if (!deleted.ok) return deleted.problem.code === 'ENTITY_NOT_FOUND' ? { ok: true, value: null } : deleted
  const after = await client.ask(readAsset, { id: remoteId }, signal)
  if (!after.ok) return after
  if (after.value.asset === null) return { ok: true, value: null }
  return deleted.value.deleteAsset.result === 'DELETED'
    ? refusal('retryable', 'still-there', 'Vendure says that it removed the file, and still has it. It will be tried again.')
    : refusal('conflict', 'in-use', 'Vendure shows this file somewhere. It was left alone.')
}

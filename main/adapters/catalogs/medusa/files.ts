import { z } from 'zod'
import type { CatalogMedia, CatalogReply, RemoteMedia } from '../../../core/catalog.ts'
import { mayLead, send, told } from '../http.ts'
import type { Medusa } from './client.ts'
import { NOT_FOUND, refusal } from './problems.ts'
import { fileNameOf, filesOf, galleryOf, keyOf, noteName, noteOf, type OurFile, product } from './shapes.ts'

/**
 * Files in Medusa. It cannot be asked which it has: one whose answer was lost stays there unseen, and is sent again. What was sent and answered is known
 * by its address, which holds our key; this program keeps that, `memo` until it is attached, and the product's metadata from then on.
 */
export type Memo = Map<string, OurFile[]>
const MOST_REMEMBERED = 2000

const uploaded = z.object({ files: z.array(z.object({ id: z.string().min(1).max(2000), url: z.url().max(4000) })).length(1) })
const deleted = z.object({ deleted: z.literal(true) })

/** Medusa looks neither at type nor size of what it gets, and says nothing of it: the file is asked for where buyers would get it. */
export async function uploadFile(
  medusa: Medusa,
  memo: Memo,
  media: CatalogMedia,
  to: { remoteId: string; handle: string },
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia>> {
  if (media.kind !== 'image')
    return refusal('permanent', 'format', 'Medusa shows pictures only: a clip in a gallery would stay black. Leave clips out.')
  const fileName = fileNameOf(media.key, to.handle, media.type)
  const file = { name: 'files', file: { path: media.path, bytes: media.bytes }, fileName, type: media.type }
  const sent = await medusa.ask({ method: 'POST', path: 'uploads', body: { kind: 'multipart', parts: [file] }, signal }, uploaded)
  if (!sent.ok) return sent
  const [made] = sent.value.files
  if (made === undefined) throw new TypeError('a list of one file without one')
  const ours: OurFile = { key: media.key, url: made.url, id: made.id }
  const seen = await look(medusa, made.url, media.bytes, signal)
  if (seen === 'there' || seen === 'unsure') {
    remember(memo, ours)
    // Not attached yet, and to be asked for again later: then it must be found, also by the next run of this program.
    if (seen === 'unsure') await note(medusa, to.remoteId, noteOf(ours), signal)
    return { ok: true, value: toMedia(ours, false, seen === 'there' ? 'ready' : 'processing') }
  }
  const cleared = await medusa.ask({ method: 'DELETE', path: `uploads/${encodeURIComponent(made.id)}`, signal }, deleted)
  const [kind, code, wrong] = WRONG[seen]
  const next = cleared.ok ? 'It was taken away there.' : `Take the file ${told(made.id, [], 120)} away there.`
  return refusal(cleared.ok ? kind : 'permanent', code, `${medusa.shop} took the picture, but ${wrong} ${next}`)
}

const WRONG = {
  gone: ['retryable', 'file-gone', 'has nothing at the address it gave for it.'],
  other: ['retryable', 'file-mismatch', 'keeps something else: its size is not that of what was sent.'],
  closed: ['permanent', 'file-closed', 'does not let buyers see it: make the storage of its file module public.'],
  private: [
    'permanent',
    'file-address',
    'gives it an address that buyers cannot use. Set backend_url or file_url of its file module to a public https address.',
  ],
} as const

/** What stands at a file's own address, without our key. `unsure`: nobody answers there now. */
async function look(
  medusa: Medusa,
  address: string,
  bytes: number | null,
  signal: AbortSignal,
): Promise<keyof typeof WRONG | 'there' | 'unsure'> {
  const url = URL.parse(address)
  if (url === null || !mayLead(medusa.address, url)) return 'private'
  const end = await send({ method: 'HEAD', url, signal, timeoutMs: 20_000 })
  if (end.kind === 'failure') return end.why === 'redirect' ? 'there' : 'unsure'
  if (end.status === 404 || end.status === 410) return 'gone'
  if (end.status === 401 || end.status === 403) return 'closed'
  if (end.status === 429 || end.status >= 500) return 'unsure'
  if (end.status !== 200) return 'there'
  const length = end.headers.get('content-encoding') === null ? end.headers.get('content-length') : null
  return bytes === null || length === null || Number(length) === bytes ? 'there' : 'other'
}

const pictures = z.object({ product: product.pick({ metadata: true, thumbnail: true, images: true }) })

/** Files with these keys that the product's metadata or gallery tells of, or that were just sent; each is asked for where it should be. */
export async function findFiles(
  medusa: Medusa,
  memo: Memo,
  keys: readonly string[],
  remoteId: string,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia[]>> {
  if (remoteId === '') return { ok: true, value: [] }
  const query: [string, string][] = [['fields', 'metadata,thumbnail,images.id,images.url,images.rank']]
  const read = await medusa.ask({ method: 'GET', path: `products/${encodeURIComponent(remoteId)}`, query, signal }, pictures)
  if (!read.ok && read.problem.code !== NOT_FOUND) return read
  const notes = read.ok ? filesOf(read.value.product) : []
  const gallery = read.ok ? galleryOf(read.value.product) : []
  const shown = gallery.map((url): OurFile => ({ key: keyOf(url, notes) ?? '', url, id: null }))
  const known = new Map<string, OurFile>()
  for (const file of [...shown, ...notes, ...keys.flatMap((key) => memo.get(key) ?? [])])
    if (keys.includes(file.key)) known.set(file.url, { ...file, id: file.id ?? known.get(file.url)?.id ?? null })
  const found: RemoteMedia[] = []
  for (const file of known.values()) {
    const seen = await look(medusa, file.url, null, signal)
    if (seen === 'gone') continue
    const state = seen === 'there' ? 'ready' : seen === 'unsure' ? 'processing' : 'failed'
    found.push(toMedia(file, gallery.includes(file.url), state))
  }
  return { ok: true, value: found }
}

const PAGE = 100
/** Products that are looked through, a hundred at once, before a file counts as shown somewhere. */
const MOST_PAGES = 50
const shelf = z.object({
  products: z.array(
    z.object({
      id: z.string(),
      thumbnail: z.string().nullish(),
      metadata: z.record(z.string(), z.unknown()).nullish(),
      images: z.array(z.object({ url: z.string() })),
      variants: z.array(z.object({ thumbnail: z.string().nullish() })).nullish(),
    }),
  ),
})

/** Medusa deletes a file whatever shows it: all products are looked through by us. */
export async function removeFile(
  medusa: Medusa,
  memo: Memo,
  { remoteId: url, key }: { remoteId: string; key: string },
  signal: AbortSignal,
): Promise<CatalogReply<null>> {
  const notes: (OurFile & { product: string | null })[] = (memo.get(key) ?? []).map((file) => ({ ...file, product: null }))
  for (let page = 0, more = true; more; page++) {
    const query: [string, string][] = [
      ['fields', 'id,thumbnail,metadata,images.url,variants.thumbnail'],
      ['limit', String(PAGE)],
      ['offset', String(page * PAGE)],
      ['order', 'id'],
    ]
    const read = await medusa.ask({ method: 'GET', path: 'products', query, signal }, shelf)
    if (!read.ok) return read
    for (const it of read.value.products) {
      const shows = [it.thumbnail, ...it.images.map((image) => image.url), ...(it.variants ?? []).map((one) => one.thumbnail)].includes(url)
      if (shows || page === MOST_PAGES) return refusal('conflict', 'in-use', 'A product in Medusa shows this file. It was left alone.')
      notes.push(...filesOf(it).map((file) => ({ ...file, product: it.id })))
    }
    more = read.value.products.length === PAGE
  }
  const mine = notes.filter((file) => file.url === url)
  if (keyOf(url, mine) !== key) return refusal('conflict', 'not-ours', 'This file in Medusa does not carry our mark. It was left alone.')
  const fileId = mine.find((file) => file.id !== null)?.id
  if (fileId === undefined || fileId === null)
    return refusal('conflict', 'not-known', 'Medusa does not tell by which name it keeps this file. It was left alone.')
  const path = `uploads/${encodeURIComponent(fileId)}`
  const taken = await medusa.ask({ method: 'DELETE', path, signal }, deleted)
  if (!taken.ok && taken.problem.code !== NOT_FOUND) return taken
  if ((await look(medusa, url, null, signal)) === 'there')
    return refusal('retryable', 'still-there', 'Medusa says that it took the file away, and still has it. It will be tried again.')
  memo.set(
    key,
    (memo.get(key) ?? []).filter((file) => file.url !== url),
  )
  for (const { product } of mine) if (product !== null) await note(medusa, product, { [noteName(url)]: '' }, signal)
  return { ok: true, value: null }
}

/** Writes lines of a product's metadata; an empty text takes a line away. Nothing depends on it alone, so how it ends is not asked. */
async function note(medusa: Medusa, remoteId: string, metadata: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> {
  const path = `products/${encodeURIComponent(remoteId)}`
  await medusa.ask({ method: 'POST', path, query: [['fields', 'id']], body: { kind: 'json', value: { metadata } }, signal }, z.unknown())
}

function remember(memo: Memo, file: OurFile): void {
  const [oldest] = memo.keys()
  if (memo.size >= MOST_REMEMBERED && oldest !== undefined) memo.delete(oldest)
  memo.set(file.key, [...(memo.get(file.key) ?? []), file])
}

const toMedia = (file: OurFile, attached: boolean, state: RemoteMedia['state']): RemoteMedia => ({
  remoteId: file.url,
  key: file.key,
  kind: 'image',
  state,
  attached,
})

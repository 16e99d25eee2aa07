import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import type { CatalogMedia, CatalogProblem, CatalogReply, RemoteMedia } from '../../../core/catalog.ts'
import type { WordPress } from './client.ts'
import { type Attachment, attachment, keyOf, sizeOf, slugsOf, toMedia } from './shapes.ts'

const FIELDS = 'id,slug,post,mime_type,media_details'
/** Keys in one look-up: each stands for several slugs, and addresses have an end. */
const KEYS_AT_ONCE = 5
const PAGE = 100
/** Products that are looked through, a hundred at once, before a file counts as unused. */
const MOST_PAGES = 30

const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })

/** Files that carry one of these keys, oldest first. */
export async function findByKeys(wp: WordPress, keys: readonly string[], signal: AbortSignal): Promise<CatalogReply<Attachment[]>> {
  const found: Attachment[] = []
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const slug = keys
      .slice(from, from + KEYS_AT_ONCE)
      .flatMap(slugsOf)
      .join(',')
    const query = { slug, per_page: String(PAGE), orderby: 'id', order: 'asc', _fields: FIELDS }
    const reply = await wp.ask({ method: 'GET', path: 'wp/v2/media', query, signal }, z.array(attachment))
    if (!reply.ok) return reply
    found.push(...reply.value)
  }
  return { ok: true, value: found.filter((file) => keys.includes(keyOf(file.slug) ?? '')).sort((a, b) => a.id - b.id) }
}

/** Keys of these files, by id; files that are not ours are left out. */
export async function keysOf(wp: WordPress, ids: readonly number[], signal: AbortSignal): Promise<CatalogReply<Map<number, string>>> {
  const keys = new Map<number, string>()
  for (let from = 0; from < ids.length; from += PAGE) {
    const query = { include: ids.slice(from, from + PAGE).join(','), per_page: String(PAGE), _fields: FIELDS }
    const reply = await wp.ask({ method: 'GET', path: 'wp/v2/media', query, signal }, z.array(attachment))
    if (!reply.ok) return reply
    for (const file of reply.value) {
      const key = keyOf(file.slug)
      if (key !== null) keys.set(file.id, key)
    }
  }
  return { ok: true, value: keys }
}

/**
 * Sends a picture with its MD5, which WordPress checks, and its key as slug, by which it is found again. The file is read once before, so that nothing
 * goes out that is not what was promised.
 */
export async function sendMedia(
  wp: WordPress,
  media: CatalogMedia,
  to: { remoteId: string; handle: string },
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia>> {
  const sums = await sumsOf(media.path)
  if (sums?.sha256 !== media.key) {
    const message = `The file to send is not the one that was made: ${media.path}. Render it again.`
    return no({ class: 'permanent', code: 'file', message })
  }
  const extension = media.type === 'image/webp' ? 'webp' : 'jpg'
  const text = (name: string, value: string) => ({ name, text: value })
  const sent = await wp.ask(
    {
      method: 'POST',
      path: 'wp/v2/media',
      query: { _fields: FIELDS },
      headers: { 'content-md5': sums.md5 },
      body: {
        kind: 'multipart',
        parts: [
          text('slug', media.key),
          text('title', media.alt || to.handle),
          text('alt_text', media.alt),
          text('post', to.remoteId),
          {
            name: 'file',
            file: { path: media.path, bytes: media.bytes },
            fileName: `${to.handle}-${media.key.slice(0, 12)}.${extension}`,
            type: media.type,
          },
        ],
      },
      signal,
    },
    attachment,
  )
  if (!sent.ok) return sent
  if (keyOf(sent.value.slug) !== media.key) {
    const message = `${wp.shop} took the picture, but did not keep its mark (slug): a plugin there may rename files. It will be looked up.`
    return no({ class: 'ambiguous', code: 'slug', message })
  }
  const size = sizeOf(sent.value)
  // WordPress and its plugins may make a picture smaller; another shape is another picture.
  const isSame = size !== null && Math.abs(size.width / size.height / (media.width / media.height) - 1) < 0.02
  return { ok: true, value: { ...toMedia(sent.value, false), state: isSame ? 'ready' : 'failed' } }
}

/** Deletes a file that carries this key and is in no product's gallery. */
export async function removeUnused(
  wp: WordPress,
  { remoteId, key }: { remoteId: string; key: string },
  signal: AbortSignal,
): Promise<CatalogReply<null>> {
  const path = `wp/v2/media/${encodeURIComponent(remoteId)}`
  const read = await wp.ask({ method: 'GET', path, query: { _fields: FIELDS }, signal }, attachment)
  if (!read.ok) return isGone(read.problem) ? { ok: true, value: null } : read
  if (keyOf(read.value.slug) !== key)
    return no({ class: 'conflict', code: 'not-ours', message: `This picture in ${wp.shop} does not carry our mark. It was left alone.` })
  const used = await isUsed(wp, read.value.id, signal)
  if (!used.ok) return used
  if (used.value)
    return no({ class: 'conflict', code: 'in-use', message: `A product in ${wp.shop} shows this picture. It was left alone.` })
  const gone = await wp.ask({ method: 'DELETE', path, query: { force: 'true' }, signal }, z.object({ deleted: z.literal(true) }))
  return gone.ok || isGone(gone.problem) ? { ok: true, value: null } : gone
}

const isGone = (problem: CatalogProblem): boolean => problem.code === 'rest_post_invalid_id'

/** The API cannot ask which products show a file, so all are looked through; when there are too many, it counts as used. */
async function isUsed(wp: WordPress, id: number, signal: AbortSignal): Promise<CatalogReply<boolean>> {
  const shape = z.array(z.object({ images: z.array(z.object({ id: z.number() })) }))
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { status: 'any', per_page: String(PAGE), page: String(page), _fields: 'id,images' }
    const reply = await wp.ask({ method: 'GET', path: 'wc/v3/products', query, signal }, shape)
    if (!reply.ok) return reply
    if (reply.value.some((one) => one.images.some((image) => image.id === id))) return { ok: true, value: true }
    if (reply.value.length < PAGE) return { ok: true, value: false }
  }
  return { ok: true, value: true }
}

async function sumsOf(path: string): Promise<{ sha256: string; md5: string } | null> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')]
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      sha256.update(chunk)
      md5.update(chunk)
    }
  } catch {
    return null
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') }
}

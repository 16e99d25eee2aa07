import { lstat, open, readFile, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import type { AssetId } from '../../contract/ids.ts'
import { commands } from '../../contract/ipc.ts'
import { parseMediaUrl, parsePeekUrl, parseThumbsUrl, type RenditionName } from '../../contract/media-url.ts'
import { pack } from '../../contract/packed.ts'
import type { Reply } from '../../contract/reply.ts'
import type { Log } from '../../core/ports.ts'
import { appOrigin } from './origin.ts'
import { parseRange } from './range.ts'

const chunkBytes = 512 * 1024

/** No SVG: it is a document with scripts, not a picture. */
const served = /^(image\/(?!svg)|video\/)[a-z0-9][a-z0-9.+-]*$/

/**
 * Answers `media://asset/<assetId>/<rendition>`, `media://thumbs/<assetId>,…` and `media://peek/<token>`. The engine says which file that is, but for pictures
 * that were made; the window never learns or names a path.
 * Range is answered here, because a fetch of file: inside a protocol handler is reported to ignore it (electron/electron#38749).
 */
export function createMedia(parts: {
  engine: { call(name: string, input: unknown): Promise<Reply<unknown>> }
  log: Log
  /** Where a picture of an asset lies once it was made. */
  made: (id: AssetId, rendition: Exclude<RenditionName, 'original'>) => string
}): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET and HEAD', { Allow: 'GET, HEAD' })
      const thumbs = parseThumbsUrl(request.url)
      if (thumbs !== null) return await servePacked(thumbs.map((id) => parts.made(id, 'thumb')))
      const asset = parseMediaUrl(request.url)
      const token = parsePeekUrl(request.url)
      if (asset === null && token === null) return plain(404, 'not a media address')
      // Pictures made by us lie where their id says. Asking the engine would make every tile wait for what it is busy with.
      const made = asset === null || asset.rendition === 'original' ? null : parts.made(asset.assetId, asset.rendition)
      if (made !== null && (await isThere(made))) return await serveFile(made, made.endsWith('.mp4') ? 'video/mp4' : 'image/jpeg', request)
      const reply = asset === null ? await parts.engine.call('peek.resolve', { token }) : await parts.engine.call('media.resolve', asset)
      if (!reply.ok)
        return plain(reply.error.code === 'unavailable' ? 503 : reply.error.code === 'internal' ? 500 : 404, reply.error.message)
      const { path, type } = commands[asset === null ? 'peek.resolve' : 'media.resolve'].out.parse(reply.value)
      if (!isAbsolute(path) || !served.test(type)) {
        parts.log.error('the engine resolved a medium to something that is not served', { type })
        return plain(500, 'not served')
      }
      return await serveFile(path, type, request)
    } catch (error) {
      const gone = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')
      parts.log.warn('a medium could not be served', { url: request.url.slice(0, 200), error: String(error) })
      return gone ? plain(404, 'the file is gone') : plain(500, 'it could not be read')
    }
  }
}

const isThere = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null))?.isFile() === true

/** One answer; what is not there (yet), or is too large for a thumbnail, is left empty in it. */
async function servePacked(paths: readonly string[]): Promise<Response> {
  const read = async (path: string): Promise<Uint8Array | null> => {
    const file = await lstat(path)
    return file.isFile() && file.size <= chunkBytes ? readFile(path) : null
  }
  const bytes = pack(await Promise.all(paths.map((path) => read(path).catch(() => null))))
  return new Response(bytes, {
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(bytes.length),
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Access-Control-Allow-Origin': appOrigin,
    },
  })
}

async function serveFile(path: string, type: string, request: Request): Promise<Response> {
  const file = await stat(path)
  if (!file.isFile()) return plain(404, 'not a file')
  const range = parseRange(request.headers.get('range'), file.size)
  if (range === 'unsatisfiable') return plain(416, 'outside of the file', { 'Content-Range': `bytes */${file.size}` })
  const { start, end } = range === 'whole' ? { start: 0, end: file.size - 1 } : range
  const headers = new Headers({
    'Content-Type': type,
    'Content-Length': String(end - start + 1),
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, max-age=3600',
    ETag: `"${file.size.toString(16)}-${Math.trunc(file.mtimeMs).toString(16)}"`,
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': appOrigin,
  })
  if (range !== 'whole') headers.set('Content-Range', `bytes ${start}-${end}/${file.size}`)
  if (range === 'whole' && request.method === 'GET' && file.size <= chunkBytes) {
    const bytes = await readFile(path)
    headers.set('Content-Length', String(bytes.length))
    return new Response(bytes, { status: 200, headers })
  }
  const body = request.method === 'HEAD' || file.size === 0 ? null : stream(path, start, end, { size: file.size, mtimeMs: file.mtimeMs })
  return new Response(body, { status: range === 'whole' ? 200 : 206, headers })
}

/**
 * Opens the file for each chunk instead of holding it: a player drops most of the requests it makes half-read, not every one of them is
 * told to us, and an open file cannot be replaced on Windows. A file that changed in between ends the stream with an error.
 */
function stream(path: string, start: number, end: number, was: { size: number; mtimeMs: number }): ReadableStream<Uint8Array> {
  let at = start
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const file = await open(path, 'r')
        try {
          const is = await file.stat()
          if (is.size !== was.size || is.mtimeMs !== was.mtimeMs) throw new Error('the file changed while it was being sent')
          const buffer = new Uint8Array(Math.min(chunkBytes, end - at + 1))
          const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
          if (bytesRead === 0) throw new Error('the file ended early')
          at += bytesRead
          controller.enqueue(buffer.subarray(0, bytesRead))
          if (at > end) controller.close()
        } finally {
          await file.close()
        }
      },
    },
    { highWaterMark: 0 },
  )
}

function plain(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store', ...headers },
  })
}

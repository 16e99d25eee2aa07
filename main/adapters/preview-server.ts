import { createHash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

export type Preview = AsyncDisposable & { readonly url: string }

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.mp4': 'video/mp4',
}

/**
 * Serves a folder to this machine's own browser, as a static host would: read only, on 127.0.0.1, only plain files of known kinds that really lie in
 * the folder. No listings, no hidden files, no `catalog.json` (of an older shop). Requests by any name but this machine's are refused, so that no web
 * page can reach it through a name of its own (DNS rebinding).
 *
 * @param options.port 0 = any free one
 */
export async function servePreview(options: { dir: string; port: number }): Promise<Preview> {
  const root = await realpath(options.dir)
  let hosts: ReadonlySet<string> = new Set()
  const server = createServer((request, response) => {
    answer(root, hosts, request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The file could not be read.')
    })
  })
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  server.maxConnections = 64
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen({ host: '127.0.0.1', port: options.port, exclusive: true }, listening)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port to listen on')
  hosts = new Set([`127.0.0.1:${address.port}`, `localhost:${address.port}`])
  return {
    url: `http://127.0.0.1:${address.port}/`,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

async function answer(root: string, hosts: ReadonlySet<string>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cache-Control', 'no-cache')
  if (!hosts.has(request.headers.host?.toLowerCase() ?? '')) return refuse(response, 421, 'This server answers only to this computer.')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return refuse(response, 405, 'This server only shows files.')
  }
  const parts = partsOf(request.url ?? '/')
  if (parts === null) return lost(root, request, response)
  // A folder is its index; without the slash at its end, links on that page would lead elsewhere.
  if (parts.at(-1) !== '') {
    const found = await fileAt(root, parts)
    if (found !== null) return send(found, request, response, 200)
    const index = await fileAt(root, [...parts, 'index.html'])
    if (index === null) return lost(root, request, response)
    response.writeHead(308, { Location: `/${parts.map(encodeURIComponent).join('/')}/` }).end()
    return
  }
  const index = await fileAt(root, [...parts.slice(0, -1), 'index.html'])
  return index === null ? lost(root, request, response) : send(index, request, response, 200)
}

/** The names on the way to a file, decoded once; null when one of them could lead anywhere else. The last one is empty for a folder. */
function partsOf(url: string): string[] | null {
  const path = url.split(/[?#]/, 1)[0] ?? ''
  if (!path.startsWith('/') || path.length > 2000) return null
  try {
    const parts = path.slice(1).split('/').map(decodeURIComponent)
    const named = parts.at(-1) === '' ? parts.slice(0, -1) : parts
    return named.every((part) => part !== '' && !part.startsWith('.') && !/[\\/:\p{Cc}]/u.test(part)) ? parts : null
  } catch {
    return null
  }
}

type Found = { path: string; type: string }

async function fileAt(root: string, parts: readonly string[]): Promise<Found | null> {
  const type = TYPES[extname(parts.at(-1) ?? '').toLowerCase()]
  if (type === undefined || parts.join('/').toLowerCase() === 'catalog.json') return null
  try {
    const path = await realpath(join(root, ...parts))
    // A link that leads out of the folder, or to a hidden file in it, is not a file of it.
    const inside =
      path.startsWith(`${root}${sep}`) &&
      !path
        .slice(root.length + 1)
        .split(sep)
        .some((part) => part.startsWith('.'))
    return inside ? { path, type } : null
  } catch {
    return null
  }
}

async function send(found: Found, request: IncomingMessage, response: ServerResponse, status: 200 | 404): Promise<void> {
  const file = await open(found.path, 'r')
  try {
    const stats = await file.stat()
    if (!stats.isFile()) return refuse(response, 404, 'There is no such page.')
    const tag = tagOf(stats)
    response.setHeader('ETag', tag)
    response.setHeader('Content-Type', found.type)
    response.setHeader('Accept-Ranges', 'bytes')
    if (status === 200 && matches(request.headers['if-none-match'], tag)) {
      response.writeHead(304).end()
      return
    }
    const asked = status === 200 && (request.headers['if-range'] ?? tag) === tag ? rangeOf(request.headers.range, stats.size) : 'whole'
    if (asked === 'none') {
      response.setHeader('Content-Range', `bytes */${stats.size}`)
      return refuse(response, 416, 'The file is not that long.')
    }
    const { from, to } = asked === 'whole' ? { from: 0, to: stats.size - 1 } : asked
    if (asked !== 'whole') response.setHeader('Content-Range', `bytes ${from}-${to}/${stats.size}`)
    response.setHeader('Content-Length', to - from + 1)
    response.writeHead(asked === 'whole' ? status : 206)
    if (request.method === 'HEAD' || stats.size === 0) {
      response.end()
      return
    }
    await pipeline(createReadStream('', { fd: file, autoClose: false, start: from, end: to }), response).catch(() => undefined)
  } finally {
    await file.close()
  }
}

async function lost(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const page = await fileAt(root, ['404.html'])
  return page === null ? refuse(response, 404, 'There is no such page.') : send(page, request, response, 404)
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.removeHeader('ETag')
  response.removeHeader('Accept-Ranges')
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${message}\n`)
}

/** One range (RFC 9110 §14.1.2); several at once are answered with the whole file, as is one that cannot be read. */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | 'whole' | 'none' {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  const [, first = '', last = ''] = asked ?? []
  if (asked === null || (first === '' && last === '')) return 'whole'
  if (first === '') return Number(last) === 0 || size === 0 ? 'none' : { from: Math.max(0, size - Number(last)), to: size - 1 }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return 'whole'
  return from >= size ? 'none' : { from, to: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

const tagOf = ({ ino, size, mtimeMs }: Stats): string =>
  `"${createHash('sha256').update(`${ino} ${size} ${mtimeMs}`).digest('base64url').slice(0, 22)}"`

const matches = (header: string | undefined, tag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag))

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

export type DavStandIn = {
  url: string
  root: string
  password: { now: string }
  orders: { full: boolean }
  [Symbol.asyncDispose](): Promise<void>
}
type Reply = { status: number; body?: string | Buffer }

/** A stand-in for a WebDAV server (RFC 4918) on a real folder: an upload that breaks off leaves its part, as servers do. */
export async function davStandIn(root: string): Promise<DavStandIn> {
  const password = { now: 'dav-secret' }
  const orders = { full: false }
  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)
    const at = join(root, path)
    const sign = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8')
    if (request.method === 'PUT' && sign === `seller:${password.now}`) {
      if ((await stat(dirname(at)).catch(() => null)) === null) return { status: 409 }
      if (orders.full) {
        request.resume()
        return { status: 507 }
      }
      await pipeline(request, createWriteStream(at))
      return { status: 201 }
    }
    request.resume()
    if (sign !== `seller:${password.now}`) return { status: 401 }
    const it = await stat(at).catch(() => null)
    switch (request.method) {
      case 'GET':
        return it?.isFile() === true ? { status: 200, body: await readFile(at) } : { status: 404 }
      case 'MKCOL':
        if (it !== null) return { status: 405 }
        return mkdir(at).then(
          () => ({ status: 201 }),
          () => ({ status: 409 }),
        )
      case 'DELETE':
        await rm(at, { recursive: true, force: true })
        return { status: it === null ? 404 : 204 }
      case 'MOVE': {
        if (it === null) return { status: 404 }
        const to = join(root, decodeURIComponent(new URL(String(request.headers['destination'])).pathname))
        return rename(at, to).then(
          () => ({ status: 201 }),
          () => ({ status: 409 }),
        )
      }
      case 'PROPFIND': {
        if (it === null) return { status: 404 }
        const names = it.isDirectory() && request.headers['depth'] === '1' ? await readdir(at) : []
        const all = await Promise.all(['', ...names].map(async (name) => ({ name, it: await stat(join(at, name)) })))
        const responses = all.map(({ name, it: one }) => {
          const href = encodeURI(`${path.replace(/\/$/, '')}/${name}`)
          const what = one.isDirectory()
            ? '<D:resourcetype><D:collection/></D:resourcetype>'
            : `<D:resourcetype/><D:getcontentlength>${one.size}</D:getcontentlength>`
          return `<D:response><D:href>${href}${one.isDirectory() && name !== '' ? '/' : ''}</D:href><D:propstat><D:prop>${what}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>`
        })
        return { status: 207, body: `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">${responses.join('')}</D:multistatus>` }
      }
      default:
        return { status: 405 }
    }
  }
  const server = createServer((request, response) => {
    response.on('error', () => {})
    answer(request).then(
      ({ status, body = '' }) => {
        response.writeHead(status, { 'content-length': Buffer.byteLength(body) })
        response.end(body)
      },
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    root,
    password,
    orders,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fail, type Given, good, type Reply, standInShop } from './stand-in-shop.ts'

/**
 * A stand-in for Medusa, in memory: the few routes that are used, with the answers that a real Medusa 2.21.2 gave (real.test.ts asks it the same). It
 * proves what the adapter does in every run, not what Medusa does.
 */
export type MedusaStandIn = Pick<ReturnType<typeof standInShop>, 'products' | 'files' | 'levels' | 'orders'> & {
  url: string
  key: { now: string }
  asked: string[]
  [Symbol.asyncDispose](): Promise<void>
}

type Answer = Reply | 'break' | { bytes: Buffer }

export async function medusaStandIn(): Promise<MedusaStandIn> {
  const shop = standInShop()
  const key = { now: 'sk_0123456789abcdef' }
  const asked: string[] = []
  let url = ''

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const method = request.method ?? 'GET'
    asked.push(`${method} ${pathname}`)
    const body = Buffer.concat((await request.toArray()) as Buffer[])
    if (pathname.startsWith('/static/')) {
      if (shop.orders.dark > 0) {
        shop.orders.dark--
        return 'break'
      }
      const bytes = shop.files.get(decodeURIComponent(pathname.slice('/static/'.length)))
      return bytes === undefined || shop.orders.file === 'closed' ? { status: bytes === undefined ? 404 : 403, body: '' } : { bytes }
    }
    const sign = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8')
    if (sign !== `${key.now}:`) return { status: 401, body: { message: 'Unauthorized' } }
    const path = pathname.replace(/^\/admin\//, '')
    if (shop.orders.forbidden?.test(`${method} ${path}`) === true) return fail(403, 'forbidden', 'Not allowed')
    const value = body.length > 0 && path !== 'uploads' ? (JSON.parse(body.toString('utf8')) as Given) : {}
    if (method === 'GET' && path in shop.settings) return good(shop.settings[path]?.())
    if (path === 'uploads' && method === 'POST') return shop.takeFile(url, body, request.headers['content-type'] ?? '')
    if (path.startsWith('uploads/') && method === 'DELETE') {
      const id = decodeURIComponent(path.slice('uploads/'.length))
      shop.files.delete(id)
      return good({ id, object: 'file', deleted: true })
    }
    if (path === 'product-variants') return shop.bySku(searchParams.get('sku'))
    if (path === 'products') return method === 'POST' ? shop.create(value) : shop.list(searchParams)
    if (path === 'products/batch') return shop.batch(value)
    const stock = /^inventory-items\/([^/]+)\/location-levels(?:\/([^/]+))?$/.exec(path)
    if (stock?.[1] !== undefined) return shop.level(stock[1], stock[2], value)
    const [, of = '', variant] = /^products\/([^/]+)\/variants\/([^/]+)$/.exec(path) ?? []
    const whose = shop.products.get(of)
    if (whose !== undefined && method === 'DELETE') {
      whose.variants = whose.variants.filter((one) => one.id !== variant)
      return good({ id: variant, object: 'variant', deleted: true })
    }
    const [, id = '', rest] = /^products\/([^/]+)(\/variants)?$/.exec(path) ?? []
    if (id === '') return { status: 404, body: `<!DOCTYPE html><pre>Cannot ${method} ${pathname}</pre>` }
    const it = shop.products.get(id)
    if (it === undefined || method === 'GET') return shop.found(it, id)
    return rest === undefined ? shop.update(it, value) : shop.addVariant(it, value)
  }

  const server = createServer((request, response) => {
    response.on('error', () => {})
    answer(request).then(
      (reply) => tell(selected(reply, request.url ?? '/'), request, response),
      // A request that broke off on the way: nothing was taken.
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    key,
    asked,
    products: shop.products,
    files: shop.files,
    levels: shop.levels,
    orders: shop.orders,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Fields = { [name: string]: Fields | null }

/** Of each thing in a reply the fields that were asked for, "*a.b" with all that is in them. */
function selected(reply: Answer, asked: string): Answer {
  const fields = new URL(asked, 'http://127.0.0.1').searchParams.get('fields')
  if (fields === null || reply === 'break' || 'bytes' in reply || reply.status !== 200) return reply
  const tree: Fields = {}
  for (const field of fields.split(',')) {
    let at = tree
    const path = field.replace('*', '').split('.')
    for (const [n, name] of path.entries()) {
      if (at[name] === null) break
      const isEnd = n === path.length - 1
      at[name] = isEnd ? null : (at[name] ?? {})
      at = at[name] ?? {}
    }
  }
  const cut = (value: unknown, wanted: Fields | null): unknown => {
    if (wanted === null || typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((one) => cut(one, wanted))
    const kept = Object.entries(value).filter(([name]) => name === 'id' || name in wanted)
    return Object.fromEntries(kept.map(([name, one]) => [name, cut(one, wanted[name] ?? null)]))
  }
  const things = Object.entries(reply.body as Given).map(([name, value]) => [name, name === 'deleted' ? value : cut(value, tree)])
  return { status: 200, body: Object.fromEntries(things) }
}

function tell(reply: Answer, request: IncomingMessage, response: ServerResponse): void {
  if (reply === 'break') {
    request.socket.resetAndDestroy()
    return
  }
  if ('bytes' in reply) {
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': reply.bytes.length })
    response.end(request.method === 'HEAD' ? undefined : reply.bytes)
    return
  }
  const isText = typeof reply.body === 'string'
  response.writeHead(reply.status, { 'content-type': isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8' })
  response.end(isText ? (reply.body as string) : JSON.stringify(reply.body))
}

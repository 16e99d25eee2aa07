import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A stand-in for WordPress with WooCommerce, in memory: the few routes that are used, with the answers that a real WordPress 6.1.9 gave for pictures and
 * that WooCommerce's documentation gives for products. It proves what the adapter does, not what WooCommerce does.
 */
export type StandInProduct = {
  id: number
  name: string
  slug: string
  permalink: string
  type: string
  status: string
  sku: string
  date_created_gmt: string
  regular_price: string
  manage_stock: boolean
  stock_quantity: number | null
  description: string
  images: { id: number; alt?: string }[]
}
export type StandInFile = {
  id: number
  slug: string
  sha256: string
  bytes: number
  alt: string
  post: number
  name: string
  size: [number, number] | null
}

export type WooStandIn = {
  url: string
  user: string
  /** The right application password; change it to let the old one expire. */
  password: { now: string }
  products: Map<number, StandInProduct>
  files: Map<number, StandInFile>
  asked: string[]
  /** What it is told to do differently. */
  orders: { capabilities: string[]; woocommerce: boolean; refuseFile: boolean; loseMark: boolean; lieNext: number; noSize: boolean }
  [Symbol.asyncDispose](): Promise<void>
}

type Reply = { status: number; body: unknown }
const fail = (status: number, code: string, message = code): Reply => ({ status, body: { code, message, data: { status } } })
const good = (body: unknown, status = 200): Reply => ({ status, body })

export async function wooStandIn(): Promise<WooStandIn> {
  const products = new Map<number, StandInProduct>()
  const files = new Map<number, StandInFile>()
  const password = { now: 'abcd EFGH ijkl MNOP qrst UVWX' }
  const orders: WooStandIn['orders'] = {
    capabilities: ['upload_files', 'publish_products', 'edit_others_products'],
    woocommerce: true,
    refuseFile: false,
    loseMark: false,
    lieNext: 0,
    noSize: false,
  }
  const asked: string[] = []
  let last = 10
  let url = ''

  const freeSlug = (wanted: string): string => {
    const taken = new Set([...files.values()].map((file) => file.slug))
    for (let n = 0; ; n++) {
      const slug = n === 0 ? wanted : `${wanted}-${n}`
      if (!taken.has(slug)) return slug
    }
  }
  const fileView = (file: StandInFile) => ({
    id: file.id,
    slug: file.slug,
    post: file.post,
    mime_type: 'image/jpeg',
    media_details: file.size === null ? [] : { width: file.size[0], height: file.size[1] },
  })

  const takeFile = (parts: Map<string, Part>, md5: string | undefined): Reply => {
    const file = parts.get('file')
    if (file === undefined) return fail(400, 'rest_upload_no_data', 'No data supplied.')
    if (md5 !== undefined && md5 !== createHash('md5').update(file.bytes).digest('hex'))
      return fail(412, 'rest_upload_hash_mismatch', 'Content hash did not match expected.')
    const size = pixels(file.bytes)
    if (orders.refuseFile || size === null)
      return fail(500, 'rest_upload_unknown_error', 'Sorry, you are not allowed to upload this file type.')
    const text = (name: string) => parts.get(name)?.bytes.toString('utf8') ?? ''
    const made: StandInFile = {
      id: ++last,
      slug: orders.loseMark ? `renamed-${last}` : freeSlug(text('slug')),
      sha256: createHash('sha256').update(file.bytes).digest('hex'),
      bytes: file.bytes.length,
      alt: text('alt_text'),
      post: Number(text('post')),
      name: file.fileName ?? '',
      size: orders.noSize ? null : size,
    }
    files.set(made.id, made)
    return good(fileView(made), 201)
  }

  const change = (it: StandInProduct, value: Record<string, unknown>): Reply => {
    const { images, ...words } = value as { images?: { id: number; alt?: string }[] } & Partial<StandInProduct>
    for (const image of images ?? [])
      if (!files.has(image.id)) return fail(400, 'woocommerce_product_invalid_image_id', `#${image.id} is an invalid image ID.`)
    if (words.sku && [...products.values()].some((one) => one.sku === words.sku && one.id !== it.id))
      return fail(400, 'product_invalid_sku', 'Invalid or duplicated SKU.')
    if (orders.lieNext > 0) {
      orders.lieNext--
      return good(it)
    }
    Object.assign(it, words, images === undefined ? {} : { images })
    for (const image of images ?? []) {
      const file = files.get(image.id)
      if (file !== undefined && image.alt) file.alt = image.alt
    }
    return good(it)
  }

  const productRoute = (method: string, path: string, query: URLSearchParams, value: Record<string, unknown>): Reply => {
    if (path === 'data/currencies/current') return good({ code: 'EUR', name: 'Euro', symbol: '&euro;' })
    if (path === 'products' && method === 'GET') {
      const include = query.get('include')?.split(',')
      const found = [...products.values()].filter(
        (one) =>
          one.status !== 'trash' &&
          (!query.has('sku') || one.sku === query.get('sku')) &&
          (!query.has('slug') || one.slug === query.get('slug')) &&
          (include === undefined || include.includes(String(one.id))),
      )
      const size = Number(query.get('per_page') ?? 10)
      const page = Number(query.get('page') ?? 1)
      return good(found.slice((page - 1) * size, page * size))
    }
    if (path === 'products' && method === 'POST') {
      const id = ++last
      const made: StandInProduct = {
        id,
        name: '',
        slug: '',
        permalink: `${url}/product/${String(value['slug'])}/`,
        type: 'simple',
        status: 'publish',
        sku: '',
        date_created_gmt: '2026-11-22T08:00:00',
        regular_price: '',
        manage_stock: false,
        stock_quantity: null,
        description: '',
        images: [],
      }
      const reply = change(made, value)
      if (reply.status === 200) products.set(id, made)
      return reply.status === 200 ? good(made, 201) : reply
    }
    if (path === 'products/batch') {
      const update = value['update'] as ({ id: number } & Record<string, unknown>)[]
      return good({
        update: update.map((one) => {
          const it = products.get(one.id)
          if (it === undefined) return { id: one.id, error: { code: 'woocommerce_rest_product_invalid_id', message: 'Invalid ID.' } }
          return change(it, one).body
        }),
      })
    }
    const it = products.get(Number(/^products\/(\d+)$/.exec(path)?.[1]))
    if (it === undefined) return fail(404, 'woocommerce_rest_product_invalid_id', 'Invalid ID.')
    return method === 'PUT' ? change(it, value) : good(it)
  }

  const mediaRoute = (method: string, path: string, query: URLSearchParams): Reply => {
    if (path === 'media') {
      const slugs = query.get('slug')?.split(',')
      const ids = query.get('include')?.split(',')
      const found = [...files.values()].filter(
        (file) => (slugs === undefined || slugs.includes(file.slug)) && (ids === undefined || ids.includes(String(file.id))),
      )
      return good(found.slice(0, Number(query.get('per_page') ?? 10)).map(fileView))
    }
    const file = files.get(Number(/^media\/(\d+)$/.exec(path)?.[1]))
    if (file === undefined) return fail(404, 'rest_post_invalid_id', 'Invalid post ID.')
    if (method === 'GET') return good(fileView(file))
    files.delete(file.id)
    return good({ deleted: true, previous: fileView(file) })
  }

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const method = request.method ?? 'GET'
    asked.push(`${method} ${pathname}`)
    const bytes = Buffer.concat((await request.toArray()) as Buffer[])
    const route = /^\/wp-json\/(?:(wp\/v2|wc\/v3)\/)?(.*)$/.exec(pathname)
    if (route === null) return { status: 404, body: null }
    const [, space, path = ''] = route
    if (space === undefined) return good({ name: 'Stand-in pottery', namespaces: ['wp/v2', ...(orders.woocommerce ? ['wc/v3'] : [])] })
    const sign = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString('utf8')
    if (sign !== `admin:${password.now}`) return fail(401, 'rest_cannot_create', 'Sorry, you are not allowed to do that as this user.')
    if (space === 'wc/v3') {
      if (!orders.woocommerce) return fail(404, 'rest_no_route', 'No route was found matching the URL and request method.')
      return productRoute(
        method,
        path,
        searchParams,
        bytes.length === 0 ? {} : (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>),
      )
    }
    if (path === 'users/me') return good({ capabilities: Object.fromEntries(orders.capabilities.map((name) => [name, true])) })
    if (path === 'media' && method === 'POST')
      return takeFile(partsOf(bytes, request.headers['content-type'] ?? ''), request.headers['content-md5'] as string | undefined)
    return mediaRoute(method, path, searchParams)
  }

  const server = createServer((request, response) => {
    response.on('error', () => {})
    answer(request).then(
      ({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' })
        response.end(JSON.stringify(body))
      },
      // A request that broke off on the way: nothing was taken.
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    user: 'admin',
    password,
    products,
    files,
    asked,
    orders,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Part = { bytes: Buffer; fileName: string | null }
function partsOf(body: Buffer, type: string): Map<string, Part> {
  const boundary = `--${/boundary=(.+)$/.exec(type)?.[1]}`
  const parts = new Map<string, Part>()
  for (let at = body.indexOf(boundary); at !== -1; ) {
    const next = body.indexOf(boundary, at + boundary.length)
    if (next === -1) break
    const part = body.subarray(at + boundary.length + 2, next - 2)
    const split = part.indexOf('\r\n\r\n')
    const head = part.subarray(0, split).toString('utf8')
    parts.set(/name="([^"]*)"/.exec(head)?.[1] ?? '', {
      bytes: part.subarray(split + 4),
      fileName: /filename="([^"]*)"/.exec(head)?.[1] ?? null,
    })
    at = next
  }
  return parts
}

/** Width and height of a baseline JPEG; null = not one. */
function pixels(bytes: Buffer): [number, number] | null {
  if (bytes.readUInt16BE(0) !== 0xffd8) return null
  for (let at = 2; at < bytes.length - 9; ) {
    const marker = bytes.readUInt16BE(at)
    if (marker === 0xffc0 || marker === 0xffc2) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)]
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Row = Record<string, unknown> & { id: string; type: string; version: number; updated_at: string }
type Answer = { status: number; json: object }

export type SquareStandIn = {
  url: string
  objects: Map<string, Row>
  /** Bytes of each image, by its id. */
  files: Map<string, { sha256: string; length: number }>
  counts: Map<string, string>
  scopes: Set<string>
  /** `METHOD /path` of every request. */
  asked: string[]
  orders: {
    /** Answers RATE_LIMITED so many times. */
    limitNext: number
    /** The search by name finds nothing yet. */
    lags: boolean
    /** So many upserts say yes and forget the pictures. */
    lieNext: number
    /** Somebody else writes just before so many upserts. */
    raceNext: number
    revoked: boolean
  }
  [Symbol.asyncDispose](): Promise<void>
}

const error = (status: number, code: string, detail: string): Answer => ({
  status,
  json: { errors: [{ category: 'INVALID_REQUEST_ERROR', code, detail }] },
})

/** A stand-in for Square's Catalog and Inventory APIs on 127.0.0.1, for tests; written after the vendor's pages, spoken to by the vendor's SDK. */
export async function squareStandIn(): Promise<SquareStandIn> {
  const objects: SquareStandIn['objects'] = new Map()
  const files: SquareStandIn['files'] = new Map()
  const counts: SquareStandIn['counts'] = new Map()
  /** Idempotency key → what was asked and answered. */
  const done = new Map<string, { asked: string; answer: Answer }>()
  let next = 1
  let version = 1700000000000
  const touch = () => ({ version: ++version, updated_at: new Date(version).toISOString() })

  const idempotent = (key: unknown, asked: string, act: () => Answer): Answer => {
    if (typeof key !== 'string' || key === '' || key.length > 45)
      return error(400, 'VALUE_TOO_LONG', 'Field must not be greater than 45 in length')
    const before = done.get(key)
    if (before !== undefined) {
      return before.asked === asked
        ? before.answer
        : error(400, 'IDEMPOTENCY_KEY_REUSED', 'The idempotency key can only be retried with the same request data.')
    }
    const answer = act()
    if (answer.status === 200) done.set(key, { asked, answer })
    return answer
  }

  const store = (object: Row): Answer | Row => {
    const before = objects.get(object.id)
    if (!object.id.startsWith('#') && before === undefined) return error(404, 'NOT_FOUND', 'Object not found')
    if (before !== undefined && before.version !== object.version)
      return error(409, 'VERSION_MISMATCH', `Object version does not match latest database version.`)
    const id = object.id.startsWith('#') ? `ITEM-${next++}` : object.id
    const data = { ...(object['item_data'] as Record<string, unknown>) }
    if (standIn.orders.lieNext > 0) {
      standIn.orders.lieNext--
      data['image_ids'] = (before?.['item_data'] as Record<string, unknown> | undefined)?.['image_ids'] ?? []
    }
    data['variations'] = ((data['variations'] ?? []) as Row[]).map((one) => {
      const variationId = one.id.startsWith('#') ? `VAR-${next++}` : one.id
      return { ...one, ...touch(), id: variationId, item_variation_data: { ...(one['item_variation_data'] as object), item_id: id } }
    })
    const row: Row = { ...object, ...touch(), id, item_data: data }
    objects.set(id, row)
    return row
  }

  const upsert = (list: Row[]): Answer => {
    if (!standIn.scopes.has('ITEMS_WRITE'))
      return error(403, 'INSUFFICIENT_SCOPES', 'The merchant has not given your application sufficient permissions: ITEMS_WRITE')
    if (standIn.orders.raceNext > 0) {
      standIn.orders.raceNext--
      for (const one of list) Object.assign(objects.get(one.id) ?? {}, touch())
    }
    const stale = list.find((one) => objects.has(one.id) && objects.get(one.id)?.version !== one.version)
    if (stale !== undefined) return error(409, 'VERSION_MISMATCH', 'Object version does not match latest database version.')
    const stored = list.map(store)
    const bad = stored.find((one): one is Answer => 'status' in one && 'json' in one)
    if (bad !== undefined) return bad
    return { status: 200, json: { catalog_object: stored[0], objects: stored } }
  }

  const search = (body: Record<string, unknown>): Answer => {
    const types = body['object_types'] as string[]
    const query = (body['query'] ?? {}) as Record<string, { attribute_name: string; attribute_value?: string; attribute_values?: string[] }>
    const variations = [...objects.values()].flatMap(
      (row) => ((row['item_data'] as { variations?: Row[] } | undefined)?.variations ?? []) as Row[],
    )
    const all = [...objects.values(), ...variations].filter((row) => types.includes(row.type))
    const { exact_query: exact, set_query: set } = query
    const value = (row: Row, name: string) => String(Object.entries(row).find(([key]) => key.endsWith('_data'))?.[1]?.[name as never] ?? '')
    if (standIn.orders.lags && (exact ?? set) !== undefined) return { status: 200, json: {} }
    const found = all.filter((row) =>
      exact !== undefined
        ? value(row, exact.attribute_name).toLowerCase() === exact.attribute_value?.toLowerCase()
        : set !== undefined
          ? (set.attribute_values ?? []).includes(value(row, set.attribute_name))
          : true,
    )
    return { status: 200, json: found.length === 0 ? {} : { objects: found } }
  }

  const createImage = (form: { request: string; file: Buffer; type: string }): Answer => {
    const request = JSON.parse(form.request) as { idempotency_key: string; image: { image_data: object } }
    if (form.file.length > 15_000_000) return error(413, 'REQUEST_ENTITY_TOO_LARGE', 'The file is too large')
    if (!/^image\/(jpeg|pjpeg|png|gif)$/.test(form.type)) return error(415, 'UNSUPPORTED_MEDIA_TYPE', 'The file is no picture')
    const sha256 = createHash('sha256').update(form.file).digest('hex')
    return idempotent(request.idempotency_key, `${form.request} ${sha256}`, () => {
      const id = `IMG-${next++}`
      const row = {
        type: 'IMAGE',
        id,
        ...touch(),
        image_data: { ...request.image.image_data, url: `https://items-images.example/${id}/original.jpeg` },
      }
      objects.set(id, row)
      files.set(id, { sha256, length: form.file.length })
      return { status: 200, json: { image: row } }
    })
  }

  const route = (method: string, path: string, body: Buffer, type: string): Answer => {
    const { orders } = standIn
    if (orders.revoked) return error(401, 'UNAUTHORIZED', 'This request could not be authorized.')
    if (orders.limitNext > 0) {
      orders.limitNext--
      return error(429, 'RATE_LIMITED', 'Too many requests')
    }
    if (path === '/oauth2/token/status') return { status: 200, json: { scopes: [...standIn.scopes], merchant_id: 'M1' } }
    if (path === '/v2/merchants/me')
      return { status: 200, json: { merchant: { id: 'M1', business_name: 'Stand-in stall', country: 'DE' } } }
    if (path === '/v2/catalog/images') {
      const form = readForm(body, type)
      return form === null ? error(400, 'INVALID_FORM_VALUE', 'no whole form') : createImage(form)
    }
    const id = /^\/v2\/catalog\/object\/([^/?]+)/.exec(path)?.[1]
    if (id !== undefined) {
      const row = objects.get(id)
      if (row === undefined) return error(404, 'NOT_FOUND', `Catalog object with ID ${id} not found.`)
      if (method === 'DELETE') {
        objects.delete(id)
        return { status: 200, json: { deleted_object_ids: [id] } }
      }
      const ids = (row['item_data'] as { image_ids?: string[] } | undefined)?.image_ids ?? []
      return { status: 200, json: { object: row, related_objects: ids.flatMap((one) => objects.get(one) ?? []) } }
    }
    const json = JSON.parse(body.toString() || '{}') as Record<string, unknown>
    const text = body.toString()
    switch (path) {
      case '/v2/catalog/object':
        return idempotent(json['idempotency_key'], text, () => upsert([json['object'] as Row]))
      case '/v2/catalog/batch-upsert':
        return idempotent(json['idempotency_key'], text, () =>
          upsert((json['batches'] as { objects: Row[] }[]).flatMap((batch) => batch.objects)),
        )
      case '/v2/catalog/batch-retrieve':
        return { status: 200, json: { objects: (json['object_ids'] as string[]).flatMap((one) => objects.get(one) ?? []) } }
      case '/v2/catalog/search':
        return search(json)
      case '/v2/inventory/counts/batch-retrieve': {
        const found = (json['catalog_object_ids'] as string[]).flatMap((one) => {
          const quantity = counts.get(one)
          return quantity === undefined ? [] : [{ catalog_object_id: one, state: 'IN_STOCK', quantity, location_id: 'L1' }]
        })
        return { status: 200, json: { counts: found } }
      }
      case '/v2/inventory/changes/batch-create':
        return idempotent(json['idempotency_key'], text, () => {
          for (const { physical_count: one } of json['changes'] as { physical_count: { catalog_object_id: string; quantity: string } }[]) {
            counts.set(one.catalog_object_id, one.quantity)
          }
          return { status: 200, json: { counts: [] } }
        })
      default:
        return error(404, 'NOT_FOUND', `no ${path}`)
    }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const path = new URL(request.url ?? '/', 'http://stand-in').pathname
      standIn.asked.push(`${request.method} ${path}`)
      const signed = request.headers.authorization === 'Bearer sq-token-1' && request.headers['square-version'] === '2026-09-16'
      const { status, json } = signed
        ? route(request.method ?? 'GET', path, Buffer.concat(chunks), request.headers['content-type'] ?? '')
        : error(401, 'UNAUTHORIZED', `Bad key ${request.headers.authorization}`)
      response.writeHead(status, { 'content-type': 'application/json', ...(status === 429 ? { 'retry-after': '3' } : {}) })
      response.end(JSON.stringify(json))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const standIn: SquareStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    files,
    counts,
    scopes: new Set(['ITEMS_READ', 'ITEMS_WRITE', 'MERCHANT_PROFILE_READ', 'INVENTORY_READ', 'INVENTORY_WRITE']),
    asked: [],
    orders: { limitNext: 0, lags: false, lieNext: 0, raceNext: 0, revoked: false },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return standIn
}

/** The two parts of an image upload; null when the form is not whole. */
function readForm(body: Buffer, type: string): { request: string; file: Buffer; type: string } | null {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  const text = body.toString('latin1')
  if (boundary === undefined || !text.trimEnd().endsWith(`--${boundary}--`)) return null
  let request: string | null = null
  let file: { bytes: Buffer; type: string } | null = null
  for (let at = text.indexOf(`--${boundary}\r\n`); at >= 0; ) {
    const from = at + boundary.length + 4
    const end = text.indexOf(`\r\n--${boundary}`, from)
    const split = text.indexOf('\r\n\r\n', from)
    if (end < 0 || split < 0) return null
    const head = text.slice(from, split)
    const bytes = body.subarray(split + 4, end)
    if (/name="request"/i.test(head)) request = bytes.toString('utf8')
    if (/name="image_file"/i.test(head)) file = { bytes, type: /content-type: ([^\r\n]+)/i.exec(head)?.[1] ?? '' }
    at = text.startsWith(`\r\n--${boundary}\r\n`, end) ? end + 2 : -1
  }
  return request === null || file === null ? null : { request, file: file.bytes, type: file.type }
}

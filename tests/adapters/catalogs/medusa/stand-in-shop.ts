/** What lies in the stand-in for Medusa, and what becomes of it: the answers of its routes (stand-in.ts says which). */
type Price = {
  id: string
  amount: number
  currency_code: string
  min_quantity: number | null
  max_quantity: number | null
  rules: Record<string, string>
}
type Variant = {
  id: string
  title: string
  sku: string | null
  manage_inventory: boolean
  /** null: it has no place for prices. */
  prices: Price[] | null
  options: Record<string, string>
  parts: string[]
}
export type StandInProduct = {
  id: string
  title: string
  handle: string
  description: string | null
  status: string
  thumbnail: string | null
  metadata: Record<string, unknown>
  images: { id: string; url: string; rank: number }[]
  options: { title: string; values: { value: string }[] }[]
  sales_channels: { id: string }[]
  shipping_profile: { id: string } | null
  variants: Variant[]
}

type Shop = {
  products: Map<string, StandInProduct>
  /** By name: what lies in its storage. */
  files: Map<string, Buffer>
  /** Stocked quantities by "item location". */
  levels: Map<string, number>
  /** What it is told to do differently. */
  orders: {
    forbidden: RegExp | null
    /** Says yes to so many changes of a product and does nothing. */
    lies: number
    /** What becomes of files: kept, lost, cut short, kept where nobody may see them. */
    file: 'kept' | 'lost' | 'cut' | 'closed'
    /** Where it says its files are, in place of its own address. */
    backend: string | null
    locations: { id: string; name: string; sales_channels: { id: string }[] }[]
    /** The next product is written without its links and variants, or without what its variant should have, and the connection breaks. */
    killInCreate: 'bare' | 'no prices' | null
    /** Its files cannot be reached for so many questions. */
    dark: number
  }
}

export type Reply = { status: number; body: unknown }
export const fail = (status: number, type: string, message: string): Reply => ({ status, body: { type, message } })
export const good = (body: unknown): Reply => ({ status: 200, body })
const invalid = (message: string) => fail(400, 'invalid_data', message)
export type Given = Record<string, unknown>

export function standInShop() {
  const products: Shop['products'] = new Map()
  const files: Shop['files'] = new Map()
  const levels: Shop['levels'] = new Map()
  const orders: Shop['orders'] = {
    forbidden: null,
    lies: 0,
    file: 'kept',
    backend: null,
    locations: [{ id: 'sloc_1', name: 'Stall', sales_channels: [{ id: 'sc_1' }] }],
    killInCreate: null,
    dark: 0,
  }
  let last = 0
  const next = (what: string) => `${what}_${String(++last).padStart(6, '0')}`

  const view = (it: StandInProduct) => ({
    ...it,
    variants: it.variants.map(({ parts, options: _, prices, ...variant }) => ({
      ...variant,
      ...(prices === null ? {} : { prices }),
      inventory_items: parts.map((part) => ({
        inventory_item_id: part,
        required_quantity: 1,
        inventory: {
          location_levels: [...levels].flatMap(([place, stocked_quantity]) => {
            const [item, location_id] = place.split(' ')
            return item === part ? [{ location_id, stocked_quantity }] : []
          }),
        },
      })),
    })),
  })
  const found = (it: StandInProduct | undefined, path: string): Reply =>
    it === undefined ? fail(404, 'not_found', `Product with id "${path}" not found`) : good({ product: view(it) })

  const pricesOf = (given: Given[]): Price[] =>
    given.map((one) => ({
      id: (one['id'] as string | undefined) ?? next('price'),
      amount: one['amount'] as number,
      currency_code: one['currency_code'] as string,
      min_quantity: (one['min_quantity'] as number | null | undefined) ?? null,
      max_quantity: (one['max_quantity'] as number | null | undefined) ?? null,
      rules: (one['rules'] as Record<string, string> | undefined) ?? {},
    }))
  const variantOf = (given: Given): Variant => {
    const isCounted = given['manage_inventory'] !== false
    return {
      id: next('variant'),
      title: given['title'] as string,
      sku: (given['sku'] as string | null | undefined) ?? null,
      manage_inventory: isCounted,
      prices: pricesOf(given['prices'] as Given[]),
      options: given['options'] as Record<string, string>,
      parts: isCounted ? [next('iitem')] : [],
    }
  }
  const skuTaken = (sku: unknown, own: string | null = null): Reply | null => {
    const isTaken = sku && [...products.values()].some((it) => it.variants.some((one) => one.sku === sku && one.id !== own))
    return isTaken ? invalid(`Product variant with sku: ${String(sku)}, already exists.`) : null
  }

  const create = (value: Given): Reply | 'break' => {
    const handle = value['handle'] as string
    if (!(value['options'] as unknown[] | undefined)?.length) return invalid('Product options are not provided for: [x].')
    if ([...products.values()].some((it) => it.handle === handle)) return invalid(`Product with handle: ${handle}, already exists.`)
    const variants = (value['variants'] as Given[] | undefined) ?? []
    for (const variant of variants) {
      const taken = skuTaken(variant['sku'])
      if (taken !== null) return taken
    }
    const profile = value['shipping_profile_id'] as string | undefined
    const it: StandInProduct = {
      id: next('prod'),
      title: value['title'] as string,
      handle,
      description: (value['description'] as string | undefined) ?? null,
      status: (value['status'] as string | undefined) ?? 'draft',
      thumbnail: null,
      metadata: (value['metadata'] as Record<string, unknown> | undefined) ?? {},
      images: [],
      options: (value['options'] as { title: string; values: string[] }[]).map((option) => ({
        title: option.title,
        values: option.values.map((one) => ({ value: one })),
      })),
      sales_channels: orders.killInCreate === 'bare' ? [] : ((value['sales_channels'] as { id: string }[] | undefined) ?? []),
      shipping_profile: orders.killInCreate === 'bare' || profile === undefined ? null : { id: profile },
      variants: orders.killInCreate === 'bare' ? [] : variants.map(variantOf),
    }
    products.set(it.id, it)
    if (orders.killInCreate === null) return good({ product: view(it) })
    if (orders.killInCreate === 'no prices') for (const one of it.variants) Object.assign(one, { prices: null, parts: [] })
    orders.killInCreate = null
    return 'break'
  }

  const update = (it: StandInProduct, value: Given): Reply => {
    const variants = value['variants'] as Given[] | undefined
    const before = it.variants
    for (const variant of variants ?? []) {
      const taken = skuTaken(variant['sku'], String(variant['id']))
      if (taken !== null) return taken
    }
    if (orders.lies > 0) {
      orders.lies--
      return good({ product: view(it) })
    }
    for (const name of ['title', 'description', 'status', 'thumbnail', 'sales_channels'] as const)
      if (value[name] !== undefined) Object.assign(it, { [name]: value[name] })
    if (typeof value['shipping_profile_id'] === 'string') it.shipping_profile = { id: value['shipping_profile_id'] }
    // Line by line; an empty text takes a line away.
    for (const [name, line] of Object.entries((value['metadata'] as Record<string, unknown> | undefined) ?? {}))
      if (line === '') delete it.metadata[name]
      else it.metadata[name] = line
    const images = value['images'] as { id?: string; url: string }[] | undefined
    if (images !== undefined) it.images = images.map((image, rank) => ({ id: image.id ?? next('img'), url: image.url, rank }))
    if (variants !== undefined)
      it.variants = variants.flatMap((given) => {
        const old = before.find((one) => one.id === given['id'])
        if (old === undefined) return []
        const { prices, manage_inventory, ...rest } = given
        Object.assign(old, rest, prices === undefined || old.prices === null ? {} : { prices: pricesOf(prices as Given[]) })
        if (typeof manage_inventory === 'boolean') old.manage_inventory = manage_inventory
        if (manage_inventory === true && old.parts.length === 0) old.parts = [next('iitem')]
        return [old]
      })
    return good({ product: view(it) })
  }

  const addVariant = (it: StandInProduct, value: Given): Reply => {
    const same = it.variants.some((one) => JSON.stringify(one.options) === JSON.stringify(value['options']))
    if (same) return invalid('Variant (Default variant) with provided options already exists.')
    const taken = skuTaken(value['sku'])
    if (taken !== null) return taken
    it.variants.push(variantOf(value))
    return good({ product: view(it) })
  }

  const batch = (value: Given): Reply => {
    const all = (value['update'] as (Given & { id: string })[] | undefined) ?? []
    const gone = all.filter((one) => !products.has(one.id)).map((one) => one.id)
    if (gone.length > 0) return fail(404, 'not_found', `Unable to update the products with ids: ${gone.join(', ')}`)
    for (const { id, ...rest } of all) {
      const it = products.get(id)
      if (it !== undefined) update(it, rest)
    }
    return good({ created: [], updated: all.map(({ id }) => ({ id })), deleted: { ids: [], object: 'product', deleted: true } })
  }

  const level = (item: string, location: string | undefined, value: Given): Reply => {
    const at = `${item} ${location ?? String(value['location_id'])}`
    if (location !== undefined && !levels.has(at)) return fail(404, 'not_found', `Item ${item} is not stocked at location ${location}`)
    if (location === undefined && levels.has(at)) return invalid('Inventory level already exists.')
    levels.set(at, value['stocked_quantity'] as number)
    return good({ inventory_item: { id: item } })
  }

  const list = (query: URLSearchParams): Reply => {
    const ids = query.getAll('id[]')
    const all = [...products.values()].filter(
      (it) => (!query.has('handle') || it.handle === query.get('handle')) && (ids.length === 0 || ids.includes(it.id)),
    )
    const offset = Number(query.get('offset') ?? 0)
    return good({ products: all.slice(offset, offset + Number(query.get('limit') ?? 50)).map(view), count: all.length })
  }

  const bySku = (sku: string | null): Reply => {
    const all = [...products.values()].flatMap((it) => it.variants.map((one) => ({ sku: one.sku, product_id: it.id })))
    const variants = all.filter((one) => one.sku === sku)
    return good({ variants, count: variants.length })
  }

  const takeFile = (url: string, body: Buffer, type: string): Reply => {
    const file = fileIn(body, type)
    if (file === null) return invalid('No files were uploaded')
    const name = `${1_795_337_984_000 + ++last}-${file.name}`
    if (orders.file !== 'lost') files.set(name, orders.file === 'cut' ? file.bytes.subarray(0, file.bytes.length / 2) : file.bytes)
    return good({ files: [{ id: name, url: `${orders.backend ?? `${url}/static`}/${encodeURIComponent(name)}` }] })
  }

  const settings: Record<string, () => unknown> = {
    stores: () => ({
      stores: [
        {
          id: 'store_1',
          name: 'Stand-in pottery',
          default_sales_channel_id: 'sc_1',
          default_location_id: null,
          supported_currencies: ['eur', 'usd', 'jpy'].map((code) => ({ currency_code: code, is_default: code === 'eur' })),
        },
      ],
    }),
    'sales-channels': () => ({ sales_channels: [{ id: 'sc_1', name: 'Default Sales Channel', is_disabled: false }] }),
    'stock-locations': () => ({ stock_locations: orders.locations }),
    'shipping-profiles': () => ({ shipping_profiles: [{ id: 'sp_1', type: 'default' }] }),
  }

  return { products, files, levels, orders, settings, found, create, update, addVariant, batch, level, list, bySku, takeFile }
}

/** The one file of a multipart body, under the base of its name; null = there is none. */
function fileIn(body: Buffer, type: string): { name: string; bytes: Buffer } | null {
  const boundary = /boundary=(.+)$/.exec(type)?.[1]
  if (boundary === undefined) return null
  const head = body.indexOf('\r\n\r\n')
  const end = body.lastIndexOf(`\r\n--${boundary}--`)
  const name = /name="files"; filename="([^"]*)"/.exec(body.subarray(0, head).toString('utf8'))?.[1]
  return name === undefined || end < head ? null : { name: name.split('/').at(-1) ?? '', bytes: body.subarray(head + 4, end) }
}

/** Asked of the real server and of the stand-in alike: what they answer must have the same status, kind and shape. */
type Ask = (method: string, path: string, value?: unknown) => Promise<{ status: number; body: unknown }>

const asker =
  (url: string, key: string): Ask =>
  async (method, path, value) => {
    const isForm = value instanceof FormData
    const reply = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
        ...(value === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(value === undefined ? {} : { body: isForm ? value : JSON.stringify(value) }),
    })
    const text = await reply.text()
    try {
      return { status: reply.status, body: JSON.parse(text) as unknown }
    } catch {
      return { status: reply.status, body: text === '' ? null : 'text' }
    }
  }

type Json = Record<string, unknown>
const option = [{ title: 'Default option', values: ['Default option value'] }]
const variant = (sku: string, prices: unknown[], more: Json = {}) => ({
  title: 'Default variant',
  sku,
  manage_inventory: true,
  prices,
  options: { 'Default option': 'Default option value' },
  ...more,
})
const FIELDS =
  'fields=title,status,thumbnail,metadata,images.id,images.url,images.rank,options.title,options.values.value,variants.id,variants.sku,variants.manage_inventory,*variants.prices,variants.prices.price_rules.attribute,variants.prices.price_rules.value,variants.inventory_items.inventory_item_id,variants.inventory_items.inventory.location_levels.location_id,variants.inventory_items.inventory.location_levels.stocked_quantity'

/** What one server answers to everything that the adapter relies on, with ids and times left out. */
export async function answersOf(url: string, key: string, location: string): Promise<[string, unknown][]> {
  const ask = asker(url, key)
  const told: [string, unknown][] = []
  const tell = async (what: string, reply: ReturnType<Ask>): Promise<Json> => {
    const { status, body } = await reply
    const it = body as Json
    told.push([
      what,
      status === 200 ? [200, plain(it)] : [status, typeof body === 'object' && body !== null ? (it['type'] ?? 'no type') : body],
    ])
    return typeof body === 'object' && body !== null ? it : {}
  }
  const product = (reply: Json): Json => reply['product'] as Json
  const firstVariant = (it: Json): Json => (it['variants'] as Json[])[0] ?? {}

  await tell('a key nobody has', asker(url, 'sk_none')('GET', '/admin/stores'))
  await tell('a list of uploads', ask('GET', '/admin/uploads'))
  await tell('uploads without a file', ask('POST', '/admin/uploads', {}))
  await tell('an empty batch', ask('POST', '/admin/products/batch?fields=id', {}))
  await tell('a product without options', ask('POST', '/admin/products', { title: 'x', handle: 'p-none' }))
  const whole = { title: 'P', handle: 'p-one', options: option, variants: [variant('P-1', [{ currency_code: 'eur', amount: 12.5 }])] }
  const made = product(await tell('a product', ask('POST', `/admin/products?${FIELDS}`, { ...whole, metadata: { theirs: 1 } })))
  const path = `/admin/products/${String(made['id'])}`
  await tell('the handle again', ask('POST', '/admin/products', { ...whole, variants: [] }))
  await tell('the SKU again', ask('POST', '/admin/products', { ...whole, handle: 'p-two' }))
  await tell('nothing is left of that', ask('GET', '/admin/products?handle=p-two&fields=id'))
  await tell('by SKU', ask('GET', '/admin/product-variants?sku=P-1&fields=sku'))
  await tell('one that is gone', ask('GET', '/admin/products/prod_none'))
  await tell('to change one that is gone', ask('POST', '/admin/products/prod_none', { title: 'x' }))
  await tell('a line more', ask('POST', `${path}?fields=metadata`, { metadata: { ours: { a: 1 } } }))
  await tell('a line less', ask('POST', `${path}?fields=metadata`, { metadata: { theirs: '' } }))
  await tell('the variant twice', ask('POST', `${path}/variants`, variant('P-2', [])))

  const form = new FormData()
  form.append('files', new Blob(['not a picture'], { type: 'image/jpeg' }), '../p-file.jpg')
  const files = (await tell('a file', ask('POST', '/admin/uploads', form)))['files'] as { id: string; url: string }[]
  const file = files[0] ?? { id: '', url: '' }
  const head = await fetch(file.url, { method: 'HEAD' })
  told.push(['where it is', [head.status, head.headers.get('content-length')]])
  const nowhere = 'http://nowhere.example/x.jpg'
  const pictures = 'fields=thumbnail,images.url,images.rank'
  const images = { images: [{ url: nowhere }, { url: file.url }], thumbnail: nowhere }
  const shown = product(await ask('POST', `${path}?fields=images.id,images.url`, images).then((reply) => reply.body as Json))
  const ids = (shown['images'] as { id: string; url: string }[]).toReversed()
  await tell('pictures turned around', ask('POST', `${path}?${pictures}`, { images: ids, thumbnail: file.url }))
  const kept = product((await ask('GET', `${path}?fields=images.id`)).body as Json)['images'] as { id: string }[]
  told.push([
    'they keep their ids',
    kept
      .map((image) => image.id)
      .sort()
      .join() ===
      ids
        .map((image) => image.id)
        .sort()
        .join(),
  ])

  const prices = 'fields=variants.sku,*variants.prices,variants.prices.price_rules.attribute,variants.prices.price_rules.value'
  const id = firstVariant(made)['id']
  const set = (variants: Json) => ask('POST', `${path}?${prices}`, { variants: [{ id, ...variants }] })
  await tell('two prices', set({ prices: ['eur', 'usd'].map((code) => ({ currency_code: code, amount: 0.1 })) }))
  const two = firstVariant(product((await ask('GET', `${path}?${prices}`)).body as Json))['prices'] as Json[]
  const usd = two.find((price) => price['currency_code'] === 'usd')
  await tell('one price named: the other is gone', set({ prices: [{ id: usd?.['id'], currency_code: 'usd', amount: 7 }] }))

  const item = (firstVariant(product((await ask('GET', `${path}?${FIELDS}`)).body as Json))['inventory_items'] as Json[])[0]
  const levels = `/admin/inventory-items/${String(item?.['inventory_item_id'])}/location-levels`
  await tell('a level that is not there', ask('POST', `${levels}/${location}?fields=id`, { stocked_quantity: 1 }))
  await tell('a level', ask('POST', `${levels}?fields=id`, { location_id: location, stocked_quantity: 3 }))
  await tell('the level twice', ask('POST', `${levels}?fields=id`, { location_id: location, stocked_quantity: 3 }))
  await tell('another level', ask('POST', `${levels}/${location}?fields=id`, { stocked_quantity: 5 }))
  const batch = (...update: Json[]) => ask('POST', '/admin/products/batch?fields=status', { update })
  await tell('a batch with one that is gone', batch({ id: made['id'], status: 'published' }, { id: 'prod_none', status: 'published' }))
  await tell('which then changes nothing', ask('GET', `${path}?fields=status`))
  await tell(
    'shown',
    batch({ id: made['id'], status: 'published' }).then((reply) => ({ ...reply, body: {} })),
  )
  await tell('as it is', ask('GET', `${path}?${FIELDS}`))
  await tell('the file is taken away', ask('DELETE', `/admin/uploads/${encodeURIComponent(file.id)}`))
  await tell('and again', ask('DELETE', `/admin/uploads/${encodeURIComponent(file.id)}`))
  told.push(['where it was', (await fetch(file.url, { method: 'HEAD' })).status])
  return told
}

/** Only what the adapter reads, ids and numbers in names left out, and lists without an order of their own sorted. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value === 'string')
    return value
      .replace(/^(prod|variant|price|img|iitem|sloc|sc|sp)_\w+$/, '$1')
      .replace(/^http:\/\/127\.0\.0\.1:\d+/, '')
      .replace(/\d{13}-/, 'n-')
  if (typeof value !== 'object' || value === null) return value
  const known = Object.entries(value).filter(([name, it]) => READ.has(name) && it !== undefined)
  return Object.fromEntries(
    known.map(([name, it]) => [name, name === 'metadata' ? it : plain(it)]).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  )
}

const READ = new Set(
  'product products variants title status thumbnail metadata images url rank options values value sku manage_inventory prices amount currency_code min_quantity max_quantity rules inventory_items inventory location_levels location_id stocked_quantity files deleted object count'.split(
    ' ',
  ),
)

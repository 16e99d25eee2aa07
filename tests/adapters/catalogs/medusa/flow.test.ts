import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMedusa } from '../../../../main/adapters/catalogs/medusa.ts'
import type { CatalogMedia, CatalogReply } from '../../../../main/core/catalog.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { clip, image, listing } from '../shop.ts'
import { connect } from './matrix.ts'
import { type MedusaStandIn, medusaStandIn } from './stand-in.ts'

const { signal } = new AbortController()
let home: string
let pictures: CatalogMedia[]
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'medusa-flow-'))
  pictures = await Promise.all([1, 2, 3].map((seed) => image(home, seed)))
})
afterAll(() => rm(home, { recursive: true, force: true }))

const open = (shop: MedusaStandIn, config: Record<string, string> = {}) => connect(shop.url, shop.key.now, 20_000, config)
const problem = (reply: CatalogReply<unknown>) => (reply.ok ? null : `${reply.problem.class} ${reply.problem.code}`)
const picture = (n: number): CatalogMedia => {
  const one = pictures[n]
  if (one === undefined) throw new Error('expected a picture')
  return one
}

describe('Medusa, a stand-in', () => {
  it('says what is missing, and refuses what it cannot do before anything is sent', async () => {
    await using shop = await medusaStandIn()
    shop.orders.forbidden = /^POST uploads/
    shop.orders.locations = [
      { id: 'sloc_1', name: 'Stall', sales_channels: [] },
      { id: 'sloc_2', name: 'Barn', sales_channels: [{ id: 'sc_1' }] },
    ]
    const tested = await open(shop).test(signal)
    expect(tested).toMatchObject({
      value: {
        shop: 'Stand-in pottery',
        missing: [expect.stringContaining('send pictures'), expect.stringContaining('“Stall”, “Barn”')],
      },
    })
    shop.orders.forbidden = null
    expect(await open(shop, { location: 'Stall' }).test(signal)).toMatchObject({ value: { missing: [expect.stringContaining('“Stall”')] } })
    expect(await open(shop, { location: 'Barn' }).test(signal)).toMatchObject({ value: { missing: [] } })
    const mug = listing('mug', [], { price: { minor: 500, currency: 'EUR' }, stock: 1 })
    const asked = [
      await open(shop, { location: 'Attic' }).test(signal),
      await open(shop, { salesChannel: 'Market' }).test(signal),
      await open(shop, { currency: 'CHF' }).test(signal),
      await open(shop).create({ ...mug, price: { minor: 500, currency: 'JPY' } }, 'k', signal),
      await open(shop).create(mug, 'k', signal),
      await open(shop).upload(await clip(home), { remoteId: 'prod_1', handle: 'mug' }, 'k', signal),
    ]
    expect(asked.map(problem)).toEqual([
      'permanent stock-location',
      'permanent sales-channel',
      'permanent currency',
      'permanent currency',
      'permanent stock-location',
      'permanent format',
    ])
    expect(shop.products.size + shop.files.size).toBe(0)
    const keys = ['pk_storefront', '', 'sk_ü'].map((apiKey) =>
      problem(openMedusa({ name: 'm', kind: 'medusa', config: { url: shop.url } }, { apiKey })),
    )
    expect(keys).toEqual(Array.from({ length: 3 }, () => 'permanent connection'))
    // The storefront's address in place of the server's.
    expect(problem(await connect(`${shop.url}/de/`, shop.key.now, 5000).test(signal))).toBe('permanent http-404')
    expect(await connect(`${shop.url}/app`, shop.key.now, 5000, { location: 'Barn' }).test(signal)).toMatchObject({ ok: true })
  })

  it('keeps what is not ours: pictures, other prices, lines of metadata, ids of pictures; and notices lies and changes', async () => {
    await using shop = await medusaStandIn()
    const catalog = open(shop, { page: 'https://shop.example/p/{handle}' })
    const [first, second] = [picture(0), picture(1)]
    const mug = listing('mug', [first, second], {
      sku: 'MUG-1',
      price: { minor: 1250, currency: 'EUR' },
      stock: 2,
      description: 'Blue\n\nround',
    })
    const ended = await publishOnce(catalog, mug)
    expect(ended).toMatchObject({ problems: [], sent: 2, remote: { url: 'https://shop.example/p/mug', visible: false, stock: 2 } })
    const remoteId = ended.remote?.remoteId ?? ''
    const it = shop.products.get(remoteId)
    const variant = it?.variants[0]
    if (it === undefined || variant === undefined) throw new Error('expected a product')
    expect(it).toMatchObject({ description: 'Blue\n\nround', sales_channels: [{ id: 'sc_1' }], shipping_profile: { id: 'sp_1' } })
    // In whole units, not in cents.
    expect(variant.prices).toMatchObject([{ amount: 12.5, currency_code: 'eur' }])
    variant.prices?.push(
      { id: 'price_usd', amount: 14.1, currency_code: 'usd', min_quantity: null, max_quantity: null, rules: {} },
      { id: 'price_de', amount: 11, currency_code: 'eur', min_quantity: null, max_quantity: null, rules: { region_id: 'reg_1' } },
    )
    it.metadata['theirs'] = { kept: true }
    it.images.unshift({ id: 'img_theirs', url: 'https://else.example/sea.jpg', rank: -1 })
    const ids = it.images.map((image) => image.id)
    const dearer = { ...mug, price: { minor: 1999, currency: 'EUR' } }
    const again = await publishOnce(catalog, dearer)
    expect(again).toMatchObject({ problems: [], sent: 0, remote: { price: { minor: 1999 } } })
    expect(again.remote?.media.map((one) => one.key)).toEqual([first.key, second.key, null])
    expect(it.images.map((image) => image.id)).toEqual([ids[1], ids[2], ids[0]])
    expect([it.thumbnail, it.metadata['theirs'], it.metadata['dropcard']]).toEqual([it.images[0]?.url, { kept: true }, 'done'])
    expect(variant.prices?.map((price) => [price.amount, price.currency_code, price.rules])).toEqual([
      [19.99, 'eur', {}],
      [14.1, 'usd', {}],
      [11, 'eur', { region_id: 'reg_1' }],
    ])
    const asked = shop.asked.length
    expect(await publishOnce(catalog, dearer)).toMatchObject({ problems: [], sent: 0 })
    expect(shop.asked.slice(asked).filter((one) => one.startsWith('POST'))).toEqual([])

    shop.orders.lies = 1
    expect((await publishOnce(catalog, { ...dearer, title: 'Another' })).problems).toEqual([expect.stringMatching(/^set lied: its title/)])
    const change = { remoteId, listing: mug, text: true, gallery: [], keep: [], base: 'older' }
    expect(problem(await catalog.set(change, signal))).toBe('conflict changed')
    it.variants.push({ ...variant, id: 'variant_2', sku: 'MUG-2' })
    expect(problem(await catalog.set({ ...change, base: null, listing: { ...mug, stock: 9 } }, signal))).toBe('conflict variants')
    it.variants.pop()
    variant.parts.push('iitem_saucer')
    expect(problem(await catalog.set({ ...change, base: null, listing: { ...mug, stock: 9 } }, signal))).toBe('conflict kit')
    expect(problem(await catalog.create({ ...mug, handle: 'cup' }, 'k', signal))).toBe('conflict already_exists')
    shop.products.delete(remoteId)
    expect(problem(await catalog.set({ ...change, base: null }, signal))).toBe('conflict not_found')
  })

  it('puts right what a creation left out that was cut off, and leaves to the seller what was whole once', async () => {
    await using shop = await medusaStandIn()
    const catalog = open(shop)
    shop.orders.killInCreate = 'bare'
    const mug = listing('mug', [picture(0)], { sku: 'MUG-1', price: { minor: 1250, currency: 'EUR' }, stock: 2 })
    const ended = await publishOnce(catalog, mug)
    expect(ended).toMatchObject({ problems: [expect.stringMatching(/^create ambiguous /)], remote: { stock: 2, price: { minor: 1250 } } })
    const [it] = shop.products.values()
    expect(it).toMatchObject({ sales_channels: [{ id: 'sc_1' }], shipping_profile: { id: 'sp_1' }, variants: [{ sku: 'MUG-1' }] })
    await publishOnce(catalog, { ...mug, title: 'Mug' })
    Object.assign(it ?? {}, { sales_channels: [] })
    await publishOnce(catalog, { ...mug, title: 'Cup' })
    expect([shop.products.size, it?.title, it?.metadata['dropcard'], it?.sales_channels]).toEqual([1, 'Cup', 'done', []])
    // Its variant was written, but neither its place for prices nor what is counted.
    shop.orders.killInCreate = 'no prices'
    const again = await publishOnce(catalog, listing('bowl', [picture(0)], { price: { minor: 900, currency: 'EUR' }, stock: 4 }))
    expect(again).toMatchObject({ problems: [expect.stringMatching(/^create ambiguous /)], remote: { stock: 4, price: { minor: 900 } } })
    expect([...shop.products.values()].map((one) => one.variants.length)).toEqual([1, 1])
  })

  it('looks at each file where buyers get it: lost, cut, closed, out of reach, in the dark', async () => {
    await using shop = await medusaStandIn()
    const catalog = open(shop)
    const made = await catalog.create(listing('mug', []), 'k', signal)
    const to = { remoteId: made.ok ? made.value.remoteId : '', handle: 'mug' }
    const send = async () => problem(await catalog.upload(picture(0), to, 'k', signal))
    const told: (string | null)[] = []
    for (const file of ['lost', 'cut', 'closed'] as const) {
      shop.orders.file = file
      told.push(await send())
    }
    shop.orders.file = 'kept'
    for (const backend of ['http://files.example/static', 'ftp://127.0.0.1/static']) {
      shop.orders.backend = backend
      told.push(await send())
    }
    expect(told).toEqual([
      'retryable file-gone',
      'retryable file-mismatch',
      'permanent file-closed',
      'permanent file-address',
      'permanent file-address',
    ])
    // Nothing of it is left.
    expect(shop.files.size).toBe(0)
    shop.orders.backend = null
    shop.orders.dark = 2
    const dark = await catalog.upload(picture(0), to, 'k', signal)
    expect(dark).toMatchObject({ value: { state: 'processing', key: picture(0).key } })
    // Also by another run of the program: the product's metadata tells of it.
    expect(await open(shop).findMedia([picture(0).key], to.remoteId, signal)).toMatchObject({ value: [{ state: 'processing' }] })
    expect(await open(shop).findMedia([picture(0).key], to.remoteId, signal)).toMatchObject({
      value: [{ state: 'ready', attached: false }],
    })
    expect(shop.files.size).toBe(1)
  })

  it('takes away second copies of ours that nothing shows, and nothing else', async () => {
    await using shop = await medusaStandIn()
    const catalog = open(shop)
    const ended = await publishOnce(catalog, listing('mug', [picture(0)]))
    const at = { remoteId: ended.remote?.remoteId ?? '', handle: 'mug' }
    const second = await catalog.upload(picture(0), at, 'k', signal)
    const spare = await catalog.upload(picture(1), at, 'k', signal)
    if (!second.ok || !spare.ok) throw new Error('expected both to be there')
    const found = await catalog.findMedia([picture(0).key], at.remoteId, signal)
    expect(found).toMatchObject({ value: [{ attached: true }, { attached: false, remoteId: second.value.remoteId }] })
    const shown = ended.remote?.media[0]?.remoteId ?? ''
    const refusals = [
      await catalog.removeMedia({ remoteId: shown, key: picture(0).key }, signal),
      await catalog.removeMedia({ remoteId: spare.value.remoteId, key: picture(0).key }, signal),
      // Another run of the program does not know by which name it is kept.
      await open(shop).removeMedia({ remoteId: spare.value.remoteId, key: picture(1).key }, signal),
    ]
    expect(refusals.map(problem)).toEqual(['conflict in-use', 'conflict not-ours', 'conflict not-known'])
    expect(await catalog.removeMedia({ remoteId: second.value.remoteId, key: picture(0).key }, signal)).toEqual({ ok: true, value: null })
    expect(await catalog.findMedia([picture(0).key], at.remoteId, signal)).toMatchObject({ value: [{ attached: true }] })
    // One that was shown once is known by the metadata, and taken away by anybody with our key.
    await publishOnce(catalog, listing('mug', [picture(1)], { title: 'Other' }))
    const it = shop.products.get(at.remoteId)
    if (it === undefined) throw new Error('expected a product')
    it.images = it.images.filter((image) => image.url !== shown)
    expect(await open(shop).removeMedia({ remoteId: shown, key: picture(0).key }, signal)).toEqual({ ok: true, value: null })
    expect([shop.files.size, Object.keys(it.metadata).filter((name) => name.startsWith('dropcard_file')).length]).toEqual([1, 1])
    // One product that is gone does not keep the others from being shown.
    const flips = [
      { productId: 'a', remoteId: 'prod_gone' },
      { productId: 'mug', remoteId: at.remoteId },
    ]
    expect(await catalog.flip(flips, 'live', null, signal)).toMatchObject([
      { productId: 'a', reply: { ok: false, problem: { class: 'conflict' } } },
      { productId: 'mug', reply: { ok: true, value: { visible: true } } },
    ])
    shop.orders.lies = 1
    await catalog.flip(flips.slice(1), 'hidden', null, signal)
    expect(await flipOnce(catalog, 'mug', at.remoteId)).toEqual([])
    const [scheduled] = await catalog.flip(flips.slice(1), 'live', '2026-12-01T10:00:00.000Z', signal)
    expect(scheduled === undefined ? null : problem(scheduled.reply)).toBe('permanent no-schedule')
  })
})

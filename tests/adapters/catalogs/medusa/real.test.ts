import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Catalog, CatalogListing, CatalogMedia, CatalogReply } from '../../../../main/core/catalog.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { image, listing, sha256 } from '../shop.ts'
import { connect } from './matrix.ts'
import { answersOf } from './parity.ts'
import { noMedusa, type RealMedusa, startMedusa } from './server.ts'
import { medusaStandIn } from './stand-in.ts'

const reason = await noMedusa()
const { signal } = new AbortController()
const page = 'https://shop.example/products/{handle}'

let home: string
let shop: RealMedusa
let pictures: CatalogMedia[]
beforeAll(async () => {
  if (reason !== null) return
  home = await mkdtemp(join(tmpdir(), 'medusa-real-'))
  shop = await startMedusa()
  pictures = await Promise.all([1, 2, 3, 4].map((seed) => image(home, seed)))
}, 600_000)
afterAll(async () => {
  await shop?.[Symbol.asyncDispose]()
  if (home !== undefined) await rm(home, { recursive: true, force: true })
}, 60_000)

const open = (apiKey = shop.keys.secret): Catalog => connect(shop.url, apiKey, 60_000, { page })
const value = <T>(reply: CatalogReply<T>): T => {
  if (!reply.ok) throw new Error(`${reply.problem.class} ${reply.problem.code}: ${reply.problem.message}`)
  return reply.value
}
const problem = (reply: CatalogReply<unknown>) => (reply.ok ? null : `${reply.problem.class} ${reply.problem.code}`)
const picture = (n: number): CatalogMedia => {
  const one = pictures[n]
  if (one === undefined) throw new Error('expected a picture')
  return one
}

/** What a buyer sees: pictures in order, the main one, price and stock. */
async function buyer(handle: string) {
  const fields = 'title,thumbnail,*images,*variants.calculated_price,+variants.inventory_quantity'
  const { products } = await shop.store(
    `/store/products?handle=${handle}&region_id=${shop.region}&fields=${encodeURIComponent(fields)}`,
    z.object({
      products: z.array(
        z.object({
          title: z.string(),
          thumbnail: z.string().nullable(),
          images: z.array(z.object({ url: z.string(), rank: z.number() })),
          variants: z.array(z.object({ inventory_quantity: z.number(), calculated_price: z.object({ calculated_amount: z.number() }) })),
        }),
      ),
    }),
  )
  const [it] = products
  if (it === undefined) return null
  const urls = it.images.toSorted((a, b) => a.rank - b.rank).map((one) => one.url)
  const bytes = await Promise.all(urls.map(async (url) => sha256(new Uint8Array(await (await fetch(url)).arrayBuffer()))))
  const [variant] = it.variants
  return {
    title: it.title,
    keys: bytes,
    hero: it.thumbnail === urls[0],
    price: variant?.calculated_price.calculated_amount,
    stock: variant?.inventory_quantity,
  }
}

describe.skipIf(reason !== null)(`a real Medusa server on PostgreSQL ${reason ?? ''}`, () => {
  it('answers as the stand-in does', async () => {
    await using standIn = await medusaStandIn()
    const real = await answersOf(shop.url, shop.keys.secret, shop.location)
    expect(await answersOf(standIn.url, standIn.key.now, 'sloc_1')).toEqual(real)
  }, 120_000)

  it('says which shop it is, and what a key is worth', async () => {
    expect(value(await open().test(signal))).toEqual({ shop: 'Real pottery', url: 'https://shop.example/', missing: [] })
    const revoked = await open(shop.keys.revoked).test(signal)
    expect(revoked).toMatchObject({ ok: false, problem: { class: 'auth', code: 'unauthorized' } })
    expect(JSON.stringify(revoked)).not.toContain(shop.keys.revoked)
  }, 60_000)

  it('makes, shows, changes, reorders, replaces, hides and goes back; buyers see it, byte for byte', async () => {
    const catalog = open()
    const [a, b, c] = [picture(0), picture(1), picture(2)]
    const mug: CatalogListing = listing('mug', [a, b], {
      title: 'Mug & “cup” <big>',
      description: 'Stoneware & <glaze>.\n\nDishwasher.',
      sku: 'MUG-1',
      price: { minor: 1250, currency: 'EUR' },
      stock: 3,
    })
    const ended = await publishOnce(catalog, mug)
    const remoteId = ended.remote?.remoteId ?? ''
    expect(ended).toMatchObject({ problems: [], sent: 2, remote: { visible: false, url: 'https://shop.example/products/mug', stock: 3 } })
    expect(await buyer('mug')).toBeNull()
    expect(await flipOnce(catalog, 'mug', remoteId)).toEqual([])
    expect(await buyer('mug')).toEqual({ title: mug.title, keys: [a.key, b.key], hero: true, price: 12.5, stock: 3 })
    const read = value(await catalog.find({ productId: 'mug', remoteId: null, sku: 'MUG-1', handle: '' }, signal))
    expect(read).toMatchObject({
      visible: true,
      revision: ended.remote?.revision,
      title: mug.title,
      price: { minor: 1250, currency: 'EUR' },
    })

    // Words, price, stock; the order; one replaced.
    const dearer = { ...mug, title: 'Mug', description: '', price: { minor: 19_999, currency: 'EUR' }, stock: 0 }
    expect(await publishOnce(catalog, dearer)).toMatchObject({ problems: [], sent: 0 })
    expect(await buyer('mug')).toMatchObject({ title: 'Mug', price: 199.99, stock: 0 })
    expect(await publishOnce(catalog, { ...dearer, media: [b, a] })).toMatchObject({ problems: [], sent: 0 })
    expect(await buyer('mug')).toMatchObject({ keys: [b.key, a.key], hero: true })
    const at = value(await catalog.find({ productId: 'mug', remoteId, sku: null, handle: '' }, signal))
    const urls = new Map(at?.media.map((one) => [one.key, one.remoteId]))
    const third = value(await catalog.upload(c, { remoteId, handle: 'mug' }, 'k', signal))
    const gallery = [
      { key: c.key, remoteId: third.remoteId },
      { key: b.key, remoteId: urls.get(b.key) ?? '' },
    ]
    const set = value(await catalog.set({ remoteId, listing: dearer, text: true, gallery, keep: [], base: at?.revision ?? null }, signal))
    expect(set.media.map((one) => one.key)).toEqual([c.key, b.key])
    expect(await buyer('mug')).toMatchObject({ keys: [c.key, b.key], hero: true })
    // Going back: the files are still there and known, by anybody who has our key.
    expect(value(await open().findMedia([a.key, b.key], remoteId, signal))).toMatchObject([
      { key: b.key, attached: true },
      { key: a.key, attached: false, state: 'ready' },
    ])
    const back = [a, b].map(({ key }) => ({ key, remoteId: urls.get(key) ?? '' }))
    value(await catalog.set({ remoteId, listing: mug, text: true, gallery: back, keep: [], base: set.revision }, signal))
    expect(await buyer('mug')).toEqual({ title: mug.title, keys: [a.key, b.key], hero: true, price: 12.5, stock: 3 })
    expect(value(await catalog.removeMedia({ remoteId: third.remoteId, key: c.key }, signal))).toBeNull()

    const [hidden] = await catalog.flip([{ productId: 'mug', remoteId }], 'hidden', null, signal)
    expect([hidden?.reply, await buyer('mug')]).toMatchObject([{ ok: true, value: { visible: false } }, null])
    // Three files were sent in all this, one of them was taken away.
    expect((await shop.files()).toSorted()).toEqual([a.key, b.key].toSorted())
  }, 180_000)

  it('does not overwrite what others did, and keeps their pictures, prices and lines', async () => {
    const catalog = open()
    const bowl = listing('bowl', [picture(0)], { sku: 'BOWL-1', price: { minor: 900, currency: 'EUR' } })
    const ended = await publishOnce(catalog, bowl)
    const path = `/admin/products/${ended.remote?.remoteId}`
    const it = z.object({
      product: z.object({
        images: z.array(z.object({ id: z.string(), url: z.string() })),
        metadata: z.record(z.string(), z.unknown()),
        variants: z.array(
          z.object({
            id: z.string(),
            manage_inventory: z.boolean(),
            prices: z.array(z.object({ amount: z.number(), currency_code: z.string(), rules: z.record(z.string(), z.string()) })),
          }),
        ),
      }),
    })
    const { product: made } = await shop.owner('GET', path, undefined, it)
    // No stock was said: it is not counted, and can be bought.
    expect(made.variants).toMatchObject([{ manage_inventory: false }])
    await shop.owner('POST', path, { images: [...made.images, { url: 'https://else.example/sea.jpg' }], metadata: { theirs: 'kept' } }, it)
    const prices = [
      { currency_code: 'eur', amount: 9 },
      { currency_code: 'usd', amount: 10.1 },
      { currency_code: 'eur', amount: 8, rules: { region_id: shop.region } },
    ]
    await shop.owner('POST', `${path}/variants/${made.variants[0]?.id}`, { prices }, z.unknown())
    const change = { remoteId: ended.remote?.remoteId ?? '', listing: bowl, text: true, keep: [], base: ended.remote?.revision ?? '' }
    const own = [{ key: picture(0).key, remoteId: made.images[0]?.url ?? '' }]
    expect(problem(await catalog.set({ ...change, gallery: own }, signal))).toBe('conflict changed')
    // A person decided: ours in front, theirs behind; a stock now.
    const again = await publishOnce(catalog, { ...bowl, price: { minor: 1010, currency: 'EUR' }, stock: 4 })
    expect(again).toMatchObject({ problems: [], sent: 0, remote: { price: { minor: 1010 }, stock: 4 } })
    const { product: after } = await shop.owner('GET', path, undefined, it)
    expect(after.images).toMatchObject([{ id: made.images[0]?.id }, { url: 'https://else.example/sea.jpg' }])
    expect(after.metadata).toMatchObject({ theirs: 'kept', dropcard: 'done' })
    expect(after.variants[0]?.prices.map((one) => [one.amount, one.currency_code, one.rules]).toSorted()).toEqual(
      [
        [10.1, 'eur', {}],
        [10.1, 'usd', {}],
        [8, 'eur', { region_id: shop.region }],
      ].toSorted(),
    )
    expect(problem(await catalog.create({ ...bowl, handle: 'other' }, 'k', signal))).toBe('conflict already_exists')
    await shop.owner('DELETE', path, undefined, z.unknown())
    expect(value(await catalog.find({ productId: 'bowl', remoteId: change.remoteId, sku: 'BOWL-1', handle: 'bowl' }, signal))).toBeNull()
  }, 120_000)

  it('opens and closes a drop of thirty products in one request each, whoever of them is gone', async () => {
    const catalog = open()
    const flips: { productId: string; remoteId: string }[] = [{ productId: 'gone', remoteId: 'prod_gone' }]
    for (let n = 0; n < 30; n++) {
      const made = value(await catalog.create(listing(`drop-${n}`, []), 'k', signal))
      flips.push({ productId: `drop-${n}`, remoteId: made.remoteId })
    }
    for (const to of ['live', 'hidden'] as const) {
      const began = performance.now()
      const replies = await catalog.flip(flips, to, null, signal)
      console.log(`thirty products ${to}: ${Math.round(performance.now() - began)} ms`)
      expect(replies.map((one) => (one.reply.ok ? one.reply.value.visible : one.reply.problem.class))).toEqual([
        'conflict',
        ...Array.from({ length: 30 }, () => to === 'live'),
      ])
    }
    // Nothing of Medusa's own left this machine, nor tried more than once.
    console.log(`tried to leave: ${(await shop.triedToLeave()).join(', ') || 'nothing'}`)
  }, 240_000)
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openShopify } from '../../../../main/adapters/catalogs/shopify.ts'
import type { Catalog, CatalogMedia } from '../../../../main/core/catalog.ts'
import { createChaos } from '../chaos.ts'
import { publishOnce } from '../once.ts'
import { clip, image, listing } from '../shop.ts'
import { openAt, problem, value } from './opened.ts'
import { readSchema, shopifySchemas } from './schema.ts'
import { type ShopifyStandIn, shopifyStandIn } from './stand-in.ts'
import { publicationId } from './state.ts'

const schemas = await shopifySchemas()
const reason = 'reason' in schemas ? schemas.reason : ''
const signal = new AbortController().signal

let home: string
let schema: GraphQLSchema
let pictures: CatalogMedia[]
let film: CatalogMedia
let shop: ShopifyStandIn

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'shopify-'))
  pictures = await Promise.all([1, 2, 3].map((seed) => image(home, seed)))
  film = await clip(home)
  if ('folder' in schemas) schema = await readSchema(schemas.folder, '2026-10')
})
afterAll(() => rm(home, { recursive: true, force: true }))
beforeEach(async () => {
  if (reason === '') shop = await shopifyStandIn(schema)
})
afterEach(async () => {
  if (reason !== '') return
  // The stand-in's own answers fit the real schema.
  expect(shop.wrong).toEqual([])
  await shop[Symbol.asyncDispose]()
})

const open = (config?: Record<string, string>, secrets?: Record<string, string>): Catalog => openAt(shop, config, secrets)
const mug = () =>
  listing('mug', pictures, { description: 'Blue & <big>\n\nholds a lot', sku: 'MUG-1', price: { minor: 1250, currency: 'EUR' }, stock: 7 })

describe.skipIf(reason !== '')(`Shopify ${reason}`, () => {
  it('find, create, three uploads, set, reorder, flip, read back, conflict, removal', async () => {
    const catalog = open()
    expect(value(await catalog.test(signal))).toEqual({ shop: 'Stand-in stall', url: 'https://stand-in.example', missing: [] })
    const ref = { productId: 'mug', remoteId: null, sku: 'MUG-1', handle: 'mug' }
    expect(value(await catalog.find(ref, signal))).toBeNull()
    const made = value(await catalog.create(mug(), 'k', signal))
    expect(made).toMatchObject({
      visible: false,
      opensAt: null,
      url: null,
      title: 'Product mug',
      price: { minor: 1250, currency: 'EUR' },
      stock: 0,
      media: [],
    })
    expect(problem(await catalog.create(mug(), 'k', signal))).toBe('conflict HANDLE_NOT_UNIQUE')
    expect(value(await catalog.find(ref, signal))).toEqual(made)

    const keys = pictures.map((picture) => picture.key)
    expect(value(await catalog.findMedia(keys, made.remoteId, signal))).toEqual([])
    const gallery: { key: string; remoteId: string }[] = []
    for (const media of pictures) {
      const sent = value(await catalog.upload(media, { remoteId: made.remoteId, handle: 'mug' }, 'k', signal))
      expect(sent).toMatchObject({ key: media.key, kind: 'image', state: 'ready', attached: false })
      gallery.push({ key: media.key, remoteId: sent.remoteId })
    }
    expect([...shop.state.files.values()].map((row) => [row.filename, row.sha256, row.size, row.alt])).toEqual(
      pictures.map((media) => [`mug-${media.key.slice(0, 16)}.jpg`, media.key, media.bytes, media.alt]),
    )
    expect(value(await catalog.findMedia(keys, made.remoteId, signal)).map((one) => [one.key, one.attached])).toEqual(
      keys.map((key) => [key, false]),
    )

    const change = { remoteId: made.remoteId, listing: mug(), text: true, gallery, keep: [], base: made.revision }
    const set = value(await catalog.set(change, signal))
    expect(set).toMatchObject({ stock: 7, media: gallery.map(({ key, remoteId }) => ({ key, remoteId, state: 'ready', attached: true })) })
    expect(shop.state.products.get(made.remoteId)?.descriptionHtml).toBe('<p>Blue &amp; &lt;big&gt;</p><p>holds a lot</p>')
    const asked = shop.asked.length
    expect(value(await catalog.set({ ...change, base: set.revision }, signal))).toEqual(set)
    // Nothing differed, so nothing was sent: three reads and no change.
    expect(shop.asked.slice(asked).every((name) => name === 'readProduct')).toBe(true)

    const turned = gallery.toReversed()
    const reordered = value(await catalog.set({ ...change, gallery: turned, base: set.revision }, signal))
    expect(reordered.media.map((one) => one.remoteId)).toEqual(turned.map((one) => one.remoteId))
    expect(reordered.revision).not.toBe(set.revision)
    expect(problem(await catalog.set({ ...change, base: set.revision }, signal))).toBe('conflict changed')

    // Somebody adds a picture of their own: it stays, behind ours, whatever we set.
    const row = shop.state.products.get(made.remoteId)
    const foreign = {
      ...shop.state.files.get(gallery[0]?.remoteId ?? ''),
      id: 'gid://shopify/MediaImage/7',
      filename: 'holiday.jpg',
      sha256: '',
    }
    shop.state.files.set(foreign.id, foreign as never)
    row?.media.unshift(foreign.id)
    expect(problem(await catalog.set({ ...change, base: reordered.revision }, signal))).toBe('conflict changed')
    const kept = value(await catalog.set({ ...change, gallery: gallery.slice(0, 2), keep: [foreign.id], base: null }, signal))
    expect(kept.media.map((one) => [one.remoteId, one.key])).toEqual([
      [gallery[0]?.remoteId, keys[0]],
      [gallery[1]?.remoteId, keys[1]],
      [foreign.id, null],
    ])

    const flips = [
      { productId: 'mug', remoteId: made.remoteId },
      { productId: 'lost', remoteId: 'gid://shopify/Product/1' },
    ]
    const [live, lost] = await catalog.flip(flips, 'live', null, signal)
    expect(live).toEqual({ productId: 'mug', reply: { ok: true, value: { visible: true, opensAt: null } } })
    expect(lost?.reply.ok === false && lost.reply.problem.class).toBe('conflict')
    const shown = value(await catalog.find({ ...ref, remoteId: made.remoteId }, signal))
    expect(shown).toMatchObject({ visible: true, url: 'https://stand-in.example/products/mug', revision: kept.revision })
    const [hidden] = await catalog.flip(flips.slice(0, 1), 'hidden', null, signal)
    expect(hidden?.reply).toEqual({ ok: true, value: { visible: false, opensAt: null } })
    const at = new Date(shop.state.now + 3_600_000).toISOString()
    expect((await catalog.flip(flips.slice(0, 1), 'live', at, signal))[0]?.reply).toEqual({
      ok: true,
      value: { visible: false, opensAt: at },
    })
    shop.state.now += 3_600_001
    expect(value(await catalog.find({ ...ref, remoteId: made.remoteId }, signal))).toMatchObject({ visible: true, opensAt: null })

    const [first, , third] = gallery.map(({ key, remoteId }) => ({ key, remoteId }))
    if (first === undefined || third === undefined) throw new Error('three pictures')
    expect(problem(await catalog.removeMedia(first, signal))).toBe('conflict in-use')
    expect(problem(await catalog.removeMedia({ ...third, key: first.key }, signal))).toBe('conflict not-ours')
    expect(problem(await catalog.removeMedia({ key: first.key, remoteId: foreign.id }, signal))).toBe('conflict not-ours')
    expect(value(await catalog.removeMedia(third, signal))).toBeNull()
    expect(value(await catalog.removeMedia(third, signal))).toBeNull()
    expect(shop.state.files.size).toBe(3)
  })

  it('flips sixty products with a handful of requests', async () => {
    const catalog = open()
    const flips: { productId: string; remoteId: string }[] = []
    for (let n = 0; n < 60; n++) {
      const made = value(await catalog.create(listing(`cup-${n}`, []), 'k', signal))
      flips.push({ productId: `cup-${n}`, remoteId: made.remoteId })
    }
    const asked = shop.asked.length
    const replies = await catalog.flip(flips, 'live', null, signal)
    expect(replies.map((one) => one.productId)).toEqual(flips.map((one) => one.productId))
    expect(replies.every((one) => one.reply.ok && one.reply.value.visible)).toBe(true)
    expect(shop.asked.length - asked).toBe(6)
  })

  it('notices a shop that lies: files that fail later, files cut short, changes that were not made', async () => {
    const catalog = open()
    const made = value(await catalog.create(mug(), 'k', signal))
    const to = { remoteId: made.remoteId, handle: 'mug' }
    const [picture] = pictures
    if (picture === undefined) throw new Error('a picture')
    shop.state.orders.breakNext = 1
    expect(problem(await catalog.upload(picture, to, 'k', signal))).toBe('retryable IMAGE_PROCESSING_FAILURE')
    shop.state.orders.clipNext = 1
    expect(problem(await catalog.upload(picture, to, 'k', signal))).toBe('retryable file-mismatch')
    expect(shop.state.files.size).toBe(0)
    const sent = value(await catalog.upload(picture, to, 'k', signal))
    // A network that wants a sign-in first answers for the storage, and the bytes are nowhere.
    {
      await using chaos = await createChaos(shop.url)
      chaos.choose(() => ({ kind: 'answer', status: 200, forwarded: false }))
      shop.publicUrl = chaos.url
      expect(problem(await catalog.upload(pictures[1] as CatalogMedia, to, 'k', signal))).toBe('retryable INVALID_IMAGE_SOURCE_URL')
      shop.publicUrl = shop.url
    }
    shop.state.orders.lieNext = 1
    const gallery = [{ key: picture.key, remoteId: sent.remoteId }]
    const change = { remoteId: made.remoteId, listing: mug(), text: true, gallery, keep: [], base: null }
    expect(value(await catalog.set(change, signal)).media).toEqual([])
    expect(value(await catalog.set(change, signal)).media).toHaveLength(1)
  })

  it('asks for a token in time, again when it ran out or was revoked, and says which permission is missing', async () => {
    const catalog = open()
    const ref = { productId: 'x', remoteId: null, sku: null, handle: 'x' }
    value(await catalog.find(ref, signal))
    expect(shop.tokens.size).toBe(2)
    shop.state.now += 23 * 3600_000 + 3000_001
    value(await catalog.find(ref, signal))
    expect(shop.tokens.size).toBe(3)
    shop.tokens.clear()
    shop.state.now += 5000
    expect(problem(await catalog.find(ref, signal))).toBe('retryable token-expired')
    value(await catalog.find(ref, signal))
    expect(problem(await open({}, { clientSecret: 'wrong-secret-x' }).find(ref, signal))).toBe('auth http-401')
    const old = open({ clientId: '' }, { token: 'shpat_old' })
    expect(problem(await old.find(ref, signal))).toBe('auth http-401')
    shop.tokens.set('shpat_old', Number.POSITIVE_INFINITY)
    value(await old.find(ref, signal))

    shop.state.scopes.delete('write_files')
    shop.state.scopes.delete('write_inventory')
    expect(value(await catalog.test(signal)).missing).toEqual(['write_files (pictures and clips)', 'write_inventory (stock)'])
    const made = value(await catalog.create(mug(), 'k', signal))
    const upload = await catalog.upload(pictures[0] as CatalogMedia, { remoteId: made.remoteId, handle: 'mug' }, 'k', signal)
    expect(problem(upload)).toBe('auth ACCESS_DENIED')
    expect(!upload.ok && upload.problem.message).toContain('write_files')
  })

  it('waits as long as the cost says, and refuses what cannot be', async () => {
    const catalog = open()
    const ref = { productId: 'x', remoteId: null, sku: 'x', handle: 'x' }
    shop.state.orders.throttleNext = 1
    const slow = await catalog.find(ref, signal)
    // 60 points are wanted, 10 are there, 100 come back a second.
    expect(!slow.ok && slow.problem).toMatchObject({ class: 'throttled', code: 'THROTTLED', retryAfterMs: 500 })
    expect(problem(await catalog.create({ ...mug(), price: { minor: 1, currency: 'USD' } }, 'k', signal))).toBe('permanent currency')
    expect(problem(await open({ channel: 'Nowhere' }).find({ ...ref, remoteId: 'gid://shopify/Product/1' }, signal))).toBe(
      'permanent no-channel',
    )
    const pos = open({ channel: 'Point of Sale' })
    const made = value(await pos.create(mug(), 'k', signal))
    const at = new Date(shop.state.now + 1000).toISOString()
    const [never] = await pos.flip([{ productId: 'mug', remoteId: made.remoteId }], 'live', at, signal)
    expect(never && problem(never.reply)).toBe('permanent no-schedule')
    const wrongs = [
      { shop: 'https://evil.example' },
      { shop: 'http://shop.myshopify.com' },
      { shop: '' },
      { shop: 'my-stall.myshopify.com', clientId: '' },
    ]
    expect(
      wrongs.map((config) =>
        problem(openShopify({ name: 's', kind: 'shopify', config: { clientId: 'c', ...config } }, { clientSecret: 's' })),
      ),
    ).toEqual(['permanent connection', 'permanent address', 'permanent address', 'permanent connection'])
    expect(openShopify({ name: 's', kind: 'shopify', config: { shop: 'my-stall', clientId: 'c' } }, { clientSecret: 's' }).ok).toBe(true)
  })

  it('ends with everything there once, by the rules of the core', async () => {
    const catalog = open()
    const what = { ...mug(), media: [...pictures, film] }
    const ended = await publishOnce(catalog, what)
    expect(ended).toMatchObject({ problems: [], stopped: null, sent: 4, remote: { stock: 7 } })
    expect(shop.state.files.size).toBe(4)
    const [product] = [...shop.state.products.values()]
    expect(product?.media.map((id) => shop.state.files.get(id)?.sha256)).toEqual(what.media.map((media) => media.key))
    expect(product?.published.has(publicationId)).toBe(false)
    // Again from nothing, as after the library was lost: all is found, nothing is sent.
    expect(await publishOnce(open(), what)).toMatchObject({ problems: [], sent: 0 })
    expect(shop.state.files.size).toBe(4)
  })
})

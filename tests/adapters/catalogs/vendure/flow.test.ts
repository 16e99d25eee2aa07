import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { openVendure } from '../../../../main/adapters/catalogs/vendure.ts'
import type { Catalog, CatalogMedia, CatalogReply } from '../../../../main/core/catalog.ts'
import { publishOnce } from '../once.ts'
import { clip, image, listing } from '../shop.ts'
import { owner, startVendure, type Vendure, vendureHome } from './server.ts'

const there = await vendureHome()
const reason = 'reason' in there ? there.reason : ''
const { signal } = new AbortController()

let home: string
let shop: Vendure
let pictures: CatalogMedia[]
beforeAll(async () => {
  if (reason !== '') return
  home = await mkdtemp(join(tmpdir(), 'vendure-'))
  shop = await startVendure(join(home, 'shop'))
  pictures = await Promise.all([1, 2, 3, 4, 5].map((seed) => image(home, seed)))
}, 180_000)
afterAll(async () => {
  await shop?.[Symbol.asyncDispose]()
  if (home !== undefined) await rm(home, { recursive: true, force: true })
})

const value = <T>(reply: CatalogReply<T>): T => {
  if (!reply.ok) throw new Error(`${reply.problem.class} ${reply.problem.code}: ${reply.problem.message}`)
  return reply.value
}
const connect = (key: keyof Vendure['keys'] = 'publishing', config: Record<string, string> = {}): Catalog =>
  value(
    openVendure(
      { name: 'vendure', kind: 'vendure', config: { url: shop.url, page: 'https://shop.example/p/{slug}', ...config } },
      { apiKey: shop.keys[key] },
      { settleMs: 3000 },
    ),
  )

describe.skipIf(reason !== '')(`a real Vendure server ${reason}`, () => {
  it('says which shop it is and which permission is missing', async () => {
    expect(value(await connect('least').test(signal))).toEqual({
      shop: `${new URL(shop.url).host}, default channel`,
      url: 'https://shop.example/',
      missing: [],
    })
    expect(value(await connect('reading').test(signal)).missing).toEqual([
      'UpdateCatalog (to change, show and hide products)',
      'CreateCatalog (to add pictures and clips)',
      'CreateCatalog (to add products)',
    ])
    const stranger = value(openVendure({ name: 'v', kind: 'vendure', config: { url: shop.url } }, { apiKey: 'not-a-key-of-this-shop' }))
    expect(await stranger.test(signal)).toMatchObject({ ok: false, problem: { class: 'auth', code: 'FORBIDDEN' } })
    expect(JSON.stringify(await stranger.test(signal))).not.toContain('not-a-key')
    expect(await connect('publishing', { channel: 'no-such-channel' }).test(signal)).toMatchObject({
      ok: false,
      problem: { class: 'auth' },
    })
  })

  it('comes as an administrator: one session, begun once, begun again where it ran out; a wrong password is said and not repeated', async () => {
    const as = (url: string, password: string) =>
      value(openVendure({ name: 'v', kind: 'vendure', config: { url, user: owner.user } }, { password }))
    const base = new DatabaseSync(join(shop.dir, 'shop.sqlite'), { timeout: 5000 })
    const earlier = Number(base.prepare('SELECT max(id) AS last FROM session').get()?.['last'])
    const begun = () => base.prepare('SELECT count(*) AS n FROM session WHERE id > ?').get(earlier)?.['n']
    const catalog = as(shop.url, owner.password)
    const asked = await Promise.all([1, 2, 3].map(() => catalog.test(signal)))
    expect(asked.map(value)).toEqual(Array(3).fill({ shop: `${new URL(shop.url).host}, default channel`, url: null, missing: [] }))
    expect(begun()).toBe(1)
    // Over, as after a year or a tidy-up: it is begun anew, once.
    await shop.kill()
    base.prepare('DELETE FROM session WHERE id > ?').run(earlier)
    await shop.start()
    expect(await catalog.find({ productId: 'mug', remoteId: '1', sku: null, handle: '' }, signal)).toMatchObject({
      ok: false,
      problem: { class: 'auth' },
    })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
    try {
      expect((await Promise.all([catalog.test(signal), catalog.test(signal)])).map(value)).toEqual(asked.slice(0, 2).map(value))
    } finally {
      vi.useRealTimers()
    }
    expect(begun()).toBe(1)
    base.close()
    const refused = await as(shop.url, 'not-the-password').test(signal)
    expect(refused).toMatchObject({ ok: false, problem: { class: 'auth', code: 'INVALID_CREDENTIALS_ERROR' } })
    expect(JSON.stringify(refused)).not.toContain('not-the-password')

    const browser = await startVendure(join(home, 'browser'), { cookies: true })
    await using _ = browser
    const [picture] = pictures
    if (picture === undefined) throw new Error('expected pictures')
    const other = as(browser.url, owner.password)
    expect(await publishOnce(other, listing('bowl', [picture], {}))).toMatchObject({
      problems: [],
      sent: 1,
      remote: { title: 'Product bowl' },
    })
  })

  it('makes, fills, orders and hides one product, and finds what is there', async () => {
    const catalog = connect('least')
    const [first, second, third] = pictures
    if (first === undefined || second === undefined || third === undefined) throw new Error('expected pictures')
    const film = await clip(home)
    const mug = listing('mug', [first, second, film], {
      sku: 'MUG-1',
      price: { minor: 1250, currency: 'EUR' },
      stock: 3,
      description: 'Stoneware & <glaze>.\n\nDishwasher.',
    })
    const ended = await publishOnce(catalog, mug)
    expect(ended).toMatchObject({ problems: [], sent: 3 })
    expect(catalog.capabilities().dedupe).toBe('server-key')
    const ids = ended.remote?.media.map((one) => one.remoteId) ?? []
    const remoteId = ended.remote?.remoteId ?? ''
    expect(ended.remote).toMatchObject({
      title: 'Product mug',
      visible: false,
      url: 'https://shop.example/p/mug',
      price: { minor: 1250, currency: 'EUR' },
      stock: 3,
      media: [
        { key: first.key, kind: 'image', state: 'ready', attached: true },
        { key: second.key, kind: 'image' },
        { key: film.key, kind: 'clip' },
      ],
    })
    // The bytes are what buyers get.
    const { product } = await shop.owner(
      'query ($id: ID!) { product(id: $id) { description assets { source } } }',
      { id: remoteId },
      z.object({ product: z.object({ description: z.string(), assets: z.array(z.object({ source: z.string() })) }) }),
    )
    expect(product.description).toBe('<p>Stoneware &amp; &lt;glaze&gt;.</p><p>Dishwasher.</p>')
    const bytes = await (await fetch(product.assets[0]?.source ?? '')).arrayBuffer()
    expect(bytes.byteLength).toBe(first.bytes)

    // Another order, one less, one more; another price and no stock.
    const again = await publishOnce(catalog, listing('mug', [third, second], { sku: 'MUG-1', price: { minor: 990, currency: 'EUR' } }))
    expect(again).toMatchObject({ problems: [], sent: 1, remote: { remoteId, price: { minor: 990 }, stock: 3 } })
    // What somebody else would see as a foreign picture stays behind ours: the rules for that are the core's.
    expect(again.remote?.media.map((one) => one.key).slice(0, 2)).toEqual([third.key, second.key])
    expect(value(await catalog.find({ productId: 'x', remoteId: null, sku: 'MUG-1', handle: 'other' }, signal))?.remoteId).toBe(remoteId)
    expect(value(await catalog.find({ productId: 'x', remoteId: '99999', sku: null, handle: 'mug' }, signal))?.remoteId).toBe(remoteId)
    expect(value(await catalog.find({ productId: 'x', remoteId: '99999', sku: 'NO', handle: 'no' }, signal))).toBeNull()

    // A shop that keeps what it is asked to keep, and says so when the product was changed meanwhile.
    const change = { remoteId, listing: mug, text: false, gallery: [{ key: first.key, remoteId: ids[0] ?? '' }], keep: [], base: 'older' }
    expect(await catalog.set(change, signal)).toMatchObject({ ok: false, problem: { class: 'conflict', code: 'changed' } })
    // Unknown ids are dropped without a word: only the fresh read tells.
    const lied = value(
      await catalog.set({ ...change, base: null, gallery: [...change.gallery, { key: 'x'.repeat(64), remoteId: '424242' }] }, signal),
    )
    expect(lied.media.map((one) => one.remoteId)).toEqual([ids[0]])
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openVendure } from '../../../../main/adapters/catalogs/vendure.ts'
import { catalogName, productId } from '../../../../main/contract/ids.ts'
import type { Catalog } from '../../../../main/core/catalog.ts'
import { openLibrary } from '../../../../main/core/library/db.ts'
import { shopEngine, stock } from '../../../core/publishing/shop-engine.ts'
import { type Chaos, createChaos } from '../chaos.ts'
import { realPictures } from './pictures.ts'
import { startVendure, type Vendure, vendureHome } from './server.ts'

const there = await vendureHome()
const reason = 'reason' in there ? there.reason : ''
const catalog = catalogName.parse('vendure')

let home: string
let shop: Vendure
let chaos: Chaos
beforeAll(async () => {
  if (reason !== '') return
  home = await mkdtemp(join(tmpdir(), 'vendure-engine-'))
  shop = await startVendure(join(home, 'shop'), { stock: true })
  chaos = await createChaos(shop.url)
}, 180_000)
afterAll(async () => {
  await chaos?.[Symbol.asyncDispose]()
  await shop?.[Symbol.asyncDispose]()
  if (home !== undefined) await rm(home, { recursive: true, force: true })
})

/** A library of its own: names and pictures that no other test of this file has. */
async function library(name: string, products: number, pictures: number, size: number) {
  const dir = join(home, name)
  await stock(dir, products, pictures)
  await realPictures(dir, 'shop-3000', size, 90)
  await using opened = await openLibrary(dir)
  await opened.db
    .updateTable('product')
    .set((row) => ({ handle: row.fn<string>('replace', ['handle', row.val('thing'), row.val(name)]) }))
    .execute()
  await opened.db.updateTable('product').set({ price_minor: 1500, currency: 'EUR', stock: 2 }).where('id', '=', 'p-1').execute()
  return dir
}

async function firstPicture(dir: string) {
  await using opened = await openLibrary(dir)
  return await opened.db
    .selectFrom('rendition')
    .innerJoin('product_asset', 'product_asset.asset_id', 'rendition.asset_id')
    .select(['rendition.bytes', 'rendition.key'])
    .orderBy('product_asset.position')
    .executeTakeFirstOrThrow()
}

async function connected(dir: string) {
  const opened = openVendure(
    { name: 'vendure', kind: 'vendure', config: { url: chaos.url } },
    { token: shop.token },
    { settleMs: 1500, timeoutMs: 5000 },
  )
  if (!opened.ok) throw new Error(opened.problem.message)
  const own: Catalog = opened.value
  const engine = await shopEngine({ dir, catalogs: [own] })
  const state = () => engine.call('publish.state', { catalog })
  return {
    ...engine,
    state,
    async rest() {
      for (let tries = 0; tries < 1100; tries++) {
        const now = await state()
        if (now.waiting === 0) return now
        await sleep(100)
      }
      throw new Error(`it never came to rest: ${JSON.stringify(await engine.call('publish.queue', { catalog, limit: 50 }))}`)
    },
  }
}

const shown = z.object({
  product: z.object({
    id: z.string(),
    enabled: z.boolean(),
    featuredAsset: z.object({ id: z.string() }).nullable(),
    assets: z.array(z.object({ id: z.string(), name: z.string() })),
    variants: z.array(z.object({ sku: z.string(), stockOnHand: z.number(), prices: z.array(z.object({ price: z.number() })) })),
  }),
})
const look = (slug: string) =>
  shop
    .owner(
      'query ($slug: String!) { product(slug: $slug) { id enabled featuredAsset { id } assets { id name } variants { sku stockOnHand prices { price } } } }',
      { slug },
      shown,
    )
    .then(({ product }) => product)
const everything = z.object({ assets: z.object({ items: z.array(z.object({ id: z.string() })) }) })
const countAssets = async () =>
  (await shop.owner('{ assets(options: { take: 1000 }) { items { id } } }', {}, everything)).assets.items.length

describe.skipIf(reason !== '')(`the engine and a real Vendure server ${reason}`, () => {
  it('publishes, reorders, hides, sees what others did, and goes back', async () => {
    const dir = await library('mug', 2, 3, 120)
    const it = await connected(dir)
    await it.call('publish.start', { catalog, productIds: null })
    expect(await it.rest()).toMatchObject({ published: 2, failed: [], conflicts: [] })
    const first = await look('mug-1')
    expect(first).toMatchObject({ enabled: true, variants: [{ sku: 'mug-1', stockOnHand: 2, prices: [{ price: 1500 }] }] })
    expect([first.assets.length, first.featuredAsset?.id]).toEqual([3, first.assets[0]?.id])
    // No price, nothing to buy: not a thing for nothing.
    expect((await look('mug-2')).variants).toEqual([])

    const one = productId.parse('p-1')
    const [own] = (await it.call('product.list', {})).filter((product) => product.id === one)
    const order = (own?.assets ?? []).toReversed()
    await it.call('product.arrange', { productId: one, assetIds: order })
    await it.call('publish.start', { catalog, productIds: [one] })
    await it.rest()
    const turned = await look('mug-1')
    expect(turned.assets.map((asset) => asset.id)).toEqual(first.assets.map((asset) => asset.id).toReversed())
    expect(turned.featuredAsset?.id).toBe(turned.assets[0]?.id)

    await it.call('publish.hide', { catalog, productIds: [one] })
    expect(await it.rest()).toMatchObject({ hidden: 1, published: 1 })
    expect((await look('mug-1')).enabled).toBe(false)

    // Somebody takes a picture out and turns the rest around.
    const theirs = turned.assets
      .slice(0, 2)
      .map((asset) => asset.id)
      .toReversed()
    await shop.owner(
      'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { id } }',
      { input: { id: turned.id, assetIds: theirs, featuredAssetId: theirs[0] } },
      z.unknown(),
    )
    await it.call('publish.start', { catalog, productIds: [one] })
    await it.call('publish.hide', { catalog, productIds: [one] }).catch(() => null)
    await it.rest()
    await it.call('product.arrange', { productId: one, assetIds: order.toReversed() })
    await it.call('publish.start', { catalog, productIds: [one] })
    const conflict = await it.rest()
    expect(conflict.conflicts.map((entry) => entry.differences.join('; '))).toEqual([expect.stringContaining('not in its gallery')])
    expect((await look('mug-1')).assets.map((asset) => asset.id)).toEqual(theirs)
    await it.call('publish.resolve', { catalog, productId: one, how: 'theirs' })
    expect((await look('mug-1')).assets.map((asset) => asset.id)).toEqual(theirs)
    await it.call('publish.resolve', { catalog, productId: one, how: 'ours' })
    expect(await it.rest()).toMatchObject({ published: 2, conflicts: [] })
    expect((await look('mug-1')).assets.map((asset) => asset.id)).toEqual(first.assets.map((asset) => asset.id))

    const versions = await it.call('publish.versions', { catalog, productId: one })
    const older = versions.find((version) => !version.current)
    await it.call('publish.rollback', { catalog, productId: one, n: older?.n ?? 0 })
    expect(await it.rest()).toMatchObject({ published: 2, conflicts: [], failed: [] })
    expect((await look('mug-1')).assets.map((asset) => asset.id)).toEqual(turned.assets.map((asset) => asset.id))
    // In all this no picture was sent twice.
    expect(await countAssets()).toBe(6)
  }, 120_000)

  it('believes no success that a fresh read does not show', async () => {
    const dir = await library('plate', 1, 2, 130)
    const first = await firstPicture(dir)
    const it = await connected(dir)
    const before = await countAssets()
    // "Done": nothing was. Once when a picture is sent, once when the gallery is set, once when it is shown.
    const asset = {
      id: '77777',
      type: 'IMAGE',
      mimeType: 'image/jpeg',
      fileSize: first.bytes,
      width: 130,
      height: 90,
      source: '',
      tags: [],
    }
    const lies = new Map<string, object>([
      ['multipart', { createAssets: [{ __typename: 'Asset', ...asset }] }],
      ['"operationName":"updateProduct"', { updateProduct: { id: '1' } }],
      ['"operationName":"updateProducts"', { updateProducts: [{ id: '1' }] }],
    ])
    chaos.choose((seen) => {
      const named = [...lies].find(([name]) => seen.head.includes(name) || seen.headers['content-type']?.startsWith(name) === true)
      if (named === undefined) return { kind: 'none' }
      lies.delete(named[0])
      return { kind: 'answer', status: 200, body: JSON.stringify({ data: named[1] }), forwarded: false }
    })
    await it.call('publish.start', { catalog, productIds: null })
    const end = await it.rest()
    chaos.choose(() => ({ kind: 'none' }))
    expect([end, [...lies.keys()]]).toMatchObject([{ published: 1, failed: [], conflicts: [] }, []])
    const plate = await look('plate-1')
    expect([plate.enabled, plate.assets.length]).toEqual([true, 2])
    expect(await countAssets()).toBe(before + 2)
  }, 120_000)
})

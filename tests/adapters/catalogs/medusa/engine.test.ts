import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openMedusa } from '../../../../main/adapters/catalogs/medusa.ts'
import { catalogName, productId } from '../../../../main/contract/ids.ts'
import { openLibrary } from '../../../../main/core/library/db.ts'
import { shopEngine, stock } from '../../../core/publishing/shop-engine.ts'
import { type Chaos, createChaos } from '../chaos.ts'
import { realPictures } from '../vendure/pictures.ts'
import { operations } from './matrix.ts'
import { noMedusa, type RealMedusa, startMedusa } from './server.ts'

const reason = await noMedusa()
const catalog = catalogName.parse('medusa')

let home: string
let shop: RealMedusa
let chaos: Chaos
beforeAll(async () => {
  if (reason !== null) return
  home = await mkdtemp(join(tmpdir(), 'medusa-engine-'))
  shop = await startMedusa()
  chaos = await createChaos(shop.url)
}, 900_000)
afterAll(async () => {
  await chaos?.[Symbol.asyncDispose]()
  await shop?.[Symbol.asyncDispose]()
  if (home !== undefined) await rm(home, { recursive: true, force: true })
}, 60_000)

async function library(): Promise<string> {
  const dir = join(home, 'library')
  await stock(dir, 2, 3)
  await realPictures(dir, 'shop-3000', 140, 100)
  await using opened = await openLibrary(dir)
  const values = { price_minor: 1550, currency: 'EUR', stock: 2, sku: 'THING-1' }
  await opened.db.updateTable('product').set(values).where('id', '=', 'p-1').execute()
  return dir
}

async function connected(dir: string) {
  const deps = { settleMs: 1500, timeoutMs: 20_000 }
  const opened = openMedusa({ name: 'medusa', kind: 'medusa', config: { url: chaos.url } }, { apiKey: shop.keys.secret }, deps)
  if (!opened.ok) throw new Error(opened.problem.message)
  const engine = await shopEngine({ dir, catalogs: [opened.value] })
  return {
    ...engine,
    async rest() {
      for (let tries = 0; tries < 1200; tries++) {
        const now = await engine.call('publish.state', { catalog })
        if (now.waiting === 0) return now
        await sleep(100)
      }
      throw new Error(`it never came to rest: ${JSON.stringify(await engine.call('publish.queue', { catalog, limit: 50 }))}`)
    },
  }
}

const shown = z.object({
  products: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      thumbnail: z.string().nullable(),
      images: z.array(z.object({ url: z.string(), rank: z.number() })),
      variants: z.array(
        z.object({ sku: z.string().nullable(), prices: z.array(z.object({ amount: z.number(), currency_code: z.string() })) }),
      ),
    }),
  ),
})
const FIELDS = 'id,status,thumbnail,images.url,images.rank,variants.sku,*variants.prices'
async function look(handle: string) {
  const { products } = await shop.owner('GET', `/admin/products?handle=${handle}&fields=${FIELDS}`, undefined, shown)
  const [it] = products
  if (it === undefined) throw new Error(`expected ${handle}`)
  return { ...it, urls: it.images.toSorted((a, b) => a.rank - b.rank).map((one) => one.url) }
}

describe.skipIf(reason !== null)(`the engine and a real Medusa server ${reason ?? ''}`, () => {
  it('publishes through lost answers, reorders, hides, sees what others did, and goes back', async () => {
    const dir = await library()
    const it = await connected(dir)

    // The answers to the first creation, the first picture and the first setting are lost after the work was done.
    const lost = new Set(['create', 'upload', 'set'])
    chaos.choose((seen) => {
      const hit = operations.find((operation) => lost.has(operation.name) && operation.matches(seen))
      if (hit === undefined) return { kind: 'none' }
      lost.delete(hit.name)
      return { kind: 'drop-reply' }
    })
    await it.call('publish.start', { catalog, productIds: null })
    expect([await it.rest(), [...lost]]).toMatchObject([{ published: 2, failed: [], conflicts: [] }, []])
    const first = await look('thing-1')
    expect(first).toMatchObject({ status: 'published', variants: [{ sku: 'THING-1', prices: [{ amount: 15.5, currency_code: 'eur' }] }] })
    expect([first.urls.length, first.thumbnail]).toEqual([3, first.urls[0]])
    // No price, nothing to buy: not a thing for nothing.
    expect((await look('thing-2')).variants).toEqual([])
    // Six pictures are shown; the one whose answer was lost was sent again.
    expect((await shop.files()).length).toBe(7)

    const one = productId.parse('p-1')
    const [own] = (await it.call('product.list', {})).filter((product) => product.id === one)
    const order = (own?.assets ?? []).toReversed()
    await it.call('product.arrange', { productId: one, assetIds: order })
    await it.call('publish.start', { catalog, productIds: [one] })
    await it.rest()
    const turned = await look('thing-1')
    expect([turned.urls, turned.thumbnail]).toEqual([first.urls.toReversed(), first.urls.at(-1)])

    await it.call('publish.hide', { catalog, productIds: [one] })
    expect(await it.rest()).toMatchObject({ hidden: 1, published: 1 })
    expect((await look('thing-1')).status).toBe('draft')
    await it.call('publish.start', { catalog, productIds: [one] })
    expect(await it.rest()).toMatchObject({ published: 2 })

    // Somebody takes a picture out and turns the rest around.
    const theirs = turned.urls.slice(0, 2).toReversed()
    const images = theirs.map((url) => ({ url }))
    await shop.owner('POST', `/admin/products/${turned.id}`, { images, thumbnail: theirs[0] }, z.unknown())
    await it.call('product.arrange', { productId: one, assetIds: order.toReversed() })
    await it.call('publish.start', { catalog, productIds: [one] })
    const conflict = await it.rest()
    expect(conflict.conflicts.map((entry) => entry.differences.join('; '))).toEqual([expect.stringContaining('not in its gallery')])
    expect((await look('thing-1')).urls).toEqual(theirs)
    await it.call('publish.resolve', { catalog, productId: one, how: 'ours' })
    expect(await it.rest()).toMatchObject({ published: 2, conflicts: [] })
    expect((await look('thing-1')).urls).toEqual(first.urls)

    const versions = await it.call('publish.versions', { catalog, productId: one })
    const older = versions.find((version) => !version.current)
    await it.call('publish.rollback', { catalog, productId: one, n: older?.n ?? 0 })
    expect(await it.rest()).toMatchObject({ published: 2, conflicts: [], failed: [] })
    expect((await look('thing-1')).urls).toEqual(turned.urls)
    // In all this no picture was sent once more.
    expect((await shop.files()).length).toBe(7)
  }, 600_000)
})

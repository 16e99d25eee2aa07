import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Catalog, CatalogMedia } from '../../../../main/core/catalog.ts'
import { clip, image, listing } from '../shop.ts'
import { openAt, problem, value } from './opened.ts'
import { readSchema, shopifySchemas } from './schema.ts'
import { type ShopifyStandIn, shopifyStandIn } from './stand-in.ts'

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

const open = (): Catalog => openAt(shop)
const mug = () =>
  listing('mug', pictures, { description: 'Blue & <big>\n\nholds a lot', sku: 'MUG-1', price: { minor: 1250, currency: 'EUR' }, stock: 7 })

describe.skipIf(reason !== '')(`Shopify: what is there is adopted ${reason}`, () => {
  it('adopts what is there, also when the search lags, lies, or the second file is only refused later', async () => {
    for (const orders of [
      {},
      { search: 'lags' },
      { search: 'matches anything' },
      { duplicates: 'later' },
      { duplicates: 'later', search: 'lags' },
    ] as const) {
      const catalog = open()
      Object.assign(shop.state.orders, { search: 'works', duplicates: 'at once' }, orders)
      shop.state.files.clear()
      shop.state.products.clear()
      const made = value(await catalog.create(mug(), 'k', signal))
      const [picture] = pictures
      if (picture === undefined) throw new Error('a picture')
      const to = { remoteId: made.remoteId, handle: 'mug' }
      const first = value(await catalog.upload(picture, to, 'k', signal))
      // A second engine, which remembers nothing.
      expect(value(await open().upload(picture, to, 'k', signal))).toMatchObject({
        remoteId: first.remoteId,
        key: picture.key,
        state: 'ready',
      })
      expect(shop.state.files.size, JSON.stringify(orders)).toBe(1)
      // Nothing else is taken for it.
      expect(value(await open().findMedia([pictures[1]?.key ?? ''], made.remoteId, signal))).toEqual([])
    }
  })

  it('finds a file that is still being worked on, and says so when it is not found yet', async () => {
    const catalog = open()
    const made = value(await catalog.create(mug(), 'k', signal))
    const to = { remoteId: made.remoteId, handle: 'mug' }
    const [picture] = pictures
    if (picture === undefined) throw new Error('a picture')
    shop.state.orders.looks = 500
    const began = shop.state.now
    expect(value(await catalog.upload(picture, to, 'k', signal))).toMatchObject({ state: 'processing', key: picture.key })
    expect(shop.state.now - began).toBeLessThan(70_000)
    const other = open()
    const looked = value(await other.findMedia([picture.key], made.remoteId, signal))
    expect(looked).toMatchObject([{ key: picture.key, state: 'processing', attached: false }])
    // A search that answers with anything is not believed about a file without a name.
    shop.state.orders.search = 'matches anything'
    expect(value(await other.findMedia([picture.key], made.remoteId, signal))).toEqual([])
    shop.state.orders.search = 'lags'
    expect(problem(await other.upload(picture, to, 'k', signal))).toBe('retryable exists-not-found')
    expect(value(await catalog.findMedia([picture.key], made.remoteId, signal))).toMatchObject([{ key: picture.key, state: 'processing' }])
    expect(shop.state.files.size).toBe(1)
  })

  it('sends clips, and finds them by name in any state', async () => {
    const catalog = open()
    const made = value(await catalog.create(mug(), 'k', signal))
    const sent = value(await catalog.upload(film, { remoteId: made.remoteId, handle: 'mug' }, 'k', signal))
    expect(sent).toMatchObject({ kind: 'clip', state: 'ready' })
    expect([...shop.state.files.values()][0]).toMatchObject({
      type: 'Video',
      sha256: film.key,
      filename: `mug-${film.key.slice(0, 16)}.mp4`,
    })
    // Shopify makes a second one under another name when it is told to; both are found, the older one first.
    value(await open().upload(film, { remoteId: made.remoteId, handle: 'mug' }, 'k', signal))
    expect(value(await open().findMedia([film.key], made.remoteId, signal)).map((one) => one.remoteId)).toEqual([
      ...shop.state.files.keys(),
    ])
    expect(shop.state.files.size).toBe(2)
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWoocommerce } from '../../../../main/adapters/catalogs/woocommerce.ts'
import type { Catalog, CatalogMedia, CatalogReply } from '../../../../main/core/catalog.ts'
import { moneyOf } from '../../../../main/core/domain/money.ts'
import { publishOnce } from '../once.ts'
import { clip, image, listing } from '../shop.ts'
import { type WooStandIn, wooStandIn } from './stand-in.ts'

const { signal } = new AbortController()
let home: string
let picture: CatalogMedia
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'woo-flow-'))
  picture = await image(home, 1)
})
afterAll(() => rm(home, { recursive: true, force: true }))

const open = (shop: WooStandIn): Catalog => {
  const opened = openWoocommerce(
    { name: 'w', kind: 'woocommerce', config: { address: shop.url, user: shop.user } },
    { password: shop.password.now },
  )
  if (!opened.ok) throw new Error(opened.problem.message)
  return opened.value
}
const problem = <T>(reply: CatalogReply<T>) => (reply.ok ? null : `${reply.problem.class} ${reply.problem.code}`)

describe('WooCommerce', () => {
  it('says what is missing, and refuses what it cannot do before anything is sent', async () => {
    await using shop = await wooStandIn()
    shop.orders.woocommerce = false
    shop.orders.capabilities = ['upload_files']
    const tested = await open(shop).test(signal)
    expect(tested.ok && tested.value.missing).toEqual([
      expect.stringContaining('not switched on'),
      expect.stringContaining('may not publish'),
    ])
    expect(problem(await open(shop).create(listing('mug', []), 'k', signal))).toBe('permanent rest_no_route')
    shop.orders.woocommerce = true
    const yen = listing('mug', [], { price: { minor: 500, currency: 'JPY' } })
    expect(problem(await open(shop).create(yen, 'k', signal))).toBe('permanent currency')
    expect(problem(await open(shop).upload(await clip(home), { remoteId: '1', handle: 'mug' }, 'k', signal))).toBe('permanent format')
    expect(shop.products.size + shop.files.size).toBe(0)
    const key = openWoocommerce({ name: 'w', kind: 'w', config: { address: shop.url, user: 'me' } }, { password: `ck_${'a'.repeat(40)}` })
    expect(problem(key)).toBe('permanent connection')
  })

  it('keeps foreign pictures, notices lies, lost marks, files without a size, and other products', async () => {
    await using shop = await wooStandIn()
    const catalog = open(shop)
    const ended = await publishOnce(catalog, listing('mug', [picture], { sku: 'MUG-1', price: { minor: 1250, currency: 'EUR' }, stock: 2 }))
    const remoteId = ended.remote?.remoteId ?? ''
    const it = shop.products.get(Number(remoteId))
    if (it === undefined) throw new Error('a product')
    shop.files.set(5, { id: 5, slug: 'holiday', sha256: '', bytes: 1, alt: 'Sea', post: 0, name: 'x', size: [1, 1] })
    it.images.unshift({ id: 5 })
    const bare = listing('mug', [picture], { sku: 'MUG-1' })
    const again = await publishOnce(catalog, bare)
    expect(again).toMatchObject({ problems: [], sent: 0 })
    expect(again.remote?.media.map((one) => one.key)).toEqual([picture.key, null])
    // What is not known here stays as it is there.
    expect(it).toMatchObject({ regular_price: '12.50', stock_quantity: 2, images: [{ alt: picture.alt }, { id: 5 }] })

    shop.orders.lieNext = 1
    const renamed = await publishOnce(catalog, { ...bare, title: 'Another' })
    expect(renamed.problems).toEqual([expect.stringMatching(/^set lied: its title/)])
    it.type = 'variable'
    const change = { remoteId, listing: { ...bare, stock: 9 }, text: true, gallery: [], keep: [], base: null }
    expect(problem(await catalog.set(change, signal))).toBe('conflict variations')
    it.status = 'future'
    expect(await catalog.find({ productId: 'mug', remoteId, sku: null, handle: '' }, signal)).toMatchObject({
      value: { visible: false, opensAt: '2026-11-22T08:00:00.000Z' },
    })
    it.status = 'trash'
    expect(problem(await catalog.set(change, signal))).toBe('conflict woocommerce_rest_product_invalid_id')

    const other = await image(home, 2)
    shop.orders.loseMark = true
    expect(problem(await catalog.upload(other, { remoteId, handle: 'mug' }, 'k', signal))).toBe('ambiguous slug')
    Object.assign(shop.orders, { loseMark: false, noSize: true })
    expect(await catalog.upload(other, { remoteId, handle: 'mug' }, 'k', signal)).toMatchObject({ value: { state: 'failed' } })
  })

  it('reads prices exactly, or not at all', () => {
    expect(['12.5', '12', '0.07', '12.500', '12.505', '', '1e3', '-1'].map((text) => moneyOf(text, 'EUR')?.minor ?? null)).toEqual([
      1250,
      1200,
      7,
      1250,
      null,
      null,
      null,
      null,
    ])
    expect([moneyOf('500', 'JPY')?.minor, moneyOf('1.234', 'KWD')?.minor]).toEqual([500, 1234])
  })
})

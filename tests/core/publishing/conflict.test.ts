import { join } from 'node:path'
import { expect, test } from 'vitest'
import { productId } from '../../../main/contract/ids.ts'
import { tempFolder } from '../../support/temp.ts'
import { modelShop } from './model-shop.ts'
import { shopEngine, stock } from './shop-engine.ts'

test('a conflict is shown from a fresh look: what was added, taken out and moved, and words; a shop that is away says so', async () => {
  const dir = join(tempFolder(), 'library')
  await stock(dir, 1, 4)
  let fault: 'none' | 'offline' = 'none'
  const shop = modelShop(
    () => fault,
    () => 0,
  )
  const it = await shopEngine({ dir, catalogs: [shop] })
  const id = productId.parse('p-1')
  const one = { catalog: shop.name, productId: id }
  await it.call('product.edit', { productId: id, price: { minor: 1200, currency: 'EUR' } })
  await it.call('publish.start', { catalog: shop.name })
  await it.call('engine.settle', {})
  const [product] = [...shop.products.values()]
  if (product === undefined) throw new Error('nothing was made')
  const [a, b, c, d] = product.gallery
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('expected four pictures')
  shop.media.set('guest', { id: 'guest', key: null, kind: 'image' })
  product.gallery = [b, c, 'guest', a]
  product.title = 'Renamed there'
  await it.call('product.edit', { productId: id, description: 'New words.' })
  await it.call('publish.start', { catalog: shop.name })
  await it.call('engine.settle', {})
  expect((await it.call('publish.state', { catalog: shop.name })).conflicts.map((conflict) => conflict.productId)).toEqual([id])

  const view = await it.call('publish.conflict', one)
  const [listing] = await it.call('product.list', {})
  expect(view.differences.length).toBeGreaterThan(1)
  expect(view.ours).toMatchObject({
    title: 'Thing 1',
    price: { minor: 1200, currency: 'EUR' },
    pictures: listing?.assets.map((assetId, at) => ({ assetId, is: ['moved', 'same', 'same', 'missing'][at] })),
  })
  expect(view.theirs).toMatchObject({
    title: 'Renamed there',
    pictures: [
      { is: 'same', assetId: listing?.assets[1] },
      { is: 'same', assetId: listing?.assets[2] },
      { is: 'added', assetId: null, token: null },
      { is: 'moved', assetId: listing?.assets[0] },
    ],
  })
  fault = 'offline'
  await expect(it.call('publish.conflict', one)).rejects.toThrow('unavailable')
  fault = 'none'
  shop.products.clear()
  expect((await it.call('publish.conflict', one)).theirs).toBeNull()
})

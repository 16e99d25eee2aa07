import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { productId } from '../../../main/contract/ids.ts'
import { buildCard, photo } from '../../support/card.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

test('a shop is connected, listings get words and prices, are published, taken off, brought back, put on a poster and reported', async () => {
  const dir = tempFolder()
  const card = await buildCard(join(dir, 'card'), { '100TEST/IMG_0001.JPG': photo() })
  const library = join(dir, 'library')
  const it = await startEngine(library)
  await it.call('offload.start', { path: card, backups: [], verify: 'destination' })
  await it.call('engine.settle', {})
  const { assets } = await it.call('asset.list', {})
  await it.call('decision.set', { sets: [{ assetIds: assets.map((one) => one.id), decision: 'pick' }] })

  // What cannot work is refused before anything is kept.
  const folder = join(dir, 'shop')
  const bad = { name: null, kind: 'local', config: { folder: library, baseUrl: 'ftp://x' }, secrets: {} }
  expect(await it.engine.call('catalog.connect', bad)).toMatchObject({ ok: false })
  expect((await it.call('catalog.list', {})).map((one) => one.name)).toEqual(['local'])
  const shop = await it.call('catalog.connect', { ...bad, config: { folder, baseUrl: 'https://mira.example/shop/', title: 'Mira' } })
  expect([shop.name, shop.embedded]).toEqual(['local-2', false])

  const sheet = 'SKU;Titel;Preis;Bestand\nMUG-1;Blue mug;18,50;3\n'
  expect((await it.call('product.import', { text: sheet, currency: 'EUR', apply: false })).lines.map((line) => line.does)).toEqual(['new'])
  const [drafted] = await it.call('product.list', {})
  const id = productId.parse(drafted?.id)
  await it.call('product.edit', { productId: id, title: 'Blue mug', sku: 'MUG-1', price: { minor: 1850, currency: 'EUR' } })
  expect((await it.call('product.import', { text: sheet, currency: 'EUR', apply: true })).lines.map((line) => line.does)).toEqual([
    'change',
  ])

  const publish = async () => {
    const plan = await it.call('publish.start', { catalog: shop.name })
    await it.call('engine.settle', {})
    return plan
  }
  const page = join(folder, 'products')
  expect((await publish()).create.map((line) => line.title)).toEqual(['Blue mug'])
  const [line] = await it.call('publish.queue', { catalog: shop.name })
  expect([line?.state, line?.url]).toEqual(['published', expect.stringMatching(/^https:\/\/mira\.example\/shop\/products\//)])
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('18.50')
  await it.call('product.edit', { productId: id, description: 'Thrown by hand.' })
  expect((await publish()).update.map((one) => one.changes)).toEqual([['another description']])
  const versions = await it.call('publish.versions', { catalog: shop.name, productId: id })
  expect(versions.map((one) => [one.n, one.current])).toEqual([
    [2, true],
    [1, false],
  ])
  await it.call('publish.rollback', { catalog: shop.name, productId: id, n: 1 })
  await it.call('engine.settle', {})
  const handle = line?.url?.split('/').at(-2) ?? ''
  expect(readFileSync(join(page, handle, 'index.html'), 'utf8')).not.toContain('Thrown by hand')

  const poster = await it.call('poster.make', { catalog: shop.name, productId: id, dropId: null })
  expect([poster.address, readFileSync(poster.path).subarray(0, 5).toString()]).toEqual([line?.url, '%PDF-'])
  expect(await it.engine.call('poster.make', { catalog: 'local', productId: id, dropId: null })).toMatchObject({
    ok: false,
    error: { code: 'unavailable' },
  })

  await it.call('publish.hide', { catalog: shop.name, productIds: [id] })
  await it.call('engine.settle', {})
  expect([existsSync(join(page, handle)), (await it.call('publish.state', { catalog: shop.name })).hidden]).toEqual([false, 1])
  const receipt = await it.call('report.receipt', { dropId: null })
  expect([receipt.shot, receipt.picked, receipt.lines[0]?.liveAt !== null]).toEqual([1, 1, true])
  expect((await it.call('report.csv', { dropId: null })).text.split('\r\n')[1]).toMatch(/^Blue mug,MUG-1,local-2,hidden,1,0,/)

  await it.call('catalog.disconnect', { name: shop.name })
  expect((await it.call('catalog.list', {})).map((one) => one.name)).toEqual(['local'])
})

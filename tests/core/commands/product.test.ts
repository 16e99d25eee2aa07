import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { productId } from '../../../main/contract/ids.ts'
import { buildCard, fixture } from '../../support/card.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

test('pictures move into one product and back, in the order and with the words a person gave, and the shop page follows', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library)
  const path = await buildCard(join(dir, 'card'), {
    '100CANON/IMG_0001.JPG': fixture('101CANON/IMG_0004.JPG'),
    '100CANON/IMG_0002.JPG': fixture('101CANON/IMG_0005.JPG'),
    '100CANON/IMG_0003.JPG': fixture('101CANON/IMG_0006.JPG'),
  })
  await it.call('offload.start', { path })
  await it.call('engine.settle', {})
  const ids = (await it.call('asset.list', {})).assets.map((one) => one.id)
  const refused = await it.engine.call('product.assign', { assetIds: ids, productId: null })
  expect(refused).toMatchObject({ ok: false, error: { code: 'invalid-input', next: expect.stringContaining('P') } })
  await it.call('decision.set', { sets: [{ assetIds: ids, decision: 'pick' }] })
  const drafts = await it.call('product.list', {})
  expect(drafts.length).toBeGreaterThan(1)

  const { productId: one, moved } = await it.call('product.assign', { assetIds: ids, productId: null })
  expect(await it.call('product.list', {})).toMatchObject([{ id: one, assets: ids }])

  // Moving is an act like any other: in words, undone to where each picture was, done again; the same move twice is none.
  const homes = async (): Promise<[string, string[]][]> =>
    (await it.call('product.list', {})).filter(({ assets }) => assets.length > 0).map(({ id, assets }) => [id, assets])
  const [first, ...others] = drafts
  const [middle] = others.at(-1)?.assets ?? []
  if (first === undefined || middle === undefined) throw new Error('expected several drafts')
  const [newest] = await it.call('decision.history', {})
  expect(newest).toMatchObject({ by: 'person', count: 3, what: expect.stringMatching(/^3 moved to /) })
  expect((await it.call('decision.undo', {})).changed.toSorted()).toEqual(ids.toSorted())
  expect(await homes()).toEqual(drafts.map(({ id, assets }) => [id, assets]))
  await it.call('product.assign', { assetIds: [middle], productId: first.id })
  expect(await it.call('product.assign', { assetIds: [middle], productId: first.id })).toMatchObject({ moved: [] })
  expect((await it.call('decision.history', {}))[0]?.what).toMatch(new RegExp(`^IMG_\\d+\\.JPG moved to ${first.title}$`))
  await it.call('decision.undo', {})
  expect(await homes()).toEqual(drafts.map(({ id, assets }) => [id, assets]))
  await it.call('product.assign', { assetIds: ids, productId: one })
  await it.call('decision.undo', {})
  await it.call('decision.redo', {})
  expect(await homes()).toEqual([[one, ids]])
  const order = ids.toReversed()
  await it.call('product.arrange', { productId: one, assetIds: order.slice(0, 1) })
  expect((await it.call('product.arrange', { productId: one, assetIds: order })).assets).toEqual(order)
  const [hero, second] = order
  if (hero === undefined || second === undefined) throw new Error('expected three photos')
  expect((await it.call('product.role', { productId: one, assetId: second, role: 'back' })).roles).toEqual({ [second]: 'back' })
  const proposal = await it.call('product.propose', { productId: one, most: 2 })
  expect([...proposal.set.map((shot) => shot.assetId), ...proposal.rest].toSorted()).toEqual(ids.toSorted())
  expect(proposal.set).toHaveLength(2)
  // What the next decision drafts leaves a person's arrangement alone.
  await it.call('decision.set', { sets: [{ assetIds: [hero], decision: 'undecided' }] })
  await it.call('decision.undo', {})
  expect((await it.call('product.list', {})).flatMap((product) => product.assets).toSorted()).toEqual(ids.toSorted())

  await it.call('product.assign', { assetIds: [hero], productId: one })
  await it.call('product.arrange', { productId: one, assetIds: order })
  await it.call('publish.start', { catalog: 'local' })
  await it.call('engine.settle', {})
  const { page } = await it.call('publish.state', { catalog: 'local' })
  expect(readFileSync(page ?? '', 'utf8')).toContain('<a')
  await it.call('product.arrange', { productId: one, assetIds: ids })
  expect((await it.call('publish.plan', { catalog: 'local' })).update.map((line) => line.productId)).toEqual([one])

  for (const { assetId, from } of moved) await it.call('product.assign', { assetIds: [assetId], productId: from })
  expect((await it.call('product.list', {})).filter((product) => product.assets.length > 0).map((product) => product.assets)).toEqual(
    drafts.map((product) => product.assets),
  )
  for (const bad of [
    it.engine.call('product.arrange', { productId: one, assetIds: [hero] }),
    it.engine.call('product.assign', { assetIds: [hero], productId: productId.parse('p-none') }),
    it.engine.call('product.role', { productId: productId.parse('p-none'), assetId: hero, role: null }),
  ])
    expect(await bad).toMatchObject({ ok: false, error: { code: expect.stringMatching(/conflict|not-found/) } })
})

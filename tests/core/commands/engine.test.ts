import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { CommandIn, CommandName } from '../../../main/contract/ipc.ts'
import { buildCard, bytes, fixture, photo, photos } from '../../support/card.ts'
import { startEngine, type TestEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

/** Three quick scenes of one frame, a burst of two, and a file that is no photo. */
const small = (dir: string): Promise<string> =>
  buildCard(join(dir, 'card'), {
    '100CANON/IMG_0001.JPG': fixture('101CANON/IMG_0004.JPG'),
    '100CANON/IMG_0002.JPG': fixture('101CANON/IMG_0005.JPG'),
    '100CANON/IMG_0003.JPG': fixture('101CANON/IMG_0006.JPG'),
    '100CANON/IMG_0004.JPG': photo({ seed: 5, capturedAt: '2026:05:01 10:00:00' }),
    '100CANON/IMG_0005.JPG': bytes('no photo at all'),
  })

async function offloaded(it: TestEngine, path: string): Promise<void> {
  await it.call('offload.start', { path })
  await it.call('engine.settle', {})
}

test('the door answers everything with a Reply: unknown names, bad input with its path, commands of Object itself', async () => {
  const { engine } = await startEngine(null)
  const ask = (name: string, input: unknown): Promise<unknown> => engine.call(name as CommandName, input as CommandIn<CommandName>)
  expect(await ask('no.such', {})).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(await ask('constructor', {})).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(await ask('decision.set', { sets: [{ assetIds: ['nope'], decision: 'pick' }] })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', issues: [{ path: 'sets.0.assetIds.0' }] },
  })
  expect(await ask('offload.plan', { path: 'a\0b' })).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
  expect(await ask('publish.plan', { catalog: '../up' })).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
})

test('suggestions never touch what a person decided; one undo takes back one act, down to nothing', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'))
  await offloaded(it, await small(dir))
  const { assets } = await it.call('asset.list', {})
  expect(assets.map((one) => [one.name, one.analysis])).toContainEqual(['IMG_0005.JPG', 'refused'])
  const [first, second] = assets.filter((one) => one.analysis === 'ready')
  if (first === undefined || second === undefined) throw new Error('expected two photos')
  await it.call('decision.set', {
    sets: [
      { assetIds: [first.id], decision: 'reject' },
      { assetIds: [second.id], decision: 'pick' },
    ],
  })
  const accepted = await it.call('decision.accept', {})
  expect(accepted.picked).not.toContain(first.id)
  const now = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await it.call('asset.list', {})).assets.map((one) => [one.id, one.decision]))
  expect(await now()).toMatchObject({ [first.id]: 'reject', [second.id]: 'pick' })
  expect((await it.call('decision.undo', {})).changed.length).toBe(accepted.picked.length + accepted.rejected.length)
  expect((await it.call('decision.undo', {})).changed.toSorted()).toEqual([first.id, second.id].toSorted())
  expect(await it.call('decision.undo', {})).toEqual({ changed: [], what: null, compared: null })
  expect(Object.values(await now())).toEqual(assets.map(() => 'undecided'))
})

test('a listing follows its picks: drafted, renamed, published once, changed, taken down', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library)
  await offloaded(it, await small(dir))
  const ready = (await it.call('asset.list', {})).assets.filter((one) => one.analysis === 'ready')
  const ids = ready.map((one) => one.id)
  await it.call('decision.set', { sets: [{ assetIds: ids, decision: 'pick' }] })
  const drafts = await it.call('product.list', {})
  const hero = drafts[0]
  if (hero === undefined) throw new Error('expected a draft')
  expect(drafts.flatMap((one) => one.assets).toSorted()).toEqual(ids.toSorted())
  await it.call('product.rename', { productId: hero.id, title: 'Blue mug <24 cm> & saucer' })
  const publish = async () => {
    const plan = await it.call('publish.start', { catalog: 'local' })
    await it.call('engine.settle', {})
    return { plan, state: await it.call('publish.state', { catalog: 'local' }) }
  }
  const first = await publish()
  expect([first.plan.create.length, first.state.published, first.state.waiting, first.state.failed]).toEqual([
    drafts.length,
    drafts.length,
    0,
    [],
  ])
  const page = first.state.page ?? ''
  expect(readFileSync(page, 'utf8')).toContain('Blue mug &lt;24 cm&gt; &amp; saucer')
  const again = await publish()
  expect([again.plan.create, again.plan.update, again.plan.unchanged.length]).toEqual([[], [], drafts.length])
  await it.call('decision.set', { sets: [{ assetIds: hero.assets, decision: 'undecided' }] })
  const less = await publish()
  expect([less.plan.hide.map((one) => one.productId), less.state.published]).toEqual([[hero.id], drafts.length - 1])
  expect(readFileSync(page, 'utf8')).not.toContain('Blue mug')
  // A shop folder that someone deleted is made again, with all that was in it and nothing else.
  const served = (): string[] => readdirSync(join(library, 'catalog'), { recursive: true, encoding: 'utf8' }).toSorted()
  const before = served()
  // The catalog believes for two seconds that its folder is there.
  await sleep(2100)
  rmSync(join(library, 'catalog'), { recursive: true })
  await it.call('product.rename', { productId: drafts[1]?.id ?? hero.id, title: 'Renamed' })
  const back = await publish()
  expect([back.plan.update.length, back.plan.unchanged.length, served()]).toEqual([1, drafts.length - 2, before])
})

test('what the window shows is asked for by id, and only what is there', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'))
  await offloaded(it, await small(dir))
  const one = (await it.call('asset.list', {})).assets.find((asset) => asset.analysis === 'ready')
  if (one === undefined) throw new Error('expected a photo')
  for (const rendition of ['thumb', 'preview', 'original'] as const) {
    const { path, type } = await it.call('media.resolve', { assetId: one.id, rendition })
    expect([existsSync(path), type]).toEqual([true, 'image/jpeg'])
  }
  expect(await it.engine.call('media.resolve', { assetId: one.id, rendition: 'proxy' })).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  })
  expect(await it.engine.call('media.resolve', { assetId: 'f'.repeat(64), rendition: 'thumb' })).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  })
  const detail = await it.call('asset.get', { assetId: one.id })
  const points = Object.values(detail.components).reduce((sum, component) => sum + component.points, 0)
  expect(Math.abs((detail.score ?? 0) - 50 - points)).toBeLessThan(0.05)
  expect(JSON.stringify(detail.metadata)).not.toMatch(/serial|latitude|longitude|gps/i)
})

test('cancel stops the copying, names every file, and a rerun completes', async () => {
  const dir = tempFolder()
  const card = await buildCard(join(dir, 'card'), photos(200))
  const it = await startEngine(join(dir, 'library'), 'offload')
  const copying = new Promise<void>((done) => {
    it.engine.on('offload.changed', ({ state, filesDone }) => {
      if (state === 'copying' && filesDone > 0) done()
    })
  })
  const { offloadId } = await it.call('offload.start', { path: card })
  await copying
  await it.call('offload.cancel', { offloadId })
  await it.call('engine.settle', {})
  const stopped = await it.call('offload.report', { offloadId })
  expect([stopped.offload.state, stopped.safeToErase.verdict, stopped.assets.length]).toEqual(['cancelled', 'not-safe', 200])
  expect(stopped.assets.every((asset) => asset.outcome === 'copied' || asset.because !== undefined)).toBe(true)
  expect(new Set(stopped.assets.map((asset) => asset.outcome))).toEqual(new Set(['copied', 'error']))
  const next = await it.call('offload.start', { path: card })
  await it.call('engine.settle', {})
  const done = await it.call('offload.report', next)
  expect([done.assets.length, done.safeToErase.verdict]).toEqual([200, 'safe'])
})

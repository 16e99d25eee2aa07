import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { createWorkerPool } from '../../../main/adapters/pool.ts'
import type { AssetId } from '../../../main/contract/ids.ts'
import { ThreadDied } from '../../../main/core/jobs/ending.ts'
import type { WorkerPool } from '../../../main/core/ports.ts'
import { buildCard, fixture } from '../../support/card.ts'
import { engineWith, startEngine, type TestEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

const small = (dir: string): Promise<string> =>
  buildCard(join(dir, 'card'), {
    '100CANON/IMG_0001.JPG': fixture('101CANON/IMG_0004.JPG'),
    '100CANON/IMG_0002.JPG': fixture('101CANON/IMG_0005.JPG'),
    '100CANON/IMG_0003.JPG': fixture('101CANON/IMG_0006.JPG'),
  })

async function offloaded(it: TestEngine, dir: string): Promise<AssetId[]> {
  await it.call('offload.start', { path: await small(dir) })
  await it.call('engine.settle', {})
  return (await it.call('asset.list', {})).assets.map(({ id }) => id)
}

/** Real threads, except that photos named here take theirs with them when they are read. */
function deadlyPool(deadly: ReadonlySet<string>, tried: string[]): WorkerPool {
  const pool = createWorkerPool()
  return {
    width: (name) => pool.width(name),
    async run(name, input, options) {
      const path = 'path' in input ? input.path : ''
      if (name === 'score.photo' && [...deadly].some((one) => path.endsWith(one))) {
        tried.push(path)
        throw new ThreadDied('worker exited')
      }
      return pool.run(name, input, options)
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}

/** The library as an older version of Dropcard left it: other models, and scores that say so. */
function age(library: string): void {
  const db = new DatabaseSync(join(library, 'dropcard.sqlite'))
  db.exec(
    `update score set model = 'photo-measures@0', subject = null, measures = '{"quality":{"value":0.01,"confidence":1,"region":null,"because":"an older look"}}'`,
  )
  db.close()
}

test('the measures follow the subject a person points at, again after a restart, and back', { timeout: 180_000 }, async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const first = await startEngine(library)
  const [id] = await offloaded(first, dir)
  if (id === undefined) throw new Error('expected a photo')
  const found = await first.call('asset.get', { assetId: id })
  expect([found.subjectBy, found.subject]).toEqual(['machine', expect.objectContaining({ x: expect.any(Number) })])

  const at = { x: 0.12, y: 0.88 }
  await first.call('asset.subject', { assetId: id, at })
  await first.call('engine.settle', {})
  const chosen = await first.call('asset.get', { assetId: id })
  const box = chosen.subject ?? { x: 1, y: 1, w: 0, h: 0 }
  expect([chosen.subjectBy, box.x <= at.x && at.x <= box.x + box.w && box.y <= at.y && at.y <= box.y + box.h]).toEqual(['person', true])
  const regions = (detail: typeof found) => Object.entries(detail.components).map(([name, { region }]) => [name, region])
  expect(regions(chosen)).not.toEqual(regions(found))
  await first.close()

  age(library)
  const second = await startEngine(library)
  await second.call('engine.settle', {})
  await expect.poll(async () => (await second.call('asset.get', { assetId: id })).subject, { timeout: 50_000 }).toEqual(box)
  await second.call('asset.subject', { assetId: id, at: null })
  await second.call('engine.settle', {})
  expect(await second.call('asset.get', { assetId: id })).toMatchObject({
    subject: found.subject,
    subjectBy: 'machine',
    score: found.score,
  })
  for (const at of [
    { x: 2, y: 0 },
    { x: 0.5, y: Number.NaN },
  ])
    expect(await second.engine.call('asset.subject', { assetId: id, at })).toMatchObject({ ok: false, error: { code: 'invalid-input' } })
})

test('scores of an older model stay in view until new ones land, and all of them are made anew in the background', {
  timeout: 180_000,
}, async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const first = await startEngine(library)
  const ids = await offloaded(first, dir)
  const now = await Promise.all(ids.map(async (assetId) => first.call('asset.get', { assetId })))
  await first.call('decision.set', { sets: [{ assetIds: ids.slice(0, 1), decision: 'pick' }] })
  await first.close()
  age(library)

  const second = await startEngine(library)
  const shown = await second.call('asset.list', {})
  expect(shown.assets.map(({ score, analysis }) => [score !== null, analysis])).toEqual(ids.map(() => [true, 'ready']))
  await expect
    .poll(
      async () =>
        (await Promise.all(ids.map((assetId) => second.call('asset.get', { assetId })))).map(({ model, score }) => [model, score]),
      {
        timeout: 50_000,
      },
    )
    .toEqual(now.map(({ model, score }) => [model, score]))
  expect((await second.call('asset.list', {})).assets.map(({ decision }) => decision).toSorted()).toEqual([
    'pick',
    'undecided',
    'undecided',
  ])
})

test('a photo that takes its thread with it is tried once more, keeps its older score with the reason, and is left alone under that model', {
  timeout: 180_000,
}, async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const first = await startEngine(library)
  const ids = await offloaded(first, dir)
  const names = new Map((await first.call('asset.list', {})).assets.map(({ id, name }) => [name, id]))
  await first.close()
  age(library)

  const tried: string[] = []
  for (const life of [1, 2]) {
    const engine = await engineWith(library, deadlyPool(new Set(['IMG_0002.JPG']), tried))
    onTestFinished(() => engine[Symbol.asyncDispose]())
    const ask = async (assetId: AssetId) => {
      const reply = await engine.call('asset.get', { assetId })
      if (!reply.ok) throw new Error(reply.error.message)
      return reply.value
    }
    const deadly = names.get('IMG_0002.JPG')
    if (deadly === undefined) throw new Error('expected IMG_0002.JPG')
    await expect
      .poll(async () => (await Promise.all(ids.map(ask))).filter(({ model }) => model !== 'photo-measures@0').length, { timeout: 50_000 })
      .toBe(2)
    await expect.poll(async () => (await ask(deadly)).because, { timeout: 50_000 }).toMatch(/older score is shown: the worker stopped/)
    await engine.call('engine.settle', {})
    expect([life, (await ask(deadly)).model, (await ask(deadly)).analysis, tried.length]).toEqual([life, 'photo-measures@0', 'ready', 2])
    await engine[Symbol.asyncDispose]()
  }
})

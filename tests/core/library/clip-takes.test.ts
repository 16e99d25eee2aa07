import { expect, test } from 'vitest'
import { type AssetId, clipId } from '../../../main/contract/ids.ts'
import { takeViews } from '../../../main/core/library/clip-takes.ts'
import { type Db, openLibrary } from '../../../main/core/library/db.ts'
import { act } from '../../../main/core/library/decisions.ts'
import type { Measure } from '../../../workers/protocol.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

const now = '2026-05-01T10:00:00.000Z'
const idOf = (n: number): string => n.toString(16).padStart(2, '0').repeat(32)
const measure = (value: number, because: string): Measure => ({ value, confidence: 1, region: null, because })

async function put(db: Db, n: number, source: string, seconds: number | null, at: string, kind = 'clip'): Promise<void> {
  const name = source.split('/').at(-1) ?? ''
  const asset = { id: idOf(n), kind, bytes: 1000 + n, name, stored: source, modified_ms: 0, fingerprint: idOf(n), added_at: now }
  await db.insertInto('asset').values(asset).execute()
  const line = { offload_id: 'o', source, name, kind, bytes: 1000 + n, modified_ms: 0, companions: '[]', asset_id: idOf(n), copies: '[]' }
  await db
    .insertInto('offload_asset')
    .values({ ...line, outcome: 'copied', because: null, stored: source, riders: '[]' })
    .execute()
  const nothing = { because: null, camera: null, width: 1920, height: 1080, info: '{}', phash: null, embedding: null, has_thumb: 1 }
  await db
    .insertInto('analysis')
    .values({ asset_id: idOf(n), state: 'ready', captured_at: at, duration_us: seconds === null ? null : seconds * 1e6, ...nothing })
    .execute()
}

const clip = (db: Db, id: string, take: number, place: number, steady: number, lively: number) =>
  db
    .insertInto('clip')
    .values({
      id,
      asset_id: idOf(take),
      model: 'find@1',
      in_us: place * 6_000_000,
      out_us: place * 6_000_000 + 5_000_000,
      measures: JSON.stringify({ steady: measure(steady, 'steady'), lively: measure(lively, 'lively') }),
      place,
    })
    .execute()

async function offloaded(db: Db): Promise<void> {
  const offload = { id: 'o', path: '/card', label: 'card', state: 'done', verify: 'destination', backups: '[]', because: null }
  await db
    .insertInto('offload')
    .values({ ...offload, manifest: null, started_at: now, finished_at: now })
    .execute()
}

/** Two chapters and a short take, and a Live Photo. */
async function fill(db: Db): Promise<void> {
  await offloaded(db)
  await put(db, 1, 'DCIM/100GOPRO/GH010042.MP4', 600, '2026-05-01T09:00:00')
  await put(db, 2, 'DCIM/100GOPRO/GH020042.MP4', 300, '2026-05-01T09:10:00')
  await put(db, 3, 'DCIM/100GOPRO/GH010043.MP4', 20, '2026-05-01T09:30:00')
  await put(db, 4, 'DCIM/100APPLE/IMG_0007.HEIC', null, '2026-05-01T08:00:00', 'photo')
  await put(db, 5, 'DCIM/100APPLE/IMG_0007.MOV', 2, '2026-05-01T08:00:00')
  await clip(db, 'a', 1, 0, 0.9, 0.2)
  await clip(db, 'b', 1, 1, 0.3, 0.9)
  await clip(db, 'c', 2, 0, 0.5, 0.5)
  await clip(db, 'd', 3, 0, 0.7, 0.7)
  await db
    .insertInto('clip_left')
    .values([
      { asset_id: idOf(2), position: 0, in_us: 0, out_us: 900_000, because: 'shaken' },
      { asset_id: idOf(1), position: 0, in_us: 5, out_us: 10, because: 'black' },
    ])
    .execute()
}

test('chapters of one recording are one take, the moving half of a Live Photo is none, and what was learned orders clips and their scores', async () => {
  await using library = await openLibrary(null)
  const { db } = library
  await fill(db)

  const look = async (input: Partial<Parameters<typeof takeViews>[1]> = {}) =>
    takeViews(db, { after: null, limit: 10, choice: null, ...input })
  const first = await look()
  expect(first.takes.map((take) => [take.name, take.durationUs, take.chapters.length, take.clips.map((one) => one.name)])).toEqual([
    ['GH010042.MP4', 900_000_000, 2, ['GH010042, 1', 'GH010042, 2', 'GH020042, 1']],
    ['GH010043.MP4', 20_000_000, 1, ['GH010043, 1']],
  ])
  expect(first.takes[0]?.left.map((one) => [one.assetId, one.because])).toEqual([
    [idOf(1), 'black'],
    [idOf(2), 'shaken'],
  ])
  expect(first.counts).toEqual({ takes: 2, clips: 4, approved: 0, rejected: 0, undecided: 4, live: 1 })

  await db.transaction().execute((tx) =>
    act(
      tx,
      {
        choices: new Map([
          ['c', 'approved'],
          ['d', 'rejected'],
        ]),
      },
      'human',
      now,
    ),
  )
  const pages = [
    await look({ limit: 1 }),
    await look({ limit: 1, after: idOf(1) }),
    await look({ choice: 'approved' }),
    await look({ choice: 'rejected' }),
  ]
  expect(pages.map((page) => [page.takes.map((take) => take.name), page.more])).toEqual([
    [['GH010042.MP4'], true],
    [['GH010043.MP4'], false],
    [['GH010042.MP4'], false],
    [['GH010043.MP4'], false],
  ])
  expect(pages[0]?.counts).toEqual({ takes: 2, clips: 4, approved: 1, rejected: 1, undecided: 2, live: 1 })

  // A seller who likes movement: the lively clip comes first, and its score says so; forgotten, it is as before.
  const learned = { version: 1, factors: { lively: 2.5, steady: 0.4 }, choices: 30, pairs: 12, words: ['movement counts more'] }
  await db
    .insertInto('clip_taste')
    .values({ id: 1, learned: JSON.stringify(learned), at: now })
    .execute()
  const own = (await look()).takes[0]?.clips ?? []
  expect(own.map((one) => one.id)).toEqual(['b', 'c', 'a'])
  expect((own[0]?.score ?? 0) > (first.takes[0]?.clips.find((one) => one.id === 'b')?.score ?? 100)).toBe(true)
  await db.insertInto('taste').values({ id: 1, is_on: 0, learned: null, at: null }).execute()
  expect((await look()).takes[0]?.clips.map((one) => [one.id, one.score])).toEqual(first.takes[0]?.clips.map((one) => [one.id, one.score]))
})

test('in the culling room chapters are one stack, and the movie of a Live Photo says whose it is', async () => {
  const dir = tempFolder()
  const library = await openLibrary(dir)
  await fill(library.db)
  await library[Symbol.asyncDispose]()
  const { call } = await startEngine(dir)
  await call('settings.set', { strictness: 'strict' })
  await call('engine.settle', {})
  const stacks = (await call('stack.list', {})).filter((stack) => stack.kind === 'take')
  expect(stacks.map(({ members, cover, reason }) => [members, cover, reason])).toEqual([
    [[idOf(1), idOf(2)], idOf(1), '2 files of one recording'],
    [[idOf(3)], idOf(3), 'one take'],
    [[idOf(5)], idOf(5), 'moves with IMG_0007.HEIC'],
  ])
  const [movie] = (await call('asset.list', { assetIds: [idOf(5)] as AssetId[] })).assets
  expect([movie?.suggestion, movie?.reasons[0]]).toEqual(['maybe', 'the moving half of the Live Photo IMG_0007.HEIC'])
})

test('choices of clips teach how their parts weigh; switched off and forgotten with what was learned from picks', async () => {
  const dir = tempFolder()
  const library = await openLibrary(dir)
  await offloaded(library.db)
  const takes = Array.from({ length: 15 }, (_, n) => n + 10)
  for (const n of takes) {
    await put(library.db, n, `DCIM/100CANON/MVI_${n * 7}.MP4`, 20, `2026-05-01T${String(n % 24).padStart(2, '0')}:00:00`)
    // The steady one scores more, the lively one is what this seller takes.
    await clip(library.db, `steady-${n}`, n, 0, 0.9 - n / 1000, 0.3)
    await clip(library.db, `lively-${n}`, n, 1, 0.4, 0.84 + n / 1000)
  }
  await library[Symbol.asyncDispose]()
  const { call } = await startEngine(dir)
  const choose = (names: string[], choice: 'approved' | 'rejected') =>
    call('clip.choose', { sets: [{ clipIds: names.map((name) => clipId.parse(name)), choice }] })
  const first = async () => (await call('clip.takes', {})).takes.map((take) => take.clips[0]?.id.split('-')[0])
  const few = takes.slice(0, 8)
  await choose(
    few.map((n) => `lively-${n}`),
    'approved',
  )
  await choose(
    few.map((n) => `steady-${n}`),
    'rejected',
  )
  await call('engine.settle', {})
  expect([await call('clip.taste', {}), new Set(await first())]).toEqual([
    { active: false, choices: 16, needed: 20, words: [] },
    new Set(['steady']),
  ])
  await choose(
    takes.map((n) => `lively-${n}`),
    'approved',
  )
  await choose(
    takes.map((n) => `steady-${n}`),
    'rejected',
  )
  await call('engine.settle', {})
  const taste = await call('clip.taste', {})
  expect([taste.active, taste.choices, taste.words]).toEqual([true, 30, expect.arrayContaining(['movement counts more'])])
  expect(new Set(await first())).toEqual(new Set(['lively']))

  await call('learning.set', { on: false })
  expect([(await call('clip.taste', {})).active, new Set(await first())]).toEqual([false, new Set(['steady'])])
  await call('learning.set', { on: true })
  await call('engine.settle', {})
  expect((await call('clip.taste', {})).active).toBe(true)
  await call('learning.reset', {})
  await call('engine.settle', {})
  expect(await call('clip.taste', {})).toEqual({ active: false, choices: 0, needed: 20, words: [] })
  // What was said stays said.
  expect((await call('clip.takes', {})).counts).toMatchObject({ approved: 15, rejected: 15 })
})

/**
 * Grouping 10,000 photos: the pure part and the whole stage (read from the library, group, suggest, write), first and again.
 *   node tests/bench/group.bench.ts [COUNT]
 * Made frames: bursts of 1–9 with sketches of drawn scenes, a third of them products one after the other on one backdrop (the costly case: alike, and
 * to be told apart). Processor time, median (least–most). Reference in the same run: reading and parsing the JSON of every row with plain JSON.parse.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { groupBursts } from '../../main/core/domain/burst.ts'
import type { BurstFrame } from '../../main/core/domain/frame.ts'
import { sceneMemory } from '../../main/core/domain/same-scene.ts'
import { suggest } from '../../main/core/domain/suggestion.ts'
import { openLibrary } from '../../main/core/library/db.ts'
import { createFrames } from '../../main/core/library/frames.ts'
import { groupStage } from '../../main/core/stages/group.ts'
import type { StageContext } from '../../main/core/stages/stage.ts'
import { at, direction, frame, hash, random, turned, value } from '../core/domain/frames.ts'
import { drawn, moved, onBackdrop, place } from '../core/domain/pictures.ts'
import { putAnalysed } from '../core/library/analysed.ts'

const count = Number(process.argv[2] ?? 10_000)
const components = [
  'quality',
  'focus',
  'detail',
  'motion',
  'noise',
  'exposure',
  'contrast',
  'colour-cast',
  'framing',
  'resolution',
  'compression',
]

/** Sketches are drawn once per scene and shaken a little per frame. */
function frames(): BurstFrame[] {
  const next = random(3)
  const scenes = Array.from({ length: 60 }, (_, s) => (s % 3 === 0 ? onBackdrop(place(s)) : place(s)))
  const tries = scenes.map((paint, s) => [0, 1, 2].map((k) => drawn(moved(paint, 0.015 * k, 0.01 * k), () => 1, s * 3 + k + 1)))
  const found: BurstFrame[] = []
  for (let burst = 0, clock = 0; found.length < count; burst++) {
    const size = 1 + Math.floor(next() * 9)
    const scene = burst % 60
    const isProduct = scene % 3 === 0
    for (let i = 0; i < size && found.length < count; i++) {
      const look = direction(isProduct ? 7 : burst, 192)
      const bytes = Uint8Array.from(tries[scene]?.[i % 3] ?? [])
      found.push(
        frame(`b${burst}-${i}`, {
          capturedAt: at(clock),
          embedding: turned(look, isProduct ? 0.5 : 0.35, burst * 10 + i),
          phash: hash(`${burst}-${i}`).slice(0, 16),
          sketch: bytes,
          measures: Object.fromEntries(
            components.map((name) => [name, { ...value(0.3 + 0.6 * next()), region: { x: 0.2, y: 0.2, w: 0.6, h: 0.6 } }]),
          ),
        }),
      )
      clock += isProduct ? 3 : 0.3
    }
    clock += isProduct ? 6 : 4
  }
  return found
}

/** Milliseconds of processor time of this program: other programs on the machine do not count. */
const ms = async (act: () => unknown): Promise<number> => {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
const line = (what: string, times: number[]): void => {
  const sorted = times.toSorted((a, b) => a - b)
  console.log(
    `${what.padEnd(66)} ${(sorted[sorted.length >> 1] ?? 0).toFixed(0)} ms (${(sorted[0] ?? 0).toFixed(0)}–${(sorted.at(-1) ?? 0).toFixed(0)})`,
  )
}
const times = async (n: number, act: () => unknown): Promise<number[]> => {
  const all: number[] = []
  for (let i = 0; i < n; i++) all.push(await ms(act))
  return all
}

console.log(`${cpus().length} cores, Node ${process.version}`)
const all = frames()
groupBursts(all.slice(0, 500))
const memory = sceneMemory()
line(`pure, ${all.length} photos, nothing compared before`, [await ms(() => groupBursts(all, memory))])
line('pure, again (everything was compared before)', await times(5, () => groupBursts(all, memory)))
line('pure, again, after 20 photos are new', [
  await ms(() => groupBursts(all, memory)),
  ...(await times(3, () => {
    const changed = new Set(all.slice(5000, 5020).map(({ id }) => id))
    return groupBursts(
      all.filter(({ id }) => !changed.has(id)),
      memory,
    )
  })),
])
const stacks = groupBursts(all, memory)
line('suggestions', await times(5, () => suggest(stacks, all, 'balanced', memory)))
console.log(`${stacks.length} stacks`)

const dir = await mkdtemp(join(tmpdir(), 'dropcard-group-'))
try {
  await using library = await openLibrary(dir)
  const { db } = library
  await db.transaction().execute(async (tx) => {
    for (const one of all) await putAnalysed(tx, one, { stored: one.id, hasThumb: true })
  })
  const stage = groupStage(createFrames())
  const ctx = { read: db, signal: new AbortController().signal } as unknown as StageContext
  const run = async (): Promise<void> => {
    const outcome = await stage.run({}, ctx)
    if (outcome.kind !== 'done') throw new Error(outcome.kind)
    await db
      .transaction()
      .execute((tx) => stage.commit(tx, {}, outcome.out, { now: '2026-05-01T00:00:00.000Z', nowMs: 0, life: '', dir, job: 1 }))
  }
  line(
    'reference: select and JSON.parse of every row',
    await times(3, async () => {
      const rows = await db
        .selectFrom('analysis')
        .innerJoin('score', 'score.asset_id', 'analysis.asset_id')
        .select(['info', 'measures', 'embedding', 'sketch'])
        .execute()
      return rows.map((row) => [JSON.parse(row.info) as unknown, JSON.parse(row.measures) as unknown])
    }),
  )
  line('stage, first run of an engine (read, parse, compare, write all)', [await ms(run)])
  line('stage, again, nothing new', await times(5, run))
  let turn = 0
  line(
    'stage, again, 20 photos scored anew',
    await times(5, async () => {
      turn++
      for (const one of all.slice(100 * turn, 100 * turn + 20))
        await db
          .updateTable('score')
          .set({ made_at: `2026-05-01T00:00:0${turn}.000Z` })
          .where('asset_id', '=', one.id)
          .execute()
      await run()
    }),
  )
  console.log(`resident ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`)
} finally {
  await rm(dir, { recursive: true, force: true })
}

import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BurstFrame } from '../../../main/core/domain/burst.ts'
import { features } from '../../../main/core/domain/taste.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import { madeSeries } from '../../bench/eval-learning.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'
import { at, direction, frame, random, turned } from '../domain/frames.ts'

/** Bursts of three, analysed, in a library on disk. The pictures of each differ in brightness most of all. */
async function library(dir: string, bursts: number): Promise<BurstFrame[][]> {
  const next = random(21)
  const series = Array.from({ length: bursts }, (_, s) =>
    madeSeries(next, 3).map((made, i) =>
      frame(`b${s}-${i}`, {
        ...made,
        capturedAt: at(s * 100 + i * 0.4),
        embedding: turned(direction(s), 0.2, s * 10 + i),
      }),
    ),
  )
  await using opened = await openLibrary(dir)
  await opened.db.transaction().execute(async (tx) => {
    for (const one of series.flat()) {
      const info = {
        format: 'jpeg',
        cameraMake: 'Maker',
        cameraModel: 'Model',
        cameraSerial: null,
        capturedAt: one.capturedAt,
        focalMm: 50,
      }
      await tx
        .insertInto('asset')
        .values({
          id: one.id,
          kind: 'photo',
          bytes: 1,
          name: one.name,
          stored: `originals/${one.name}`,
          modified_ms: 0,
          fingerprint: one.id,
          added_at: '2026-05-01T00:00:00.000Z',
        })
        .execute()
      await tx
        .insertInto('analysis')
        .values({
          asset_id: one.id,
          state: 'ready',
          because: null,
          captured_at: one.capturedAt,
          camera: one.camera,
          width: one.width,
          height: one.height,
          duration_us: null,
          info: JSON.stringify({ ...info, width: one.width, height: one.height, orientation: 1, fNumber: 8, exposureS: 0.01, iso: 100 }),
          phash: one.phash,
          embedding: one.embedding === null ? null : new Uint8Array(one.embedding.buffer),
          sketch: one.sketch,
          has_thumb: 0,
        })
        .execute()
      await tx
        .insertInto('score')
        .values({ asset_id: one.id, model: 'made', measures: JSON.stringify(one.measures), made_at: '2026-05-01T00:00:00.000Z' })
        .execute()
    }
  })
  return series
}

test('learns from what a person picks, ranks by it, is switched off, forgets; decisions stay as they were made', async () => {
  const dir = join(tempFolder(), 'library')
  const series = await library(dir, 45)
  const it = await startEngine(dir)
  await it.call('settings.set', { strictness: 'generous' })
  await it.call('engine.settle', {})
  const stacks = await it.call('stack.list', {})
  expect([stacks.length, stacks.every(({ kind, members }) => kind === 'burst' && members.length === 3)]).toEqual([45, true])
  expect(await it.call('learning.get', {})).toMatchObject({ on: true, active: false, picks: 0, needed: 30, words: [] })

  const bright = (one: BurstFrame): number => features({ ...one, score: one.score ?? 0 })['look-bright'] ?? 0
  const sorted = series.map((burst) => burst.toSorted((a, b) => bright(b) - bright(a)))
  const pick = async (from: number, to: number): Promise<void> => {
    const part = sorted.slice(from, to)
    await it.call('decision.set', {
      sets: [
        { assetIds: part.flatMap(([best]) => (best === undefined ? [] : [best.id])), decision: 'pick' },
        { assetIds: part.flatMap(([, ...rest]) => rest.map(({ id }) => id)), decision: 'reject' },
      ],
    })
    await it.call('engine.settle', {})
  }
  await pick(0, 20)
  expect(await it.call('learning.get', {})).toMatchObject({ active: false, picks: 20, words: [] })
  await pick(20, 40)
  const learned = await it.call('learning.get', {})
  expect(learned).toMatchObject({ on: true, active: true, picks: 40, words: expect.arrayContaining(['brighter pictures']) })
  expect(learned.agreement?.learned).toBeGreaterThan(learned.agreement?.shipped ?? 1)

  // What was learned is one more part of what is shown of a photo, in words; it weighs nothing, so the parts still add up to the score.
  const [shown, darker] = sorted[40] ?? []
  if (shown === undefined || darker === undefined) throw new Error('expected a burst nobody decided on')
  const ask = (one: BurstFrame) => it.call('asset.get', { assetId: one.id })
  const [one, other] = [await ask(shown), await ask(darker)]
  expect([one.components['taste'], other.components['taste']]).toEqual([
    expect.objectContaining({ points: 0, because: expect.stringMatching(/taste \([+-]?[\d.]+ when ranking\)/) }),
    expect.objectContaining({ points: 0 }),
  ])
  expect(one.components['taste']?.value).toBeGreaterThan(other.components['taste']?.value ?? 1)
  expect(Object.values(one.components).reduce((sum, { points }) => sum + points, 50)).toBeCloseTo(one.score ?? 0, 6)

  // The bursts nobody decided on yet now have their brightest frame on top more often than before.
  const onTop = async (): Promise<number> => {
    const covers = new Set((await it.call('stack.list', {})).map(({ cover }) => cover))
    return sorted.filter(([best]) => best !== undefined && covers.has(best.id)).length
  }
  const withTaste = await onTop()
  const decided = async () => (await it.call('asset.list', {})).assets.map(({ id, decision }) => [id, decision])
  const before = await decided()
  expect(await it.call('learning.set', { on: false })).toMatchObject({ on: false, active: false, picks: 40 })
  expect((await ask(shown)).components).not.toHaveProperty('taste')
  await it.call('engine.settle', {})
  expect(withTaste).toBeGreaterThan(await onTop())
  expect((await it.call('learning.export', {})).learned).toMatchObject({
    version: 1,
    picks: 40,
    weights: { 'look-bright': expect.any(Number) },
  })

  await it.call('learning.set', { on: true })
  await it.call('learning.reset', {})
  await it.call('engine.settle', {})
  expect(await it.call('learning.get', {})).toMatchObject({ on: true, active: false, picks: 0, words: [], agreement: null })
  expect(await decided()).toEqual(before)
})

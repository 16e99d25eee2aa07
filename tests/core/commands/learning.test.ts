import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type AssetId, assetId } from '../../../main/contract/ids.ts'
import type { BurstFrame } from '../../../main/core/domain/burst.ts'
import { features } from '../../../main/core/domain/taste.ts'
import { startEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'
import { analysedLibrary } from './analysed-library.ts'

test('learns from what a person picks, ranks by it, is switched off, forgets; decisions stay as they were made', async () => {
  const dir = join(tempFolder(), 'library')
  const series = await analysedLibrary(dir, 45)
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

test('what was compared is kept, undone and done again like a decision, teaches beside picks, outlives the trash, is carried away and forgotten', async () => {
  const dir = join(tempFolder(), 'library')
  const series = await analysedLibrary(dir, 45)
  const it = await startEngine(dir)
  await it.call('engine.settle', {})
  const bright = (one: BurstFrame): number => features({ ...one, score: one.score ?? 0 })['look-bright'] ?? 0
  const sorted = series.map((burst) => burst.toSorted((a, b) => bright(b) - bright(a)))
  // Thirty picks without a word about brightness: the frame in the middle, of bursts of their own.
  await it.call('decision.set', { sets: [{ assetIds: sorted.slice(0, 30).flatMap(([, middle]) => middle?.id ?? []), decision: 'pick' }] })
  const pair = (burst: number): { winner: AssetId; loser: AssetId } => {
    const [winner, , loser] = sorted[burst]?.map(({ id }) => id) ?? []
    if (winner === undefined || loser === undefined) throw new Error('expected a burst of three')
    return { winner, loser }
  }
  const prefer = (said: { winner: AssetId; loser: AssetId }, source: 'crowned' | 'held' = 'crowned') =>
    it.call('review.prefer', { ...said, source })
  const state = async () => {
    await it.call('engine.settle', {})
    const { picks, comparisons } = await it.call('learning.get', {})
    return { picks, comparisons }
  }

  expect(await prefer(pair(30))).toEqual({ kept: true })
  expect(await prefer(pair(30), 'held')).toEqual({ kept: false })
  const [newest] = await it.call('decision.history', {})
  const names = [pair(30).winner, pair(30).loser].map((id) => series.flat().find((one) => one.id === id)?.name)
  expect(newest).toMatchObject({ by: 'person', what: `${names[0]} preferred to ${names[1]}`, count: 2, undone: false })
  expect(await state()).toEqual({ picks: 30, comparisons: 1 })
  const undone = await it.call('decision.undo', {})
  expect(undone).toMatchObject({ compared: { ...pair(30), source: 'crowned' }, changed: [pair(30).winner, pair(30).loser] })
  expect(await state()).toEqual({ picks: 30, comparisons: 0 })
  expect(await it.call('decision.redo', {})).toMatchObject({ compared: { ...pair(30) } })
  // The newer word about the same two counts, and only it.
  await prefer({ winner: pair(30).loser, loser: pair(30).winner })
  expect((await it.call('learning.export', {})).comparisons).toMatchObject([{ winner: pair(30).loser, loser: pair(30).winner }])
  await it.call('decision.undo', {})
  expect((await it.call('learning.export', {})).comparisons).toMatchObject([{ ...pair(30), source: 'crowned' }])

  const weight = async (): Promise<number> => (await it.call('learning.export', {})).learned?.weights['look-bright'] ?? 0
  await it.call('engine.settle', {})
  const before = await weight()
  for (let burst = 31; burst < 45; burst++) await prefer(pair(burst))
  expect(await state()).toEqual({ picks: 30, comparisons: 15 })
  expect(await weight()).toBeGreaterThan(before)

  // Both photos of one comparison go to the trash; what was said of them stays.
  const gone = pair(31)
  mkdirSync(join(dir, 'originals'), { recursive: true })
  for (const one of series.flat()) writeFileSync(join(dir, 'originals', one.name), 'x')
  expect((await it.call('asset.remove', { assetIds: [gone.winner, gone.loser] })).removed).toHaveLength(2)
  await prefer({ winner: pair(32).winner, loser: pair(33).loser })
  expect(await state()).toEqual({ picks: 30, comparisons: 16 })

  await expect(prefer({ winner: gone.winner, loser: gone.winner })).rejects.toThrow('better than itself')
  await expect(prefer({ winner: assetId.parse('f'.repeat(64)), loser: gone.winner })).rejects.toThrow('not in the library')
  await it.call('learning.reset', {})
  expect(await state()).toEqual({ picks: 0, comparisons: 0 })
  expect((await it.call('learning.export', {})).comparisons).toEqual([])
})

import { describe, expect, test } from 'vitest'
import { features, learn, type Tasted, type TastePair, tasteMeasure, tastePoints, tasting } from '../../../main/core/domain/taste.ts'
import { evalLearning, madeSeries } from '../../bench/eval-learning.ts'
import { random } from './frames.ts'

/** Pairs of a seller who always takes the brightest frame. */
function brightPairs(series: number, seed: number): TastePair[] {
  const next = random(seed)
  const bright = (of: Tasted): number => features(of)['look-bright'] ?? 0
  return Array.from({ length: series }, () => madeSeries(next).toSorted((a, b) => bright(b) - bright(a))).flatMap(([kept, ...left]) =>
    kept === undefined ? [] : left.map((one) => ({ kept, left: one, weight: 1 })),
  )
}

describe('learn', () => {
  test('a taste is found, said in words, and moves points both ways without weighing in the shipped score', () => {
    const learned = learn(brightPairs(80, 3), 80, '2026-05-01T10:00:00.000Z')
    expect(learned.active).toBe(true)
    expect(learned.words[0]).toBe('brighter pictures')
    expect(learned.agreement.learned).toBeGreaterThan(learned.agreement.shipped + 0.1)
    const [one] = madeSeries(random(5), 1)
    if (one?.sketch == null) throw new Error('a made photo has a sketch')
    const lit = (by: number): Tasted => ({
      ...one,
      sketch: one.sketch?.map((v, i) => (i < 48 ** 2 ? Math.min(255, Math.max(0, v + by)) : v)) ?? null,
    })
    const [dark, light] = [tastePoints(learned, lit(-60)), tastePoints(learned, lit(60))]
    expect(light).toBeGreaterThan(dark + 5)
    expect([Math.abs(dark), Math.abs(light)].every((points) => points <= tasting.mostPoints)).toBe(true)
    expect(tasteMeasure(light).because).toMatch(/^close to your taste \(\+\d/)
  })

  test('below thirty picks it is silent; with no taste of its own it stays out of the way; the same pairs give the same taste', () => {
    expect(learn(brightPairs(29, 4), 29, null)).toMatchObject({ active: false, weights: {}, words: [] })
    expect(madeSeries(random(1)).map((of) => tastePoints(learn(brightPairs(29, 4), 29, null), of))).toEqual([0, 0, 0, 0, 0])
    const asShipped = brightPairs(60, 8).map(({ kept, left, weight }) =>
      kept.score >= left.score ? { kept, left, weight } : { kept: left, left: kept, weight },
    )
    expect(learn(asShipped, 60, null).active).toBe(false)
    expect(learn(brightPairs(40, 9), 40, null)).toEqual(learn(brightPairs(40, 9), 40, null))
  })

  test('simulated sellers: their own taste is followed ever better, a taste equal to the shipped score is never hurt', {
    timeout: 60_000,
  }, () => {
    const found = evalLearning(5, [50, 200], 11)
    const of = (taste: string): number[] => found.filter((row) => row.taste === taste).map((row) => row.learned)
    for (const taste of ['own', 'half own']) {
      const [few, many] = of(taste)
      expect(few, taste).toBeGreaterThanOrEqual(0.72)
      expect(many, taste).toBeGreaterThanOrEqual(0.83)
    }
    for (const row of found) expect(row.worst, `${row.taste} after ${row.picks}`).toBeGreaterThanOrEqual(-0.01)
  })
})

import { describe, expect, it } from 'vitest'
import { type ChosenClip, clipTasting, learnClips } from '../../../main/core/domain/clip-taste.ts'
import type { Measure } from '../../../workers/protocol.ts'
import { random } from './frames.ts'

const measure = (value: number): Measure => ({ value, confidence: 1, region: null, because: 'made up' })

/** A made-up seller: of each take's three clips the one that pleases most is approved, the others are not. */
function seller(takes: number, pleases: (clip: Record<string, number>) => number, seed = 5): ChosenClip[] {
  const next = random(seed)
  return Array.from({ length: takes }, (_, take) => {
    const clips = Array.from({ length: 3 }, () => ({ steady: next(), sharp: next(), lively: next(), exposed: next() }))
    const best = clips.reduce((a, b) => (pleases(b) > pleases(a) ? b : a))
    return clips.map((clip) => ({
      take: `take-${take}`,
      measures: Object.fromEntries(Object.entries(clip).map(([name, value]) => [name, measure(value)])),
      isApproved: clip === best,
    }))
  }).flat()
}

describe('what choices of clips teach', () => {
  it('is nothing below so many choices, nor from takes where all were treated alike', () => {
    const few = seller(6, ({ lively = 0 }) => lively)
    expect(few.length).toBeLessThan(clipTasting.leastChoices)
    expect(learnClips(few)).toMatchObject({ factors: {}, words: [], choices: 18 })
    const alike = seller(20, ({ lively = 0 }) => lively).map((one) => ({ ...one, isApproved: true }))
    expect(learnClips(alike)).toMatchObject({ factors: {}, words: [], pairs: 0 })
  })

  it('is nothing when the shipped score orders them as the seller does', () => {
    const usual = seller(30, ({ steady = 0, sharp = 0, lively = 0, exposed = 0 }) => 2 * steady + 2 * sharp + 1.5 * lively + exposed)
    expect(learnClips(usual).factors).toEqual({})
  })

  it('weighs more what the seller likes, less what he does not mind, in words, within bounds, and always the same', () => {
    const lively = seller(40, (clip) => (clip['lively'] ?? 0) - 0.2 * (clip['steady'] ?? 0))
    const found = learnClips(lively)
    const { lively: more = 0, steady: less = 9 } = found.factors
    expect(more).toBeGreaterThan(1.2)
    expect(less).toBeLessThan(1)
    expect(Object.values(found.factors).every((by) => by >= clipTasting.least && by <= clipTasting.most)).toBe(true)
    expect(found.words).toContain('movement counts more')
    expect(learnClips(lively)).toEqual(found)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baseScore, weigh, weights } from '../../../main/core/domain/score.ts'
import { value } from './frames.ts'

const measure = fc.record({
  value: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
  confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  region: fc.constant(null),
  because: fc.string({ minLength: 1 }),
})
const measures = fc.dictionary(fc.constantFrom(...Object.keys(weights), 'something-new'), measure)

describe('weigh', () => {
  test('the parts add up to the score, which stays within 0–100, whatever comes in', () => {
    fc.assert(
      fc.property(measures, (given) => {
        const { score, components, reasons } = weigh(given)
        const sum = Object.values(components).reduce((total, { points }) => total + points, baseScore)
        expect(Math.abs(score - sum)).toBeLessThan(0.55)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(100)
        expect(Object.keys(components).toSorted()).toEqual(Object.keys(given).toSorted())
        expect(reasons.length).toBeGreaterThan(0)
      }),
    )
  })

  test('better never scores lower: raising one value keeps or raises the score', () => {
    fc.assert(
      fc.property(measures, fc.constantFrom(...Object.keys(weights)), fc.double({ min: 0, max: 1, noNaN: true }), (given, name, lift) => {
        const before = { ...given, [name]: value(0.3) }
        const after = { ...given, [name]: value(0.3 + 0.7 * lift) }
        expect(weigh(after).score).toBeGreaterThanOrEqual(weigh(before).score - 0.6)
      }),
    )
  })

  test('a fault costs, its absence does not pay; reasons name what moved the score most', () => {
    const good = weigh({ quality: value(0.6), focus: value(0.8), exposure: value(1) })
    const soft = weigh({ quality: value(0.6), focus: { ...value(0.02), because: 'out of focus' }, exposure: value(1) })
    const unsure = weigh({ quality: value(0.6), focus: { ...value(0.02), confidence: 0.1, because: 'out of focus' }, exposure: value(1) })
    expect([good.score > unsure.score, unsure.score > soft.score]).toEqual([true, true])
    expect(soft.reasons[0]).toBe('out of focus')
    expect(weigh({}).score).toBe(baseScore)
    expect(weigh({ detail: value(0), unknown: value(0) }).score).toBe(baseScore)
  })
})

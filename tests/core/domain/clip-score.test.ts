import { expect, test } from 'vitest'
import { weighClip } from '../../../main/core/domain/clip-score.ts'

const measure = (value: number, confidence = 1) => ({ value, confidence, region: null, because: `${value}` })

test('a clip score is the weighted mean of its measures; factors turn a measure up, down or off', () => {
  const measures = { steady: measure(1), exposed: measure(0), sound: measure(1, 0) }
  const plain = weighClip(measures)
  expect(plain.score).toBeCloseTo(66.7, 1)
  expect(Object.values(plain.components).reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(plain.score, 1)
  expect(weighClip(measures, { steady: 0.5 }).score).toBe(50)
  expect(weighClip(measures, { steady: Number.NaN, sound: -3 }).score).toBe(0)
  expect(weighClip(measures, { exposed: 0 }).score).toBe(100)
  expect(weighClip({}, {}).score).toBe(0)
})

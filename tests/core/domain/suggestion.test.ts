import { describe, expect, test } from 'vitest'
import { type BurstFrame, groupBursts } from '../../../main/core/domain/burst.ts'
import { suggest } from '../../../main/core/domain/suggestion.ts'
import { at, direction, frame, turned, value } from './frames.ts'

const proposals = (frames: BurstFrame[]) => {
  const found = suggest(groupBursts(frames), frames)
  return Object.fromEntries(frames.map(({ id, name }) => [name, found.get(id)?.suggestion ?? null]))
}
const scene = direction(1)
const shot = (name: string, i: number, score: number | null, detail: number, change: Partial<BurstFrame> = {}): BurstFrame =>
  frame(name, {
    capturedAt: at(i * 0.4),
    embedding: turned(scene, 0.1, i),
    score,
    measures: { focus: value(detail), detail: value(detail), exposure: value(0.9) },
    ...change,
  })

describe('suggest', () => {
  test('in a burst: the cover is picked, the close second kept near, the clearly worse rejected with a reason', () => {
    const frames = [shot('best', 0, 70, 0.7), shot('second', 1, 68, 0.65), shot('soft', 2, 50, 0.2), shot('unknown', 3, null, 0.6)]
    expect(proposals(frames)).toEqual({ best: 'pick', second: 'maybe', soft: 'reject', unknown: null })
    const soft = frames.find(({ name }) => name === 'soft')
    expect(soft && suggest(groupBursts(frames), frames).get(soft.id)?.because).toMatch(/clearly softer than best/)
  })

  test('the only frame of a scene is never rejected for being middling, only for being of no use', () => {
    const alone = (name: string, score: number, measures: BurstFrame['measures']) =>
      frame(name, { score, measures, capturedAt: at(1000 + score) })
    expect(
      proposals([
        alone('good', 64, { focus: value(0.8) }),
        alone('middling', 40, { focus: value(0.4) }),
        alone('poor', 15, { focus: value(0.3) }),
        alone('useless', 10, { focus: value(0.01) }),
        alone('perhaps useless', 12, { focus: value(0.01, 0.2) }),
      ]),
    ).toEqual({ good: 'pick', middling: 'maybe', poor: 'maybe', useless: 'reject', 'perhaps useless': 'maybe' })
  })

  test('a copy is proposed for rejection and names what it copies', () => {
    const copy = { phash: 'f0f0a5a5c3c30f0f', embedding: scene }
    const frames = [shot('one', 0, 60, 0.5, copy), shot('two', 5000, 60, 0.5, copy)]
    const found = [...suggest(groupBursts(frames), frames).values()]
    expect(found.map(({ suggestion }) => suggestion).toSorted()).toEqual(['pick', 'reject'])
    expect(found.find(({ suggestion }) => suggestion === 'reject')?.because).toMatch(/^the same picture as (one|two)$/)
  })
})

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

  test('the only frame of a scene is never rejected; one of no use is, where another shows the same', () => {
    const alone = (name: string, score: number, measures: BurstFrame['measures'], change: Partial<BurstFrame> = {}) =>
      frame(name, { score, measures, capturedAt: at(1000 + 100 * score), ...change })
    const again = { capturedAt: at(9030), embedding: turned(direction(77), 0.5, 2) }
    expect(
      proposals([
        alone('good', 64, { focus: value(0.8) }),
        alone('middling', 40, { focus: value(0.4) }),
        alone('poor', 15, { focus: value(0.3) }),
        alone('useless', 10, { focus: value(0.01) }),
        alone('useless, again', 11, { focus: value(0.01) }, again),
        alone('the same', 61, { focus: value(0.8) }, { capturedAt: at(9065), embedding: turned(direction(77), 0.5, 1) }),
      ]),
    ).toEqual({ good: 'pick', middling: 'maybe', poor: 'maybe', useless: 'maybe', 'useless, again': 'reject', 'the same': 'pick' })
  })

  test('strict rejects more and picks less than generous, and never the other way round', () => {
    const order = { reject: 0, maybe: 1, pick: 2 }
    const frames = Array.from({ length: 60 }, (_, i) =>
      shot(`f${i}`, 100 * Math.floor(i / 4) + (i % 4), 30 + ((i * 37) % 50), 0.25 + ((i * 13) % 10) / 20, {
        embedding: turned(direction(500 + Math.floor(i / 4)), 0.1, i),
      }),
    )
    const stacks = groupBursts(frames)
    const [strict, balanced, generous] = (['strict', 'balanced', 'generous'] as const).map((feel) => {
      const found = suggest(stacks, frames, feel)
      return frames.map(({ id }) => order[found.get(id)?.suggestion ?? 'maybe'])
    })
    const count = (list: number[] | undefined, what: number): number => (list ?? []).filter((one) => one === what).length
    expect(strict?.every((one, i) => one <= (balanced?.[i] ?? -1)) && balanced?.every((one, i) => one <= (generous?.[i] ?? -1))).toBe(true)
    expect(count(strict, 0)).toBeGreaterThan(count(generous, 0))
    expect(count(strict, 2)).toBeLessThan(count(generous, 2))
  })

  test('a copy is proposed for rejection and names what it copies', () => {
    const copy = { phash: 'f0f0a5a5c3c30f0f', embedding: scene }
    const frames = [shot('one', 0, 60, 0.5, copy), shot('two', 5000, 60, 0.5, copy)]
    const found = [...suggest(groupBursts(frames), frames).values()]
    expect(found.map(({ suggestion }) => suggestion).toSorted()).toEqual(['pick', 'reject'])
    expect(found.find(({ suggestion }) => suggestion === 'reject')?.because).toMatch(/^the same picture as (one|two)$/)
  })

  test('closed eyes are said and rejected only beside the same face with its eyes open', () => {
    const region = { x: 0.4, y: 0.3, w: 0.1, h: 0.12 }
    const eyed = (name: string, i: number, open: number, at = region) =>
      shot(name, i, 66 - i, 0.6 - 0.01 * i, {
        measures: { focus: value(0.6), detail: value(0.6 - 0.01 * i), exposure: value(0.9), eyes: { ...value(open, 0.4), region: at } },
      })
    const frames = [
      eyed('open', 0, 0.7),
      eyed('shut', 1, 0.3),
      eyed('narrow', 2, 0.55),
      eyed('another face', 3, 0.3, { ...region, x: 0.7 }),
    ]
    const found = suggest(groupBursts(frames), frames)
    const said = frames.map(({ id }) => found.get(id))
    expect(said[1]).toEqual({ suggestion: 'reject', because: 'eyes closed here, open in open' })
    expect([said[0], said[2], said[3]].some((one) => one?.because.startsWith('eyes closed'))).toBe(false)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BurstFrame, groupBursts } from '../../../main/core/domain/burst.ts'
import { at, direction, frame, hash, random, turned, value } from './frames.ts'

const sets = (frames: readonly BurstFrame[]) => {
  const names = new Map(frames.map(({ id, name }) => [id, name]))
  return groupBursts(frames).map(({ members }) =>
    members
      .map((id) => names.get(id))
      .toSorted()
      .join(' '),
  )
}

/** `count` frames of one scene, `gap` seconds apart. */
const burst = (scene: number, count: number, { from = 0, gap = 0.5, by = 0.3, name = `s${scene}-` } = {}): BurstFrame[] =>
  Array.from({ length: count }, (_, i) =>
    frame(`${name}${i}`, {
      capturedAt: at(from + i * gap),
      embedding: turned(direction(scene), by, scene * 1000 + i),
      phash: hash(`${scene}-${i}`).slice(0, 16),
    }),
  )

describe('groupBursts', () => {
  test('frames of a scene stay together, scenes apart, and every frame is in exactly one stack', () => {
    const frames = [...burst(1, 5), ...burst(2, 3, { from: 10 }), frame('alone', { capturedAt: at(300) })]
    expect(sets(frames)).toEqual(['s1-0 s1-1 s1-2 s1-3 s1-4', 's2-0 s2-1 s2-2', 'alone'])
  })

  test('neither time alone nor likeness alone makes a burst', () => {
    const together = [1, 2, 3].map((scene) => frame(`t${scene}`, { capturedAt: at(scene * 0.1), embedding: direction(scene) }))
    const apart = [0, 1, 2].map((i) => frame(`a${i}`, { capturedAt: at(1000 + i * 60), embedding: turned(direction(9), 0.2, i) }))
    expect(sets([...together, ...apart])).toEqual(['t1', 't2', 't3', 'a0', 'a1', 'a2'])
  })

  test('another camera, a turned camera and another focal length cut a burst; copies are found across all of them', () => {
    const look = direction(4)
    const like = (name: string, change: Partial<BurstFrame>) => frame(name, { embedding: turned(look, 0.1, name.charCodeAt(0)), ...change })
    const frames = [
      like('a', { capturedAt: at(0) }),
      like('b', { capturedAt: at(0.2), camera: 'Other' }),
      like('c', { capturedAt: at(0.4), orientation: 6, width: 3000, height: 4000 }),
      like('d', { capturedAt: at(0.6), focalMm: 85 }),
      like('e', { capturedAt: at(0.8) }),
      frame('x', { capturedAt: null, embedding: direction(8), phash: 'f0f0a5a5c3c30f0f' }),
      frame('y', { capturedAt: at(9999), camera: null, orientation: 6, embedding: direction(8), phash: 'f0f0a5a5c3c30f0e' }),
    ]
    expect(sets(frames)).toEqual(['a e', 'b', 'c', 'd', 'x y'])
  })

  test('a pan that drifts from one subject to another is cut, not chained', () => {
    const [from, to] = [direction(21), direction(22)]
    const frames = Array.from({ length: 24 }, (_, i) => {
      const angle = (i / 23) * (Math.PI / 2)
      return frame(`p${String(i).padStart(2, '0')}`, {
        capturedAt: at(i),
        embedding: from.map((v, k) => Math.cos(angle) * v + Math.sin(angle) * (to[k] ?? 0)),
      })
    })
    const stacks = groupBursts(frames)
    expect(stacks.length).toBeGreaterThan(1)
    const ends = [frames.at(0), frames.at(-1)]
    expect(stacks.some(({ members }) => ends.every((end) => end !== undefined && members.includes(end.id)))).toBe(false)
  })

  test('without descriptors the hash decides, and plain pictures are never taken for copies', () => {
    const bare = (name: string, phash: string, seconds: number | null) =>
      frame(name, { embedding: null, phash, capturedAt: seconds === null ? null : at(seconds) })
    const frames = [
      bare('b1', 'f0f0a5a5c3c30f0f', 0),
      bare('b2', 'f0f0a5a5c3c30f01', 1),
      bare('n1', '0f0f5a5a3c3cf0f0', 2),
      bare('w1', '0000000000000000', 3),
      bare('w2', '0000000000000000', null),
    ]
    expect(sets(frames)).toEqual(['b1 b2', 'n1', 'w1', 'w2'])
  })

  test('the order given changes nothing: ids, covers and members are the same', () => {
    const frames = [
      ...burst(1, 6),
      ...burst(2, 4, { from: 3 }),
      ...burst(3, 3, { from: 20, gap: 8 }),
      frame('no time', { capturedAt: null }),
    ]
    const expected = groupBursts(frames)
    fc.assert(
      fc.property(fc.shuffledSubarray(frames, { minLength: frames.length }), (shuffled) => {
        expect(groupBursts(shuffled)).toEqual(expected)
      }),
      { numRuns: 50 },
    )
    expect(groupBursts([...frames, ...frames])).toEqual(expected)
    expect(expected.map(({ id }) => id)).toContain(`s-${hash('s1-0').slice(0, 16)}`)
  })

  test('the cover is decided inside the series: sharper wins, but not against a frame whose light is ruined', () => {
    const scene = direction(5)
    const make = (name: string, i: number, measures: BurstFrame['measures']) =>
      frame(name, { capturedAt: at(i * 0.3), embedding: turned(scene, 0.1, i), measures })
    const frames = [
      make('soft', 0, { focus: value(0.2), detail: value(0.2), exposure: value(0.9), quality: value(0.5) }),
      make('best', 1, { focus: value(0.7), detail: value(0.58), exposure: value(0.9), quality: value(0.7) }),
      make('blown', 2, { focus: value(0.72), detail: value(0.6), exposure: value(0.1), quality: value(0.4) }),
      make('fair', 3, { focus: value(0.6), detail: value(0.5), exposure: value(0.9), quality: value(0.65) }),
    ]
    const [stack] = groupBursts(frames)
    const names = stack?.members.map((id) => frames.find((f) => f.id === id)?.name)
    expect([names?.[0], names?.at(-1)]).toEqual(['best', 'soft'])
    expect(stack?.reason).toMatch(/^4 frames of the same scene within a second; the cover is/)
  })

  test('10,000 frames: every one in one stack, bursts whole', () => {
    const next = random(7)
    const frames: BurstFrame[] = []
    for (let scene = 0, clock = 0; frames.length < 10_000; scene++) {
      const count = 1 + Math.floor(next() * 10)
      frames.push(...burst(scene, count, { from: clock, gap: 0.3 }))
      clock += count * 0.3 + 5
    }
    const stacks = groupBursts(frames)
    const placed = stacks.flatMap(({ members }) => members)
    expect([placed.length, new Set(placed).size]).toEqual([frames.length, frames.length])
    const sceneOf = new Map(frames.map(({ id, name }) => [id, name.split('-')[0]]))
    const mixed = stacks.filter(({ members }) => new Set(members.map((id) => sceneOf.get(id))).size > 1)
    expect(mixed.length / stacks.length).toBeLessThan(0.01)
    expect(new Set(frames.map(({ name }) => name.split('-')[0])).size / stacks.length).toBeGreaterThan(0.95)
  })
})

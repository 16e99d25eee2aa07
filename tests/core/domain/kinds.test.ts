import { describe, expect, test } from 'vitest'
import { type BurstFrame, groupBursts } from '../../../main/core/domain/burst.ts'
import { suggest } from '../../../main/core/domain/suggestion.ts'
import { at, direction, frame, turned, value } from './frames.ts'
import { drawn, lit, moved, onBackdrop, type Paint, place } from './pictures.ts'

const stacksOf = (frames: readonly BurstFrame[]) => {
  const names = new Map(frames.map(({ id, name }) => [id, name]))
  return groupBursts(frames).map(
    ({ kind, cover, members }) => `${kind} ${names.get(cover)}: ${members.map((id) => names.get(id)).join(' ')}`,
  )
}
const room = place(3)
const near = (scene: number, i: number): Float32Array => turned(direction(scene), 0.3, scene * 100 + i)
const shot = (name: string, seconds: number, change: Partial<BurstFrame>): BurstFrame => frame(name, { capturedAt: at(seconds), ...change })

describe('series that are kept whole', () => {
  test('an exposure bracket, in any order of its steps; a light that changes and is evened out is none; two in a row are two', () => {
    const bracket = (name: string, from: number, steps: readonly number[]) =>
      steps.map((ev, i) =>
        shot(`${name}${i}`, from + i * 0.5, {
          exposureS: 0.01 * 2 ** ev,
          embedding: near(1, i),
          sketch: drawn(lit(room, ev), () => 1, i + 1),
          score: 30 + i,
        }),
      )
    expect(stacksOf([...bracket('a', 0, [0, -2, 2]), ...bracket('b', 3, [-1, 0, 1, 2, 3])])).toEqual([
      'bracket a0: a0 a1 a2',
      'bracket b2: b2 b0 b1 b3 b4',
    ])
    const evened = [0, -1, 1].map((ev, i) =>
      shot(`e${i}`, 20 + i * 0.5, { exposureS: 0.01 * 2 ** ev, embedding: near(1, i), sketch: drawn(room, () => 1, i + 1) }),
    )
    expect(stacksOf(evened)).toEqual([expect.stringMatching(/^burst/)])
  })

  test('a panorama to one side; a wobbling burst is none, and other exposures end it', () => {
    const pan = [0, 1, 2, 3].map((i) => shot(`p${i}`, i * 3, { embedding: near(2, i), sketch: drawn(moved(room, -0.4 * i, 0.01 * i)) }))
    const wobble = [0, 1, 2, 3].map((i) =>
      shot(`w${i}`, 100 + i, { embedding: near(4, i), sketch: drawn(moved(place(4), 0.04 * (i % 2), 0.02)) }),
    )
    expect(stacksOf([...pan, ...wobble])).toEqual(['panorama p2: p2 p0 p1 p3', expect.stringMatching(/^burst .*: (w\d ?){4}$/)])
    const other = pan.map((one, i) => ({ ...one, exposureS: 0.01 * (i + 1) ** 3 }))
    expect(stacksOf(other).some((line) => line.startsWith('panorama'))).toBe(false)
  })

  test('a turntable; different products at the same pace are not one', () => {
    const thing = place(7)
    const turn = (angle: number): Paint => onBackdrop((u, v) => thing(angle + 0.5 * Math.asin(u), v))
    const spin = Array.from({ length: 12 }, (_, i) =>
      shot(`s${String(i).padStart(2, '0')}`, i * 2, { embedding: near(5, i), sketch: drawn(turn(0.09 * i)) }),
    )
    const [line] = stacksOf(spin)
    expect(line).toBe(`spin s00: ${spin.map(({ name }) => name).join(' ')}`)
    const shop = Array.from({ length: 12 }, (_, i) =>
      shot(`q${i}`, i * 2, { embedding: near(6, i), sketch: drawn(onBackdrop(place(20 + i))) }),
    )
    expect(stacksOf(shop).some((one) => one.startsWith('spin'))).toBe(false)
  })

  test('a focus stack: the sharp zone wanders; a burst with shake, softer everywhere at once, is none', () => {
    const sweep = Array.from({ length: 6 }, (_, i) =>
      shot(`f${i}`, i * 4, {
        embedding: near(8, i),
        sketch: drawn(room, (x) => Math.exp(-(((x - i / 5) / 0.25) ** 2)), i + 1),
        measures: { detail: value(0.4 + 0.05 * (i === 2 ? 3 : 0)) },
      }),
    )
    expect(stacksOf(sweep)).toEqual([expect.stringMatching(/^focus-stack f2: (f\d ?){6}$/)])
    const shaken = sweep.map((one, i) => ({ ...one, sketch: drawn(room, () => [1, 0.5, 0.8, 0.3, 1, 0.6][i] ?? 1, i + 1) }))
    expect(stacksOf(shaken)).toEqual([expect.stringMatching(/^burst/)])
  })

  test('no part of a series is ever proposed for rejection, whatever its score', () => {
    const bracket = [0, -2, 2].map((ev, i) =>
      shot(`a${i}`, i * 0.5, {
        exposureS: 0.01 * 2 ** ev,
        embedding: near(1, i),
        sketch: drawn(lit(room, ev)),
        score: i === 0 ? 70 : 8,
        measures: { exposure: value(i === 0 ? 0.9 : 0.02), detail: value(i === 0 ? 0.8 : 0.1) },
      }),
    )
    const found = suggest(groupBursts(bracket), bracket, 'strict')
    expect(bracket.map(({ id }) => found.get(id)?.suggestion)).toEqual(['pick', 'maybe', 'maybe'])
  })
})

describe('what belongs together, place by place', () => {
  test('other products on one backdrop stay apart although descriptor and time say burst; a second try of one does not', () => {
    const product = (seed: number, dx: number): Uint8Array => drawn(moved(onBackdrop(place(seed)), dx, dx / 2), () => 1, seed + 1)
    const frames = [
      shot('a1', 0, { embedding: near(9, 1), sketch: product(30, 0) }),
      shot('a2', 5, { embedding: near(9, 2), sketch: product(30, 0.03) }),
      shot('b1', 11, { embedding: near(9, 3), sketch: product(31, 0) }),
      shot('b2', 16, { embedding: near(9, 4), sketch: product(31, -0.02) }),
      shot('c1', 21, { embedding: near(9, 5), sketch: product(32, 0.01) }),
    ]
    expect(stacksOf(frames)).toEqual([expect.stringMatching(/^burst .*a1/), expect.stringMatching(/^burst .*b2/), 'single c1: c1'])
  })

  test('an edited copy joins its original and is not proposed for rejection', () => {
    const frames = [
      shot('IMG_3606.JPG', 0.25, { embedding: near(10, 1), sketch: drawn(room) }),
      shot('IMG_E3606.JPG', 0.25, {
        embedding: near(10, 2),
        sketch: drawn((x, y) => room(0.1 + 0.8 * x, 0.1 + 0.8 * y)),
        width: 3000,
        height: 3000,
      }),
      shot('IMG_3607.JPG', 500, { embedding: near(11, 2), sketch: drawn(place(5)) }),
    ]
    expect(stacksOf(frames)).toEqual([expect.stringMatching(/^copies/), 'single IMG_3607.JPG: IMG_3607.JPG'])
    expect([...suggest(groupBursts(frames), frames).values()].map(({ suggestion }) => suggestion)).not.toContain('reject')
  })
})

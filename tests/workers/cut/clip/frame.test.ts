import { describe, expect, test } from 'vitest'
import { expressionOf, valueAt } from '../../../../workers/cut/clip/framing/expression.ts'
import { frameClip, type Knot, limits, type Seen, type Wanted } from '../../../../workers/cut/clip/framing/frame.ts'
import { steadiest } from '../../../../workers/cut/clip/framing/solve.ts'

const fill = 9 / 16 / (16 / 9)
const wanted: Wanted = { own: 16 / 9, target: 9 / 16, reframe: 'follow', frames: 300, framesPerSecond: 30, cuts: [] }
/** A product of `width` whose middle is at `middle(seconds)`, seen four times a second. */
const product = (middle: (seconds: number) => number, width = 0.15, sure = 0.85): Seen[] =>
  Array.from({ length: 38 }, (_, i) => {
    const at = middle((i * 8) / 30)
    return { frame: i * 8, product: { from: at - width / 2, to: at + width / 2, sure, spread: [] }, faces: [] }
  })
const noise = (i: number): number => Math.sin(i * 12.9898) * 0.5
const pan = (seconds: number): number => (seconds < 2 ? 0.2 : seconds > 7 ? 0.8 : 0.5 - 0.3 * Math.cos((Math.PI * (seconds - 2)) / 5))

/** Speed and change of speed between samples of the path as it is rendered, in windows. */
function movement(path: readonly (readonly Knot[])[], window: number): { speed: number; acceleration: number } {
  const at = Array.from({ length: 38 }, (_, i) => valueAt(path, i * 8) / window)
  const speeds = at.slice(1).map((value, i) => ((value - (at[i] ?? value)) * 30) / 8)
  const changes = speeds.slice(1).map((value, i) => ((value - (speeds[i] ?? value)) * 30) / 8)
  return { speed: Math.max(...speeds.map(Math.abs)), acceleration: Math.max(...changes.map(Math.abs)) }
}

describe('framing', () => {
  test('holds still on a product that trembles, or that only the finder sees tremble', () => {
    let i = 0
    const framing = frameClip(
      product(() => 0.7 + 0.02 * noise(i++)),
      wanted,
    )
    expect(framing).toMatchObject({ kind: 'stable', axis: 'x', window: fill, path: [[{ frame: 0 }]] })
    const [at = 0] = framing.path.flat().map((knot) => knot.at)
    expect(at).toBeLessThan(0.7 - 0.075)
    expect(at + fill).toBeGreaterThan(0.7 + 0.075)
  })

  test('follows a product across the picture: eased in and out, never faster than the limits, the product always inside', () => {
    let i = 0
    const framing = frameClip(
      product((seconds) => pan(seconds) + 0.01 * noise(i++)),
      wanted,
    )
    expect(framing.kind).toBe('follow')
    const { speed, acceleration } = movement(framing.path, fill)
    expect(speed).toBeLessThanOrEqual(limits.speed)
    expect(acceleration).toBeLessThanOrEqual(limits.acceleration * 1.02)
    const outside = Array.from({ length: 300 }, (_, n) => {
      const [from, middle] = [valueAt(framing.path, n), pan(n / 30)]
      return Math.max(from - (middle - 0.075), middle + 0.075 - (from + fill), 0)
    })
    expect(Math.max(...outside)).toBeLessThan(0.03)
    expect(Math.abs(valueAt(framing.path, 40) - valueAt(framing.path, 0))).toBeLessThan(0.08)
    expect(Math.abs(valueAt(framing.path, 299) - valueAt(framing.path, 250))).toBeLessThan(0.08)
  })

  test('does not run after a product that jumps to and fro', () => {
    const framing = frameClip(
      product((seconds) => (Math.floor(seconds * 2) % 2 === 0 ? 0.2 : 0.8)),
      wanted,
    )
    expect(movement(framing.path, fill).speed).toBeLessThanOrEqual(limits.speed)
  })

  test('one picture on which the finder was wrong moves nothing', () => {
    const seen = product(() => 0.5)
    seen[20] = { frame: 160, product: { from: 0.9, to: 1, sure: 0.9, spread: [] }, faces: [] }
    expect(frameClip(seen, wanted)).toMatchObject({ kind: 'stable' })
  })

  test('pads a sure product that would be cut, and crops what nothing is known of', () => {
    const padded = frameClip(
      product(() => 0.5, 0.55),
      wanted,
    )
    expect(padded).toMatchObject({ kind: 'pad', because: 'the product takes 55 % of the picture, more than the 32 % that would fit' })
    expect(padded.window).toBeCloseTo(0.55 * 1.05, 2)
    expect(
      frameClip(
        product(() => 0.5, 0.55, 0.3),
        wanted,
      ).kind,
    ).toBe('stable')
    expect(frameClip([], wanted)).toMatchObject({ kind: 'stable', path: [[{ frame: 0, at: (1 - fill) / 2 }]] })
  })

  test('of a product that is unsure and larger than the window keeps the part that holds most of it', () => {
    const spread = Array.from({ length: 28 }, (_, i) => (i >= 17 && i < 23 ? 1 : 0.05))
    const seen = product(() => 0.5, 0.8, 0.4).map((one) => ({ ...one, product: one.product === null ? null : { ...one.product, spread } }))
    const at = frameClip(seen, wanted).path[0]?.[0]?.at ?? 0
    expect(at).toBeGreaterThan(0.4)
    expect(at).toBeLessThan(17 / 28)
  })

  test('keeps a face beside the product where both fit, and jumps at a cut instead of panning', () => {
    const face = { from: 0.33, to: 0.4, sure: 0.9 }
    const beside = product(() => 0.5).map((one) => ({ ...one, faces: [face] }))
    const at = frameClip(beside, wanted).path[0]?.[0]?.at ?? 1
    expect(at).toBeLessThanOrEqual(face.from)
    const cut = frameClip(
      product((seconds) => (seconds < 5 ? 0.2 : 0.8)),
      { ...wanted, cuts: [150] },
    )
    expect(cut.path).toHaveLength(2)
    expect(Math.abs(valueAt(cut.path, 149) - valueAt(cut.path, 151))).toBeGreaterThan(0.4)
    expect(valueAt(cut.path, 0)).toBeCloseTo(valueAt(cut.path, 149), 2)
  })

  test('of the right shape cuts nothing; asked to, keeps to the middle or pads; upright takes are cut above and below', () => {
    expect(frameClip([], { ...wanted, own: 0.5625 })).toMatchObject({ kind: 'whole', window: 1 })
    expect(frameClip([], { ...wanted, reframe: 'pad' })).toMatchObject({ kind: 'pad', window: 1 })
    const seen = product(() => 0.9)
    expect(frameClip(seen, { ...wanted, reframe: 'center' })).toMatchObject({ kind: 'stable', path: [[{ at: (1 - fill) / 2 }]] })
    expect(frameClip(seen, { ...wanted, own: 9 / 16, target: 16 / 9 })).toMatchObject({ kind: 'stable', axis: 'y' })
  })
})

test('the steadiest path through a tube is straight where it can be', () => {
  const low = Array.from({ length: 30 }, (_, i) => (i < 10 ? 0 : i < 20 ? 0.05 : 0.02))
  const path = steadiest(
    low,
    low.map((value) => value + 0.2),
    low.map(() => 1),
    [0.05, 0.3, 1],
  )
  expect(Math.max(...path) - Math.min(...path)).toBeLessThan(0.005)
  for (const [i, at] of path.entries()) expect(at).toBeGreaterThanOrEqual((low[i] ?? 0) - 0.005)
})

test('an expression says the same as the path, however long, and stays short and shallow', () => {
  const knots = (from: number): Knot[] => Array.from({ length: 90 }, (_, i) => ({ frame: from + i * 9, at: 0.3 + 0.2 * noise(i) }))
  const path = [knots(0), knots(810)]
  const text = expressionOf(path, (at) => at * 1000)
  // ffmpeg's grammar of if(), lt() and arithmetic is also that of JavaScript once `if` has another name.
  const run = new Function('n', 'when', 'lt', `return ${text.replaceAll('if(', 'when(')}`)
  const worst = Math.max(
    ...Array.from({ length: 1600 }, (_, n) => {
      const said: unknown = run(
        n,
        (is: number, a: number, b: number) => (is ? a : b),
        (a: number, b: number) => Number(a < b),
      )
      return Math.abs(Number(said) - 1000 * valueAt(path, n))
    }),
  )
  expect(worst).toBeLessThan(0.1)
  expect(text.length).toBeLessThan(10_000)
  let [depth, deepest] = [0, 0]
  for (const letter of text) {
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0
    deepest = Math.max(deepest, depth)
  }
  expect(deepest).toBeLessThan(20)
})

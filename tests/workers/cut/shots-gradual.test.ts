import { describe, expect, test } from 'vitest'
import { collectComponents } from '../../../workers/cut/shots/components.ts'
import { detect } from '../../../workers/cut/shots/detect.ts'
import { frameHeight, frameWidth } from '../../../workers/cut/shots/likeness.ts'

/** A scene of its own: blobs of light that drift slowly, so that neighbouring pictures differ a little. */
function scene(seed: number): (at: number) => Uint8Array {
  const blobs = Array.from({ length: 14 }, (_, n) => {
    const part = (k: number): number => (Math.abs(Math.sin((seed * 131 + n * 17 + k) * 12.9898) * 43_758.5453) % 1) - 0
    return {
      x: part(1) * frameWidth,
      y: part(2) * frameHeight,
      r: 3 + part(3) * 9,
      light: (part(4) - 0.4) * 170,
      dx: (part(5) - 0.5) * 0.15,
    }
  })
  return (at) => {
    const out = new Uint8Array(frameWidth * frameHeight)
    for (let y = 0; y < frameHeight; y++)
      for (let x = 0; x < frameWidth; x++) {
        let value = 95
        for (const blob of blobs) {
          const gap = ((x - blob.x - blob.dx * at) ** 2 + (y - blob.y) ** 2) / blob.r ** 2
          value += blob.light * Math.exp(-gap)
        }
        out[y * frameWidth + x] = Math.max(0, Math.min(255, value))
      }
    return out
  }
}
const black = new Uint8Array(frameWidth * frameHeight)
const mix = (a: Uint8Array, b: Uint8Array, share: number): Uint8Array => a.map((value, at) => value * (1 - share) + (b[at] ?? 0) * share)
const found = (frames: Uint8Array[]) => {
  const collector = collectComponents()
  for (const frame of frames) collector.push(frame)
  return detect(collector.end())
}
const run = (of: (at: number) => Uint8Array, from: number, to: number): Uint8Array[] =>
  Array.from({ length: to - from }, (_, n) => of(from + n))

describe('gradual transitions', () => {
  const [one, two] = [scene(1), scene(2)]

  test.each([8, 14, 22, 30])('a dissolve of %i frames is found where it is, and is no cut', (length) => {
    const mixed = Array.from({ length }, (_, n) => mix(one(50 + n), two(n), (n + 1) / (length + 1)))
    const { cuts, transitions } = found([...run(one, 0, 50), ...mixed, ...run(two, length, length + 50)])
    expect(cuts).toEqual([])
    expect(transitions).toHaveLength(1)
    expect(transitions[0]?.type).toBe('dissolve')
    expect(Math.abs((transitions[0]?.startFrame ?? 0) - 50)).toBeLessThanOrEqual(2)
    expect(Math.abs((transitions[0]?.endFrame ?? 0) - 50 - length)).toBeLessThanOrEqual(2)
  })

  test('through black it is a fade-out and a fade-in; the black between them is no cut', () => {
    const down = Array.from({ length: 12 }, (_, n) => mix(one(40 + n), black, (n + 1) / 12))
    const up = Array.from({ length: 12 }, (_, n) => mix(black, two(n), (n + 1) / 13))
    const { cuts, transitions } = found([...run(one, 0, 40), ...down, black, black, ...up, ...run(two, 12, 60)])
    expect(cuts).toEqual([])
    expect(transitions.map(({ type }) => type)).toEqual(['fade-out', 'fade-in'])
    expect(Math.abs((transitions[0]?.startFrame ?? 0) - 40)).toBeLessThanOrEqual(2)
    expect(Math.abs((transitions[1]?.endFrame ?? 0) - 66)).toBeLessThanOrEqual(2)
  })

  test('a wipe, a slow brightening, a flash of four frames and a hard cut are no dissolve; only the last is a cut', () => {
    const wipe = Array.from({ length: 16 }, (_, n) => {
      const out = one(40 + n).slice()
      const to = two(n)
      for (let y = 0; y < frameHeight; y++) for (let x = 0; x < (n + 1) * 4; x++) out[y * frameWidth + x] = to[y * frameWidth + x] ?? 0
      return out
    })
    expect(found([...run(one, 0, 40), ...wipe, ...run(two, 16, 60)]).transitions).toEqual([])
    const brighter = run(one, 0, 90).map((frame, at) =>
      frame.map((value) => value * (0.7 + Math.min(1, Math.max(0, (at - 30) / 20)) * 0.3)),
    )
    expect(found(brighter)).toEqual({ cuts: [], transitions: [] })
    const lit = run(one, 0, 60).map((frame, at) =>
      at >= 30 && at < 34
        ? mix(
            frame,
            frame.map(() => 250),
            0.9 - 0.2 * (at - 30),
          )
        : frame,
    )
    expect(found(lit)).toEqual({ cuts: [], transitions: [] })
    expect(found([...run(one, 0, 40), ...run(two, 0, 40)])).toEqual({ cuts: [40], transitions: [] })
  })
})

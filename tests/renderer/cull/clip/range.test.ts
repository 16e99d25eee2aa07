import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frameStep, marksIn, marksOut, rangeOf, shortestUs, shuttled } from '../../../../renderer/cull/clip/range.ts'

const total = 10_000_000

describe('in and out of a clip', () => {
  it('needs both ends, and moves the other end along when they would cross', () => {
    const begun = marksIn({ inUs: null, outUs: null }, 2_000_000, total)
    expect(rangeOf(begun)).toBeNull()
    expect(rangeOf(marksOut(begun, 4_000_000, total))).toEqual({ inUs: 2_000_000, outUs: 4_000_000 })
    expect(rangeOf(marksOut({ inUs: null, outUs: null }, 4_000_000, total))).toEqual({ inUs: 0, outUs: 4_000_000 })
    expect(marksIn({ inUs: 1_000_000, outUs: 3_000_000 }, 6_000_000, total)).toEqual({ inUs: 6_000_000, outUs: total })
    expect(marksOut({ inUs: 8_000_000, outUs: 9_000_000 }, 6_000_000, total)).toEqual({ inUs: 1_000_000, outUs: 6_000_000 })
  })

  it('always gives a range the engine takes, wherever the marks are set', () => {
    const at = fc.integer({ min: -total, max: 2 * total })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), at), { minLength: 2, maxLength: 8 }),
        fc.integer({ min: shortestUs, max: total }),
        (acts, length) => {
          const marks = acts.reduce((now, [isIn, us]) => (isIn ? marksIn(now, us, length) : marksOut(now, us, length)), {
            inUs: null as number | null,
            outUs: null as number | null,
          })
          const range = rangeOf(marks)
          if (range === null) return
          expect(range.inUs).toBeGreaterThanOrEqual(0)
          expect(range.outUs).toBeLessThanOrEqual(length)
          expect(range.outUs - range.inUs).toBeGreaterThanOrEqual(shortestUs)
        },
      ),
    )
  })

  it('shuttles twice as fast with each press, turns at normal speed, and steps whole frames', () => {
    const pressed = (ways: (1 | -1)[]): number[] => {
      let speed = 0
      return ways.map((way) => {
        speed = shuttled(speed, way)
        return speed
      })
    }
    expect(pressed([1, 1, 1, 1, 1, -1, -1, 1])).toEqual([1, 2, 4, 8, 8, -1, -2, 1])
    let seconds = 0
    const frames = Array.from({ length: 100 }, () => {
      seconds = frameStep(seconds, 29.97, 1, 1000)
      return Math.floor(seconds * 29.97)
    })
    expect(frames).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    expect(frameStep(0, 25, -1, 10)).toBeCloseTo(0.02)
    expect(frameStep(9.99, 25, 1, 10)).toBeCloseTo(9.98)
  })
})

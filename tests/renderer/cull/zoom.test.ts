import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { centreOf, fitRect, offsetAt, pointAt, upright } from '../../../renderer/cull/zoom.ts'

const stage = { width: 1000, height: 600 }
const frame = { width: 6000, height: 4000 }

describe('true size', () => {
  it('fits the whole frame in the middle and finds the point under the pointer', () => {
    expect(fitRect(stage, frame)).toEqual({ left: 50, top: 0, width: 900, height: 600 })
    expect(pointAt(stage, frame, { x: 50 + 450, y: 150 })).toEqual({ x: 0.5, y: 0.25 })
    expect(pointAt(stage, frame, { x: 0, y: 700 })).toEqual({ x: 0, y: 1 })
  })

  it('never leaves a gap at an edge, and centres what is smaller than the stage', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (x, y) => {
        const offset = offsetAt(stage, frame, { x, y })
        expect(offset.x).toBeLessThanOrEqual(0)
        expect(offset.y).toBeLessThanOrEqual(0)
        expect(offset.x + frame.width).toBeGreaterThanOrEqual(stage.width)
        expect(offset.y + frame.height).toBeGreaterThanOrEqual(stage.height)
        const centre = centreOf(stage, frame, offset)
        const again = offsetAt(stage, frame, centre)
        expect(again.x).toBeCloseTo(offset.x, 6)
        expect(again.y).toBeCloseTo(offset.y, 6)
      }),
    )
    expect(offsetAt(stage, { width: 400, height: 300 }, { x: 0, y: 1 })).toEqual({ x: 300, y: 150 })
  })

  it('turns the stored size when the preview stands the other way, and keeps unknown unknown', () => {
    expect(upright({ width: 6000, height: 4000 }, { width: 1365, height: 2048 })).toEqual({ width: 4000, height: 6000 })
    expect(upright({ width: 6000, height: 4000 }, null)).toEqual(frame)
    expect(upright({ width: null, height: 4000 }, { width: 10, height: 20 })).toEqual({ width: 10, height: 20 })
    expect(upright({ width: null, height: null }, null)).toBeNull()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { centreOf, fitRect, fitScale, offsetAt, panned, placeOf, pointAt, scaled, upright } from '../../../renderer/cull/zoom.ts'

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

  it('grows around the pointer, whose point of the photo stays under it, and ends at the whole frame', () => {
    const spot = fc.record({ x: fc.double({ min: 300, max: 700, noNaN: true }), y: fc.double({ min: 200, max: 400, noNaN: true }) })
    fc.assert(
      fc.property(spot, fc.double({ min: 4, max: 20, noNaN: true }), fc.constantFrom(1, 2), (pointer, factor, ratio) => {
        const before = placeOf(stage, frame, null, ratio)
        const zoom = scaled(stage, frame, null, factor, pointer, ratio)
        const after = placeOf(stage, frame, zoom, ratio)
        const under = (place: typeof before) => (pointer.x - place.left) / place.width
        expect(under(after)).toBeCloseTo(under(before), 6)
        expect(after.width).toBeGreaterThan(before.width)
        expect(scaled(stage, frame, zoom, 1 / factor, pointer, ratio)).toBeNull()
      }),
    )
    expect(fitScale(stage, frame, 2)).toBeCloseTo(0.3)
    const near = { x: 0.5, y: 0.5 }
    expect(placeOf(stage, frame, near, 2)).toEqual({ left: -1000, top: -700, width: 3000, height: 2000 })
    expect(panned(stage, frame, near, { x: 99_999, y: 0 }, 2)).toEqual({ x: stage.width / 2 / 3000, y: 0.5 })
  })
})

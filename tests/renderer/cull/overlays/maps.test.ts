import { describe, expect, it } from 'vitest'
import { clippingMap, focusMap, histogramOf, type Pixels } from '../../../../renderer/cull/overlays/maps.ts'

const drawn = (width: number, height: number, tone: (x: number, y: number) => number): Pixels => {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) data.set([tone(x, y), tone(x, y), tone(x, y), 255], (y * width + x) * 4)
  return { data, width, height }
}
/** Left half: hard stripes. Right half: the same stripes, blurred to a gentle wave. */
const halfSharp = drawn(128, 64, (x) => (x < 64 ? (x % 8 < 4 ? 60 : 190) : 125 + 12 * Math.sin(x / 4)))

describe('overlays from pixels', () => {
  it('marks what is sharp, leaves what is soft, and finds nothing in a photo that is soft everywhere', () => {
    const { data, width, height } = focusMap(halfSharp)
    const marked = { left: 0, edge: 0, right: 0 }
    for (let cell = 0; cell < width * height; cell += 1)
      if ((data[cell * 4 + 3] ?? 0) > 0) marked[cell % width < 16 ? 'left' : cell % width > 16 ? 'right' : 'edge'] += 1
    expect({ width, height, ...marked }).toEqual({
      width: 32,
      height: 16,
      left: 256,
      edge: expect.any(Number),
      right: 0,
    })
    expect(focusMap(drawn(64, 64, (x) => 120 + x / 8)).data.every((value) => value === 0)).toBe(true)
    // Grain alone is not sharpness: the quietest blocks tell how much of it there is.
    const grain = drawn(64, 64, (x, y) => 128 + (((x * 7919 + y * 104729) % 13) - 6) / 2)
    expect(focusMap(grain).data.every((value) => value === 0)).toBe(true)
  })

  it('tells lost highlights from lost shadows, and counts tones', () => {
    const ends = drawn(8, 4, (x) => (x < 2 ? 255 : x < 4 ? 0 : 100))
    const { data, width } = clippingMap(ends)
    const row = Array.from({ length: width }, (_, cell) => [...data.subarray(cell * 4, cell * 4 + 4)])
    expect(row).toEqual([
      [255, 40, 40, 235],
      [30, 110, 255, 235],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ])
    const { red, lost, dark } = histogramOf(ends)
    expect({ lost, dark, at0: red[0], at100: red[100], at255: red[255] }).toEqual({ lost: 0.25, dark: 0.25, at0: 8, at100: 16, at255: 8 })
  })
})

import { expect, it, vi } from 'vitest'
import { random } from '../../../../models/train/degrade.ts'
import { bytes } from '../../../../workers/score/kernels/bytes.ts'
import {
  type Plane,
  plainCurves,
  plainHalf,
  plainHalfRgb,
  plainLuma,
  plainSums,
  plainTotal,
  type Rect,
  type Rgb,
  type Span,
  sumsPerTile,
} from '../../../../workers/score/kernels/plain.ts'
import { simdHalf, simdLuma, simdLumaAndHalf, simdReader, simdSums } from '../../../../workers/score/kernels/simd.ts'
import { tiles } from '../../../../workers/score/tiles.ts'
import { assembled } from './build.ts'

const plane = (width: number, height: number, value: (x: number, y: number) => number): Plane => ({
  data: Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
  width,
  height,
})
const next = random(7)
const noise = (most: number) => () => Math.floor(next() * most)
const blackOrWhite = () => (next() < 0.5 ? 0 : 255)

const planes: Record<string, Plane> = {
  noise: plane(768, 300, noise(256)),
  'black and white': plane(190, 191, blackOrWhite),
  'around the gate': plane(301, 203, noise(9)),
  // The strongest M*I there is, in every pixel, in the largest tile there is.
  checkers: plane(130, 130, (x, y) => ((x + y) % 2) * 255),
  'upright stripes': plane(97, 129, (x) => (x % 2) * 255),
  'lying stripes of two': plane(129, 97, (_, y) => ((y >> 1) % 2) * 255),
  corner: plane(66, 66, (x, y) => (x < 33 && y < 33 ? 255 : 0)),
  flat: plane(70, 70, () => 255),
  'one pixel inside': plane(3, 3, noise(256)),
  thin: plane(3, 90, noise(256)),
}

/** Tiles that start and end anywhere, up to 128 × 128 and down to a single pixel. */
function spans({ width, height }: Plane): Span[] {
  const most: Span = { x0: 1, y0: 1, x1: Math.min(width - 1, 129), y1: Math.min(height - 1, 129) }
  const within = (from: number, to: number): number => from + Math.floor(next() * (to - from))
  const any = Array.from({ length: 40 }, () => {
    const [x0, y0] = [within(1, width - 1), within(1, height - 1)]
    return { x0, y0, x1: within(x0 + 1, Math.min(width, x0 + 100)), y1: within(y0 + 1, Math.min(height, y0 + 100)) }
  })
  return [most, ...any]
}

it.each(Object.entries(planes))('sums with SIMD what plain code sums: %s', (_, picture) => {
  const asked = spans(picture)
  const sums = (from: ((span: Span, out: Float64Array) => void) | null) =>
    asked.map((span) => {
      const out = new Float64Array(sumsPerTile)
      from?.(span, out)
      return { span, out: [...out] }
    })
  expect(sums(simdSums(picture))).toEqual(sums((span, out) => plainSums(picture, span, out)))
})

it.each(Object.entries(planes))('adds up parts of a plane with SIMD as plain code does: %s', (_, picture) => {
  const whole: Span = { x0: 1, y0: 1, x1: picture.width - 1, y1: picture.height - 1 }
  const asked = [whole, ...spans(picture)]
  const rects = asked.map(({ x0, y0, x1, y1 }): Rect => ({ x: x0 - 1, y: y0 - 1, width: x1 - x0 + 2, height: y1 - y0 + 2 }))
  const read = simdReader(picture)
  expect({ totals: rects.map((rect) => read?.total(rect)), curves: asked.map((span) => read?.curves(span)) }).toEqual({
    totals: rects.map((rect) => plainTotal(picture, rect)),
    curves: asked.map((span) => plainCurves(picture, span)),
  })
})

it('halves with SIMD as plain code does, odd sides and all', () => {
  const all = [...Object.values(planes), plane(2, 2, noise(256)), plane(35, 2, blackOrWhite), plane(17, 401, noise(256))]
  expect(all.map(simdHalf)).toEqual(all.map(plainHalf))
  expect(simdHalf(plane(1, 9, noise(256)))).toBeNull()
})

it('takes luma with SIMD as plain code does, whole or a part, in bands or at once', () => {
  const colours = (width: number, height: number, value: () => number): Rgb => ({ ...plane(3 * width, height, value), width })
  const large = colours(1203, 401, noise(256))
  const small = colours(7, 5, blackOrWhite)
  const asked: [Rgb, Rect][] = [
    [large, { x: 0, y: 0, width: 1203, height: 401 }],
    [large, { x: 435, y: 33, width: 768, height: 368 }],
    [large, { x: 1202, y: 400, width: 1, height: 1 }],
    [small, { x: 0, y: 0, width: 7, height: 5 }],
    [small, { x: 2, y: 1, width: 3, height: 4 }],
    [colours(40, 40, () => 255), { x: 0, y: 0, width: 40, height: 40 }],
  ]
  expect(asked.map(([rgb, rect]) => simdLuma(rgb, rect))).toEqual(asked.map(([rgb, rect]) => plainLuma(rgb, rect)))
  expect([simdLuma(small, { x: 5, y: 0, width: 3, height: 1 }), simdLuma(small, { x: 0.5, y: 0, width: 3, height: 1 })]).toEqual([
    null,
    null,
  ])
})

it('takes luma and half the size at once with SIMD as plain code does, odd sides and all, in bands or at once', () => {
  const colours = (width: number, height: number, value: () => number): Rgb => ({ ...plane(3 * width, height, value), width })
  const all = [
    colours(1203, 401, noise(256)),
    colours(2, 2, noise(256)),
    colours(7, 5, blackOrWhite),
    colours(16, 3, () => 255),
    colours(90, 2, noise(256)),
  ]
  const whole = ({ width, height }: Rgb): Rect => ({ x: 0, y: 0, width, height })
  expect(all.map(simdLumaAndHalf)).toEqual(all.map((rgb) => ({ luma: plainLuma(rgb, whole(rgb)), half: plainHalfRgb(rgb) })))
  expect([simdLumaAndHalf(colours(1, 9, noise(256))), simdLumaAndHalf({ ...colours(4, 4, noise(256)), height: 5 })]).toEqual([null, null])
})

it('leaves a plane that is too large, or not all there, to plain code, and goes on with the next', () => {
  const flat = plane(70, 70, () => 255)
  const tooLarge = plane(2368, 2368, (x) => x & 255)
  expect([simdSums(tooLarge), simdSums({ ...flat, height: 71 })]).toEqual([null, null])
  const whole = tiles(tooLarge, 64)
  // Every row is the same ramp in steps of 1.
  expect({ across: whole.across, edges: whole.edges[0], second: whole.second[1][0] }).toEqual({ across: 37, edges: 0, second: 0 })
  expect(simdSums(plane(64, 64, noise(256)))).not.toBeNull()
})

it('reads a picture the same where WebAssembly is missing', async () => {
  const picture = plane(200, 150, noise(256))
  const withSimd = tiles(picture, 64)
  vi.resetModules()
  vi.stubGlobal('WebAssembly', undefined)
  try {
    const bare = await import('../../../../workers/score/kernels/simd.ts')
    const { tiles: bareTiles } = await import('../../../../workers/score/tiles.ts')
    expect(bare.simdSums(picture)).toBeNull()
    expect(bareTiles(picture, 64)).toEqual(withSimd)
  } finally {
    vi.unstubAllGlobals()
  }
})

it('ships the bytes of its text', async () => {
  expect(bytes).toBe(await assembled())
})

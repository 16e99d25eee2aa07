// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { type Plane, plainHalf, plainLuma, type Rect, type Rgb } from './kernels/plain.ts'
import { simdHalf, simdLuma } from './kernels/simd.ts'

export type { Plane, Rect, Rgb }

/** Fractions (0–1) of the upright frame. */
export type Box = { x: number; y: number; w: number; h: number }

/** Luma of `rect` at the picture's own scale. */
export const lumaCrop = (rgb: Rgb, rect: Rect): Plane => simdLuma(rgb, rect) ?? plainLuma(rgb, rect)

/** Luma of the whole picture, each pixel the rounded mean of factor × factor. */
export function lumaDown(rgb: Rgb, factor: number): Plane {
  const width = Math.max(1, Math.floor(rgb.width / factor))
  const height = Math.max(1, Math.floor(rgb.height / factor))
  if (factor <= 1 || rgb.width < factor || rgb.height < factor) return lumaCrop(rgb, { x: 0, y: 0, width: rgb.width, height: rgb.height })
  const out = new Uint8Array(width * height)
  const src = rgb.data
  const stride = 3 * rgb.width
  const n = factor * factor
  if (factor === 2) {
    for (let y = 0, o = 0; y < height; y++) {
      let i = 2 * y * stride
      for (let x = 0; x < width; x++, i += 6, o++) {
        const j = i + stride
        const r = src[i]! + src[i + 3]! + src[j]! + src[j + 3]!
        const g = src[i + 1]! + src[i + 4]! + src[j + 1]! + src[j + 4]!
        const b = src[i + 2]! + src[i + 5]! + src[j + 2]! + src[j + 5]!
        out[o] = (77 * r + 150 * g + 29 * b + 512) >> 10
      }
    }
    return { data: out, width, height }
  }
  const row = new Float64Array(width)
  for (let y = 0, o = 0; y < height; y++, o += width) {
    row.fill(0)
    for (let dy = 0; dy < factor; dy++) {
      let i = (y * factor + dy) * stride
      for (let x = 0; x < width; x++) {
        let sum = 0
        for (let dx = 0; dx < factor; dx++, i += 3) sum += 77 * src[i]! + 150 * src[i + 1]! + 29 * src[i + 2]!
        row[x]! += sum
      }
    }
    for (let x = 0; x < width; x++) out[o + x] = Math.round(row[x]! / (256 * n))
  }
  return { data: out, width, height }
}

/** The next level of the pyramid: 2 × 2 box, rounded. */
export const half = (plane: Plane): Plane => simdHalf(plane) ?? plainHalf(plane)

/** Area mean of a luma plane at an exact size (for hashes; the plane may be smaller than the target). */
export function lumaTo(plane: Plane, width: number, height: number): Float64Array {
  const out = new Float64Array(width * height)
  for (let y = 0; y < height; y++) {
    const y0 = Math.floor((y * plane.height) / height)
    const y1 = Math.max(y0 + 1, Math.floor(((y + 1) * plane.height) / height))
    for (let x = 0; x < width; x++) {
      const x0 = Math.floor((x * plane.width) / width)
      const x1 = Math.max(x0 + 1, Math.floor(((x + 1) * plane.width) / width))
      let sum = 0
      for (let v = y0; v < y1; v++) for (let u = x0; u < x1; u++) sum += plane.data[v * plane.width + u]!
      out[y * width + x] = sum / ((y1 - y0) * (x1 - x0))
    }
  }
  return out
}

/** A pixel rectangle of at most `side` × `side` centred on the box, inside the picture. */
export function rectAround(box: Box, picture: { width: number; height: number }, side: number): Rect {
  const width = Math.min(side, picture.width)
  const height = Math.min(side, picture.height)
  const x = Math.round((box.x + box.w / 2) * picture.width - width / 2)
  const y = Math.round((box.y + box.h / 2) * picture.height - height / 2)
  return { x: Math.min(Math.max(0, x), picture.width - width), y: Math.min(Math.max(0, y), picture.height - height), width, height }
}

/** The value below which `share` of the values lie. Sorts a copy. */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) return 0
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))]!
}

export const clamp = (value: number, least = 0, most = 1): number => Math.min(most, Math.max(least, value))
/** 0 at `from`, 1 at `to`, straight between (either order). */
export const ramp = (value: number, from: number, to: number): number => clamp((value - from) / (to - from))

/**
 * How much the 8 × 8 grid of JPEG blocks stands out: ln of the mean step at the strongest of eight phases over the median phase, the weaker of both
 * directions; about 0 without a grid. Every fourth row and column is enough.
 */
export function gridStep({ data, width, height }: Plane): number {
  const phases = (across: boolean): number => {
    const sums = new Float64Array(8)
    const [long, wide] = across ? [width, height] : [height, width]
    const [step, line] = across ? [1, width] : [width, 1]
    for (let v = 0; v < wide; v += 4)
      for (let u = 1; u < long; u++) sums[u & 7]! += Math.abs(data[v * line + u * step]! - data[v * line + (u - 1) * step]!)
    const sorted = sums.map((sum) => sum / Math.max(1, (wide / 4) * (long / 8))).toSorted()
    return Math.log((sorted[7]! + 0.1) / ((sorted[3]! + sorted[4]!) / 2 + 0.1))
  }
  return width < 64 || height < 64 ? 0 : Math.min(phases(true), phases(false))
}

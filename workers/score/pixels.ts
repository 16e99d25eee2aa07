// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { type Plane, plainCurves, plainHalf, plainHalfRgb, plainLuma, plainTotal, type Rect, type Rgb, type Span } from './kernels/plain.ts'
import { simdHalf, simdLuma, simdLumaAndHalf, simdReader } from './kernels/simd.ts'

export type { Plane, Rect, Rgb }

/** Fractions (0–1) of the upright frame. */
export type Box = { x: number; y: number; w: number; h: number }

/**
 * Gives the memory of bytes that nobody reads any more back now. Left to the collector, the pixels of a photo or two stay: 24 to 200 MB a thread.
 * Bytes that share their memory with others are left alone.
 */
export function release({ buffer, byteLength }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer && byteLength > 0 && buffer.byteLength === byteLength) buffer.transfer(0)
}

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

/** Luma of the whole picture, and the picture at half its size (2 × 2 box, rounded). A side of one pixel has no half: it comes back as it is. */
export function lumaAndHalf(rgb: Rgb): { luma: Plane; half: Rgb } {
  const whole = { x: 0, y: 0, width: rgb.width, height: rgb.height }
  if (Math.min(rgb.width, rgb.height) < 2) return { luma: lumaCrop(rgb, whole), half: rgb }
  return simdLumaAndHalf(rgb) ?? { luma: plainLuma(rgb, whole), half: plainHalfRgb(rgb) }
}

/** The next level of the pyramid: 2 × 2 box, rounded. */
export const half = (plane: Plane): Plane => simdHalf(plane) ?? plainHalf(plane)

/** Sums over parts of one plane; good until another plane is read. */
const reader = (plane: Plane): { total(rect: Rect): number; curves(span: Span): number } =>
  simdReader(plane) ?? { total: (rect) => plainTotal(plane, rect), curves: (span) => plainCurves(plane, span) }

/** Area mean of a luma plane at an exact size (for hashes; the plane may be smaller than the target). */
export function lumaTo(plane: Plane, width: number, height: number): Float64Array {
  const out = new Float64Array(width * height)
  const { total } = reader(plane)
  for (let v = 0; v < height; v++) {
    const y = Math.floor((v * plane.height) / height)
    const down = Math.max(y + 1, Math.floor(((v + 1) * plane.height) / height)) - y
    for (let u = 0; u < width; u++) {
      const x = Math.floor((u * plane.width) / width)
      const across = Math.max(x + 1, Math.floor(((u + 1) * plane.width) / width)) - x
      out[v * width + u] = total({ x, y, width: across, height: down }) / (down * across)
    }
  }
  return out
}

/** Mean squared Laplacian of each cell of a grid laid over the plane; every second pixel is enough to know where the detail lies. */
export function curvesTo(plane: Plane, side: number): Float64Array {
  const out = new Float64Array(side * side)
  const { curves } = reader(plane)
  // The first odd place of a cell: pixel x lies in cell floor(x · side / width).
  const first = (cell: number, length: number): number => Math.ceil((cell * length) / side) | 1
  const end = (cell: number, length: number): number => Math.min(length - 1, Math.ceil(((cell + 1) * length) / side))
  for (let v = 0; v < side; v++) {
    for (let u = 0; u < side; u++) {
      const span = { x0: first(u, plane.width), y0: first(v, plane.height), x1: end(u, plane.width), y1: end(v, plane.height) }
      const count = Math.max(0, Math.ceil((span.x1 - span.x0) / 2)) * Math.max(0, Math.ceil((span.y1 - span.y0) / 2))
      out[v * side + u] = count === 0 ? 0 : curves(span) / count
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
  if (width < 64 || height < 64) return 0
  const across = new Float64Array(8)
  const down = new Float64Array(8)
  for (let y = 0, i = 0; y < height; y += 4, i = y * width)
    for (let x = 1; x < width; x++) across[x & 7]! += Math.abs(data[i + x]! - data[i + x - 1]!)
  for (let y = 1, i = width; y < height; y++, i += width) {
    let sum = 0
    for (let x = i, end = i + width; x < end; x += 4) sum += Math.abs(data[x]! - data[x - width]!)
    down[y & 7]! += sum
  }
  const above = (sums: Float64Array, steps: number): number => {
    const sorted = sums.map((sum) => sum / steps).toSorted()
    return Math.log((sorted[7]! + 0.1) / ((sorted[3]! + sorted[4]!) / 2 + 0.1))
  }
  return Math.min(above(across, (height / 4) * (width / 8)), above(down, (width / 4) * (height / 8)))
}

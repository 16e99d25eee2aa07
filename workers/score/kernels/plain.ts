// biome-ignore-all lint/style/noNonNullAssertion: a pixel loop; every index is in range by the loop bounds, and a check per pixel is what would be slow
/** Interleaved 8-bit RGB. */
export type Rgb = { data: Uint8Array; width: number; height: number }
/** 8-bit luma, Y = (77 R + 150 G + 29 B) >> 8. */
export type Plane = { data: Uint8Array; width: number; height: number }
/** Pixels, not fractions. */
export type Rect = { x: number; y: number; width: number; height: number }

/** Pixels x0 <= x < x1, y0 <= y < y1, with a pixel around them on every side. */
export type Span = { x0: number; y0: number; x1: number; y1: number }

/**
 * What one tile adds up to, all of it integers, in this order: Laplacian, its square, its amount; Gx² + Gy² (Sobel); |M*I|, its square; squares of the
 * second differences across, down, along \ and /; dx², dy², dx·dy where dx² + dy² reaches 36, and how many pixels those are.
 */
export const sumsPerTile = 14

/** Squared gradient below which a pixel says nothing about directions. */
const edgeGate = 36

/** The sums of one tile, in plain code: what tiles.wat must say to the last digit, and what stands in where it cannot run. */
export function plainSums({ data, width }: Plane, { x0, y0, x1, y1 }: Span, sums: Float64Array): void {
  let sumL = 0
  let sumLL = 0
  let sumA = 0
  let sumT = 0
  let sumN = 0
  let sumK = 0
  let sumH = 0
  let sumV = 0
  let sumD = 0
  let sumE = 0
  let xx = 0
  let yy = 0
  let xy = 0
  let gated = 0
  for (let y = y0; y < y1; y++) {
    const m = y * width
    const u = m - width
    const d = m + width
    // A row of a tile adds up in 32 bits (at most 95 pixels of at most 4,080²), which is exact and twice as fast as doubles are.
    let rowL = 0
    let rowLL = 0
    let rowA = 0
    let rowT = 0
    let rowN = 0
    let rowK = 0
    let rowH = 0
    let rowV = 0
    let rowD = 0
    let rowE = 0
    let rowXx = 0
    let rowYy = 0
    let rowXy = 0
    // The 3 × 3 window slides along the row: three new pixels a step.
    let ul = data[u + x0 - 1]!
    let uc = data[u + x0]!
    let ml = data[m + x0 - 1]!
    let mc = data[m + x0]!
    let dl = data[d + x0 - 1]!
    let dc = data[d + x0]!
    for (let x = x0; x < x1; x++) {
      const ur = data[u + x + 1]!
      const mr = data[m + x + 1]!
      const dr = data[d + x + 1]!
      const twice = mc << 1
      const h = (ml + mr - twice) | 0
      const v = (uc + dc - twice) | 0
      const b = (ul + dr - twice) | 0
      const f = (ur + dl - twice) | 0
      const l = (h + v) | 0
      const k = (b + f - (l << 1)) | 0
      const dx = (mr - ml) | 0
      const dy = (dc - uc) | 0
      const gx = (ur + dr - ul - dl + (dx << 1)) | 0
      const gy = (dl + dr - ul - ur + (dy << 1)) | 0
      rowL = (rowL + l) | 0
      rowLL = (rowLL + Math.imul(l, l)) | 0
      rowA = (rowA + (l < 0 ? -l : l)) | 0
      rowT = (rowT + Math.imul(gx, gx) + Math.imul(gy, gy)) | 0
      rowN = (rowN + (k < 0 ? -k : k)) | 0
      rowK = (rowK + Math.imul(k, k)) | 0
      rowH = (rowH + Math.imul(h, h)) | 0
      rowV = (rowV + Math.imul(v, v)) | 0
      rowD = (rowD + Math.imul(b, b)) | 0
      rowE = (rowE + Math.imul(f, f)) | 0
      const dx2 = Math.imul(dx, dx)
      const dy2 = Math.imul(dy, dy)
      if (((dx2 + dy2) | 0) >= edgeGate) {
        rowXx = (rowXx + dx2) | 0
        rowYy = (rowYy + dy2) | 0
        rowXy = (rowXy + Math.imul(dx, dy)) | 0
        gated = (gated + 1) | 0
      }
      ul = uc
      uc = ur
      ml = mc
      mc = mr
      dl = dc
      dc = dr
    }
    sumL += rowL
    sumLL += rowLL
    sumA += rowA
    sumT += rowT
    sumN += rowN
    sumK += rowK
    sumH += rowH
    sumV += rowV
    sumD += rowD
    sumE += rowE
    xx += rowXx
    yy += rowYy
    xy += rowXy
  }
  sums.set([sumL, sumLL, sumA, sumT, sumN, sumK, sumH, sumV, sumD, sumE, xx, yy, xy, gated])
}

/** Luma of `rect` at the picture's own scale. */
export function plainLuma(rgb: Rgb, rect: Rect): Plane {
  const out = new Uint8Array(rect.width * rect.height)
  const src = rgb.data
  for (let y = 0, o = 0; y < rect.height; y++) {
    let i = 3 * ((rect.y + y) * rgb.width + rect.x)
    for (let x = 0; x < rect.width; x++, i += 3, o++) out[o] = (77 * src[i]! + 150 * src[i + 1]! + 29 * src[i + 2]!) >> 8
  }
  return { data: out, width: rect.width, height: rect.height }
}

/** The next level of the pyramid: 2 × 2 box, rounded. */
export function plainHalf(plane: Plane): Plane {
  const width = plane.width >> 1
  const height = plane.height >> 1
  const out = new Uint8Array(width * height)
  const src = plane.data
  for (let y = 0, o = 0; y < height; y++) {
    let i = 2 * y * plane.width
    for (let x = 0; x < width; x++, i += 2, o++)
      out[o] = (src[i]! + src[i + 1]! + src[i + plane.width]! + src[i + plane.width + 1]! + 2) >> 2
  }
  return { data: out, width, height }
}

/** RGB at half its size, each channel by itself: mean of two rows, then of two columns, rounded each time as libvips does. */
export function plainHalfRgb(rgb: Rgb): Rgb {
  const width = rgb.width >> 1
  const height = rgb.height >> 1
  const out = new Uint8Array(3 * width * height)
  const src = rgb.data
  const row = 3 * rgb.width
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0, i = 2 * y * row; x < width; x++, i += 6) {
      for (let c = i; c < i + 3; c++, o++)
        out[o] = (((src[c]! + src[c + row]! + 1) >> 1) + ((src[c + 3]! + src[c + row + 3]! + 1) >> 1) + 1) >> 1
    }
  }
  return { data: out, width, height }
}

/** Sum of the luma of `rect`, which lies in the plane. */
export function plainTotal({ data, width }: Plane, { x, y, width: across, height: down }: Rect): number {
  let sum = 0
  for (let v = y; v < y + down; v++) for (let u = x, i = v * width + x; u < x + across; u++, i++) sum += data[i]!
  return sum
}

/** Sum of the squared Laplacians of every second pixel of every second row of the span, from its first one on. */
export function plainCurves({ data, width }: Plane, { x0, y0, x1, y1 }: Span): number {
  let sum = 0
  for (let y = y0; y < y1; y += 2) {
    for (let x = x0, i = y * width + x0; x < x1; x += 2, i += 2) {
      const curve = 4 * data[i]! - data[i - 1]! - data[i + 1]! - data[i - width]! - data[i + width]!
      sum += curve * curve
    }
  }
  return sum
}

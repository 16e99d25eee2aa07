// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { plainSums, type Span, sumsPerTile } from './kernels/plain.ts'
import { simdSums } from './kernels/simd.ts'
import { half, type Plane, quantile, release } from './pixels.ts'

/**
 * One pyramid level, tile by tile, from one pass over the pixels. Means over a tile's pixels unless said otherwise. Definitions: Laplacian
 * [0 1 0; 1 -4 1; 0 1 0], Tenengrad (Gx² + Gy²) / 64 (Sobel), noise after Immerkær (1996), σ = √(π/2)/6 · mean|M*I|, M = [1 -2 1; -2 4 -2; 1 -2 1].
 */
export type Tiles = {
  across: number
  down: number
  size: number
  /** Variance of the Laplacian, and the mean of its amount. */
  lap: Float64Array
  lapAmount: Float64Array
  ten: Float64Array
  noise: Float64Array
  /** Mean square of M*I. */
  curl: Float64Array
  /** Mean squares of second differences: across, down, and along the two diagonals (\ and /). */
  second: readonly [Float64Array, Float64Array, Float64Array, Float64Array]
  /** Sums of products of central differences (dx², dy², dx·dy) where their square reaches 36, and how many pixels those are. */
  dxx: Float64Array
  dyy: Float64Array
  dxy: Float64Array
  edges: Float64Array
  pixels: number
}

const noiseGain = Math.sqrt(Math.PI / 2) / 6
/** Tiles come out at up to half as large again; the kernel sums what is at most 128 across and down. */
const mostAtOnce = 85

export function tiles(plane: Plane, size: number): Tiles {
  const { width, height } = plane
  const across = Math.max(1, Math.round(width / size))
  const down = Math.max(1, Math.round(height / size))
  const n = across * down
  const blank = (): Float64Array => new Float64Array(n)
  const [lap, lapAmount, ten, noise, curl, dxx, dyy, dxy, edges] = [
    blank(),
    blank(),
    blank(),
    blank(),
    blank(),
    blank(),
    blank(),
    blank(),
    blank(),
  ] as const
  const second = [blank(), blank(), blank(), blank()] as const
  const sums = new Float64Array(sumsPerTile)
  const add = (size <= mostAtOnce ? simdSums(plane) : null) ?? ((span: Span) => plainSums(plane, span, sums))
  for (let ty = 0; ty < down; ty++) {
    const y0 = Math.max(1, Math.floor((ty * height) / down))
    const y1 = Math.min(height - 1, Math.floor(((ty + 1) * height) / down))
    for (let tx = 0; tx < across; tx++) {
      const x0 = Math.max(1, Math.floor((tx * width) / across))
      const x1 = Math.min(width - 1, Math.floor(((tx + 1) * width) / across))
      const count = (y1 - y0) * (x1 - x0)
      if (y1 <= y0 || x1 <= x0) continue
      add({ x0, y0, x1, y1 }, sums)
      const i = ty * across + tx
      lap[i] = Math.max(0, sums[1]! / count - (sums[0]! / count) ** 2)
      lapAmount[i] = sums[2]! / count
      ten[i] = sums[3]! / count / 64
      noise[i] = (noiseGain * sums[4]!) / count
      curl[i] = sums[5]! / count
      second[0][i] = sums[6]! / count
      second[1][i] = sums[7]! / count
      second[2][i] = sums[8]! / count
      second[3][i] = sums[9]! / count
      dxx[i] = sums[10]!
      dyy[i] = sums[11]!
      dxy[i] = sums[12]!
      edges[i] = sums[13]!
    }
  }
  return { across, down, size, lap, lapAmount, ten, noise, curl, second, dxx, dyy, dxy, edges, pixels: width * height }
}

/** Three levels, each half the last, over the same grid of tiles (64, 32 and 16 px). */
export type Pyramid = readonly [Tiles, Tiles, Tiles]

export function pyramid(plane: Plane): Pyramid {
  const next = half(plane)
  const last = half(next)
  const levels: Pyramid = [tiles(plane, 64), tiles(next, 32), tiles(last, 16)]
  for (const { data } of [next, last]) release(data)
  return levels
}

/** Mean of the best `share` of the values: the part of the picture that is in focus, where a plain backdrop has nothing to say. */
export function topMean(values: Float64Array, share: number): number {
  const sorted = values.slice().sort()
  const n = Math.max(1, Math.round(share * sorted.length))
  let sum = 0
  for (let i = sorted.length - n; i < sorted.length; i++) sum += sorted[i] ?? 0
  return sum / n
}

export const log = (value: number): number => Math.log(value + 1e-3)

/** Sharpness and noise of a plane over three levels, as logs. */
export type Energies = {
  /** Noise σ in luma steps: lowest decile of tiles. */
  sigma: number
  lapTop: number
  lapTopClean: number
  tenTop: number
  tenMean: number
  /** Tenengrad of the best tiles one level down, where grain is averaged out, and what is left of it there taken off. */
  tenHalf: number
  /** log ratios between levels: r01 = level 0 − level 1, r12 = level 1 − level 2, noise removed. */
  r01: number
  r12: number
}

export function energies(levels: Pyramid): Energies {
  const sigma = quantile(levels[0].noise, 0.1)
  const clean = cleanTops(levels, sigma)
  return {
    sigma,
    lapTop: log(topMean(levels[0].lap, 0.1)),
    lapTopClean: log(clean[0]),
    tenTop: log(topMean(levels[0].ten, 0.1)),
    tenMean: log(topMean(levels[0].ten, 1)),
    tenHalf: log(Math.max(0, topMean(levels[1].ten, 0.1) - tenOfNoise * quantile(levels[1].noise, 0.1) ** 2)),
    r01: log(clean[0]) - log(clean[1]),
    r12: log(clean[1]) - log(clean[2]),
  }
}

/** White noise of σ in a Tenengrad: 12 σ² for each of the two Sobel kernels, over 64. */
const tenOfNoise = 24 / 64

/** Laplacian variance of the best tiles, white noise removed: σ shows in it as 20σ², and each 2 × 2 mean quarters that. */
function cleanTops(levels: Pyramid, sigma: number): [number, number, number] {
  const at = (k: 0 | 1 | 2): number => {
    const noise = 20 * sigma * sigma * 0.25 ** k
    return topMean(
      levels[k].lap.map((v) => Math.max(0, v - noise)),
      0.1,
    )
  }
  return [at(0), at(1), at(2)]
}

/** Second moments of the gradients above the noise: direction and strength of smear. */
export type Smear = {
  /** log of the strongest over the weakest direction at this scale minus the same two levels down: 0 = even, high = smeared one way. */
  index: number
  /** Direction of the smear, degrees 0–180, 0 = sideways. */
  degrees: number
  /** Share of pixels with a gradient worth asking. */
  support: number
}

const directions = 8

export function smear(levels: Pyramid): Smear {
  const fine = structure(levels[0])
  const coarse = structure(levels[2])
  let least = Infinity
  let most = -Infinity
  let at = 0
  for (let k = 0; k < directions; k++) {
    const angle = (k * Math.PI) / directions
    const q = log(fine.energy(angle)) - log(coarse.energy(angle))
    if (q < least) {
      least = q
      at = k
    }
    most = Math.max(most, q)
  }
  // The direction that lost most energy is the one the camera moved along.
  return { index: most - least, degrees: (at * 180) / directions, support: fine.support }
}

/** Mean squared gradient along any direction, over the pixels that have a gradient. */
export function structure(level: Tiles): { energy(angle: number): number; support: number } {
  const sum = (values: Float64Array): number => values.reduce((total, v) => total + v, 0)
  const [xx, yy, xy, edges] = [sum(level.dxx), sum(level.dyy), sum(level.dxy), sum(level.edges)]
  const n = Math.max(1, edges)
  return {
    energy: (angle) => {
      const c = Math.cos(angle)
      const s = Math.sin(angle)
      return Math.max(0, (c * c * xx + s * s * yy + 2 * c * s * xy) / n)
    },
    support: edges / Math.max(1, level.pixels),
  }
}

// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { half, type Plane, quantile } from './pixels.ts'

/**
 * Energies of one pyramid level, tile by tile, from one pass over the pixels. Definitions: Laplacian [0 1 0; 1 -4 1; 0 1 0] (variance),
 * Tenengrad (mean(Gx² + Gy²) / 64, Sobel), noise after Immerkær (1996), σ = √(π/2)/6 · mean|M*I|, M = [1 -2 1; -2 4 -2; 1 -2 1].
 */
export type Tiles = {
  across: number
  down: number
  size: number
  lap: Float64Array
  ten: Float64Array
  noise: Float64Array
  mean: Float64Array
}

const noiseGain = Math.sqrt(Math.PI / 2) / 6

export function tiles(plane: Plane, size: number): Tiles {
  const { data, width, height } = plane
  const across = Math.max(1, Math.round(width / size))
  const down = Math.max(1, Math.round(height / size))
  const n = across * down
  const lap = new Float64Array(n)
  const ten = new Float64Array(n)
  const noise = new Float64Array(n)
  const mean = new Float64Array(n)
  for (let ty = 0; ty < down; ty++) {
    const y0 = Math.max(1, Math.floor((ty * height) / down))
    const y1 = Math.min(height - 1, Math.floor(((ty + 1) * height) / down))
    for (let tx = 0; tx < across; tx++) {
      const x0 = Math.max(1, Math.floor((tx * width) / across))
      const x1 = Math.min(width - 1, Math.floor(((tx + 1) * width) / across))
      const count = (y1 - y0) * (x1 - x0)
      if (y1 <= y0 || x1 <= x0) continue
      let sumL = 0
      let sumLL = 0
      let sumT = 0
      let sumN = 0
      let sumY = 0
      for (let y = y0; y < y1; y++) {
        const m = y * width
        const u = m - width
        const d = m + width
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
          const cross = uc + ml + mr + dc
          const corners = ul + ur + dl + dr
          const l = cross - 4 * mc
          const gx = ur + 2 * mr + dr - ul - 2 * ml - dl
          const gy = dl + 2 * dc + dr - ul - 2 * uc - ur
          const k = corners - 2 * cross + 4 * mc
          sumL += l
          sumLL += l * l
          sumT += gx * gx + gy * gy
          sumN += k < 0 ? -k : k
          sumY += mc
          ul = uc
          uc = ur
          ml = mc
          mc = mr
          dl = dc
          dc = dr
        }
      }
      const i = ty * across + tx
      lap[i] = Math.max(0, sumLL / count - (sumL / count) ** 2)
      ten[i] = sumT / count / 64
      noise[i] = (noiseGain * sumN) / count
      mean[i] = sumY / count
    }
  }
  return { across, down, size, lap, ten, noise, mean }
}

/** Mean of the best `share` of the values: the part of the picture that is in focus, where a plain backdrop has nothing to say. */
export function topMean(values: Float64Array, share: number): number {
  const sorted = values.slice().sort().reverse()
  const n = Math.max(1, Math.round(share * sorted.length))
  let sum = 0
  for (let i = 0; i < n; i++) sum += sorted[i] ?? 0
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
  /** log ratios between levels: r01 = level 0 − level 1, r12 = level 1 − level 2, noise removed. */
  r01: number
  r12: number
}

export function energies(plane: Plane): Energies {
  const second = half(plane)
  const third = half(second)
  const levels = [tiles(plane, 64), tiles(second, 32), tiles(third, 16)] as const
  const sigma = quantile(levels[0].noise, 0.1)
  // White noise of σ shows in a Laplacian variance as 20σ²; each 2 × 2 mean quarters it.
  const clean = levels.map((level, k) => {
    const noise = 20 * sigma * sigma * 0.25 ** k
    return topMean(
      level.lap.map((v) => Math.max(0, v - noise)),
      0.1,
    )
  })
  return {
    sigma,
    lapTop: log(topMean(levels[0].lap, 0.1)),
    lapTopClean: log(clean[0] ?? 0),
    tenTop: log(topMean(levels[0].ten, 0.1)),
    tenMean: log(topMean(levels[0].ten, 1)),
    r01: log(clean[0] ?? 0) - log(clean[1] ?? 0),
    r12: log(clean[1] ?? 0) - log(clean[2] ?? 0),
  }
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

export function smear(plane: Plane): Smear {
  const fine = structure(plane)
  const coarse = structure(half(half(plane)))
  let least = Infinity
  let most = -Infinity
  let at = 0
  for (let k = 0; k < 8; k++) {
    const angle = (k * Math.PI) / 8
    const q = log(fine.energy(angle)) - log(coarse.energy(angle))
    if (q < least) {
      least = q
      at = k
    }
    most = Math.max(most, q)
  }
  // The direction that lost most energy is the one the camera moved along.
  return { index: most - least, degrees: (at * 180) / 8, support: fine.support }
}

function structure(plane: Plane): { energy(angle: number): number; support: number } {
  const { data, width, height } = plane
  let xx = 0
  let yy = 0
  let xy = 0
  let count = 0
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      const gx = data[i + 1]! - data[i - 1]!
      const gy = data[i + width]! - data[i - width]!
      const xx1 = gx * gx
      const yy1 = gy * gy
      if (xx1 + yy1 < 36) continue
      xx += xx1
      yy += yy1
      xy += gx * gy
      count++
    }
  }
  const n = Math.max(1, count)
  return {
    energy: (angle) => {
      const c = Math.cos(angle)
      const s = Math.sin(angle)
      return Math.max(0, (c * c * xx + s * s * yy + 2 * c * s * xy) / n)
    },
    support: count / Math.max(1, width * height),
  }
}

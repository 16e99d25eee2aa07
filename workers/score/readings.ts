// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { half, lumaCrop, type Plane, type Rgb } from './pixels.ts'

/** Number of readings the quality head gets beside the networks' features. */
export const readingCount = 8

/**
 * Sharpness and noise of the whole frame at one fixed scale, so that a camera's 24 MP and a phone's 1 MP are read alike: what the networks, fed
 * with even smaller pictures, no longer see. `small`: longest side at most 480. Kept apart from the measures people are shown, because a change
 * here means a new quality head.
 *
 * Definitions: Laplacian [0 1 0; 1 -4 1; 0 1 0] (variance in tiles), Tenengrad (mean(Gx² + Gy²) / 64, Sobel), noise after Immerkær (1996),
 * σ = √(π/2)/6 · mean|M*I|, M = [1 -2 1; -2 4 -2; 1 -2 1]; `top`: mean of the best tenth of the tiles. All as logs but the first.
 */
export function readingVector(small: Rgb): Float32Array {
  const fine = lumaCrop(small, { x: 0, y: 0, width: small.width, height: small.height })
  const middle = half(fine)
  const levels = [tiles(fine, 64), tiles(middle, 32), tiles(half(middle), 16)] as const
  const noise = levels[0].noise.toSorted()
  const sigma = noise[Math.round(0.1 * (noise.length - 1))]!
  // White noise of σ shows in a Laplacian variance as 20σ²; each 2 × 2 mean quarters it.
  const clean = levels.map(({ lap }, k) =>
    log(
      top(
        lap.map((v) => Math.max(0, v - 20 * sigma * sigma * 0.25 ** k)),
        0.1,
      ),
    ),
  )
  const [c0 = 0, c1 = 0, c2 = 0] = clean
  const { lap, ten } = levels[0]
  return Float32Array.of(sigma, Math.log(sigma + 0.01), log(top(lap, 0.1)), c0, log(top(ten, 0.1)), log(top(ten, 1)), c0 - c1, c1 - c2)
}

const log = (value: number): number => Math.log(value + 1e-3)

function top(values: Float64Array, share: number): number {
  const n = Math.max(1, Math.round(share * values.length))
  return (
    values
      .toSorted()
      .subarray(values.length - n)
      .reduce((sum, v) => sum + v, 0) / n
  )
}

const noiseGain = Math.sqrt(Math.PI / 2) / 6

function tiles({ data, width, height }: Plane, size: number): { lap: Float64Array; ten: Float64Array; noise: Float64Array } {
  const across = Math.max(1, Math.round(width / size))
  const down = Math.max(1, Math.round(height / size))
  const out = { lap: new Float64Array(across * down), ten: new Float64Array(across * down), noise: new Float64Array(across * down) }
  for (let t = 0; t < across * down; t++) {
    const tx = t % across
    const ty = (t - tx) / across
    const y0 = Math.max(1, Math.floor((ty * height) / down))
    const y1 = Math.min(height - 1, Math.floor(((ty + 1) * height) / down))
    const x0 = Math.max(1, Math.floor((tx * width) / across))
    const x1 = Math.min(width - 1, Math.floor(((tx + 1) * width) / across))
    const count = (y1 - y0) * (x1 - x0)
    if (y1 <= y0 || x1 <= x0) continue
    let [sumL, sumLL, sumT, sumN] = [0, 0, 0, 0]
    for (let y = y0; y < y1; y++) {
      for (let x = x0, m = y * width + x0; x < x1; x++, m++) {
        const u = m - width
        const d = m + width
        const cross = data[u]! + data[m - 1]! + data[m + 1]! + data[d]!
        const [ul, ur, dl, dr] = [data[u - 1]!, data[u + 1]!, data[d - 1]!, data[d + 1]!]
        const l = cross - 4 * data[m]!
        const gx = ur + 2 * data[m + 1]! + dr - ul - 2 * data[m - 1]! - dl
        const gy = dl + 2 * data[d]! + dr - ul - 2 * data[u]! - ur
        sumL += l
        sumLL += l * l
        sumT += gx * gx + gy * gy
        sumN += Math.abs(ul + ur + dl + dr - 2 * cross + 4 * data[m]!)
      }
    }
    out.lap[t] = Math.max(0, sumLL / count - (sumL / count) ** 2)
    out.ten[t] = sumT / count / 64
    out.noise[t] = (noiseGain * sumN) / count
  }
  return out
}

import { lumaCrop, type Rgb } from './pixels.ts'
import { energies, pyramid } from './tiles.ts'

/** Number of readings the quality head gets beside the networks' features. */
export const readingCount = 8

/**
 * Sharpness and noise of the whole frame at one fixed scale, so that a camera's 24 MP and a phone's 1 MP are read alike: what the networks, fed
 * with even smaller pictures, no longer see. `small`: longest side at most 480. A change here, or of what `tiles.ts` sums up, means a
 * new quality head.
 *
 * Definitions: Laplacian [0 1 0; 1 -4 1; 0 1 0] (variance in tiles), Tenengrad (mean(Gx² + Gy²) / 64, Sobel), noise after Immerkær (1996),
 * σ = √(π/2)/6 · mean|M*I|, M = [1 -2 1; -2 4 -2; 1 -2 1]; `top`: mean of the best tenth of the tiles. All as logs but the first.
 */
export function readingVector(small: Rgb): Float32Array {
  const whole = energies(pyramid(lumaCrop(small, { x: 0, y: 0, width: small.width, height: small.height })))
  const { sigma, lapTop, lapTopClean, tenTop, tenMean, r01, r12 } = whole
  return Float32Array.of(sigma, Math.log(sigma + 0.01), lapTop, lapTopClean, tenTop, tenMean, r01, r12)
}

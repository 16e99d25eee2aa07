// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { lumaTo, type Plane } from './pixels.ts'

const size = 32
const keep = 8
const cosines = Float64Array.from({ length: keep * size }, (_, i) =>
  Math.cos(((2 * (i % size) + 1) * Math.floor(i / size) * Math.PI) / (2 * size)),
)

/**
 * 64-bit perceptual hash: 32 × 32 luma, low 8 × 8 of its DCT, bit = above the median of the 63 AC terms (the DC bit is 0). 16 hex digits.
 * Finds copies and re-encodes; bursts need the descriptor.
 */
export function phash(luma: Plane): string {
  const grey = lumaTo(luma, size, size)
  const rows = new Float64Array(size * keep)
  for (let y = 0; y < size; y++) {
    for (let k = 0; k < keep; k++) {
      let sum = 0
      for (let x = 0; x < size; x++) sum += grey[y * size + x]! * cosines[k * size + x]!
      rows[y * keep + k] = sum
    }
  }
  const terms = new Float64Array(64)
  for (let v = 0; v < keep; v++) {
    for (let k = 0; k < keep; k++) {
      let sum = 0
      for (let y = 0; y < size; y++) sum += rows[y * keep + k]! * cosines[v * size + y]!
      // Rounded, so that a flat picture hashes to zeros instead of to rounding noise.
      terms[v * keep + k] = Math.round(sum * 1e3) / 1e3
    }
  }
  const median = terms.slice(1).sort()[31]!
  let bits = 0n
  for (let i = 0; i < 64; i++) bits = (bits << 1n) | (i > 0 && terms[i]! > median ? 1n : 0n)
  return bits.toString(16).padStart(16, '0')
}

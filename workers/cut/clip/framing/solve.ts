// biome-ignore-all lint/style/noNonNullAssertion: loops over a band matrix; every index is in range by the loop bounds
/**
 * The steadiest path through a row of intervals: least sum of squared misses plus weighted absolute first, second and third differences, so that it
 * holds still, moves evenly or speeds up evenly, and little else. After Grundmann, Kwatra and Essa (2011), "Auto-directed video stabilization with
 * robust L1 optimal camera paths", whose linear program is here solved by reweighted least squares.
 * @param from @param to the interval at each step, from ≤ to; @param weight how much a miss counts there
 * @param stiff weights of the three differences
 */
export function steadiest(
  from: readonly number[],
  to: readonly number[],
  weight: readonly number[],
  stiff: readonly [number, number, number],
): number[] {
  const n = from.length
  let path = from.map((low, i) => (low + to[i]!) / 2)
  if (n < 2) return path
  for (let round = 0; round < rounds; round++) {
    const band = Array.from({ length: 4 }, () => new Float64Array(n))
    const right = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      const at = path[i]!
      const aim = Math.min(Math.max(at, from[i]!), to[i]!)
      // Inside of its interval a step is held where it is by very little: enough for the matrix to have one answer.
      const pull = aim === at ? 1e-6 : weight[i]!
      band[0]![i]! += pull
      right[i]! += pull * aim
    }
    for (const [order, coefficients] of differences.entries())
      for (let i = 0; i + order + 1 < n; i++) {
        const change = coefficients.reduce((sum, c, k) => sum + c * path[i + k]!, 0)
        const w = stiff[order]! / Math.max(Math.abs(change), smallest)
        for (let a = 0; a < coefficients.length; a++)
          for (let b = 0; b <= a; b++) band[a - b]![i + b]! += w * coefficients[a]! * coefficients[b]!
      }
    path = solveBand(band, right)
  }
  return path
}

const rounds = 40
/** Changes below this count as none. */
const smallest = 5e-4
const differences = [
  [-1, 1],
  [1, -2, 1],
  [-1, 3, -3, 1],
] as const

/** A symmetric positive matrix of band width 3 (`band[k][i]` = entry (i, i + k)), solved by LDLᵀ in place. */
function solveBand(band: Float64Array[], right: Float64Array): number[] {
  const n = right.length
  for (let i = 0; i < n; i++) {
    const pivot = band[0]![i]!
    for (let k = 1; k <= 3 && i + k < n; k++) {
      const factor = band[k]![i]! / pivot
      for (let j = k; j <= 3 && i + j < n; j++) band[j - k]![i + k]! -= factor * band[j]![i]!
      right[i + k]! -= factor * right[i]!
    }
  }
  const out = Array.from({ length: n }, () => 0)
  for (let i = n - 1; i >= 0; i--) {
    let sum = right[i]!
    for (let k = 1; k <= 3 && i + k < n; k++) sum -= band[k]![i]! * out[i + k]!
    out[i] = sum / band[0]![i]!
  }
  return out
}

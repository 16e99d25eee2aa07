// biome-ignore-all lint/style/noNonNullAssertion: small dense matrices; every index is in range by the loop bounds
/** One pair: features of the kept one less those of the other, the prior's logit for it, and how much it counts. */
export type Row = { x: Float64Array; prior: number; weight: number }

/** Newton's method on the penalised log-likelihood; it is convex, so a fixed number of steps always ends in the same place. */
export function fit(rows: readonly Row[], ridge: number): Float64Array {
  const n = rows[0]?.x.length ?? 0
  const w = new Float64Array(n)
  for (let step = 0; step < 12; step++) {
    const gradient = Float64Array.from(w, (v) => -ridge * v)
    const hessian = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? ridge : 0)))
    for (const { x, prior, weight } of rows) {
      const p = 1 / (1 + Math.exp(-(prior + dot(w, x))))
      const pull = weight * (1 - p)
      const curve = weight * p * (1 - p)
      for (let i = 0; i < n; i++) {
        gradient[i]! += pull * x[i]!
        const row = hessian[i]!
        const by = curve * x[i]!
        if (by !== 0) for (let j = 0; j <= i; j++) row[j]! += by * x[j]!
      }
    }
    const change = solve(hessian, gradient)
    let largest = 0
    for (let i = 0; i < n; i++) {
      w[i]! += change[i]!
      largest = Math.max(largest, Math.abs(change[i]!))
    }
    if (largest < 1e-8) break
  }
  return w
}

/** Cholesky; the matrix is positive definite because of the ridge. Only its lower half is read. */
function solve(matrix: Float64Array[], right: Float64Array): Float64Array {
  const n = right.length
  const y = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const row = matrix[i]!
    for (let j = 0; j <= i; j++) {
      const other = matrix[j]!
      let sum = row[j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!
      row[j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / other[j]!
    }
    let sum = right[i]!
    for (let k = 0; k < i; k++) sum -= row[k]! * y[k]!
    y[i] = sum / row[i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = y[i]!
    for (let k = i + 1; k < n; k++) sum -= matrix[k]![i]! * y[k]!
    y[i] = sum / matrix[i]![i]!
  }
  return y
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

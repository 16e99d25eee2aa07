// biome-ignore-all lint/style/noNonNullAssertion: matrix loops; every index is in range by the loop bounds
/** The training of models/train/quality.py in plain numbers: block kernel, ridge in closed form, folds that keep near-duplicates together. */
import { random } from '../../models/train/degrade.ts'
import { correlationLength, featureLength } from '../../workers/score/features.ts'
import { readingCount } from '../../workers/score/readings.ts'

/** Same figures as in models/train/quality.py. */
const blocks = [
  { length: featureLength, weight: 1 },
  { length: featureLength, weight: 1 },
  { length: correlationLength, weight: 1 },
  { length: readingCount, weight: 0.15 },
]
const lambda = 0.7
const cut = 4
const same = 0.962

/** Kernel over 2n rows: photos as they are, then mirrored; mean diagonal 1. */
export function kernel(views: readonly [Float32Array, Float32Array][]): Float64Array {
  const rows = [...views.map(([own]) => own), ...views.map(([, turned]) => turned)]
  const n = rows.length
  const out = new Float64Array(n * n)
  const total = blocks.reduce((sum, { weight }) => sum + weight, 0)
  let at = 0
  for (const { length, weight } of blocks) {
    const z = standard(rows, at, length)
    const gram = new Float64Array(n * n)
    let trace = 0
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const v = dot(z[i]!, z[j]!)
        gram[i * n + j] = v
        gram[j * n + i] = v
      }
      trace += gram[i * n + i]!
    }
    const unit = (weight / total) * (n / trace)
    for (let i = 0; i < n * n; i++) out[i]! += unit * gram[i]!
    at += length
  }
  return out
}

function standard(rows: readonly Float32Array[], at: number, length: number): Float32Array[] {
  const z = rows.map(() => new Float32Array(length))
  for (let k = 0; k < length; k++) {
    let [sum, square] = [0, 0]
    for (const row of rows) sum += row[at + k]!
    const mean = sum / rows.length
    for (const row of rows) square += (row[at + k]! - mean) ** 2
    const deviation = Math.sqrt(square / rows.length) + 1e-6
    for (const [i, row] of rows.entries()) z[i]![k] = Math.max(-cut, Math.min(cut, (row[at + k]! - mean) / deviation))
  }
  return z
}

function dot(a: Float32Array, b: Float32Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  const n = a.length & ~3
  for (let i = 0; i < n; i += 4) {
    s0 += a[i]! * b[i]!
    s1 += a[i + 1]! * b[i + 1]!
    s2 += a[i + 2]! * b[i + 2]!
    s3 += a[i + 3]! * b[i + 3]!
  }
  for (let i = n; i < a.length; i++) s0 += a[i]! * b[i]!
  return s0 + s1 + s2 + s3
}

/** Held-out predictions for each column of labels. */
export function predict(gram: Float64Array, columns: readonly (readonly number[])[], fold: readonly number[]): number[][] {
  const n = fold.length
  const out = columns.map(() => new Array<number>(n).fill(0))
  for (const f of new Set(fold)) {
    const train = fold.flatMap((g, i) => (g === f ? [] : [i]))
    const rows = [...train, ...train.map((i) => i + n)]
    const lower = cholesky(rows.map((i, a) => Float64Array.from(rows, (j, b) => gram[i * 2 * n + j]! + (a === b ? lambda : 0))))
    for (const [c, labels] of columns.entries()) {
      const mean = train.reduce((sum, i) => sum + labels[i]!, 0) / train.length
      const dual = solve(
        lower,
        rows.map((i) => labels[i % n]! - mean),
      )
      for (let t = 0; t < n; t++)
        if (fold[t] === f) out[c]![t] = mean + rows.reduce((sum, j, a) => sum + gram[t * 2 * n + j]! * dual[a]!, 0)
    }
  }
  return out
}

function cholesky(a: Float64Array[]): Float64Array[] {
  for (let i = 0; i < a.length; i++) {
    const row = a[i]!
    for (let j = 0; j <= i; j++) {
      const other = a[j]!
      let sum = row[j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!
      row[j] = i === j ? Math.sqrt(sum) : sum / other[j]!
    }
  }
  return a
}

function solve(lower: readonly Float64Array[], right: readonly number[]): Float64Array {
  const x = Float64Array.from(right)
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i]![k]! * x[k]!
    x[i]! /= lower[i]![i]!
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= lower[k]![i]! * x[k]!
    x[i]! /= lower[i]![i]!
  }
  return x
}

/** Photos whose raw 1,280 last means meet at a cosine above .962 count as one scene. */
export function clusters(features: readonly Float32Array[]): number[] {
  const unit = features.map((row) => {
    const part = row.subarray(1424, 2704)
    const length = Math.hypot(...part) || 1
    return part.map((v) => v / length)
  })
  let label = unit.map((_, i) => i)
  for (let i = 0; i < unit.length; i++) {
    for (let j = i + 1; j < unit.length; j++) {
      if (label[i] === label[j] || dot(unit[i]!, unit[j]!) <= same) continue
      const [from, to] = [label[j], label[i]!]
      label = label.map((l) => (l === from ? to : l))
    }
  }
  return label
}

/** Whole clusters dealt out to k folds in an order drawn from the seed. */
export function foldsOf(label: readonly number[], k: number, seed: number): number[] {
  const next = random(seed + 1)
  const order = [...new Set(label)].map((cluster) => ({ cluster, at: next() })).toSorted((a, b) => a.at - b.at)
  const fold = new Map(order.map(({ cluster }, i) => [cluster, i % k]))
  return label.map((cluster) => fold.get(cluster) ?? 0)
}

/** Spearman's rank correlation; ties share their mean rank. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length - 1) / 2
  let [xy, xx, yy] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    xy += (x[i]! - middle) * (y[i]! - middle)
    xx += (x[i]! - middle) ** 2
    yy += (y[i]! - middle) ** 2
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0
}

function ranks(values: readonly number[]): Float64Array {
  const order = values.map((value, i) => ({ value, i })).toSorted((a, b) => a.value - b.value)
  const out = new Float64Array(values.length)
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to + 1 < order.length && order[to + 1]!.value === order[from]!.value) to++
    for (let k = from; k <= to; k++) out[order[k]!.i] = (from + to) / 2
    from = to + 1
  }
  return out
}

// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { colourSide, lumaSide, type Sketch } from './sketch.ts'

/** How b must be moved to lie on a: shifts as shares of the frame, zoom, turn in degrees. */
export type Pose = { dx: number; dy: number; zoom: number; degrees: number }

/**
 * `agree`: correlation of structure over the overlap, −1 … 1. `odd`: share of the structure that lies in places which disagree.
 * `tint`: mean colour difference where there is structure, after the difference of the whole frames is taken out, 0–255.
 */
export type Alignment = { pose: Pose; agree: number; odd: number; tint: number; overlap: number }

/** b as seen in a's frame; `inside` marks what b covers. Stretched grids are turned with their aspect, so that a turn stays a turn. */
export function warp(from: Float32Array, n: number, pose: Pose, aspect: number, out: Float32Array, inside: Uint8Array): void {
  const angle = (pose.degrees * Math.PI) / 180
  const cos = Math.cos(angle) / pose.zoom
  const sin = Math.sin(angle) / pose.zoom
  const middle = (n - 1) / 2
  const sx = pose.dx * n
  const sy = pose.dy * n
  for (let y = 0, i = 0; y < n; y++) {
    const v = y - middle - sy
    for (let x = 0; x < n; x++, i++) {
      const u = x - middle - sx
      const fx = cos * u + (sin / aspect) * v + middle
      const fy = -sin * aspect * u + cos * v + middle
      if (fx < 0 || fy < 0 || fx > n - 1 || fy > n - 1) {
        out[i] = 0
        inside[i] = 0
        continue
      }
      const x0 = Math.min(n - 2, fx | 0)
      const y0 = Math.min(n - 2, fy | 0)
      const a = fx - x0
      const b = fy - y0
      const j = y0 * n + x0
      out[i] = (1 - b) * ((1 - a) * from[j]! + a * from[j + 1]!) + b * ((1 - a) * from[j + n]! + a * from[j + n + 1]!)
      inside[i] = 1
    }
  }
}

/** The sum over a rectangle, from four running sums. */
export const within = (sums: Float64Array, n: number, x0: number, y0: number, x1: number, y1: number): number =>
  sums[y1 * (n + 1) + x1]! - sums[y0 * (n + 1) + x1]! - sums[y1 * (n + 1) + x0]! + sums[y0 * (n + 1) + x0]!

const fineMoved = new Float32Array(lumaSide ** 2)
const fineInside = new Uint8Array(lumaSide ** 2)

const block = 6

const cells = (lumaSide + 1) ** 2
const sums = { ab: new Float64Array(cells), aa: new Float64Array(cells), bb: new Float64Array(cells) }

/** Running sums of what two structures share and hold, over the overlap. */
function sumUp(a: Float32Array, b: Float32Array, inside: Uint8Array): void {
  const n = lumaSide
  for (let y = 0; y < n; y++) {
    let [ab, aa, bb] = [0, 0, 0]
    for (let x = 0, i = y * n; x < n; x++, i++) {
      if (inside[i] !== 0) {
        const p = a[i]!
        const q = b[i]!
        ab += p * q
        aa += p * p
        bb += q * q
      }
      const at = (y + 1) * (n + 1) + x + 1
      const above = at - n - 1
      sums.ab[at] = sums.ab[above]! + ab
      sums.aa[at] = sums.aa[above]! + aa
      sums.bb[at] = sums.bb[above]! + bb
    }
  }
}

/** How well they lie on each other, place by place, and in colour. */
export function judge(a: Sketch, b: Sketch, aspect: number, { pose, agree }: { pose: Pose; agree: number }): Alignment {
  const n = lumaSide
  warp(b.form, n, pose, aspect, fineMoved, fineInside)
  let covered = 0
  sumUp(a.form, fineMoved, fineInside)
  let odd = 0
  let all = 1e-6
  for (let v = 0; v < n; v += block / 2) {
    for (let u = 0; u < n; u += block / 2) {
      const [x1, y1] = [Math.min(n, u + block), Math.min(n, v + block)]
      const here = Math.max(within(sums.aa, n, u, v, x1, y1), within(sums.bb, n, u, v, x1, y1))
      all += here
      if (within(sums.ab, n, u, v, x1, y1) < 0.55 * here) odd += here
    }
  }
  for (const one of fineInside) covered += one
  return { pose, agree, odd: odd / all, tint: tintBetween(a, b, aspect, pose), overlap: covered / n ** 2 }
}

const tintCells = colourSide ** 2
const tints = {
  ab: new Float64Array(tintCells),
  ar: new Float64Array(tintCells),
  bb: new Float64Array(tintCells),
  br: new Float64Array(tintCells),
  weight: new Float64Array(tintCells),
}

/**
 * Colours compared cell by cell where there is structure. White balance (the median difference) and exposure (colours grow with the light, up to
 * twice or half) are taken out first.
 */
function tintBetween(a: Sketch, b: Sketch, aspect: number, pose: Pose): number {
  const n = colourSide
  const angle = (pose.degrees * Math.PI) / 180
  const cos = Math.cos(angle) / pose.zoom
  const sin = Math.sin(angle) / pose.zoom
  const middle = (n - 1) / 2
  let count = 0
  let [ab, bb] = [0, 1e-6]
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      const u = x - middle - pose.dx * n
      const v = y - middle - pose.dy * n
      const fx = Math.round(cos * u + (sin / aspect) * v + middle)
      const fy = Math.round(-sin * aspect * u + cos * v + middle)
      if (fx < 0 || fy < 0 || fx >= n || fy >= n) continue
      const i = y * n + x
      const j = fy * n + fx
      tints.ab[count] = a.blue[i]! - 128
      tints.ar[count] = a.red[i]! - 128
      tints.bb[count] = b.blue[j]! - 128
      tints.br[count] = b.red[j]! - 128
      ab += tints.ab[count]! * tints.bb[count]! + tints.ar[count]! * tints.br[count]!
      bb += tints.bb[count]! ** 2 + tints.br[count]! ** 2
      tints.weight[count] = formAt(a, x, y)
      count++
    }
  }
  const gain = Math.min(2, Math.max(0.5, ab / bb))
  const blue = median(tints.ab.subarray(0, count).map((v, i) => v - gain * tints.bb[i]!))
  const red = median(tints.ar.subarray(0, count).map((v, i) => v - gain * tints.br[i]!))
  let [sum, total] = [0, 1e-6]
  for (let i = 0; i < count; i++) {
    sum += tints.weight[i]! * ((tints.ab[i]! - gain * tints.bb[i]! - blue) ** 2 + (tints.ar[i]! - gain * tints.br[i]! - red) ** 2)
    total += tints.weight[i]!
  }
  return Math.sqrt(sum / total)
}

/** Mean squared structure of the 3 × 3 fine cells under one colour cell. */
function formAt(a: Sketch, x: number, y: number): number {
  const scale = lumaSide / colourSide
  let sum = 0
  for (let v = 0; v < scale; v++) for (let u = 0; u < scale; u++) sum += a.form[(y * scale + v) * lumaSide + x * scale + u]! ** 2
  return sum
}

const median = (values: Float64Array): number => values.sort()[values.length >> 1] ?? 0

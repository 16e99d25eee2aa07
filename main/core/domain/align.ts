// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { type Alignment, judge, type Pose, warp, within } from './overlap.ts'
import { lumaSide, type Sketch } from './sketch.ts'

export type { Alignment } from './overlap.ts'

const still: Pose = { dx: 0, dy: 0, zoom: 1, degrees: 0 }

/** Running sums of squares, (n + 1)²: the energy of any rectangle from four of them. */
function energies(values: Float32Array, n: number, out: Float64Array): void {
  for (let y = 0; y < n; y++) {
    let row = 0
    for (let x = 0; x < n; x++) {
      const v = values[y * n + x]!
      row += v * v
      out[(y + 1) * (n + 1) + x + 1] = out[y * (n + 1) + x + 1]! + row
    }
  }
}

const side = lumaSide >> 1
const sumsA = new Float64Array((side + 1) ** 2)
const sumsB = new Float64Array((side + 1) ** 2)

/** Correlation of a with b moved by whole cells, over what they share; `sumsA` and `sumsB` hold their energies. */
function shifted(a: Float32Array, b: Float32Array, n: number, sx: number, sy: number): number {
  const x0 = Math.max(0, sx)
  const x1 = Math.min(n, n + sx)
  const y0 = Math.max(0, sy)
  const y1 = Math.min(n, n + sy)
  let ab = 0
  for (let y = y0; y < y1; y++) {
    let j = (y - sy) * n + x0 - sx
    for (let i = y * n + x0, end = y * n + x1; i < end; i++, j++) ab += a[i]! * b[j]!
  }
  return ab / Math.sqrt((within(sumsA, n, x0, y0, x1, y1) + 1e-6) * (within(sumsB, n, x0 - sx, y0 - sy, x1 - sx, y1 - sy) + 1e-6))
}

type Try = { pose: Pose; agree: number }

/** What a hand-held second try, a step nearer or a tilted camera do to a frame. */
const poses: readonly (readonly [zoom: number, degrees: number])[] = [
  [0.8, 0],
  [0.89, 0],
  [1.12, 0],
  [1.25, 0],
  [1, -4],
  [1, 4],
  [0.9, -4],
  [0.9, 4],
]

/** Below this at the coarse level nothing the fine one finds would count. */
const hopeless = 0.3

/**
 * The similarity (shift, zoom, turn) that lays b on a best, and how well they agree then. `enough`: the search stops early at this agreement.
 * Coarse to fine: 24 × 24 as it is; then over zooms and turns where that was not enough; then small steps at 48 × 48.
 */
export function align(a: Sketch, b: Sketch, aspect: number, reach = 0.13, enough = 0.9): Alignment {
  const n = lumaSide >> 1
  const first = coarse(a, b.coarse, still, n, reach)
  let best = first
  if (first.agree >= hopeless) {
    best = refine(a, b, aspect, first.pose, [0])
    if (best.agree >= enough) return judge(a, b, aspect, best)
  }
  let second = first
  for (const [zoom, degrees] of poses) {
    const pose = { ...still, zoom, degrees }
    warp(b.coarse, n, pose, aspect, coarseMoved, coarseInside)
    const one = coarse(a, coarseMoved, pose, n, reach)
    if (second === first || one.agree > second.agree) second = one
  }
  if (Math.max(first.agree, second.agree) < hopeless) return judge(a, b, aspect, first)
  for (const from of second.agree > first.agree ? [second.pose] : [best.pose, second.pose]) {
    const fine = refine(a, b, aspect, from, [0.05, 0.025])
    if (fine.agree > best.agree) best = fine
    if (best.agree >= enough) break
  }
  return judge(a, b, aspect, best)
}

const coarseMoved = new Float32Array((lumaSide >> 1) ** 2)
const coarseInside = new Uint8Array((lumaSide >> 1) ** 2)

function coarse(a: Sketch, moved: Float32Array, pose: Pose, n: number, reach: number): Try {
  const most = Math.round(reach * n)
  energies(a.coarse, n, sumsA)
  energies(moved, n, sumsB)
  let best: Try = { pose, agree: -1 }
  for (let sy = -most; sy <= most; sy++) {
    for (let sx = -most; sx <= most; sx++) {
      const agree = shifted(a.coarse, moved, n, sx, sy)
      if (agree > best.agree) best = { pose: { ...pose, dx: sx / n, dy: sy / n }, agree }
    }
  }
  return best
}

/** Steps of a panorama: at least this much of the frame is new, at least this much is shared. */
const panning = { least: 0.14, most: 0.75, across: 0.1, agree: 0.62 }

/** How far the camera was turned from a to b, as shares of the frame; null when the two do not continue each other. */
export function pan(a: Sketch, b: Sketch): { dx: number; dy: number } | null {
  const n = lumaSide >> 1
  energies(a.coarse, n, sumsA)
  energies(b.coarse, n, sumsB)
  let best = { dx: 0, dy: 0, agree: -1 }
  const look = (sx: number, sy: number): void => {
    const agree = shifted(a.coarse, b.coarse, n, sx, sy)
    if (agree > best.agree) best = { dx: sx / n, dy: sy / n, agree }
  }
  const across = Math.round(panning.across * n)
  for (let along = Math.ceil(panning.least * n); along <= panning.most * n; along++) {
    for (let side = -across; side <= across; side++) {
      look(along, side)
      look(-along, side)
      look(side, along)
      look(side, -along)
    }
  }
  return best.agree >= panning.agree ? { dx: best.dx, dy: best.dy } : null
}

/** Correlation over the overlap, read on every second row: the search asks for it dozens of times. */
function agreement(a: Sketch, b: Sketch, aspect: number, pose: Pose): number {
  const n = lumaSide
  const from = b.form
  const onto = a.form
  const angle = (pose.degrees * Math.PI) / 180
  const cos = Math.cos(angle) / pose.zoom
  const sin = Math.sin(angle) / pose.zoom
  const middle = (n - 1) / 2
  const across = sin / aspect
  const down = -sin * aspect
  const u = -middle - pose.dx * n
  const last = n - 1
  let ab = 0
  let aa = 1e-6
  let bb = 1e-6
  for (let y = 0; y < n; y += 2) {
    const v = y - middle - pose.dy * n
    let fx = cos * u + across * v + middle
    let fy = down * u + cos * v + middle
    for (let i = y * n, end = i + n; i < end; i++, fx += cos, fy += down) {
      if (fx < 0 || fy < 0 || fx >= last || fy >= last) continue
      const x0 = fx | 0
      const y0 = fy | 0
      const s = fx - x0
      const t = fy - y0
      const j = y0 * n + x0
      const top = from[j]! + s * (from[j + 1]! - from[j]!)
      const low = from[j + n]! + s * (from[j + n + 1]! - from[j + n]!)
      const q = top + t * (low - top)
      const p = onto[i]!
      ab += p * q
      aa += p * p
      bb += q * q
    }
  }
  return ab / Math.sqrt(aa * bb)
}

/** Coordinate descent with halving steps. */
function refine(a: Sketch, b: Sketch, aspect: number, from: Pose, zoomSteps: readonly number[]): Try {
  let best: Try = { pose: from, agree: agreement(a, b, aspect, from) }
  const attempt = (change: Partial<Pose>): boolean => {
    const pose = { ...best.pose, ...change }
    const agree = agreement(a, b, aspect, pose)
    if (agree <= best.agree) return false
    best = { pose, agree }
    return true
  }
  for (const [round, step] of [1 / lumaSide, 0.5 / lumaSide].entries()) {
    const zoomStep = zoomSteps[Math.min(round, zoomSteps.length - 1)] ?? 0
    for (let pass = 0; pass < 2; pass++) {
      let better = false
      for (const sign of [-1, 1]) {
        better = attempt({ dx: best.pose.dx + sign * step }) || better
        better = attempt({ dy: best.pose.dy + sign * step }) || better
        if (zoomStep > 0) {
          better = attempt({ zoom: best.pose.zoom * (1 + sign * zoomStep) }) || better
          better = attempt({ degrees: best.pose.degrees + sign * 40 * zoomStep }) || better
        }
      }
      if (!better) break
    }
  }
  return best
}

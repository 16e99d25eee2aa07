// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { frameWidth, type Picture, unexplained, unexplainedEitherWay } from './likeness.ts'

/**
 * Stretches in which one picture turns into another evenly, as a dissolve does: in its middle lies the mean of its two ends, and a quarter of the way
 * in, three parts of one and one of the other. A moving camera, a wipe or a cut gives other pictures on the way. Raw numbers only; detect.ts decides.
 */
export type GradualCandidate = {
  /** First and one past the last mixed frame. */
  startFrame: number
  endFrame: number
  /** Change from one end to the other, grey levels (root mean square over the cells). */
  change: number
  /** How far the pictures on the way are from the mix they should be, as a share of the change: 0 is a perfect mix, .5 a cut. */
  crooked: number
  /** How far the share of the second picture strays from an even ramp, root mean square. */
  uneven: number
  /** How badly the ends explain each other, as in `FrameComponents.jump`. */
  light: number
  shape: number
  /** Contrast in the middle, against what a mix of the two ends would have if they had nothing in common; and of the weaker end. */
  meanBefore: number
  meanAfter: number
  deviationBefore: number
  deviationAfter: number
}

/** Half spans that are tried: dissolves of about 6 to 50 frames. */
const halves = [3, 4, 6, 8, 11, 15, 20, 26] as const
const widest = 26
/** Frames before and after the span that the ramp is fitted over. */
const margin = 6
const across = 16
const down = 9
const cells = across * down
const cell = frameWidth / across

/** Below these a stretch is not looked at closely; all lie well under what detect.ts asks for. */
const floor = { change: 7, crooked: 0.36, jump: 0.3 }
/** A run of candidates is closed after this many frames without one, or when it has become this long. */
const run = { gap: 3, longest: 60 }
/** Frames that must be kept: the widest span and its margins on both sides, while a run grows. */
const kept = 2 * (widest + margin) + run.longest + run.gap + 8

type Spot = { at: number; half: number; worth: number }

export type GradualCollector = { push(picture: Picture): void; end(): GradualCandidate[] }

/** Takes the frames one by one and keeps only the last hundred or so. */
export function collectGradual(): GradualCollector {
  const pictures: (Picture | undefined)[] = new Array(kept)
  const small: Float32Array[] = Array.from({ length: kept }, () => new Float32Array(cells))
  const found: GradualCandidate[] = []
  let count = 0
  let best: Spot | null = null
  let opened = 0
  let seen = 0

  const cellsAt = (at: number): Float32Array => small[at % kept]!
  const close = () => {
    if (best !== null) {
      const candidate = describe(best, count, cellsAt, (at) => pictures[at % kept]!)
      if (candidate !== null) found.push(candidate)
    }
    best = null
  }
  const look = (at: number) => {
    const spot = bestSpan(at, count, cellsAt)
    if (spot !== null) {
      if (best === null) opened = at
      if (best === null || spot.worth > best.worth) best = spot
      seen = at
    }
    if (best !== null && (at - seen >= run.gap || at - opened >= run.longest)) close()
  }
  return {
    push(picture) {
      pictures[count % kept] = picture
      shrink(picture.pixels, cellsAt(count))
      count += 1
      // The widest span around this frame has just become complete.
      if (count - 1 - widest - margin >= 0) look(count - 1 - widest - margin)
    },
    end() {
      for (let at = Math.max(0, count - widest - margin); at < count; at++) look(at)
      close()
      return found
    },
  }
}

function shrink(pixels: Uint8Array, out: Float32Array): void {
  for (let y = 0, to = 0; y < down; y++) {
    for (let x = 0; x < across; x++, to++) {
      let sum = 0
      for (let row = 0; row < cell; row++) {
        const at = (y * cell + row) * frameWidth + x * cell
        for (let column = 0; column < cell; column++) sum += pixels[at + column]!
      }
      out[to] = sum / (cell * cell)
    }
  }
}

/** Root mean square of `middle` − (`a` + (`b` − `a`) × `share`). */
function strays(middle: Float32Array, a: Float32Array, b: Float32Array, share: number): number {
  let sum = 0
  for (let at = 0; at < cells; at++) {
    const gap = middle[at]! - a[at]! - (b[at]! - a[at]!) * share
    sum += gap * gap
  }
  return Math.sqrt(sum / cells)
}

/** The span around a frame that looks most like a mix of its ends, or null. */
function bestSpan(at: number, count: number, cellsAt: (at: number) => Float32Array): Spot | null {
  let best: Spot | null = null
  for (const half of halves) {
    if (at - half < 0 || at + half >= count) break
    const [a, b] = [cellsAt(at - half), cellsAt(at + half)]
    const change = strays(a, b, b, 0)
    if (change < floor.change) continue
    const crooked = strays(cellsAt(at), a, b, 0.5) / change
    if (crooked > floor.crooked) continue
    const quarter = half >> 1
    const early = strays(cellsAt(at - quarter), a, b, (half - quarter) / (2 * half)) / change
    const late = strays(cellsAt(at + quarter), a, b, (half + quarter) / (2 * half)) / change
    const worst = Math.max(crooked, early, late)
    if (worst > floor.crooked) continue
    const worth = change * (1 - 2 * worst)
    if (best === null || worth > best.worth) best = { at, half, worth }
  }
  return best
}

function describe(
  { at, half }: Spot,
  count: number,
  cellsAt: (at: number) => Float32Array,
  pictureAt: (at: number) => Picture,
): GradualCandidate | null {
  const from = Math.max(0, at - half - margin)
  const to = Math.min(count - 1, at + half + margin)
  const [a, b] = [cellsAt(Math.max(0, at - half - 1)), cellsAt(Math.min(count - 1, at + half + 1))]
  const shares: number[] = []
  for (let n = from; n <= to; n++) shares.push(shareOf(cellsAt(n), a, b))
  const { start, end, uneven } = ramp(shares, at - from)
  const before = Math.max(0, from + start)
  const after = Math.min(count - 1, from + end)
  const [first, last] = [cellsAt(before), cellsAt(after)]
  const change = strays(first, last, last, 0)
  let crooked = 0
  for (let n = before + 1; n < after; n++) crooked += strays(cellsAt(n), first, last, (n - before) / (after - before)) / Math.max(1, change)
  const [one, two] = [pictureAt(before), pictureAt(after)]
  const light = unexplained(one, two, false)
  const shape = light < floor.jump ? light : unexplainedEitherWay(one, two)
  if (light * shape < floor.jump) return null
  return {
    startFrame: before + 1,
    endFrame: after,
    change,
    crooked: crooked / Math.max(1, after - before - 1),
    uneven,
    light,
    shape,
    meanBefore: one.mean,
    meanAfter: two.mean,
    deviationBefore: one.deviation,
    deviationAfter: two.deviation,
  }
}

/** Which part of the way from `a` to `b` a frame has come. */
function shareOf(frame: Float32Array, a: Float32Array, b: Float32Array): number {
  let along = 0
  let length = 0
  for (let at = 0; at < cells; at++) {
    const step = b[at]! - a[at]!
    along += (frame[at]! - a[at]!) * step
    length += step * step
  }
  return length === 0 ? 0 : along / length
}

/**
 * The even ramp from 0 to 1 that fits best: last index at 0, first index at 1. What lies beyond may be another transition: no frame counts for more
 * than `most`, and how uneven it is, is asked of the ramp and a frame on each side only.
 */
function ramp(shares: readonly number[], middle: number): { start: number; end: number; uneven: number } {
  const most = 0.02
  const error = (start: number, end: number, from: number, to: number, cap: number): number => {
    let sum = 0
    for (let at = from; at <= to; at++) {
      const want = at <= start ? 0 : at >= end ? 1 : (at - start) / (end - start)
      sum += Math.min(cap, (shares[at]! - want) ** 2)
    }
    return sum
  }
  let best = { start: 0, end: shares.length - 1 }
  let least = Number.POSITIVE_INFINITY
  for (let start = 0; start < middle; start++) {
    for (let end = middle + 1; end < shares.length; end++) {
      const sum = error(start, end, 0, shares.length - 1, most)
      if (sum >= least) continue
      least = sum
      best = { start, end }
    }
  }
  const [from, to] = [Math.max(0, best.start - 1), Math.min(shares.length - 1, best.end + 1)]
  return { ...best, uneven: Math.sqrt(error(best.start, best.end, from, to, 1) / (to - from + 1)) }
}

import { quantile, ramp } from '../../../score/pixels.ts'
import { steadiest } from './solve.ts'

/** What was seen on one sampled picture, along the axis that is cut: from–to in fractions of the picture. */
export type Seen = {
  /** Output picture, counted from 0. */
  frame: number
  /** `spread`: how much of it lies in each of equal parts of the axis; may be empty. */
  product: { from: number; to: number; sure: number; spread: readonly number[] } | null
  faces: readonly { from: number; to: number; sure: number }[]
}

/** The window's left (or top) edge at an output picture; between two knots it moves evenly. Fraction of the picture. */
export type Knot = { frame: number; at: number }

export type Framing = {
  kind: 'whole' | 'stable' | 'follow' | 'pad'
  /** Which way the window moves. */
  axis: 'x' | 'y'
  /** Length of the window along the axis, fraction of the picture; 1 = all of it. */
  window: number
  /** One knot list for each shot inside of the clip, in order; the window jumps between them. At least one knot each. */
  path: readonly (readonly Knot[])[]
  because: string
}

export type Wanted = {
  /** Wide to high, of the picture as shown and of the frame to fill. */
  own: number
  target: number
  reframe: 'follow' | 'center' | 'pad'
  /** Output pictures in all, and per second. */
  frames: number
  framesPerSecond: number
  /** First pictures of new shots inside of the clip. */
  cuts: readonly number[]
}

/** Pictures whose shape differs by less than this are not cut at all, only scaled. */
const sameShape = 0.02
/** Cutting this much off a product is what a photographer would do; more than that, and it is shown whole. */
const mayLose = 0.22
/** A product is worth padding for only when it is clear where it is. */
const sureEnough = 0.5
/** Fastest movement, in windows per second, and fastest change of it, in windows per second per second. */
export const limits = { speed: 1, acceleration: 2 }
/** A path that moves less than this part of the window is not worth moving for. */
const leastMove = 0.12

/** Decides what of the picture is shown, and where. Pure. */
export function frameClip(seen: readonly Seen[], wanted: Wanted): Framing {
  const { own, target, reframe } = wanted
  const axis = own > target ? 'x' : 'y'
  if (Math.abs(own / target - 1) < sameShape) return still('whole', axis, 1, 0, 'the take has the shape asked for')
  if (reframe === 'pad') return still('pad', axis, 1, 0, 'the whole picture, as asked')
  const fill = axis === 'x' ? target / own : own / target
  const middle = (1 - fill) / 2
  if (reframe === 'center') return still('stable', axis, fill, middle, 'the middle of the picture, as asked')
  const needs = steadied(seen).flatMap((one) => needOf(one, fill))
  if (needs.length === 0) return still('stable', axis, fill, middle, 'nothing to follow was found: the middle of the picture')
  const sure = quantile(
    needs.map((need) => need.sure),
    0.5,
  )
  const extent = quantile(
    needs.map((need) => need.to - need.from),
    0.6,
  )
  if (sure >= sureEnough && extent > 0 && 1 - fill / extent > mayLose) {
    const window = Math.min(1, Math.max(fill, extent * 1.05))
    if (window > 0.93) return still('pad', axis, 1, 0, `the product takes ${percent(extent)} of the picture: shown whole`)
    const path = pathOf(needs, window, wanted)
    return {
      ...path,
      kind: 'pad',
      axis,
      window,
      because: `the product takes ${percent(extent)} of the picture, more than the ${percent(fill)} that would fit`,
    }
  }
  const { path, moves } = pathOf(
    needs.map((need) => core(need, seen, fill)),
    fill,
    wanted,
  )
  const what = needs.some((need) => need.isFace) ? 'the product and who shows it' : 'the product'
  return moves
    ? { kind: 'follow', axis, window: fill, path, because: `${what} moves across the picture` }
    : { kind: 'stable', axis, window: fill, path, because: `${what} stays within one crop` }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

const still = (kind: Framing['kind'], axis: Framing['axis'], window: number, at: number, because: string): Framing => ({
  kind,
  axis,
  window,
  path: [[{ frame: 0, at }]],
  because,
})

type Need = { frame: number; from: number; to: number; sure: number; isFace: boolean }

/** Each edge by the median of three neighbours: one picture on which the finder was wrong moves nothing. */
function steadied(seen: readonly Seen[]): Seen[] {
  const middle = (values: number[]): number => quantile(values, 0.5)
  return seen.map((one, at) => {
    const near = [seen[at - 1], one, seen[at + 1]].flatMap((other) => (other?.product ? [other.product] : []))
    if (one.product === null || near.length < 3) return one
    const [from, to] = [middle(near.map((p) => p.from)), middle(near.map((p) => p.to))]
    return { ...one, product: { from: Math.min(from, to), to: Math.max(from, to), sure: one.product.sure, spread: one.product.spread } }
  })
}

/** What must be in the window on one picture: the product, and the faces that fit beside it; a face alone where there is no sure product. */
function needOf({ frame, product, faces }: Seen, fill: number): Need[] {
  const face = faces.toSorted((a, b) => b.sure * (b.to - b.from) - a.sure * (a.to - a.from))[0]
  if (product === null) return face === undefined ? [] : [{ frame, ...face, isFace: true }]
  const own = { frame, from: product.from, to: product.to, sure: product.sure, isFace: false }
  if (face === undefined) return [own]
  const both = { from: Math.min(product.from, face.from), to: Math.max(product.to, face.to) }
  if (both.to - both.from <= fill) return [{ ...own, ...both, sure: Math.max(product.sure, face.sure), isFace: true }]
  return product.sure >= sureEnough ? [own] : [{ frame, ...face, isFace: true }]
}

/** Of a need that does not fit, the part that holds most of the product. */
function core(need: Need, seen: readonly Seen[], fill: number): Need {
  const spread = need.isFace ? [] : (seen.find(({ frame }) => frame === need.frame)?.product?.spread ?? [])
  if (need.to - need.from <= fill || spread.length === 0) return need
  const parts = spread.length
  const within = (from: number): number =>
    spread.reduce((sum, value, i) => sum + value * Math.max(0, Math.min(from + fill, (i + 1) / parts) - Math.max(from, i / parts)), 0)
  const middle = (need.from + need.to - fill) / 2
  let best = { from: middle, holds: -1 }
  for (let n = 0; n <= 40; n++) {
    const from = need.from + ((need.to - need.from - fill) * n) / 40
    const holds = within(from) * (1 - 0.1 * Math.abs(from - middle))
    if (holds > best.holds) best = { from, holds }
  }
  return { ...need, from: best.from + 0.1 * fill, to: best.from + 0.9 * fill }
}

/** The window's path over all shots of the clip. */
function pathOf(needs: readonly Need[], window: number, { frames, framesPerSecond, cuts }: Wanted): { path: Knot[][]; moves: boolean } {
  const starts = [0, ...cuts.filter((cut) => cut > 0 && cut < frames)]
  let last = (1 - window) / 2
  const path = starts.map((start, n) => {
    const end = starts[n + 1] ?? frames
    const inside = needs.filter((need) => need.frame >= start && need.frame < end)
    // Samples begin a little after a cut; the window must not.
    const knots = (inside.length === 0 ? [{ frame: start, at: last }] : shotPath(inside, window, framesPerSecond)).map((knot, i) =>
      i === 0 ? { ...knot, frame: start } : knot,
    )
    last = knots.at(-1)?.at ?? last
    return knots
  })
  return { path, moves: path.some((knots) => knots.length > 1) }
}

/** Where the window's start may lie so that all of the need is inside, with a little air; one place where it does not fit. */
function roomFor({ from, to }: Need, window: number): { low: number; high: number } {
  const most = 1 - window
  const air = Math.min(0.08 * window, Math.max(0, (window - (to - from)) / 2))
  const clampTo = (value: number): number => Math.min(most, Math.max(0, value))
  if (to - from >= window) return { low: clampTo((from + to - window) / 2), high: clampTo((from + to - window) / 2) }
  return { low: clampTo(to + air - window), high: clampTo(from - air) }
}

function shotPath(needs: readonly Need[], window: number, framesPerSecond: number): Knot[] {
  const rooms = needs.map((need) => roomFor(need, window))
  const centre = (need: Need): number => Math.min(1 - window, Math.max(0, (need.from + need.to - window) / 2))
  const first = needs[0]?.frame ?? 0
  const low = rooms.map((room) => Math.min(room.low, room.high) / window)
  const high = rooms.map((room) => Math.max(room.low, room.high) / window)
  // A miss counts by how sure the finder is: where it only guesses, the window stays.
  const weight = needs.map((need) => 0.03 + ramp(need.sure, 0.2, 0.7) ** 2)
  const hold = (at: number): Knot[] => [{ frame: first, at: Math.min(1 - window, Math.max(0, at)) }]
  const fixed = bestStill(
    low,
    high,
    weight,
    needs.map((need) => centre(need) / window),
  )
  if (needs.length < 3 || fixed.misses <= stillMiss) return hold(fixed.at * window)
  const step = ((needs.at(-1)?.frame ?? first) - first) / (needs.length - 1) / framesPerSecond
  for (let stiffer = 1; stiffer <= 4096; stiffer *= 2) {
    // Differences shrink with the distance of the samples; the weights make up for it.
    const path = steadiest(low, high, weight, [0.06 * stiffer, (0.25 * stiffer) / step, (0.5 * stiffer) / step ** 2])
    const range = Math.max(...path) - Math.min(...path)
    if (range < leastMove) return hold((path.reduce((sum, at) => sum + at, 0) / path.length) * window)
    if (isGentle(path, step))
      return simplify(needs.map(({ frame }, i) => ({ frame, at: Math.min(1 - window, Math.max(0, (path[i] ?? 0) * window)) })))
  }
  return hold(fixed.at * window)
}

/** Mean miss, in windows, that is not worth a moving camera. */
const stillMiss = 0.03

/** The one place that misses the least; where many do not miss at all, the one nearest to the product's middle. */
function bestStill(
  low: readonly number[],
  high: readonly number[],
  weight: readonly number[],
  centres: readonly number[],
): { at: number; misses: number } {
  const total = weight.reduce((sum, w) => sum + w, 0)
  const middle = quantile(centres, 0.5)
  const cost = (at: number): number =>
    low.reduce((sum, from, i) => sum + (weight[i] ?? 0) * Math.max(from - at, at - (high[i] ?? at), 0), 0) / total
  const places = [middle, ...low, ...high]
  const at = places.reduce(
    (best, place) => (cost(place) + 0.002 * Math.abs(place - middle) < cost(best) + 0.002 * Math.abs(best - middle) ? place : best),
    middle,
  )
  return { at, misses: cost(at) }
}

function isGentle(path: readonly number[], step: number): boolean {
  const speeds = path.slice(1).map((at, i) => (at - (path[i] ?? at)) / step)
  const changes = speeds.slice(1).map((speed, i) => (speed - (speeds[i] ?? speed)) / step)
  return speeds.every((speed) => Math.abs(speed) <= limits.speed) && changes.every((change) => Math.abs(change) <= limits.acceleration)
}

/** Most knots of one shot: the path travels as an expression in an argument, and Windows allows 32,767 characters for all of them. */
const mostKnots = 96

/** Leaves out what lies on a line with its neighbours (Ramer, 1972; Douglas and Peucker, 1973). */
export function simplify(knots: readonly Knot[]): Knot[] {
  for (let tolerance = 0.0004; ; tolerance *= 2) {
    const kept = fewer(knots, tolerance)
    if (kept.length <= mostKnots) return kept
  }
}

function fewer(knots: readonly Knot[], tolerance: number): Knot[] {
  const [first, last] = [knots[0], knots.at(-1)]
  if (first === undefined || last === undefined || knots.length < 3) return [...knots]
  const off = knots.map(({ frame, at }) =>
    Math.abs(at - (first.at + ((last.at - first.at) * (frame - first.frame)) / (last.frame - first.frame))),
  )
  const far = off.indexOf(Math.max(...off))
  if ((off[far] ?? 0) <= tolerance) return [first, last]
  return [...fewer(knots.slice(0, far + 1), tolerance).slice(0, -1), ...fewer(knots.slice(far), tolerance)]
}

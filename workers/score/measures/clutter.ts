// biome-ignore-all lint/style/noNonNullAssertion: loops over a small grid; every index is in range by the loop bounds
import type { Measure } from '../../protocol.ts'
import { boxOf, extent, pieces } from '../cells.ts'
import { type Box, clamp, ramp } from '../pixels.ts'
import { type Cells, grid, type Subject } from '../subject.ts'
import type { Hand } from './hand.ts'

const n = grid * grid

/** What is in the frame beside the subject. Shares of the cells that lie clear of it. */
export type Around = {
  /** How many of all cells lie clear of the subject. */
  free: number
  /** 0–1: how much of them is restless (edges, texture); a backdrop out of focus is not. */
  busy: number
  /**
   * What reaches in from the border and is unlike an otherwise even backdrop: the box of the largest piece, and the share of the frame that all of
   * them take, with how busy (0–1) the rest is; null where there is no even backdrop. Inside of the frame it would be the product's own label or a
   * second product.
   */
  stray: { share: number; rest: number; box: Box } | null
  /** Box of the restless cells, to show. */
  restless: Box | null
}

/** A step of green summed over both directions: what a sweep with its grain has, and what texture has. */
const calm = 5
const rough = 15
/** Distance in colour from the backdrop at which a cell is something else. */
const unlike = 34
/** Step of colour at its outline that a thing has; light that falls off has none. */
const edge = 40
/** How even the free cells must be for a stray thing to be told from the backdrop. */
const mostlyEven = 0.62

export function readAround({ colour, detail }: Cells, { box }: Subject): Around {
  const free: number[] = []
  for (let i = 0; i < n; i++) if (!inside(i, box, 1.5 / grid)) free.push(i)
  if (free.length < 0.08 * n) return { free: free.length / n, busy: 0, stray: null, restless: null }
  // Grain is everywhere: what the calmest cells have of it is no texture.
  const floor = Math.min(6, detail.toSorted()[Math.floor(0.08 * n)]!)
  const rest = free.map((i) => ramp(detail[i]! - floor, calm, rough))
  const busy = rest.reduce((sum, value) => sum + value, 0) / free.length
  const restlessCells = free.filter((_, k) => rest[k]! > 0.5)
  return {
    free: free.length / n,
    busy,
    stray: strayOf(colour, detail, free, box, floor),
    restless: restlessCells.length === 0 ? null : telling(boxOf(restlessCells)),
  }
}

/** Free cells that are unlike the backdrop, where the backdrop is even: an even slope of colour over the frame, or two bands of it (table and wall). */
function strayOf(colour: Float64Array, detail: Float64Array, free: readonly number[], box: Box, floor: number): Around['stray'] {
  const paint = slope(colour, free)
  const away = (i: number): number => Math.hypot(...[0, 1, 2].map((c) => colour[3 * i + c]! - paint[c]!(i)))
  const odd = new Uint8Array(n)
  let [even, like, rest] = [0, 0, 0]
  for (const i of free) {
    if (away(i) > unlike) {
      odd[i] = 1
      continue
    }
    like++
    rest += ramp(detail[i]! - floor, calm, rough)
    if (detail[i]! < 12) even++
  }
  if (even < mostlyEven * free.length) return null
  let [share, best, most]: [number, number[], number] = [0, [], 0]
  for (const cells of pieces(odd)) {
    const at = extent(cells)
    const [left, right, top, bottom] = [at.left === 0, at.right === grid - 1, at.top === 0, at.bottom === grid - 1]
    // From one side to the other: the edge of a table, a wall. Shadows lie at the subject's foot and are no things.
    const isBand = (left && right) || (top && bottom)
    const reachesIn = left || right || top || bottom
    const isShadow = cells.every((i) => inside(i, box, 4 / grid) && darker(colour, i, paint))
    if (cells.length < 4 || !reachesIn || isBand || isShadow || cells.length > 0.3 * n || outlined(colour, cells) < edge) continue
    share += cells.length / n
    if (cells.length > most) {
      most = cells.length
      best = cells
    }
  }
  const found = { share, rest: rest / like }
  return best.length === 0 ? { ...found, box } : { ...found, box: boxOf(best) }
}

/** How far the colour steps from the rim of a piece to what lies two cells outside of it, in the middle of all rim cells. */
function outlined(colour: Float64Array, cells: readonly number[]): number {
  const own = new Set(cells)
  const steps: number[] = []
  for (const i of cells) {
    const [x, y] = [i % grid, Math.floor(i / grid)]
    for (const [dx, dy] of [
      [2, 0],
      [-2, 0],
      [0, 2],
      [0, -2],
    ] as const) {
      const [u, v] = [x + dx, y + dy]
      const [next, over] = [(y + dy / 2) * grid + x + dx / 2, v * grid + u]
      if (u < 0 || v < 0 || u >= grid || v >= grid || own.has(next) || own.has(over)) continue
      steps.push(Math.hypot(...[0, 1, 2].map((c) => colour[3 * i + c]! - colour[3 * over + c]!)))
    }
  }
  return steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0
}

const darker = (colour: Float64Array, i: number, paint: readonly ((i: number) => number)[]): boolean => {
  const ratio = [0, 1, 2].map((c) => (colour[3 * i + c]! + 4) / (paint[c]!(i) + 4))
  return Math.max(...ratio) < 1 && Math.max(...ratio) - Math.min(...ratio) < 0.16
}

/** The backdrop as a slope of colour, fitted twice: the second time without what lay far from the first. */
function slope(colour: Float64Array, free: readonly number[]): ((i: number) => number)[] {
  return [0, 1, 2].map((c) => {
    const value = (i: number): number => colour[3 * i + c]!
    const middle = free.map(value).toSorted((a, b) => a - b)[free.length >> 1]!
    let plane = (_: number): number => middle
    for (const reach of [60, 30]) {
      const near = free.filter((i) => Math.abs(value(i) - plane(i)) <= reach)
      if (near.length < 0.4 * free.length) break
      plane = fitted(near, value)
    }
    return plane
  })
}

/** Least squares of value = a + b·x + c·y, with a little pull towards level. */
function fitted(cells: readonly number[], value: (i: number) => number): (i: number) => number {
  let [mx, my, mv] = [0, 0, 0]
  for (const i of cells) {
    mx += i % grid
    my += Math.floor(i / grid)
    mv += value(i)
  }
  mx /= cells.length
  my /= cells.length
  mv /= cells.length
  let [xx, yy, xy, xv, yv] = [20, 20, 0, 0, 0]
  for (const i of cells) {
    const [x, y, v] = [(i % grid) - mx, Math.floor(i / grid) - my, value(i) - mv]
    xx += x * x
    yy += y * y
    xy += x * y
    xv += x * v
    yv += y * v
  }
  const det = xx * yy - xy * xy
  const [b, c] = [(xv * yy - yv * xy) / det, (yv * xx - xv * xy) / det]
  return (i) => mv + b * ((i % grid) - mx) + c * (Math.floor(i / grid) - my)
}

/**
 * Hands and other things that a shop would not want beside the product. `hand` null: none was seen. What is certain costs; a backdrop that is
 * merely restless costs little, and the less the less clear it is what the subject is.
 */
export function clutter(around: Around, hand: Hand | null, subject: Subject): Measure {
  if (hand !== null && hand.sure >= handSure)
    return {
      value: clamp(0.3 - 0.25 * ramp(hand.sure, handSure, 1)),
      confidence: clamp(0.9 * hand.sure),
      region: hand.box,
      because: 'a hand is in the frame',
    }
  const stray = around.stray === null ? 0 : ramp(around.stray.share, 0.004, 0.05)
  const busy = ramp(around.busy, 0.12, 0.7)
  const worst = Math.max(0.8 * stray, 0.65 * busy)
  const value = clamp(1 - worst)
  const clear = 0.25 + 0.6 * subject.confidence
  if (around.free < 0.08) return { value: 1, confidence: 0.2, region: null, because: 'the subject fills the frame' }
  if (hand !== null && hand.sure >= handPerhaps && value > 0.6)
    return { value: Math.min(value, 0.75), confidence: 0.3, region: hand.box, because: 'skin colours at the edge: perhaps a hand' }
  if (value >= 0.8) return { value, confidence: clear, region: null, because: 'nothing beside the subject' }
  // In a restless frame a piece of it may be the backdrop's own.
  const told = 0.35 + 0.65 * ramp(around.stray?.rest ?? 0, 0.25, 0.08)
  return 0.8 * stray >= 0.65 * busy
    ? { value, confidence: clear * told, region: around.stray?.box ?? null, because: 'something else is in the frame at the edge' }
    : {
        value,
        confidence: 0.7 * clear,
        region: around.restless,
        because: value >= 0.6 ? 'the backdrop is a little restless' : 'the backdrop is busy',
      }
}

/** From this on it is said: none of the training scenes without a hand reaches it (SKIN-HEAD.md). */
export const handSure = 0.8
/** From this on it is hinted at, at no price to speak of. */
const handPerhaps = 0.5

/** A box around all of the frame shows nothing. */
const telling = (box: Box): Box | null => (box.w * box.h > 0.75 ? null : box)

function inside(i: number, box: Box, margin: number): boolean {
  const x = ((i % grid) + 0.5) / grid
  const y = (Math.floor(i / grid) + 0.5) / grid
  return x > box.x - margin && x < box.x + box.w + margin && y > box.y - margin && y < box.y + box.h + margin
}

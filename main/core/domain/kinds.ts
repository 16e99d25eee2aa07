// biome-ignore-all lint/style/noNonNullAssertion: loops over grids and windows; every index is in range by the loop bounds
import type { StackKind } from '../../contract/views.ts'
import { type Known, sameSetup, within } from './frame.ts'
import { cosine } from './likeness.ts'
import type { SceneMemory } from './same-scene.ts'
import { grainOf, grainSide, lumaOf, lumaSide } from './sketch.ts'

/** Frames that belong together whatever they look like; `frames` in shooting order. */
export type Series = { kind: StackKind; frames: Known[]; cover: Known; reason: string }

/** Brackets, spins and panoramas along the time line of each camera. A frame is in one series at most. */
export function* findSeries(known: readonly Known[], memory: SceneMemory): Generator<void, Series[]> {
  const found: Series[] = []
  for (const row of Map.groupBy(known, (frame) => `${frame.ms === null ? 'untimed' : 'timed'}:${frame.camera ?? ''}`).values()) {
    for (let i = 0; i < row.length; ) {
      if (memory.isTired()) yield
      const series = bracketAt(row, i, memory) ?? spinAt(row, i) ?? panoramaAt(row, i, memory)
      if (series !== null) found.push(series)
      i += series?.frames.length ?? 1
    }
  }
  return found
}

/** Light that reached the sensor, in EV, up to a constant; null when the file does not say. */
const exposure = (frame: Known): number | null =>
  frame.exposureS === null || frame.exposureS <= 0 ? null : Math.log2((frame.exposureS * (frame.iso ?? 100)) / (frame.fNumber ?? 8) ** 2)

const gapOf = (a: Known, b: Known): number | null => (a.ms === null || b.ms === null ? null : b.ms - a.ms)

const sameLight = (a: Known, b: Known): boolean => {
  const [p, q] = [exposure(a), exposure(b)]
  return p === null || q === null ? p === q : Math.abs(p - q) < 0.15
}

// ---- exposure brackets

const bracketing = { gapMs: 5_000, least: 0.3, leastSteady: 0.6, uneven: 0.3, agree: 0.3, darker: 4 } as const

/** 9, 7, 5 or 3 frames of one framing in even steps of exposure, each step once. */
function bracketAt(row: readonly Known[], i: number, memory: SceneMemory): Series | null {
  const first = row[i]!
  if (exposure(first) === null) return null
  let end = i + 1
  while (end < row.length && end < i + 9 && follows(row[end - 1]!, row[end]!, bracketing.gapMs) && exposure(row[end]!) !== null) end++
  for (const size of [9, 7, 5, 3]) {
    if (i + size > end) continue
    const frames = row.slice(i, i + size)
    const values = frames.map((frame) => exposure(frame) ?? 0)
    const sorted = values.toSorted((a, b) => a - b)
    const steps = sorted.slice(1).map((v, k) => v - sorted[k]!)
    const least = Math.min(...steps)
    if (Math.max(...steps) - least > bracketing.uneven) continue
    const steady = values.every((v, k) => k === 0 || v > values[k - 1]!) || values.every((v, k) => k === 0 || v < values[k - 1]!)
    // Exposure that only ever rises or falls a little is the camera following the light.
    if (least < (steady ? bracketing.leastSteady : bracketing.least)) continue
    const cover = frames[values.indexOf(sorted[size >> 1]!)]!
    if (!frames.every((frame) => frame === cover || sameFraming(cover, frame, memory)) || !getsBrighter(frames, values)) continue
    const reach = Math.round(((sorted.at(-1)! - sorted[0]!) / 2) * 3) / 3
    return {
      kind: 'bracket',
      frames,
      cover,
      reason: `exposure bracket: ${size} frames${within(frames[0]!.ms, frames.at(-1)!.ms)}, ±${reach.toFixed(1)} EV; the cover is the middle exposure`,
    }
  }
  return null
}

const follows = (a: Known, b: Known, mostMs: number): boolean => {
  const gap = gapOf(a, b)
  return (gap === null || gap <= mostMs) && sameSetup(a, b)
}

function sameFraming(a: Known, b: Known, memory: SceneMemory): boolean {
  const found = memory.align(a, b)
  if (found !== null) return found.agree > bracketing.agree
  const cos = cosine(a.embedding, b.embedding)
  return cos === null || cos > 0.35
}

/** Where the camera evened out a change of the light, its settings change and the picture does not: that is no bracket. */
function getsBrighter(frames: readonly Known[], values: readonly number[]): boolean {
  const dark = frames[values.indexOf(Math.min(...values))]!
  const bright = frames[values.indexOf(Math.max(...values))]!
  const [p, q] = [lumaOf(dark.sketch), lumaOf(bright.sketch)]
  return p === null || q === null || mean(q) - mean(p) > bracketing.darker
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / Math.max(1, values.length)
}

// ---- panoramas

const stitching = { gapMs: 15_000, cosine: 0.25 } as const

/** Three or more frames, each continuing the last one to the same side with the same exposure; two where the camera named them a stitch. */
function panoramaAt(row: readonly Known[], i: number, memory: SceneMemory): Series | null {
  const frames = [row[i]!]
  let way: { dx: number; dy: number } | null = null
  for (let k = i + 1; k < row.length; k++) {
    const [a, b] = [row[k - 1]!, row[k]!]
    if (!follows(a, b, stitching.gapMs) || !sameLight(a, b)) break
    const cos = cosine(a.embedding, b.embedding)
    if (cos !== null && cos < stitching.cosine) break
    // What lies on the last frame as it is, is another try of it.
    const still = memory.align(a, b)
    if (still === null || still.agree > 0.75) break
    const step = memory.pan(a, b)
    if (step === null || (way !== null && !continues(way, step))) break
    way = step
    frames.push(b)
  }
  const named = frames.every(({ name }) => /(?:^|[/\\])ST[A-Z]_/i.test(name))
  if (way === null || frames.length < (named ? 2 : 3)) return null
  const side = Math.abs(way.dx) > Math.abs(way.dy) ? (way.dx < 0 ? 'to the right' : 'to the left') : way.dy < 0 ? 'down' : 'up'
  const cover = frames[frames.length >> 1]!
  const time = within(frames[0]!.ms, frames.at(-1)!.ms)
  return {
    kind: 'panorama',
    frames,
    cover,
    reason: `panorama: ${frames.length} overlapping frames${time}, ${side}; the cover is the middle one`,
  }
}

function continues(a: { dx: number; dy: number }, b: { dx: number; dy: number }): boolean {
  const along = Math.abs(a.dx) > Math.abs(a.dy) ? [a.dx, b.dx] : [a.dy, b.dy]
  const ratio = along[1]! / along[0]!
  return ratio > 0.4 && ratio < 2.5
}

// ---- turntables

const spinning = {
  least: 8,
  most: 400,
  leastMs: 400,
  mostMs: 30_000,
  border: 7,
  cosine: 0.5,
  change: 1.2,
  uneven: 0.6,
  growth: 1.15,
} as const

/** Eight or more frames at one interval: the backdrop stays, what stands on it changes steadily and the more the further apart they are. */
function spinAt(row: readonly Known[], i: number): Series | null {
  const step = i + 1 < row.length ? gapOf(row[i]!, row[i + 1]!) : null
  if (step === null || step < spinning.leastMs || step > spinning.mostMs) return null
  const slack = Math.max(1_000, 0.25 * step)
  let end = i + 1
  while (end < row.length && end < i + spinning.most) {
    const gap = gapOf(row[end - 1]!, row[end]!)
    if (gap === null || Math.abs(gap - step) > slack || gap < 1 || !sameSetup(row[i]!, row[end]!) || !sameLight(row[i]!, row[end]!)) break
    const cos = cosine(row[end - 1]!.embedding, row[end]!.embedding)
    if (cos !== null && cos < spinning.cosine) break
    end++
  }
  if (end - i < spinning.least) return null
  const sketches = row.slice(i, end).map((frame) => lumaOf(frame.sketch))
  const first = sketches[0]
  if (!first) return null
  const stays = sketches.findIndex((one) => one === null || ring(first, one) > spinning.border)
  const frames = row.slice(i, stays < 0 ? end : i + stays)
  if (frames.length < spinning.least) return null
  const seen = sketches.slice(0, frames.length).filter((one) => one !== null)
  const changes = seen.slice(1).map((one, k) => core(seen[k]!, one))
  const far = seen.slice(4).map((one, k) => core(seen[k]!, one))
  const usual = mean(changes)
  const spread = Math.sqrt(mean(changes.map((v) => (v - usual) ** 2)))
  if (usual < spinning.change || spread > spinning.uneven * usual || mean(far) < spinning.growth * usual) return null
  const cover = frames[0]!
  const time = within(frames[0]!.ms, frames.at(-1)!.ms)
  return { kind: 'spin', frames, cover, reason: `turntable: ${frames.length} frames${time} at one interval; the cover is the first` }
}

/** Mean difference of luma in the outer tenth of the frame, and inside of it. */
const ring = (a: Uint8Array, b: Uint8Array): number => difference(a, b, true)
const core = (a: Uint8Array, b: Uint8Array): number => difference(a, b, false)
function difference(a: Uint8Array, b: Uint8Array, outer: boolean): number {
  const edge = Math.round(lumaSide / 10)
  let [sum, n] = [0, 0]
  for (let y = 0; y < lumaSide; y++) {
    for (let x = 0; x < lumaSide; x++) {
      const isOuter = x < edge || y < edge || x >= lumaSide - edge || y >= lumaSide - edge
      if (isOuter !== outer) continue
      sum += Math.abs(a[y * lumaSide + x]! - b[y * lumaSide + x]!)
      n++
    }
  }
  return sum / n
}

// ---- focus stacks

/** `smooth`: how much one frame's places of focus are like the next one's; where frames were left out, a strong wandering is enough. */
const focusing = { least: 4, agree: 0.75, texture: 48, moves: 0.3, movesFar: 0.6, smooth: 0.15, share: 0.15 } as const

/**
 * One framing and exposure, and the fine detail wanders: some places are sharpest early in the series, others late. A burst with shake gets softer
 * everywhere at once, and a frame's mean is taken out first. Frames in shooting order.
 */
export function isFocusStack(group: readonly Known[], memory: SceneMemory): boolean {
  const first = group[0]
  if (first === undefined || group.length < focusing.least) return false
  if (!group.every((frame) => sameLight(first, frame) && (frame === first || (memory.align(first, frame)?.agree ?? 0) > focusing.agree)))
    return false
  const grains = group.map((frame) => grainOf(frame.sketch)).filter((one) => one !== null)
  if (grains.length < group.length) return false
  const cells = Array.from({ length: grainSide ** 2 }, (_, c) => c).filter((c) => Math.max(...grains.map((g) => g[c]!)) >= focusing.texture)
  if (cells.length < 6) return false
  // log2 of energy, frame mean out, then cell mean out.
  const rows = grains.map((g) => {
    const own = cells.map((c) => g[c]! / 16)
    const m = mean(own)
    return own.map((v) => v - m)
  })
  const means = cells.map((_, k) => mean(rows.map((row) => row[k]!)))
  const rest = rows.map((row) => row.map((v, k) => v - means[k]!))
  const moved = Math.sqrt(mean(rest.flat().map((v) => v * v)))
  if (moved < focusing.moves) return false
  const product = rest.slice(1).flatMap((row, t) => row.map((v, k) => v * rest[t]![k]!))
  if (mean(product) < (moved >= focusing.movesFar ? 0 : focusing.smooth) * moved * moved) return false
  const peaks = new Array<number>(rows.length).fill(0)
  for (let k = 0; k < cells.length; k++) {
    const column = rest.map((row) => row[k]!)
    peaks[column.indexOf(Math.max(...column))]! += 1
  }
  return peaks.filter((n) => n >= focusing.share * cells.length).length >= 2
}

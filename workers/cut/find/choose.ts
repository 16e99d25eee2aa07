import type { Measure } from '../../protocol.ts'
import type { Moment } from './moments.ts'
import { type Left, type Range, sayUs, type Timeline, trimEnds, unusableIn, type Wish } from './ranges.ts'
import { between, type Part, partsOf, total, wordsFor } from './worth.ts'

export type Chosen = Range & { measures: Record<string, Measure>; score: number }

/** A clip worse than this is not worth a seller's look. */
const leastScore = 0.3
/** Ends may be moved this far to a pause, a beat or a still moment. Microseconds. */
const settleUs = 700_000
/**
 * Two clips whose mean pictures differ by less than `look` (grey levels) are the same clip twice, if little moves in them, one goes on where the other
 * ends, or they differ by less than `same`. Clips that look alike up to `far` apart push each other down by up to `cost`, those of one shot by `sameShot` more: three views are worth more
 * than three times the best one.
 */
const alike = { same: 1, look: 5, lively: 0.3, gapUs: 1_000_000, far: 24, cost: 0.12, sameShot: 0.06 }
/** Shorter leftovers are the rounding of frame times, not worth a line. */
const leastLeftUs = 34_000

type Candidate = Range & { score: number }

/**
 * Chooses the stretches worth keeping: inside one shot, nothing unusable in them, length within what was asked, ends at natural places, best first,
 * none overlapping or showing the same again. What is left over is listed with its reason. Pure.
 */
export function choose(timeline: Timeline, wish: Wish): { chosen: Chosen[]; left: Left[] } {
  const { usable, left } = usableRanges(timeline)
  const rest: Left[] = [...left]
  const candidates: { candidate: Candidate; range: Range }[] = []
  for (const range of usable) {
    if (range.outUs - range.inUs < wish.minUs) {
      rest.push({
        ...range,
        because: `only ${sayUs(range.outUs - range.inUs)} in one piece: shorter than the ${sayUs(wish.minUs)} asked for`,
      })
    } else for (const candidate of windows(timeline, range, wish)) candidates.push({ candidate, range })
  }
  const chosen: (Candidate & { look: Look | null })[] = []
  const twins: { of: Range; like: Range }[] = []
  let open = candidates.map(({ candidate, range }) => ({
    candidate,
    range,
    look: lookOf(timeline.moments, candidate),
    worth: candidate.score,
  }))
  while (chosen.length < wish.most) {
    const best = open.reduce<(typeof open)[number] | null>((top, one) => (top === null || one.worth > top.worth ? one : top), null)
    if (best === null || best.worth < leastScore) break
    const taken = { ...settle(timeline, best.candidate, best.range, chosen, wish), look: best.look }
    chosen.push(taken)
    const kept: typeof open = []
    for (const one of open) {
      if (overlap(one.candidate, taken)) continue
      const apart = lookApart(one.look, taken.look)
      if (isTwin(one.candidate, one.look, taken, apart)) twins.push({ of: one.candidate, like: taken })
      else {
        const again = alike.cost * Math.max(0, 1 - apart / alike.far) + (one.range === best.range ? alike.sameShot : 0)
        kept.push({ ...one, worth: one.worth - again })
      }
    }
    open = kept
  }
  chosen.sort((a, b) => b.score - a.score)
  for (const range of usable.filter(({ inUs, outUs }) => outUs - inUs >= wish.minUs))
    rest.push(...leftover(timeline, range, chosen, twins, wish))
  return {
    chosen: chosen.map(({ inUs, outUs, score }) => ({ inUs, outUs, score, measures: wordsFor(timeline, { inUs, outUs }) })),
    left: rest.filter(({ inUs, outUs }) => outUs - inUs >= leastLeftUs).sort((a, b) => a.inUs - b.inUs),
  }
}

const overlap = (a: Range, b: Range): boolean => a.inUs < b.outUs && b.inUs < a.outUs

/** Splits what was looked at at cuts and around unusable moments; trims the hand movements at both ends of the take. */
function usableRanges(timeline: Timeline): { usable: Range[]; left: Left[] } {
  const left: Left[] = []
  const usable: Range[] = []
  for (const span of timeline.spans) {
    const edges = [span.inUs, ...timeline.cutsUs.filter((cut) => cut > span.inUs && cut < span.outUs), span.outUs]
    for (const [at, outUs] of edges.slice(1).entries()) {
      const inUs = edges[at] ?? span.inUs
      let from = inUs
      for (const bad of unusableIn(timeline, inUs, outUs)) {
        if (bad.inUs > from) usable.push({ inUs: from, outUs: bad.inUs })
        left.push(bad)
        from = Math.max(from, bad.outUs)
      }
      if (outUs > from) usable.push({ inUs: from, outUs })
    }
  }
  return { usable: usable.flatMap((range) => trimEnds(range, timeline, left)), left }
}

/** Every stretch of a few lengths between the shortest and longest asked for, on frame times, with its score. */
function windows(timeline: Timeline, range: Range, { minUs, maxUs }: Wish): Candidate[] {
  const { frameTimesUs } = timeline
  const longest = Math.min(maxUs, range.outUs - range.inUs)
  const lengths = new Set([0, 0.25, 0.5, 0.75, 1].map((share) => minUs + (longest - minUs) * share))
  const starts = frameTimesUs.slice(firstAtLeast(frameTimesUs, range.inUs), firstAtLeast(frameTimesUs, range.outUs - minUs + 1))
  const step = Math.max(1, Math.round(starts.length / 300))
  const found: Candidate[] = []
  for (let at = 0; at < starts.length; at += step) {
    const inUs = starts[at] ?? 0
    for (const length of lengths) {
      const outUs = snapOut(frameTimesUs, inUs, length, { minUs, maxUs: longest }, range.outUs)
      if (outUs !== null) found.push({ inUs, outUs, score: scoreOf(timeline, { inUs, outUs }, maxUs) })
    }
  }
  return found
}

/** Longer is a little better, all else being equal: it can be cut shorter later. */
const scoreOf = (timeline: Timeline, range: Range, maxUs: number): number =>
  total(partsOf(timeline, range)) - 0.03 * (1 - (range.outUs - range.inUs) / maxUs)

/** Moves both ends to where a cut is felt least, within what was asked and what is free. */
function settle(timeline: Timeline, candidate: Candidate, range: Range, taken: readonly Range[], { minUs, maxUs }: Wish): Candidate {
  const { frameTimesUs } = timeline
  const near = (us: number): number[] => {
    const times = frameTimesUs.slice(firstAtLeast(frameTimesUs, us - settleUs), firstAtLeast(frameTimesUs, us + settleUs + 1))
    const step = Math.max(1, Math.floor(times.length / 14))
    return [us, ...times.filter((_, at) => at % step === 0)].filter((time) => time >= range.inUs && time <= range.outUs)
  }
  let best = candidate
  for (const inUs of near(candidate.inUs)) {
    for (const outUs of near(candidate.outUs)) {
      const moved = { inUs, outUs: Math.round(outUs) }
      if (moved.outUs - inUs < minUs || moved.outUs - inUs > maxUs || taken.some((other) => overlap(moved, other))) continue
      const score = scoreOf(timeline, moved, maxUs)
      if (score > best.score + 1e-6) best = { ...moved, score }
    }
  }
  return best
}

type Look = { cells: Float64Array; lively: number }

function isTwin(a: Range, look: Look | null, taken: Range & { look: Look | null }, apart: number): boolean {
  if (look === null || taken.look === null || apart >= alike.look) return false
  const gap = Math.max(a.inUs - taken.outUs, taken.inUs - a.outUs)
  return apart < alike.same || gap < alike.gapUs || Math.max(look.lively, taken.look.lively) < alike.lively
}

/** Mean difference of brightness of two clips, grey levels. */
function lookApart(a: Look | null, b: Look | null): number {
  if (a === null || b === null) return Number.POSITIVE_INFINITY
  let sum = 0
  for (const [at, value] of a.cells.entries()) sum += Math.abs(value - (b.cells[at] ?? 0))
  return sum / a.cells.length
}

/** The mean of a few pictures of a clip. */
function lookOf(moments: readonly Moment[], range: Range): Look | null {
  const inside = between(moments, range)
  const step = Math.max(1, Math.floor(inside.length / 6))
  const looks = inside.flatMap(({ look }, at) => (look === null || at % step !== 0 ? [] : [look]))
  const first = looks[0]
  if (first === undefined) return null
  const cells = new Float64Array(first.length)
  for (const one of looks) for (const [at, value] of one.entries()) cells[at] = (cells[at] ?? 0) + value / looks.length
  return { cells, lively: inside.reduce((sum, { lively }) => sum + lively, 0) / inside.length }
}

/** The last frame time within the wanted length; lengths stay inside what was asked to the microsecond. */
function snapOut(
  times: readonly number[],
  inUs: number,
  length: number,
  { minUs, maxUs }: { minUs: number; maxUs: number },
  limitUs: number,
): number | null {
  const wanted = Math.min(inUs + length, limitUs)
  const before = lastAtMost(times, wanted)
  for (const outUs of [before, wanted]) {
    if (outUs !== null && outUs <= limitUs && outUs - inUs >= minUs && outUs - inUs <= maxUs) return Math.round(outUs)
  }
  return null
}

/** First index whose time is not below. */
function firstAtLeast(times: readonly number[], limit: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}

const lastAtMost = (times: readonly number[], limit: number): number | null => times[firstAtLeast(times, limit + 1e-6) - 1] ?? null

/** What of a usable range was not taken, and why. */
function leftover(
  timeline: Timeline,
  range: Range,
  chosen: readonly Range[],
  twins: readonly { of: Range; like: Range }[],
  { minUs, most }: Wish,
): Left[] {
  const inside = chosen.filter((clip) => overlap(clip, range)).sort((a, b) => a.inUs - b.inUs)
  const gaps: Range[] = []
  let from = range.inUs
  for (const clip of inside) {
    if (clip.inUs > from) gaps.push({ inUs: from, outUs: clip.inUs })
    from = clip.outUs
  }
  if (range.outUs > from) gaps.push({ inUs: from, outUs: range.outUs })
  return gaps.map((gap) => {
    if (gap.outUs - gap.inUs < minUs) return { ...gap, because: `only ${sayUs(gap.outUs - gap.inUs)} beside a chosen clip` }
    const twin = twins.find(({ of }) => overlap(of, gap))
    if (twin !== undefined && chosen.length < most) return { ...gap, because: `shows the same as the clip at ${sayUs(twin.like.inUs)}` }
    return { ...gap, because: whyLeft(timeline, gap, chosen.length, most) }
  })
}

function whyLeft(timeline: Timeline, gap: Range, chosen: number, most: number): string {
  const parts = partsOf(timeline, gap)
  if (total(parts) < leastScore) {
    const weakest = (Object.entries(parts) as [Part, number][]).toSorted(([, a], [, b]) => a - b)[0]?.[0]
    return (weakest === undefined ? undefined : wordsFor(timeline, gap)[weakest]?.because) ?? 'not good enough'
  }
  return chosen >= most ? 'good enough, but other seconds are better' : 'less good than the seconds next to it'
}

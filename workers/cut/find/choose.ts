import type { Measure } from '../../protocol.ts'
import type { Moment } from './moments.ts'

export type Range = { inUs: number; outUs: number }
export type Chosen = Range & { measures: Record<string, Measure>; score: number }
export type Left = Range & { because: string }
export type Wish = { minUs: number; maxUs: number; most: number }
/** The take on its own clock: first frames of shots, times of all frames, and the end of the last. */
export type Timeline = { moments: readonly Moment[]; cutsUs: readonly number[]; frameTimesUs: readonly number[]; endUs: number }

/** Weights of the measures in a clip's score. */
const weights = { steady: 0.34, sharp: 0.26, exposed: 0.16, lively: 0.24 } as const
type Part = keyof typeof weights
const parts: readonly Part[] = ['steady', 'sharp', 'exposed', 'lively']

/** A clip worse than this is not worth a seller's look. */
const leastScore = 0.3
/** At the ends of a take the hand goes to the button: looked at this far in, and never beyond a fifth of the take. Microseconds. */
const endUs = 1_500_000

/**
 * Chooses the stretches worth keeping: inside one shot, nothing unusable in them, length within what was asked, best first, none
 * overlapping. What is left over is listed with its reason. Pure.
 */
export function choose(timeline: Timeline, wish: Wish): { chosen: Chosen[]; left: Left[] } {
  const { usable, left } = usableRanges(timeline)
  const chosen: Chosen[] = []
  const rest: Left[] = [...left]
  const candidates: Chosen[] = []
  for (const range of usable) {
    if (range.outUs - range.inUs < wish.minUs) {
      rest.push({
        ...range,
        because: `only ${sayUs(range.outUs - range.inUs)} in one piece: shorter than the ${sayUs(wish.minUs)} asked for`,
      })
    } else candidates.push(...windows(timeline, range, wish))
  }
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score || a.inUs - b.inUs)) {
    if (chosen.length >= wish.most || candidate.score < leastScore) break
    if (!chosen.some((other) => overlap(candidate, other))) chosen.push(candidate)
  }
  for (const range of usable.filter(({ inUs, outUs }) => outUs - inUs >= wish.minUs)) rest.push(...leftover(timeline, range, chosen, wish))
  return { chosen, left: rest.sort((a, b) => a.inUs - b.inUs) }
}

const overlap = (a: Range, b: Range): boolean => a.inUs < b.outUs && b.inUs < a.outUs
const sayUs = (us: number): string => `${(us / 1e6).toFixed(1)} s`

/** Splits the take at cuts and around unusable moments; trims the hand movements at both ends. */
function usableRanges(timeline: Timeline): { usable: Range[]; left: Left[] } {
  const { moments, cutsUs, frameTimesUs } = timeline
  // Some streams show a few frames before their own zero; players do not.
  const startUs = Math.max(0, frameTimesUs[0] ?? 0)
  const left: Left[] = []
  const usable: Range[] = []
  const edges = [startUs, ...cutsUs, timeline.endUs]
  for (const [at, outUs] of edges.slice(1).entries()) {
    const inUs = edges[at] ?? startUs
    let from = inUs
    for (const bad of badRuns(moments, inUs, outUs)) {
      if (bad.inUs > from) usable.push({ inUs: from, outUs: bad.inUs })
      left.push(bad)
      from = Math.max(from, bad.outUs)
    }
    if (outUs > from) usable.push({ inUs: from, outUs })
  }
  return { usable: usable.flatMap((range) => trimEnds(range, timeline, startUs, left)), left }
}

/** Runs of unusable moments, widened to the moments around them. */
function badRuns(moments: readonly Moment[], inUs: number, outUs: number): Left[] {
  const runs: Left[] = []
  const inside = moments.filter((moment) => moment.timeUs >= inUs && moment.timeUs < outUs)
  for (const [at, moment] of inside.entries()) {
    if (moment.unusable === null) continue
    const from = inside[at - 1]?.timeUs ?? inUs
    const to = inside[at + 1]?.timeUs ?? outUs
    const last = runs.at(-1)
    if (last !== undefined && last.outUs >= from && last.because === moment.unusable) last.outUs = to
    else runs.push({ inUs: last === undefined ? from : Math.max(from, last.outUs), outUs: to, because: moment.unusable })
  }
  return runs.filter((run) => run.outUs > run.inUs)
}

/** Takes the wild movement off the first and last seconds of the take: the camera being raised, or put down. */
function trimEnds(range: Range, { moments, endUs: lastUs }: Timeline, startUs: number, left: Left[]): Range[] {
  const reach = Math.min(endUs, (lastUs - startUs) / 5)
  const wild = (moment: Moment): boolean => moment.steady < 0.25 && moment.trust > 0.2
  const trimmed = { ...range }
  if (range.inUs === startUs) {
    const rough = moments.filter((moment) => moment.timeUs < startUs + reach && wild(moment)).at(-1)
    if (rough !== undefined) trimmed.inUs = Math.min(range.outUs, nextTime(moments, rough.timeUs, range.outUs))
    if (trimmed.inUs > range.inUs) left.push({ inUs: range.inUs, outUs: trimmed.inUs, because: 'the camera is still being raised' })
  }
  if (range.outUs === lastUs) {
    const rough = moments.find((moment) => moment.timeUs > lastUs - reach && wild(moment))
    if (rough !== undefined) trimmed.outUs = Math.max(trimmed.inUs, rough.timeUs)
    if (trimmed.outUs < range.outUs) left.push({ inUs: trimmed.outUs, outUs: range.outUs, because: 'the camera is already being put down' })
  }
  return trimmed.outUs > trimmed.inUs ? [trimmed] : []
}

const nextTime = (moments: readonly Moment[], timeUs: number, otherwise: number): number =>
  moments.find((moment) => moment.timeUs > timeUs)?.timeUs ?? otherwise

/** Every stretch of a few lengths between the shortest and longest asked for, on frame times, with its score. */
function windows(timeline: Timeline, range: Range, { minUs, maxUs }: Wish): Chosen[] {
  const { frameTimesUs } = timeline
  const longest = Math.min(maxUs, range.outUs - range.inUs)
  const lengths = [0, 0.25, 0.5, 0.75, 1].map((share) => minUs + (longest - minUs) * share)
  const starts = frameTimesUs.filter((time) => time >= range.inUs && time + minUs <= range.outUs)
  const step = Math.max(1, Math.round(starts.length / 400))
  const found: Chosen[] = []
  for (let at = 0; at < starts.length; at += step) {
    const inUs = starts[at] ?? 0
    for (const length of new Set(lengths)) {
      const outUs = snapOut(frameTimesUs, inUs, length, { minUs, maxUs: longest }, range.outUs)
      if (outUs !== null) found.push(scored(timeline.moments, { inUs, outUs }, length / maxUs))
    }
  }
  return found
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

function lastAtMost(times: readonly number[], limit: number): number | null {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) <= limit) low = middle + 1
    else high = middle
  }
  return times[low - 1] ?? null
}

function scored(moments: readonly Moment[], range: Range, fullness: number): Chosen {
  const inside = between(moments, range)
  const mean = (part: Part): number => inside.reduce((sum, moment) => sum + moment[part], 0) / Math.max(1, inside.length)
  const worst = (part: Part): number => inside.reduce((least, moment) => Math.min(least, moment[part]), 1)
  // A single jolt spoils a clip that is fine on average.
  const values = {
    steady: 0.7 * mean('steady') + 0.3 * worst('steady'),
    sharp: mean('sharp'),
    exposed: mean('exposed'),
    lively: mean('lively'),
  }
  const score = parts.reduce((sum, part) => sum + weights[part] * values[part], 0) * (0.94 + 0.06 * fullness)
  const speed = inside.reduce((sum, moment) => sum + moment.speed, 0) / Math.max(1, inside.length)
  const trust = inside.reduce((sum, moment) => sum + moment.trust, 0) / Math.max(1, inside.length)
  const measures = Object.fromEntries(
    parts.map((part): [string, Measure] => [
      part,
      {
        value: values[part],
        confidence: part === 'steady' ? 0.4 + 0.5 * trust : 0.8,
        region: null,
        because: words[part](values[part], speed),
      },
    ]),
  )
  return { ...range, score, measures }
}

function between(moments: readonly Moment[], { inUs, outUs }: Range): Moment[] {
  return moments.filter((moment) => moment.timeUs >= inUs && moment.timeUs < outUs)
}

const words: Record<Part, (value: number, speed: number) => string> = {
  steady: (value, speed) => (value > 0.75 ? 'held steady' : value < 0.4 ? 'shaky' : speed > 0.15 ? 'an even pan' : 'a little unsteady'),
  sharp: (value) => (value > 0.7 ? 'sharp' : value > 0.4 ? 'mostly sharp' : 'soft or out of focus'),
  exposed: (value) => (value > 0.7 ? 'well exposed' : value > 0.4 ? 'light is fair' : 'too dark, too bright or flat'),
  lively: (value) => (value > 0.6 ? 'plenty of movement' : value > 0.25 ? 'some movement' : 'hardly anything moves'),
}

/** What of a usable range was not taken, and why. */
function leftover({ moments }: Timeline, range: Range, chosen: readonly Chosen[], { minUs, most }: Wish): Left[] {
  const inside = chosen.filter((clip) => overlap(clip, range)).sort((a, b) => a.inUs - b.inUs)
  const gaps: Range[] = []
  let from = range.inUs
  for (const clip of inside) {
    if (clip.inUs > from) gaps.push({ inUs: from, outUs: clip.inUs })
    from = clip.outUs
  }
  if (range.outUs > from) gaps.push({ inUs: from, outUs: range.outUs })
  return gaps.map((gap) => ({
    ...gap,
    because:
      gap.outUs - gap.inUs < minUs
        ? `only ${sayUs(gap.outUs - gap.inUs)} beside a chosen clip`
        : whyLeft(moments, gap, chosen.length, most),
  }))
}

function whyLeft(moments: readonly Moment[], gap: Range, chosen: number, most: number): string {
  const { measures, score } = scored(moments, gap, 1)
  if (score < leastScore) {
    const weakest = parts.toSorted((a, b) => (measures[a]?.value ?? 1) - (measures[b]?.value ?? 1))[0]
    return weakest === undefined ? 'not good enough' : (measures[weakest]?.because ?? 'not good enough')
  }
  return chosen >= most ? 'good enough, but other seconds are better' : 'less good than the seconds next to it'
}

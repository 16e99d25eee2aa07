import type { Moment } from './moments.ts'
import type { Sound } from './sound.ts'
import type { Sighting } from './subject.ts'

export type Range = { inUs: number; outUs: number }
export type Left = Range & { because: string }
export type Wish = { minUs: number; maxUs: number; most: number }
/** A take on its own clock. */
export type Timeline = {
  /** What was decoded whole: all of the take, or its most promising seconds. In order, not touching. */
  spans: readonly Range[]
  moments: readonly Moment[]
  /** First frames of shots. */
  cutsUs: readonly number[]
  /** Dissolves and fades: no clip holds a part of one. */
  blends: readonly Left[]
  /** Of all frames inside the spans. */
  frameTimesUs: readonly number[]
  /** Of the take. */
  startUs: number
  endUs: number
  /** null: no sound. */
  sound: Sound | null
  sightings: readonly Sighting[]
}

/** At the ends of a take the hand goes to the button: looked at this far in, and never beyond a fifth of the take. Microseconds. */
const endUs = 1_500_000

export const sayUs = (us: number): string => `${(us / 1e6).toFixed(1)} s`

/** What of a stretch cannot be kept, in order, not overlapping: unusable pictures, and what lies inside a dissolve or a fade. */
export function unusableIn({ moments, blends }: Timeline, inUs: number, outUs: number): Left[] {
  const all = [
    ...badRuns(moments, inUs, outUs),
    ...blends
      .filter((blend) => blend.inUs < outUs && blend.outUs > inUs)
      .map((blend) => ({ ...blend, inUs: Math.max(inUs, blend.inUs), outUs: Math.min(outUs, blend.outUs) })),
  ].sort((a, b) => a.inUs - b.inUs)
  const apart: Left[] = []
  for (const one of all) {
    const from = Math.max(one.inUs, apart.at(-1)?.outUs ?? one.inUs)
    if (one.outUs > from) apart.push({ ...one, inUs: from })
  }
  return apart
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
export function trimEnds(range: Range, { moments, startUs, endUs: lastUs }: Timeline, left: Left[]): Range[] {
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

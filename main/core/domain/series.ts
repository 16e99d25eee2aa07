import type { Measure } from '../../../workers/protocol.ts'
import { colourSide, lumaOf, lumaSide } from './sketch.ts'

/** What rankSeries needs of a frame. `sketch`: see workers/score/sketch.ts; null where there is none. */
export type SeriesFrame = {
  id: string
  place: number
  score: number | null
  measures: Record<string, Measure>
  sketch: Uint8Array | null
}

/**
 * What decides inside a series. `scale` is the shortfall from the best frame at which a measure has lost two thirds of its weight: where all frames
 * are equally exposed, exposure is silent. Sharpness leads but is no veto: in 24,186 labelled pairs of real bursts it was the reason for 5 % of
 * preferences, exposure and composition for 16–18 % each (Chang et al., SIGGRAPH 2016); product work is stricter about focus than those snapshots.
 * `ratio`: compared as shares of the best, since no eye is as wide as another's. Weights and scales: training scenes of `eval:score`, where noise,
 * light and movement must each be able to lose a series.
 */
const series: Readonly<Record<string, { weight: number; scale: number; ratio?: boolean; word: string }>> = {
  complete: { weight: 8, scale: 0.2, word: 'the only undamaged one' },
  focus: { weight: 4, scale: 0.25, word: 'best focused on the subject' },
  exposure: { weight: 5, scale: 0.25, word: 'best exposed' },
  noise: { weight: 6, scale: 0.25, word: 'the cleanest' },
  motion: { weight: 3, scale: 0.3, word: 'the steadiest' },
  detail: { weight: 2, scale: 0.15, word: 'the sharpest' },
  quality: { weight: 2, scale: 0.15, word: 'best overall quality' },
  eyes: { weight: 8, scale: 0.4, ratio: true, word: 'eyes open' },
  framing: { weight: 1, scale: 0.5, word: 'best framed' },
  clutter: { weight: 1.2, scale: 0.8, word: 'free of hands and other things' },
  contrast: { weight: 0.5, scale: 0.4, word: 'best contrast' },
  // Only there once something was learned: see taste.ts.
  taste: { weight: 3, scale: 0.25, word: 'closest to your taste' },
  resolution: { weight: 1, scale: 0.3, word: 'the largest' },
}

/** What departs from most frames of its series, in stops and in steps of colour: one frame alone says nothing about what was meant, the others do. */
const departures = {
  light: { weight: 4, scale: 0.6, near: 0.35, word: 'lit like most of them' },
  tint: { weight: 1.5, scale: 6, near: 3, word: 'coloured like most of them' },
}

/** What the rank alone may add, as a share of a measure's weight. */
const rankShare = 0.1

/**
 * Orders one series, best first, by its own standards: each measure takes from a frame what it falls short of the best frame of the series,
 * little at first and levelling off, so that one great fault is not outweighed by many small leads; the rank adds a little. Where most frames agree
 * in light or colour, the odd one loses. Ties go to the better overall score, then to the earlier frame. O(n log n).
 */
export function rankSeries<F extends SeriesFrame>(frames: readonly F[]): { order: F[]; why: string } {
  if (frames.length <= 1) return { order: [...frames], why: 'the only one' }
  const totals = new Map<F, number>(frames.map((frame) => [frame, 0]))
  const parts = new Map<F, Map<string, number>>(frames.map((frame) => [frame, new Map()]))
  const add = (frame: F, name: string, part: number): void => {
    totals.set(frame, (totals.get(frame) ?? 0) + part)
    parts.get(frame)?.set(name, part)
  }
  const cleanest = Math.max(0, ...frames.map((frame) => measured(frame, 'noise') ?? 0))
  for (const [name, { weight, scale, ratio }] of Object.entries(series)) {
    const values = frames.map((frame) => (name === 'detail' ? withoutGrain(frame, cleanest) : measured(frame, name)))
    const present = values.filter((v) => v !== null)
    // Where only some frames have an answer (one torn file says "complete", the rest have no need to), silence means nothing is wrong.
    if (present.length === 0 || (present.length < frames.length && name !== 'complete')) continue
    const all = values.map((v) => (ratio ? Math.log(Math.max(0.05, v ?? 1)) : (v ?? 1)))
    const sorted = all.toSorted((a, b) => a - b)
    const best = sorted.at(-1) ?? 0
    if (best - (sorted[0] ?? 0) <= 1e-9) continue
    for (const [i, frame] of frames.entries()) {
      const value = all[i] ?? 0
      const rank = (lowerBound(sorted, value - 1e-12) + lowerBound(sorted, value + 1e-12) - 1) / (2 * (frames.length - 1))
      const short = 1 - Math.exp(-(((best - value) / scale) ** 1.5))
      const sure = frame.measures[name]?.confidence ?? 1
      add(frame, name, weight * sure * (rankShare * Math.min(1, (best - (sorted[0] ?? 0)) / scale) * rank - short))
    }
  }
  const looks = frames.map(lookOf)
  for (const [name, { weight, scale, near }] of Object.entries(departures)) {
    const away = departing(
      looks.map((look) => look?.[name === 'light' ? 'light' : 'tint'] ?? null),
      near,
    )
    for (const [i, frame] of frames.entries()) add(frame, name, -weight * (1 - Math.exp(-(((away?.[i] ?? 0) / scale) ** 2))))
  }
  const order = frames.toSorted(
    (a, b) =>
      round(totals.get(b)) - round(totals.get(a)) || (b.score ?? -1) - (a.score ?? -1) || a.place - b.place || (a.id < b.id ? -1 : 1),
  )
  return { order, why: whyFirst(order, parts) }
}

/** How far each is from the middle of all, where at least three are known and more than half of them lie near it; else null. */
function departing(places: readonly (readonly number[] | null)[], near: number): number[] | null {
  const known = places.filter((place) => place !== null)
  if (known.length < Math.max(3, places.length)) return null
  const middle = (known[0] ?? []).map((_, k) => known.map((place) => place[k] ?? 0).toSorted((a, b) => a - b)[known.length >> 1] ?? 0)
  const away = known.map((place) => Math.hypot(...place.map((v, k) => v - (middle[k] ?? 0))))
  return away.filter((d) => d <= near).length > known.length / 2 ? away : null
}

/** Mean light in stops (γ 2.2) and mean blue and red difference, from every seventh cell of a sketch. */
function lookOf({ sketch }: SeriesFrame): { light: number[]; tint: number[] } | null {
  const luma = lumaOf(sketch)
  if (sketch === null || luma === null) return null
  const mean = (from: number, to: number): number => {
    let [sum, n] = [0, 0]
    for (let i = from; i < to; i += 7, n++) sum += sketch[i] ?? 0
    return sum / Math.max(1, n)
  }
  const [cells, tint] = [lumaSide ** 2, colourSide ** 2]
  return {
    light: [2.2 * Math.log2(Math.max(2, mean(0, cells)) / 255)],
    tint: [mean(cells, cells + tint), mean(cells + tint, cells + 2 * tint)],
  }
}

/**
 * The lead of the cover that counted most, if it can be seen: over the next frame, else over the middle of the others. What is smaller than `visible`
 * orders the frames all the same, but is no reason to tell anybody.
 */
function whyFirst<F extends SeriesFrame>(order: readonly F[], parts: Map<F, Map<string, number>>): string {
  const [first, ...others] = order
  const [second] = others
  const middle = others[others.length >> 1]
  if (!first || !second || !middle) return 'the only one'
  const words: Record<string, { word: string }> = { ...series, ...departures }
  const leadOver = (other: F): string | null => {
    const lead = Object.keys(words)
      .map((name) => ({ name, by: (parts.get(first)?.get(name) ?? 0) - (parts.get(other)?.get(name) ?? 0) }))
      .filter(({ name, by }) => by > 0.02 && isVisible(name, first, other, by))
      .toSorted((a, b) => b.by - a.by)[0]
    return lead ? (words[lead.name]?.word ?? 'the best') : null
  }
  const word = leadOver(second)
  if (word !== null) return `the cover is ${word}`
  return leadOver(middle) === null ? 'nothing sets the frames apart' : 'the cover is as good as the next one, and better than the rest'
}

/** A difference between two frames that an eye could find, on the scale of the measures. Framing moves by a cell of the subject's map. */
const visible: Readonly<Record<string, number>> = { detail: 0.06, framing: 0.2, clutter: 0.5, motion: 0.1, eyes: 0.08, resolution: 0.02 }
const visibleElse = 0.05

function isVisible(name: string, one: SeriesFrame, other: SeriesFrame, by: number): boolean {
  if (name in departures) return by > 0.1
  if (name === 'framing' && isSameView(one, other)) return false
  const [a, b] = [measured(one, name), measured(other, name)]
  return a === null || b === null || a - b >= (visible[name] ?? visibleElse)
}

/** Frames of a tripod: what lies where is the same in both, whatever box was found. */
function isSameView(one: SeriesFrame, other: SeriesFrame): boolean {
  const [a, b] = [lumaOf(one.sketch), lumaOf(other.sketch)]
  if (a === null || b === null) return false
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0))
  return sum / a.length < 12
}

function measured(frame: SeriesFrame, name: string): number | null {
  const value = frame.measures[name]?.value
  return value !== undefined && Number.isFinite(value) ? value : null
}

/** Grain looks like detail: what a frame has more of it than the cleanest is taken off. */
function withoutGrain(frame: SeriesFrame, cleanest: number): number | null {
  const detail = measured(frame, 'detail')
  return detail === null ? null : detail - 0.6 * (cleanest - (measured(frame, 'noise') ?? cleanest))
}

/** Rounded, so that float noise from another order of summing can never swap two frames. */
const round = (value: number | undefined): number => Math.round((value ?? 0) * 1e6)

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

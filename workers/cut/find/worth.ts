import type { Measure } from '../../protocol.ts'
import type { Moment } from './moments.ts'
import type { Range, Timeline } from './ranges.ts'
import { onsetAt, pauseAt, speechIn } from './sound.ts'
import type { Sighting } from './subject.ts'

/** Weights of the measures in a clip's score; those nothing is known of count as neither good nor bad. */
const weights = { steady: 0.26, sharp: 0.22, exposed: 0.12, lively: 0.16, subject: 0.12, sound: 0.04, ends: 0.08 } as const
export type Part = keyof typeof weights
export type Parts = Partial<Record<Part, number>>

const clamp = (value: number): number => Math.max(0, Math.min(1, value))
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
/** How much of each end decides whether it is clean. Microseconds. */
const edgeUs = 400_000

/** The moments of a range; `moments` are in order. */
export function between(moments: readonly Moment[], { inUs, outUs }: Range): readonly Moment[] {
  const first = (limit: number): number => {
    let low = 0
    let high = moments.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((moments[middle]?.timeUs ?? 0) < limit) low = middle + 1
      else high = middle
    }
    return low
  }
  return moments.slice(first(inUs), first(outUs))
}

const sightingsIn = (sightings: readonly Sighting[], { inUs, outUs }: Range): Sighting[] =>
  sightings.filter(({ timeUs }) => timeUs >= inUs && timeUs < outUs)

/** All measures of a range, 0 (bad) to 1 (good). */
export function partsOf(timeline: Timeline, range: Range): Parts {
  const inside = between(timeline.moments, range)
  const average = (of: (moment: Moment) => number): number => mean(inside.map(of))
  // The worst tenth of the movement is what is felt: a clip with one jolt is a clip with a jolt.
  const jolt = inside.map(({ steady }) => steady).sort((a, b) => a - b)[Math.floor(inside.length / 10)] ?? 0
  const seen = sightingsIn(timeline.sightings, range)
  return {
    steady: 0.6 * average(({ steady }) => steady) + 0.4 * jolt,
    sharp: average(({ sharp }) => sharp),
    exposed: average(({ exposed }) => exposed),
    lively: average(({ lively }) => lively),
    ...(seen.length > 0 ? { subject: mean(seen.map(({ worth }) => worth)) } : {}),
    ...(timeline.sound === null ? {} : { sound: heard(timeline, range) }),
    ends: Math.min(endAt(timeline, range, 'in'), endAt(timeline, range, 'out')),
  }
}

/** Weighted mean of what is known. */
export function total(parts: Parts): number {
  let sum = 0
  let weight = 0
  for (const [part, value] of Object.entries(parts) as [Part, number][]) {
    sum += weights[part] * value
    weight += weights[part]
  }
  return weight === 0 ? 0 : sum / weight
}

/** Silence is no fault: it lies in the middle, speech and things that can be heard above it. */
function heard({ sound }: Timeline, { inUs, outUs }: Range): number {
  if (sound === null) return 0.5
  const steps = 24
  let onsets = 0
  for (let at = 0; at < steps; at++) onsets = Math.max(onsets, onsetAt(sound, inUs + ((outUs - inUs) * (at + 0.5)) / steps))
  return clamp(0.5 + 0.5 * Math.max(speechIn(sound, inUs, outUs), 0.4 * onsets))
}

/** How clean one end is: camera at rest, picture usable, and the cut in a pause, on a beat, or where little moves. */
function endAt({ moments, sound, startUs, endUs }: Timeline, { inUs, outUs }: Range, end: 'in' | 'out'): number {
  const timeUs = end === 'in' ? inUs : outUs
  const edge = between(moments, end === 'in' ? { inUs, outUs: inUs + edgeUs } : { inUs: outUs - edgeUs, outUs })
  const calm = clamp(mean(edge.map(({ steady }) => steady)) / 0.6)
  const still = 1 - mean(edge.map(({ lively }) => lively))
  const quiet = sound === null ? 0 : Math.max(pauseAt(sound, timeUs), end === 'in' ? onsetAt(sound, timeUs) : 0)
  // The very ends of a take are where a hand is at the camera.
  const button = (end === 'in' ? timeUs - startUs : endUs - timeUs) < 300_000 ? 0.12 : 0
  return clamp(0.55 * calm + 0.45 * Math.max(quiet, sound === null ? still : 0.6 * still) - button)
}

/** The measures of a chosen range, with how sure they are and in words. */
export function wordsFor(timeline: Timeline, range: Range): Record<string, Measure> {
  const parts = partsOf(timeline, range)
  const inside = between(timeline.moments, range)
  const trust = mean(inside.map((moment) => moment.trust))
  const speed = mean(inside.map((moment) => moment.speed))
  const agree = mean(inside.map((moment) => moment.agree))
  const seen = sightingsIn(timeline.sightings, range)
  const best = seen.toSorted((a, b) => b.worth - a.worth)[0]
  const say: Record<Part, (value: number) => Omit<Measure, 'value'>> = {
    steady: (value) => ({ confidence: 0.4 + 0.5 * trust * agree, region: null, because: steadyWords(value, speed) }),
    sharp: (value) => plain(value > 0.7 ? 'sharp' : value > 0.4 ? 'mostly sharp' : 'soft or out of focus'),
    exposed: (value) => plain(value > 0.7 ? 'well exposed' : value > 0.4 ? 'light is fair' : 'too dark, too bright or flat'),
    lively: (value) => plain(value > 0.6 ? 'plenty of movement' : value > 0.25 ? 'some movement' : 'hardly anything moves'),
    subject: (value) => ({ confidence: 0.6, region: best?.box ?? null, because: subjectWords(value, best) }),
    sound: () => soundWords(timeline, range),
    ends: (value) => ({ confidence: 0.6, region: null, because: endWords(timeline, range, value) }),
  }
  return Object.fromEntries(
    (Object.entries(parts) as [Part, number][]).map(([part, value]): [string, Measure] => [part, { value, ...say[part](value) }]),
  )
}

const plain = (because: string): Omit<Measure, 'value'> => ({ confidence: 0.8, region: null, because })

const steadyWords = (value: number, speed: number): string =>
  value > 0.75 ? 'held steady' : value < 0.4 ? 'shaky' : speed > 0.15 ? 'an even pan' : 'a little unsteady'

function subjectWords(value: number, best: Sighting | undefined): string {
  if (best === undefined || value < 0.25) return 'no clear subject'
  if (best.face) return value > 0.5 ? 'a face, well in frame' : 'a face now and then'
  return value > 0.5 ? 'the subject is well in frame' : 'a subject, small or near the edge'
}

function soundWords({ sound }: Timeline, { inUs, outUs }: Range): Omit<Measure, 'value'> {
  const speech = sound === null ? 0 : speechIn(sound, inUs, outUs)
  if (speech > 0.6) return { confidence: 0.5, region: null, because: 'sounds like speech' }
  if (heardAny(sound, inUs, outUs)) return { confidence: 0.4, region: null, because: 'something can be heard' }
  return { confidence: 0.2, region: null, because: 'quiet' }
}

function heardAny(sound: Timeline['sound'], inUs: number, outUs: number): boolean {
  if (sound === null) return false
  const from = Math.max(0, Math.floor(inUs / sound.stepUs))
  const loud = sound.level.subarray(from, Math.ceil(outUs / sound.stepUs)).filter((level) => level > Math.max(sound.floor + 12, -45))
  return loud.length * sound.stepUs > (outUs - inUs) / 10
}

function endWords(timeline: Timeline, range: Range, value: number): string {
  if (value > 0.6) return 'starts and ends cleanly'
  const end = endAt(timeline, range, 'in') < endAt(timeline, range, 'out') ? 'in' : 'out'
  const edge = between(timeline.moments, end === 'in' ? { ...range, outUs: range.inUs + edgeUs } : { ...range, inUs: range.outUs - edgeUs })
  const where = end === 'in' ? 'start' : 'end'
  if (mean(edge.map(({ steady }) => steady)) < 0.4) return `the camera moves at the ${where}`
  const { sound } = timeline
  if (sound !== null && speechIn(sound, range.inUs, range.outUs) > 0.45 && pauseAt(sound, end === 'in' ? range.inUs : range.outUs) < 0.3)
    return `may cut into a word at the ${where}`
  return `things are moving at the ${where}`
}

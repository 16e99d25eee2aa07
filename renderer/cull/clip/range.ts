import type { ClipView } from '../../../main/contract/views.ts'

/** In and out of a clip, and how fast it is looked through. Pure. Media time is integer microseconds; out is exclusive. */

export type Range = { inUs: number; outUs: number }
/** What a person has marked so far; half of it may be missing. */
export type Marks = { inUs: number | null; outUs: number | null }

/** The engine takes nothing shorter. */
export const shortestUs = 500_000
/** What a clip is given when only its beginning was said. */
const usualUs = 5_000_000

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value))

/** The marks after "it begins here": an out that no longer lies behind it moves along. */
export function marksIn({ outUs }: Marks, atUs: number, totalUs: number): Marks {
  const inUs = clamp(Math.round(atUs), 0, Math.max(0, totalUs - shortestUs))
  return { inUs, outUs: outUs === null || outUs - inUs >= shortestUs ? outUs : Math.min(totalUs, inUs + usualUs) }
}

/** The marks after "it ends here": an in that no longer lies before it moves along; without one the clip begins with the take. */
export function marksOut({ inUs }: Marks, atUs: number, totalUs: number): Marks {
  const outUs = clamp(Math.round(atUs), Math.min(shortestUs, totalUs), totalUs)
  return { inUs: inUs === null ? 0 : outUs - inUs >= shortestUs ? inUs : Math.max(0, outUs - usualUs), outUs }
}

export const rangeOf = ({ inUs, outUs }: Marks): Range | null => (inUs === null || outUs === null ? null : { inUs, outUs })

/** The clip a person set: the one that will be published. */
export const ownClip = (clips: readonly ClipView[]): ClipView | null => clips.find((clip) => clip.by === 'person') ?? null

/** The suggestion under the play head, else the best one. */
export function suggestionAt(clips: readonly ClipView[], atUs: number): ClipView | null {
  const found = clips.filter((clip) => clip.by === 'machine')
  return found.find((clip) => atUs >= clip.inUs && atUs < clip.outUs) ?? found[0] ?? null
}

const speeds = [1, 2, 4, 8] as const

/** The speed after another press of J (-1) or L (+1): from rest or from the other way at normal speed, else twice as fast, at most eight times. */
export function shuttled(speed: number, way: 1 | -1): number {
  if (speed * way <= 0) return way
  return way * (speeds.find((one) => one > Math.abs(speed)) ?? Math.abs(speed))
}

/** The middle of the frame `by` frames from the one at `seconds`: a seek there cannot land on its neighbour. */
export function frameStep(seconds: number, framesPerSecond: number, by: number, totalSeconds: number): number {
  const frame = Math.max(0, Math.floor(seconds * framesPerSecond + 1e-6) + by)
  return Math.min((frame + 0.5) / framesPerSecond, Math.max(0, totalSeconds - 0.5 / framesPerSecond))
}

import type { Packet } from '../container/packet.ts'
import type { FrameNumbers } from './frames.ts'
import { crispestOf, exposureOf, sharpnessOf, unusable } from './moments.ts'
import type { Sound } from './sound.ts'
import { loudnessIn } from './sound.ts'

/** What one keyframe and the packets up to the next one say. */
export type CoarseMoment = {
  timeUs: number
  untilUs: number
  sharp: number
  exposed: number
  /** 0–1: something happens, judged by the size of the packets and by how much the next keyframe differs. */
  lively: number
  /** 0–1: so much changes that the camera is probably shaken or swung. */
  wild: number
  unusable: string | null
  worth: number
}

export type KeyNumbers = Pick<FrameNumbers, 'mean' | 'deviation' | 'dark' | 'bright'> & { timeUs: number; detail: number; change: number }

const clamp = (value: number): number => Math.max(0, Math.min(1, value))

/** Puts keyframes, packet sizes and sound together. Pure. */
export function coarseMoments(keys: readonly KeyNumbers[], packets: readonly Packet[], sound: Sound | null, endUs: number): CoarseMoment[] {
  const crispest = crispestOf(keys.map(({ detail }) => detail))
  const activity = activityOf(keys, packets, endUs)
  const usual = median(activity) || 1
  return keys.map((key, at) => {
    const untilUs = keys[at + 1]?.timeUs ?? endUs
    // Twice the usual bits between keyframes is a lot going on, three times is a swung camera.
    const ratio = Math.log2(Math.max(0.05, (activity[at] ?? usual) / usual))
    const sharp = sharpnessOf(key.detail, crispest)
    const exposed = exposureOf(key)
    const lively = clamp(0.35 * clamp(0.5 + 0.5 * ratio) + 0.65 * clamp(key.change / 25))
    const wild = clamp((key.change - 32) / 20) * clamp(ratio + 0.5)
    const heard = sound === null ? 0 : clamp(loudnessIn(sound, key.timeUs, untilUs) / 20)
    const bad = unusable(key)
    const worth = bad !== null ? -1 : 0.38 * sharp + 0.22 * exposed + 0.3 * lively + 0.1 * heard - 0.4 * wild
    return { timeUs: key.timeUs, untilUs, sharp, exposed, lively, wild, unusable: bad, worth }
  })
}

/** Bytes per microsecond of the pictures between keyframes: they hold what has changed. */
function activityOf(keys: readonly KeyNumbers[], packets: readonly Packet[], endUs: number): number[] {
  const sums = new Array<number>(keys.length).fill(0)
  let at = 0
  for (const packet of packets) {
    while (at + 1 < keys.length && packet.timeUs >= (keys[at + 1]?.timeUs ?? 0)) at += 1
    if (!packet.key) sums[at] = (sums[at] ?? 0) + packet.bytes
  }
  return sums.map((sum, n) => sum / Math.max(1, (keys[n + 1]?.timeUs ?? endUs) - (keys[n]?.timeUs ?? 0)))
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

export type Window = { inUs: number; outUs: number }

/** The most promising stretches of a length, best first, none overlapping, inside [startUs, endUs]. Pure. */
export function shortlist(moments: readonly CoarseMoment[], lengthUs: number, most: number, startUs: number, endUs: number): Window[] {
  const length = Math.min(lengthUs, endUs - startUs)
  const windows = moments.map(({ timeUs }, first) => {
    const inUs = Math.max(startUs, Math.min(timeUs, endUs - length))
    let worth = 0
    let seen = 0
    for (let at = first; at < moments.length; at++) {
      const moment = moments[at]
      if (moment === undefined || moment.timeUs >= inUs + length) break
      const share = Math.min(moment.untilUs, inUs + length) - Math.max(moment.timeUs, inUs)
      if (share <= 0) continue
      worth += moment.worth * share
      seen += share
    }
    // The hand goes to the button at both ends of a take.
    const edge = inUs < startUs + 1_000_000 || inUs + length > endUs - 1_000_000 ? 0.05 : 0
    return { inUs, outUs: inUs + length, worth: seen === 0 ? -1 : worth / seen - edge }
  })
  const chosen: Window[] = []
  // Windows are spread over the take: what lies near one that is taken must be clearly better than what lies far.
  const near = (endUs - startUs) / most / 1.5
  const gap = (a: Window, b: Window): number => Math.max(a.inUs - b.outUs, b.inUs - a.outUs)
  while (chosen.length < most) {
    let best: Window | null = null
    let top = 0
    for (const { inUs, outUs, worth } of windows) {
      const nearest = chosen.reduce((least, other) => Math.min(least, gap({ inUs, outUs }, other)), Number.POSITIVE_INFINITY)
      const value = worth - crowding * Math.max(0, 1 - nearest / near)
      if (nearest < 0 || value <= top) continue
      top = value
      best = { inUs, outUs }
    }
    if (best === null) break
    chosen.push(best)
  }
  return chosen
}

/** What a window loses of its worth right beside one that is taken. */
const crowding = 0.08

/** What was seen by its keyframes only, in runs of one reason. Pure. */
export function passedOver(moments: readonly CoarseMoment[], windows: readonly Window[]): (Window & { because: string })[] {
  const usual = median(moments.map(({ worth }) => worth))
  const runs: (Window & { because: string })[] = []
  const add = (inUs: number, outUs: number, because: string): void => {
    if (outUs <= inUs) return
    const last = runs.at(-1)
    if (last !== undefined && last.outUs === inUs && last.because === because) last.outUs = outUs
    else runs.push({ inUs, outUs, because })
  }
  const sorted = windows.toSorted((a, b) => a.inUs - b.inUs)
  for (const moment of moments) {
    let from = moment.timeUs
    for (const window of sorted) {
      if (window.outUs <= from || window.inUs >= moment.untilUs) continue
      add(from, Math.min(window.inUs, moment.untilUs), why(moment, usual))
      from = Math.max(from, window.outUs)
    }
    add(from, moment.untilUs, why(moment, usual))
  }
  return runs
}

function why(moment: CoarseMoment, usual: number): string {
  if (moment.unusable !== null) return moment.unusable
  if (moment.wild > 0.5) return 'the camera is swung or shaken'
  if (moment.sharp < 0.35) return 'softer than the best seconds'
  if (moment.exposed < 0.3) return 'too dark, too bright or flat'
  if (moment.lively < 0.12) return 'hardly anything moves'
  return moment.worth < usual ? 'other seconds promise more' : 'good enough, but other seconds promise more'
}

import { Refusal } from '../../protocol.ts'
import { inputArgs } from '../container/sniff.ts'
import type { Take } from '../container/take.ts'
import { limitFor, run } from '../ffmpeg/run.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'

/** The sound of a take as an envelope: one number per step, whatever its length. */
export type Sound = {
  stepUs: number
  /** Level of each step, decibels below full scale. */
  level: Float32Array
  /** Zero crossings per sample of each step: about .05 for voices, .3 and more for hiss and wind. */
  crossings: Float32Array
  /** Level that is quieter than nine tenths of the take. */
  floor: number
}

const rate = 8_000
const perStep = 160
const silence = -70

/**
 * Decodes the default sound track once, mono and at telephone rate: enough for level, pauses, onsets and whether somebody speaks. null when there is no
 * sound, or none that can be decoded: a take without sound is whole.
 */
export async function listen(ffmpeg: Ffmpeg, { media }: Take, signal: AbortSignal): Promise<Sound | null> {
  if (media.audio === null) return null
  const levels: number[] = []
  const crossings: number[] = []
  let squares = 0
  let crossed = 0
  let count = 0
  let last = 0
  let odd: number | null = null
  const sample = (value: number): void => {
    squares += value * value
    if (value < 0 !== last < 0) crossed += 1
    last = value
    count += 1
    if (count < perStep) return
    levels.push(squares === 0 ? silence : Math.max(silence, 10 * Math.log10(squares / perStep / 32_768 ** 2)))
    crossings.push(crossed / perStep)
    squares = 0
    crossed = 0
    count = 0
  }
  const onStdout = (chunk: Uint8Array): void => {
    let at = 0
    if (odd !== null && chunk.length > 0) {
      sample((((chunk[0] ?? 0) << 24) >> 16) | odd)
      odd = null
      at = 1
    }
    for (; at + 1 < chunk.length; at += 2) sample((((chunk[at + 1] ?? 0) << 24) >> 16) | (chunk[at] ?? 0))
    if (at < chunk.length) odd = chunk[at] ?? 0
  }
  const args = [
    ...['-nostdin', '-v', 'error', ...inputArgs(media.source), '-map', `0:${media.audio.index}`, '-vn', '-sn', '-dn'],
    // Sound that begins late is late on the take's clock too.
    ...['-af', 'aresample=async=1:first_pts=0', '-ac', '1', '-ar', `${rate}`, '-f', 's16le', 'pipe:1'],
  ]
  try {
    await run({
      path: ffmpeg.path,
      args,
      what: `listening to ${media.source.name}`,
      signal,
      limitMs: limitFor(media.source.bytes),
      onStdout,
    })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Refusal)) throw error
  }
  if (levels.length < 10) return null
  const sorted = levels.toSorted((a, b) => a - b)
  return {
    stepUs: (1e6 * perStep) / rate,
    level: Float32Array.from(levels),
    crossings: Float32Array.from(crossings),
    floor: sorted[Math.floor(sorted.length / 10)] ?? silence,
  }
}

const clamp = (value: number): number => Math.max(0, Math.min(1, value))

/** How much of a range sounds like a voice (0–1): clearly above the floor, in syllables, with the few zero crossings of vowels. */
export function speechIn({ stepUs, level, crossings, floor }: Sound, inUs: number, outUs: number): number {
  const from = Math.max(0, Math.floor(inUs / stepUs))
  const to = Math.min(level.length, Math.ceil(outUs / stepUs))
  let voiced = 0
  let swings = 0
  let up = false
  const above = Math.max(floor + 10, -50)
  for (let at = from; at < to; at++) {
    const loud = (level[at] ?? silence) > above
    if (loud && (crossings[at] ?? 1) < 0.28) voiced += 1
    if (loud !== up) swings += 1
    up = loud
  }
  const steps = Math.max(1, to - from)
  // Speech rises and falls two to eight times a second; a hum or music that never pauses does not.
  const syllables = swings / 2 / ((steps * stepUs) / 1e6)
  return clamp((voiced / steps) * 2) * clamp(syllables / 1.2)
}

/** Whether a moment lies in a pause (0–1): a tenth of a second on each side is near the floor, or at least well below what surrounds it. */
export function pauseAt({ stepUs, level, floor }: Sound, timeUs: number): number {
  const at = Math.round(timeUs / stepUs)
  const loudest = (from: number, to: number): number => {
    let most = silence
    for (let n = Math.max(0, from); n <= Math.min(level.length - 1, to); n++) most = Math.max(most, level[n] ?? silence)
    return most
  }
  const here = loudest(at - 4, at + 4)
  const around = loudest(at - 50, at + 50)
  return clamp((around - here) / 14) * (here < floor + 12 ? 1 : 0.5)
}

/** Whether a sound begins just after a moment (0–1): a beat, a word, something put on the table. */
export function onsetAt({ stepUs, level, floor }: Sound, timeUs: number): number {
  const at = Math.round(timeUs / stepUs)
  let before = silence
  let after = silence
  for (let n = at - 5; n < at; n++) before = Math.max(before, level[n] ?? silence)
  for (let n = at; n < at + 5; n++) after = Math.max(after, level[n] ?? silence)
  return after < floor + 8 ? 0 : clamp((after - before - 4) / 12)
}

/** Mean level of a range against the floor, decibels. */
export function loudnessIn({ stepUs, level, floor }: Sound, inUs: number, outUs: number): number {
  let sum = 0
  let count = 0
  for (let at = Math.max(0, Math.floor(inUs / stepUs)); at < Math.min(level.length, Math.ceil(outUs / stepUs)); at++) {
    sum += level[at] ?? silence
    count += 1
  }
  return count === 0 ? 0 : sum / count - floor
}

import type { FrameNumbers } from './frames.ts'

/** One look at the take, about ten a second: values 0 (bad) to 1 (good), or a reason why nothing here can be kept. */
export type Moment = {
  timeUs: number
  steady: number
  sharp: number
  exposed: number
  lively: number
  /** Smoothed camera speed, widths of the frame per second. */
  speed: number
  /** 0–1: how much structure the movement was read from. */
  trust: number
  unusable: string | null
  /** Share of the picture that moves with the camera; the rest moves by itself. */
  agree: number
  /** See FrameNumbers. */
  look: Uint8Array | null
}

type Light = Pick<FrameNumbers, 'mean' | 'deviation' | 'dark' | 'bright'>

const clamp = (value: number): number => Math.max(0, Math.min(1, value))
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Where each measure passes from bad to good; see tests/bench for what they were looked at on. */
const scale = {
  /** Widths per second of jitter around the smooth path that halve `steady`: a tripod has 0.01, a careful hand 0.05, walking 0.3. */
  jitter: 0.12,
  /** Widths per second of even movement that halve `steady`: faster pans smear. */
  pan: 0.7,
  /** Grey levels of change per tenth of a second: below is noise, above is a lot going on. */
  change: { still: 0.7, lively: 5 },
  /** Half a second on either side makes the smooth path. */
  smoothUs: 300_000,
}

/** The detail that the crispest pictures of a take have: sharpness is judged against what this lens and coding can do. */
export const crispestOf = (details: readonly (number | null)[]): number =>
  percentile(
    details.filter((detail) => detail !== null),
    0.95,
  )

/** 0–1: how crisp a picture is by itself and against the crispest of the take. */
export const sharpnessOf = (detail: number, crispest: number): number =>
  clamp(0.5 * clamp((detail - 0.06) / 0.3) + 0.5 * clamp((detail / Math.max(crispest, 0.05) - 0.25) / 0.6))

/** Turns raw numbers into moments. `timesUs` has one entry per frame; across a cut nothing is a movement. Pure. */
export function momentsOf(
  frames: readonly FrameNumbers[],
  timesUs: readonly number[],
  cuts: ReadonlySet<number>,
  crispest = crispestOf(frames.map(({ detail }) => detail)),
): Moment[] {
  const moments: Moment[] = []
  for (const [at, frame] of frames.entries()) {
    if (frame.detail === null) continue
    const timeUs = timesUs[at] ?? 0
    const path = pathAround(frames, timesUs, cuts, at)
    const sharp = sharpnessOf(frame.detail, crispest)
    moments.push({
      timeUs,
      steady: 1 / (1 + (path.jitter / scale.jitter) ** 2) / (1 + (path.speed / scale.pan) ** 2),
      sharp,
      exposed: exposureOf(frame),
      lively: frame.change === null ? 0.5 : clamp((frame.change - scale.change.still) / (scale.change.lively - scale.change.still)) ** 0.7,
      speed: path.speed,
      trust: clamp(frame.texture / 6),
      unusable: unusable(frame),
      agree: frame.agree,
      look: frame.look,
    })
  }
  return moments
}

/** Speed of the smooth path and how far the frames around stray from it, both in widths per second. */
function pathAround(
  frames: readonly FrameNumbers[],
  timesUs: readonly number[],
  cuts: ReadonlySet<number>,
  at: number,
): { speed: number; jitter: number } {
  const here = timesUs[at] ?? 0
  const steps: { vx: number; vy: number }[] = []
  const add = (index: number): boolean => {
    const frame = frames[index]
    const time = timesUs[index]
    const before = timesUs[index - 1]
    if (frame === undefined || time === undefined || before === undefined || cuts.has(index) || Math.abs(time - here) > scale.smoothUs)
      return false
    const seconds = (time - before) / 1e6
    // Frames stored twice, or a hole in the recording, say nothing about the hand.
    if (seconds > 0.001 && seconds < 0.5) steps.push({ vx: frame.dx / seconds, vy: (frame.dy * 9) / 16 / seconds })
    return true
  }
  for (let index = at; add(index); ) index -= 1
  for (let index = at + 1; add(index); ) index += 1
  const [vx, vy] = [mean(steps.map((step) => step.vx)), mean(steps.map((step) => step.vy))]
  const jitter = Math.sqrt(mean(steps.map((step) => (step.vx - vx) ** 2 + (step.vy - vy) ** 2)))
  return { speed: Math.hypot(vx, vy), jitter }
}

export function exposureOf({ mean: brightness, deviation, dark, bright }: Light): number {
  const middle = brightness < 115 ? clamp((brightness - 25) / 55) : clamp((235 - brightness) / 45)
  return clamp(middle * clamp(deviation / 28) * (1 - clamp((bright - 0.15) / 0.5)) * (1 - clamp((dark - 0.5) / 0.5)))
}

export function unusable({ mean: brightness, deviation }: Light): string | null {
  if (brightness < 24 && deviation < 10) return 'black picture'
  if (brightness > 245) return 'white picture'
  return deviation < 5 ? 'nothing in the picture (lens covered or a blank surface)' : null
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

import type { FrameComponents } from './components.ts'

/** What turns raw numbers into cuts. Defaults come from the sweep in tests/bench/cut-shots.sweep.ts over the labelled films. */
export type Thresholds = {
  /** Least product of `jump.light` and `jump.shape` for a cut. */
  jump: number
  /** A frame as dark as this, with this little in it, is black. Frames are full range: black is 0. */
  black: { mean: number; deviation: number }
  /** Shortest fade, frames. */
  fadeFrames: number
}

export const defaults: Thresholds = { jump: 0.86, black: { mean: 22, deviation: 6 }, fadeFrames: 6 }

export type Transition = { type: 'fade-in' | 'fade-out'; startFrame: number; endFrame: number }
export type Detected = { cuts: number[]; transitions: Transition[] }

/** Frame N in `cuts` is the first frame of a new shot. Pure: components in, cuts out. */
export function detect(frames: readonly FrameComponents[], thresholds: Thresholds = defaults): Detected {
  const transitions = fades(frames, thresholds)
  const inFade = (at: number): boolean => transitions.some((fade) => at > fade.startFrame && at < fade.endFrame)
  const strength = frames.map((frame) => (frame.jump === null ? 0 : frame.jump.light * frame.jump.shape))
  const cuts: number[] = []
  for (const [at, value] of strength.entries()) {
    if (value < thresholds.jump || inFade(at)) continue
    const last = cuts.at(-1)
    // A flash on the cut itself can light up two neighbours; the stronger is the cut.
    if (last !== undefined && at - last <= 2 && !isClear(frames, last, at)) {
      if (value > (strength[last] ?? 0)) cuts[cuts.length - 1] = at
    } else cuts.push(at)
  }
  return { cuts, transitions }
}

/** Two cuts a frame or two apart are both real only if each is a large change by itself. */
const isClear = (frames: readonly FrameComponents[], a: number, b: number): boolean =>
  Math.max(frames[a]?.correlation ?? 1, frames[b]?.correlation ?? 1) < 0

/** From black up, or down to black, step by step. Ends are exclusive, as everywhere. */
function fades(frames: readonly FrameComponents[], { black, fadeFrames }: Thresholds): Transition[] {
  const isBlack = (at: number): boolean => {
    const frame = frames[at]
    return frame !== undefined && frame.mean <= black.mean && frame.deviation <= black.deviation
  }
  const found: Transition[] = []
  for (let at = 0; at < frames.length; at++) {
    if (!isBlack(at)) continue
    if (!isBlack(at + 1)) {
      const end = climb(frames, at, 1)
      if (end - at >= fadeFrames)
        found.push({ type: 'fade-in', startFrame: sink(frames, at, -1), endFrame: Math.min(frames.length, end + 1) })
    }
    if (at > 0 && !isBlack(at - 1)) {
      const start = climb(frames, at, -1)
      if (at - start >= fadeFrames) found.push({ type: 'fade-out', startFrame: Math.max(0, start), endFrame: sink(frames, at, 1) + 1 })
    }
  }
  return found.sort((a, b) => a.startFrame - b.startFrame)
}

/** Follows what is nearly black down to where it changes no more; returns that frame. */
function sink(frames: readonly FrameComponents[], from: number, step: 1 | -1): number {
  const level = (at: number): number => (frames[at]?.mean ?? Number.POSITIVE_INFINITY) + (frames[at]?.deviation ?? 0)
  let at = from
  while (level(at + step) < level(at) - 0.05) at += step
  return at
}

/** Follows contrast and brightness upwards from black in one direction; returns the last frame of the climb. */
function climb(frames: readonly FrameComponents[], from: number, step: 1 | -1): number {
  const level = (at: number): number | null => {
    const frame = frames[at]
    return frame === undefined ? null : frame.mean + frame.deviation
  }
  let at = from
  let still = 0
  let peak = level(from) ?? 0
  let top = from
  for (;;) {
    at += step
    const value = level(at)
    if (value === null) return top
    if (value > peak + 1) {
      // One jump to a bright picture is a cut out of black, not a fade.
      if (value - peak > 40) return top
      peak = value
      top = at
      still = 0
    } else {
      still += 1
      if (still > 3 || value < peak - 6) return top
    }
  }
}

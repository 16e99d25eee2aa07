import type { Components, FrameComponents } from './components.ts'
import type { GradualCandidate } from './gradual.ts'

/** What turns raw numbers into cuts. Defaults come from the sweep in tests/bench/cut-shots.sweep.ts over the labelled films. */
export type Thresholds = {
  /** Least product of `jump.light` and `jump.shape` for a cut. */
  jump: number
  /** A frame as dark as this, with this little in it, is black. Frames are full range: black is 0. */
  black: { mean: number; deviation: number }
  /** Shortest fade, frames. */
  fadeFrames: number
  /** Of a dissolve: greatest `crooked` and `uneven`, least product of `light` and `shape`, least `shape`, least change, fewest frames. */
  gradual: { crooked: number; uneven: number; jump: number; shape: number; change: number; frames: number }
}

export const defaults: Thresholds = {
  jump: 0.8,
  black: { mean: 22, deviation: 6 },
  fadeFrames: 6,
  gradual: { crooked: 0.27, uneven: 0.1, jump: 0.8, shape: 0.55, change: 14, frames: 5 },
}

/** A picture with less in it than this (grey levels of deviation) is plain. */
const plain = 8

export type Transition = { type: 'fade-in' | 'fade-out' | 'dissolve'; startFrame: number; endFrame: number }
export type Detected = { cuts: number[]; transitions: Transition[] }

/** Frame N in `cuts` is the first frame of a new shot. Pure: components in, cuts out. */
export function detect({ frames, gradual }: Components, thresholds: Thresholds = defaults): Detected {
  const transitions = gradualOf(frames, gradual, thresholds)
  // The ends of a transition are known to a frame or two: what jumps there is its first or last step.
  const inside = (at: number): boolean => transitions.some((one) => at >= one.startFrame - 1 && at <= one.endFrame + 1)
  const strength = frames.map((frame) => (frame.jump === null ? 0 : frame.jump.light * frame.jump.shape))
  const cuts: number[] = []
  for (const [at, value] of strength.entries()) {
    if (value < thresholds.jump || inside(at)) continue
    const last = cuts.at(-1)
    // A flash on the cut itself can light up two neighbours; the stronger is the cut.
    if (last !== undefined && at - last <= 2 && !isClear(frames, last, at)) {
      if (value > (strength[last] ?? 0)) cuts[cuts.length - 1] = at
    } else cuts.push(at)
  }
  return { cuts, transitions }
}

/** Even mixes of two pictures, and climbs out of or into black that are not even; the straighter of two that overlap. */
function gradualOf(frames: readonly FrameComponents[], candidates: readonly GradualCandidate[], thresholds: Thresholds): Transition[] {
  const { gradual, black } = thresholds
  const isBlack = (mean: number, deviation: number): boolean => mean <= black.mean && deviation <= black.deviation
  const even = candidates
    .filter((one) => one.crooked <= gradual.crooked && one.uneven <= gradual.uneven && one.light * one.shape >= gradual.jump)
    .filter((one) => one.endFrame - one.startFrame >= gradual.frames && one.change >= gradual.change)
    // The same scene in other light: its shapes explain each other. A plain end has no shapes.
    .filter((one) => one.shape >= gradual.shape || Math.min(one.deviationBefore, one.deviationAfter) < plain)
    .sort((a, b) => a.crooked + a.uneven - b.crooked - b.uneven)
  const found: Transition[] = []
  for (const one of even) {
    if (found.some((other) => overlaps(one, other))) continue
    const intoBlack = firstBlack(one.endFrame - 1)
    const fromBlack = isBlack(one.meanBefore, one.deviationBefore)
    if (!fromBlack && intoBlack !== null) found.push({ type: 'fade-out', startFrame: one.startFrame, endFrame: intoBlack + 1 })
    else found.push({ type: fromBlack ? 'fade-in' : 'dissolve', startFrame: one.startFrame, endFrame: one.endFrame })
  }
  for (const fade of fades(frames, thresholds)) {
    const other = found.find((one) => overlaps(fade, one))
    if (other === undefined) found.push(fade)
    else if (other.type === 'dissolve') {
      // The even part of a fade that as a whole is not even.
      other.type = fade.type
      other.startFrame = Math.min(other.startFrame, fade.startFrame)
      other.endFrame = Math.max(other.endFrame, fade.endFrame)
    }
  }
  return found.sort((a, b) => a.startFrame - b.startFrame)

  /** Encoders round the last steps down: black may come a few frames after the ramp seems over. */
  function firstBlack(from: number): number | null {
    for (let at = from; at <= from + 3; at++) {
      const frame = frames[at]
      if (frame !== undefined && isBlack(frame.mean, frame.deviation)) return at
    }
    return null
  }
}

type Range = { startFrame: number; endFrame: number }
const overlaps = (a: Range, b: Range): boolean => a.startFrame < b.endFrame && b.startFrame < a.endFrame

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

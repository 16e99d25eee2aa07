import { collectGradual, type GradualCandidate } from './gradual.ts'
import { compare, type Picture, picture, unexplained, unexplainedEitherWay } from './likeness.ts'

/** Raw numbers of one frame against the one before it. Stored apart from thresholds: a new threshold needs no new decode. */
export type FrameComponents = {
  /** Brightness, 0–255. */
  mean: number
  deviation: number
  /** Mean absolute difference to the frame before; 0 for the first. */
  difference: number
  /** Correlation with the frame before, −1 to 1; 1 for the first. */
  correlation: number
  /**
   * How badly the frames before explain the frames after, at the best of the pairings across this point that leave out up to four frames:
   * those may be a flash. `shape` forgives changes of light. null: the frames are plainly alike, it was not worth looking.
   */
  jump: { light: number; shape: number } | null
}

/** Frames on each side that may be a flash. */
const flashFrames = 4
/** Below these a change is not looked at closely; both lie far under any cut ever measured. */
const floor = { difference: 4, correlation: 0.8, surprise: 4, light: 0.75, across: 0.1, unlike: 0.5, more: 1.3 }

/** All that is known of a take's pictures: numbers of every frame, and the stretches that may be dissolves or fades. */
export type Components = { frames: FrameComponents[]; gradual: GradualCandidate[] }

export type Collector = { push(pixels: Uint8Array): void; end(): Components }

/** Takes frames of `frameWidth`×`frameHeight` brightness bytes one by one and keeps only the last few. */
export function collectComponents(): Collector {
  const kept = new Map<number, Picture>()
  const components: FrameComponents[] = []
  const gradual = collectGradual()
  let count = 0

  const settle = (at: number) => {
    const frame = components[at]
    if (frame !== undefined && at > 0 && worthLooking(components, at)) frame.jump = jumpAt(kept, at, count)
    kept.delete(at - flashFrames - 1)
  }
  return {
    push(pixels) {
      const now = picture(pixels)
      const before = kept.get(count - 1)
      kept.set(count, now)
      gradual.push(now)
      components.push({
        mean: now.mean,
        deviation: now.deviation,
        ...(before === undefined ? { difference: 0, correlation: 1 } : compare(before, now)),
        jump: null,
      })
      count += 1
      settle(count - 1 - flashFrames)
    },
    end() {
      for (let at = Math.max(0, count - flashFrames); at < count; at++) settle(at)
      return { frames: components, gradual: gradual.end() }
    },
  }
}

function worthLooking(components: readonly FrameComponents[], at: number): boolean {
  const frame = components[at]
  if (frame === undefined || frame.difference < floor.difference) return false
  const before = components.slice(Math.max(1, at - 4), at).map((earlier) => earlier.difference)
  const usual = before.reduce((sum, value) => sum + value, 0) / Math.max(1, before.length)
  if (before.length > 0 && frame.difference > floor.surprise * (usual + 0.5)) return true
  if (frame.correlation >= floor.correlation) return false
  // In the middle of fast movement every picture differs as much as the one before: a cut differs more, or has nothing in common.
  const calmest = Math.min(...before)
  return frame.correlation < floor.unlike || before.length === 0 || frame.difference > floor.more * calmest
}

function jumpAt(kept: ReadonlyMap<number, Picture>, at: number, count: number): { light: number; shape: number } {
  const pairs: [number, number][] = []
  for (let apart = 0; apart <= flashFrames; apart++) {
    for (let back = 0; back <= apart; back++) {
      const [from, to] = [at - 1 - back, at + apart - back]
      if (from >= 0 && to < count) pairs.push([from, to])
    }
  }
  const pictures = pairs.flatMap(([from, to]) => {
    const a = kept.get(from)
    const b = kept.get(to)
    if (a === undefined || b === undefined) return []
    // Across a flash lies the same scene: pictures with little in common need no search, which is what a real cut would cost most.
    return to - from > 1 && compare(a, b).correlation < floor.across ? [] : [{ a, b }]
  })
  let light = Number.POSITIVE_INFINITY
  // Each of these explained the point better than those before it; the first is the point itself.
  const better: { a: Picture; b: Picture }[] = []
  for (const { a, b } of pictures) {
    const one = unexplained(a, b, false, light)
    if (one >= light) continue
    light = one
    better.push({ a, b })
    // Already explained: the other pairings could only lower it further.
    if (light < floor.light) return { light, shape: light }
  }
  let shape = Number.POSITIVE_INFINITY
  for (const { a, b } of better.reverse()) {
    shape = Math.min(shape, unexplainedEitherWay(a, b, shape))
    if (shape < floor.light) break
  }
  return { light, shape }
}

import { correlation, difference, type Picture, picture, unexplained, unexplainedEitherWay } from './likeness.ts'

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
   * How badly the frames before explain the frames after, at the best of nine pairings across this point, so that up to four frames of
   * flash do not count. `shape` forgives changes of light. null: the frames are plainly alike, it was not worth looking.
   */
  jump: { light: number; shape: number } | null
}

/** Frames on each side that may be a flash. */
const flashFrames = 4
/** Below these a change is not looked at closely; both lie far under any cut ever measured. */
const floor = { difference: 4, correlation: 0.8, surprise: 4, light: 0.75 }

export type Collector = { push(pixels: Uint8Array): void; end(): FrameComponents[] }

/** Takes frames of `frameWidth`×`frameHeight` brightness bytes one by one and keeps only the last few. */
export function collectComponents(): Collector {
  const kept = new Map<number, Picture>()
  const components: FrameComponents[] = []
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
      components.push({
        mean: now.mean,
        deviation: now.deviation,
        difference: before === undefined ? 0 : difference(before, now),
        correlation: before === undefined ? 1 : correlation(before, now),
        jump: null,
      })
      count += 1
      settle(count - 1 - flashFrames)
    },
    end() {
      for (let at = Math.max(0, count - flashFrames); at < count; at++) settle(at)
      return components
    },
  }
}

function worthLooking(components: readonly FrameComponents[], at: number): boolean {
  const frame = components[at]
  if (frame === undefined || frame.difference < floor.difference) return false
  if (frame.correlation < floor.correlation) return true
  const before = components.slice(Math.max(1, at - 4), at).map((earlier) => earlier.difference)
  const usual = before.reduce((sum, value) => sum + value, 0) / Math.max(1, before.length)
  return before.length > 0 && frame.difference > floor.surprise * (usual + 0.5)
}

function jumpAt(kept: ReadonlyMap<number, Picture>, at: number, count: number): { light: number; shape: number } {
  const pairs: [number, number][] = [[at - 1, at]]
  for (let lag = 1; lag <= flashFrames; lag++) {
    if (at + lag < count) pairs.push([at - 1, at + lag])
    if (at - 1 - lag >= 0) pairs.push([at - 1 - lag, at])
  }
  const pictures = pairs.flatMap(([from, to]) => {
    const a = kept.get(from)
    const b = kept.get(to)
    return a === undefined || b === undefined ? [] : [{ a, b }]
  })
  let light = Number.POSITIVE_INFINITY
  for (const { a, b } of pictures) {
    light = Math.min(light, unexplained(a, b, false))
    // Already explained: the other pairings could only lower it further.
    if (light < floor.light) return { light, shape: light }
  }
  let shape = Number.POSITIVE_INFINITY
  for (const { a, b } of pictures) {
    shape = Math.min(shape, unexplainedEitherWay(a, b))
    if (shape < floor.light) break
  }
  return { light, shape }
}

// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
import { clamp, type Plane, ramp } from '../../score/pixels.ts'
import { valueAt } from './framing/expression.ts'
import type { Framing } from './framing/frame.ts'
import type { Looked, Sample } from './framing/look.ts'
import type { Sight } from './framing/sight.ts'

/**
 * The picture that stands for the clip: sharp, well lit, the product large and inside of what is shown; not the first or the last, where hands still
 * move. Output picture, counted from 0.
 */
export function chooseCover(looked: Looked, sights: readonly Sight[], framing: Framing, frames: number): number {
  const read = looked.samples.map((sample) => ({ sample, ...readSample(sample, looked, framing) }))
  const sharpest = Math.max(...read.map(({ detail }) => detail), 1e-6)
  let best = { frame: Math.floor(frames * 0.4), value: -1 }
  for (const { sample, detail, lit } of read) {
    const sight = sights.find(({ frame }) => frame === sample.frame)
    const shown = sight === undefined ? 0 : shownOf(sight, framing)
    const place = frames < 2 ? 0.5 : sample.frame / (frames - 1)
    const edge = 0.8 + 0.2 * ramp(Math.min(place, 1 - place), 0, 0.08)
    const value = edge * (0.45 * Math.sqrt(detail / sharpest) + 0.25 * lit + 0.3 * shown)
    if (value > best.value) best = { frame: sample.frame, value }
  }
  return best.frame
}

/** Local contrast and light of the part that is shown. */
function readSample({ frame, pixels }: Sample, { width, height }: Looked, framing: Framing): { detail: number; lit: number } {
  const plane: Plane = { data: pixels.subarray(0, width * height), width, height }
  const at = valueAt(framing.path, frame)
  const [x0, x1] = framing.axis === 'x' ? [at, at + framing.window] : [0, 1]
  const [y0, y1] = framing.axis === 'y' ? [at, at + framing.window] : [0, 1]
  let [sum, count, dark, bright, light] = [0, 0, 0, 0, 0]
  for (let y = Math.max(1, Math.floor(y0 * height)); y < Math.min(height - 1, Math.ceil(y1 * height)); y++)
    for (let x = Math.max(1, Math.floor(x0 * width)); x < Math.min(width - 1, Math.ceil(x1 * width)); x++) {
      const i = y * width + x
      const here = plane.data[i]!
      const bend = 4 * here - plane.data[i - 1]! - plane.data[i + 1]! - plane.data[i - width]! - plane.data[i + width]!
      sum += bend * bend
      light += here
      if (here < 24) dark++
      if (here > 232) bright++
      count++
    }
  const n = Math.max(1, count)
  const mean = light / n
  return { detail: sum / n, lit: Math.min(ramp(mean, 25, 80), ramp(mean, 230, 170)) * (1 - clamp((dark + bright) / n)) }
}

/** How much of the product is inside of the window, and how large it is there. */
function shownOf({ frame, product: { box, sure } }: Sight, { axis, window, path }: Framing): number {
  const at = valueAt(path, frame)
  const [from, to] = axis === 'x' ? [box.x, box.x + box.w] : [box.y, box.y + box.h]
  const inside = Math.max(0, Math.min(to, at + window) - Math.max(from, at))
  const whole = inside / Math.max(1e-6, to - from)
  const large = ramp((inside * (axis === 'x' ? box.h : box.w)) / window, 0.02, 0.35)
  return clamp(sure + 0.3) * whole * (0.4 + 0.6 * large)
}

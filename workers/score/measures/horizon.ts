// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
import type { Measure } from '../../protocol.ts'
import { clamp, type Plane, ramp, release } from '../pixels.ts'

/** Long lines that run nearly level or nearly upright: by how much they lean, and how sure that is. */
export type Lean = {
  /** Degrees, clockwise positive; null where no lines agree. */
  degrees: number | null
  sure: number
}

/** Leans looked for, in degrees: a photo that leans more was meant to, or the lines are the thing's own. */
const reach = 7
const step = 0.5
/** Gradient below which a pixel is no edge, and how many edge pixels are looked at. */
const gate = 20
const mostPoints = 3000

/**
 * Edge pixels are summed along every direction within `reach` of the axes: where long lines run, few sums hold most of them. Level and upright
 * lines are asked apart; both must find the same lean, or one kind must speak very clearly.
 */
export function readLean(plane: Plane): Lean {
  const edges = points(plane)
  const level = strongest(plane, edges.level, true)
  const upright = strongest(plane, edges.upright, false)
  const agree = Math.abs(level.degrees - upright.degrees) <= 0.75
  if (agree && Math.min(level.clear, upright.clear) >= 0.12 && level.clear + upright.clear >= 0.4) {
    const weight = level.clear + upright.clear
    return {
      degrees: (level.degrees * level.clear + upright.degrees * upright.clear) / weight,
      sure: clamp(0.35 + 0.5 * Math.min(1, weight)),
    }
  }
  const [one, other] = level.clear >= upright.clear ? [level, upright] : [upright, level]
  // One kind of lines alone may be a shelf seen from the side, or the thing's own edge.
  if (one.clear >= 0.55 && other.clear < 0.3) return { degrees: one.degrees, sure: 0.35 * one.clear }
  return { degrees: null, sure: 0 }
}

/** Positions of pixels on edges within about 12° of level and of upright, x then y. */
function points({ data, width, height }: Plane): { level: Int16Array; upright: Int16Array } {
  // Room for every pixel: lists that grow would leave 11 MB a photo to the collector.
  const [level, upright] = [new Int16Array(2 * width * height), new Int16Array(2 * width * height)]
  let [levels, uprights] = [0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1, i = y * width + 1; x < width - 1; x++, i++) {
      const dx = data[i + 1]! - data[i - 1]!
      const dy = data[i + width]! - data[i - width]!
      const [across, along] = [dx < 0 ? -dx : dx, dy < 0 ? -dy : dy]
      if (along >= gate && along > 4.5 * across) {
        level[levels++] = x
        level[levels++] = y
      } else if (across >= gate && across > 4.5 * along) {
        upright[uprights++] = x
        upright[uprights++] = y
      }
    }
  }
  const found = { level: thinned(level.subarray(0, levels)), upright: thinned(upright.subarray(0, uprights)) }
  for (const room of [level, upright]) release(room)
  return found
}

function thinned(found: Int16Array): Int16Array {
  const every = Math.max(1, Math.ceil(found.length / 2 / mostPoints))
  const out = new Int16Array(2 * Math.floor(found.length / 2 / every))
  for (let k = 0, j = 0; j < out.length; k += 2 * every, j += 2) {
    out[j] = found[k]!
    out[j + 1] = found[k + 1]!
  }
  return out
}

/** The lean at which the sums are least even. `clear`: 0–1, how far that stands above all other leans. */
function strongest(plane: Plane, at: Int16Array, level: boolean): { degrees: number; clear: number } {
  const n = at.length / 2
  if (n < 60) return { degrees: 0, clear: 0 }
  const steps = Math.round((2 * reach) / step) + 1
  const size = plane.width + plane.height
  const sums = new Float64Array(steps)
  const bins = new Float64Array(2 * size)
  for (let k = 0; k < steps; k++) {
    const tangent = Math.tan(((k * step - reach) * Math.PI) / 180)
    bins.fill(0)
    for (let j = 0; j < at.length; j += 2) {
      const place = (level ? at[j + 1]! - at[j]! * tangent : at[j]! + at[j + 1]! * tangent) + size / 2
      const low = Math.floor(place)
      const share = place - low
      bins[low]! += 1 - share
      bins[low + 1]! += share
    }
    let sum = 0
    for (let b = 0; b < bins.length; b++) sum += bins[b]! * bins[b]!
    sums[k] = sum / n
  }
  let best = 0
  for (let k = 1; k < steps; k++) if (sums[k]! > sums[best]!) best = k
  const typical = sums.slice().sort()[steps >> 1]!
  const [before, peak, after] = [sums[Math.max(0, best - 1)]!, sums[best]!, sums[Math.min(steps - 1, best + 1)]!]
  const bend = before - 2 * peak + after
  const shift = best > 0 && best < steps - 1 && bend < 0 ? clamp((0.5 * (before - after)) / bend, -0.5, 0.5) : 0
  // A peak at the end of the reach is the flank of lines that lean more.
  const edge = best === 0 || best === steps - 1 ? 0 : 1
  const long = ramp(peak, 4, 18)
  return { degrees: (best + shift) * step - reach, clear: edge * long * ramp(peak / Math.max(1e-9, typical), 1.08, 1.8) }
}

/** Only a lean of 0.7–5° with agreeing lines counts; less is not seen, more is meant. */
export function horizon({ degrees, sure }: Lean): Measure | null {
  if (degrees === null || sure < 0.15) return null
  const lean = Math.abs(degrees)
  const value = lean < 0.7 ? 1 : lean > 5.5 ? 1 : clamp(1 - ramp(lean, 0.4, 4))
  return {
    value,
    confidence: sure,
    region: null,
    because: value > 0.9 ? 'level' : `leans about ${lean.toFixed(1)}° ${degrees > 0 ? 'clockwise' : 'anticlockwise'}: turn it level`,
  }
}

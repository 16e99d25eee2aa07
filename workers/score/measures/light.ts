// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import type { Measure } from '../../protocol.ts'
import { type Box, clamp, quantile, type Rgb, ramp } from '../pixels.ts'

/** Light and colour, all from the small picture (≤ 480 px): exposure, contrast, colour cast. */
export type Light = {
  /** Share of the border that belongs to a bright, even backdrop connected to it (a white sweep). */
  sweep: number
  /** Share of the subject that is blown out, backdrop and small speculars not counted. */
  blown: number
  /** Share of the subject without any light. */
  black: number
  /** Luma of the subject without the backdrop: median, 5th and 95th percentile. */
  median: number
  low: number
  high: number
  /** Mean distance of near-neutral pixels from grey, in 8-bit steps, its direction, and how much of the frame is near-neutral. */
  cast: number
  castToward: 'red' | 'green' | 'blue' | 'yellow' | 'magenta' | 'cyan' | 'none'
  neutral: number
  /** Whole frame, for the record: mean luma and share at or above 252. */
  mean: number
  clipped: number
}

export function readLight(small: Rgb, subject: Box): Light {
  const { data, width, height } = small
  const n = width * height
  const luma = new Uint8Array(n)
  for (let i = 0; i < n; i++) luma[i] = (77 * data[3 * i]! + 150 * data[3 * i + 1]! + 29 * data[3 * i + 2]!) >> 8
  const backdrop = floodFromBorder(small)
  let borderOn = 0
  let border = 0
  for (let x = 0; x < width; x++) {
    border += 2
    borderOn += backdrop[x]! + backdrop[(height - 1) * width + x]!
  }
  for (let y = 0; y < height; y++) {
    border += 2
    borderOn += backdrop[y * width]! + backdrop[y * width + width - 1]!
  }
  const sweep = borderOn / border
  const spare = sweep >= 0.5
  const x0 = Math.floor(subject.x * width)
  const x1 = Math.max(x0 + 1, Math.ceil((subject.x + subject.w) * width))
  const y0 = Math.floor(subject.y * height)
  const y1 = Math.max(y0 + 1, Math.ceil((subject.y + subject.h) * height))
  const values: number[] = []
  let blown = 0
  let black = 0
  for (let y = y0; y < Math.min(height, y1); y++) {
    for (let x = x0; x < Math.min(width, x1); x++) {
      const i = y * width + x
      if (spare && backdrop[i]) continue
      const value = luma[i]!
      values.push(value)
      if (value >= 250 || (value >= 200 && Math.max(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!) >= 254)) blown++
      if (value <= 6) black++
    }
  }
  const neutral = neutralSupport(small, spare ? backdrop : null)
  let sum = 0
  let clipped = 0
  for (const value of luma) {
    sum += value
    if (value >= 252) clipped++
  }
  return {
    sweep,
    blown: values.length > 0 ? blown / values.length : 0,
    black: values.length > 0 ? black / values.length : 0,
    median: values.length > 0 ? quantile(values, 0.5) : 255,
    low: values.length > 0 ? quantile(values, 0.05) : 255,
    high: values.length > 0 ? quantile(values, 0.95) : 255,
    ...neutral,
    mean: sum / n,
    clipped: clipped / n,
  }
}

/** Bright, nearly colourless pixels (every channel ≥ 215, spread ≤ 26) that hang together with the frame's edge. */
function floodFromBorder({ data, width, height }: Rgb): Uint8Array {
  const on = new Uint8Array(width * height)
  const bright = (i: number): boolean => {
    const r = data[3 * i]!
    const g = data[3 * i + 1]!
    const b = data[3 * i + 2]!
    const least = Math.min(r, g, b)
    return least >= 215 && Math.max(r, g, b) - least <= 26
  }
  const queue: number[] = []
  const visit = (i: number): void => {
    if (on[i] || !bright(i)) return
    on[i] = 1
    queue.push(i)
  }
  for (let x = 0; x < width; x++) {
    visit(x)
    visit((height - 1) * width + x)
  }
  for (let y = 0; y < height; y++) {
    visit(y * width)
    visit(y * width + width - 1)
  }
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    const x = i % width
    if (x > 0) visit(i - 1)
    if (x < width - 1) visit(i + 1)
    if (i >= width) visit(i - width)
    if (i < width * (height - 1)) visit(i + width)
  }
  return on
}

/** Grey world on pixels that could be neutral. A clipped backdrop tells nothing about colour and is left out. */
function neutralSupport({ data }: Rgb, backdrop: Uint8Array | null): Pick<Light, 'cast' | 'castToward' | 'neutral'> {
  let r = 0
  let g = 0
  let b = 0
  let count = 0
  const n = data.length / 3
  for (let i = 0; i < n; i++) {
    const red = data[3 * i]!
    const green = data[3 * i + 1]!
    const blue = data[3 * i + 2]!
    const most = Math.max(red, green, blue)
    if (most - Math.min(red, green, blue) >= 40 || most <= 60 || most >= (backdrop?.[i] ? 253 : 245)) continue
    r += red
    g += green
    b += blue
    count++
  }
  if (count === 0) return { cast: 0, castToward: 'none', neutral: 0 }
  const mean = (r + g + b) / 3 / count
  const [dr, dg, db] = [r / count - mean, g / count - mean, b / count - mean]
  const cast = Math.hypot(dr, dg, db)
  const strongest = Math.max(Math.abs(dr), Math.abs(dg), Math.abs(db))
  const toward =
    cast < 3
      ? 'none'
      : strongest === Math.abs(dr)
        ? dr > 0
          ? 'red'
          : 'cyan'
        : strongest === Math.abs(dg)
          ? dg > 0
            ? 'green'
            : 'magenta'
          : db > 0
            ? 'blue'
            : 'yellow'
  return { cast, castToward: toward, neutral: count / n }
}

export function exposure(light: Light, subject: Box, trust: number): Measure {
  // Speculars up to .5 % are what shiny things look like; a blown glaze is a patch.
  const over = Math.max(ramp(light.blown, 0.005, 0.25), light.sweep < 0.5 ? ramp(light.median, 215, 250) : 0)
  const under = Math.max(0.8 * ramp(light.median, 50, 8), ramp(light.high, 130, 40), 0.4 * ramp(light.black, 0.3, 0.9))
  const value = clamp(1 - Math.max(over, under))
  const because =
    value >= 0.8
      ? light.sweep >= 0.5
        ? 'well lit on a clean white background'
        : 'well lit'
      : over >= under
        ? `highlights on the subject are blown out (${Math.round(light.blown * 100)} %)`
        : light.median < 45
          ? 'the subject is much too dark'
          : 'the subject is rather dark'
  return { value, confidence: clamp(0.55 + 0.4 * trust), region: subject, because }
}

export function contrast(light: Light, subject: Box): Measure {
  const range = light.high - light.low
  const value = ramp(range, 20, 150)
  return {
    value,
    confidence: 0.7,
    region: subject,
    because: value >= 0.6 ? 'good contrast' : value >= 0.3 ? 'rather flat contrast' : 'very flat, washed out',
  }
}

export function colourCast(light: Light): Measure {
  const value = clamp(1 - ramp(light.cast, 4, 22))
  const confidence = clamp(ramp(light.neutral, 0.02, 0.3) * 0.8)
  const because =
    confidence < 0.15
      ? 'nothing neutral in the frame to judge colour by'
      : value >= 0.75
        ? 'neutral colours'
        : `greys lean ${light.castToward === 'none' ? 'off neutral' : `towards ${light.castToward}`}`
  return { value, confidence, region: null, because }
}

// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { type Box, type Rgb, ramp } from './pixels.ts'

/** Light and colour, all from the small picture (≤ 480 px): exposure, contrast, colour cast. */
export type Light = {
  /** Brightest channel of the frame, where only points are brighter (99.9 %): white, if light was measured by the brightest parts. */
  top: number
  /** Mean luma of the frame. */
  mean: number
  /** Share of the border that belongs to a bright, colourless backdrop connected to it (a white sweep). */
  sweep: number
  /** Share of the subject's box that the backdrop takes, and how much of the box is backdrop and cut off. */
  covered: number
  hidden: number
  /** Share of the frame that is cut off: of the backdrop, and of the rest. */
  white: number
  around: number
  /** Share of the backdrop's edge inside the subject's box where it fades instead of ending: a thing that goes over into white. */
  soft: number
  /**
   * Share of the subject's box cut off flat at `top`, backdrop not counted, in connected areas: a blown glaze, also where it was darkened later;
   * points of light do not count.
   */
  patch: number
  /** Share of the subject's box with at least one channel cut off: colours that lost their shade. */
  lost: number
  /** Mean luma of the subject's box, backdrop and all. */
  level: number
  /** Luma of the subject without the backdrop: median, 5th and 95th percentile. */
  median: number
  low: number
  high: number
  /** Mean distance of near-neutral pixels from grey, in 8-bit steps, its direction, and how much of the frame is near-neutral. */
  cast: number
  castToward: 'red' | 'green' | 'blue' | 'yellow' | 'magenta' | 'cyan' | 'none'
  neutral: number
}

export function readLight(small: Rgb, subject: Box): Light {
  const { data, width, height } = small
  const n = width * height
  const luma = new Uint8Array(n)
  const most = new Uint8Array(n)
  const middle = new Uint8Array(n)
  const lumas = new Uint32Array(256)
  const mosts = new Uint32Array(256)
  const greys = new Uint32Array(256)
  const grey = new Uint8Array(n)
  for (let i = 0, j = 0; i < n; i++, j += 3) {
    const r = data[j]!
    const g = data[j + 1]!
    const b = data[j + 2]!
    const value = (77 * r + 150 * g + 29 * b) >> 8
    const brightest = r > g ? (r > b ? r : b) : g > b ? g : b
    const darkest = r < g ? (r < b ? r : b) : g < b ? g : b
    luma[i] = value
    most[i] = brightest
    middle[i] = r + g + b - brightest - darkest
    lumas[value]!++
    mosts[brightest]!++
    if (brightest - darkest <= 5) {
      greys[brightest]!++
      grey[i] = 1
    }
  }
  const top = at(mosts, 0.999)
  const backdrop = floodFromBorder(small, top)
  const sweep = borderShare(backdrop, width, height)
  const spare = sweep >= 0.5
  const x0 = Math.floor(subject.x * width)
  const x1 = Math.min(width, Math.max(x0 + 1, Math.ceil((subject.x + subject.w) * width)))
  const y0 = Math.floor(subject.y * height)
  const y1 = Math.min(height, Math.max(y0 + 1, Math.ceil((subject.y + subject.h) * height)))
  const on = new Uint32Array(256)
  const cut = new Uint8Array(n)
  const { flat, sure, greyOnly } = cutOff(mosts, greys, top)
  // One channel at its end is a strong colour; light is gone where a second one is there too.
  const bright = 0.76 * top
  const second = 0.96 * flat
  let [lost, seen, hidden, inBox] = [0, 0, 0, 0]
  for (let y = y0; y < y1; y++) {
    for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
      inBox += luma[i]!
      if (spare && backdrop[i]) {
        if (most[i]! >= flat) hidden++
        continue
      }
      const value = luma[i]!
      const brightest = most[i]!
      on[value]!++
      seen++
      if (brightest < flat || (greyOnly && !grey[i])) continue
      lost++
      if (value >= bright && middle[i]! >= second) cut[i] = 1
    }
  }
  let [around, white] = [0, 0]
  for (let i = 0; i < n; i++) {
    if (most[i]! < flat || luma[i]! < bright || middle[i]! < second || (greyOnly && !grey[i])) continue
    if (backdrop[i]) white++
    else around++
  }
  const box = Math.max(1, (x1 - x0) * (y1 - y0))
  let sum = 0
  for (let v = 0; v < 256; v++) sum += v * lumas[v]!
  return {
    top,
    mean: sum / n,
    sweep,
    covered: 1 - seen / box,
    hidden: hidden / box,
    white: (sure * white) / n,
    around: (sure * around) / n,
    soft: spare ? softEdge(luma, backdrop, width, { x0, y0, x1, y1 }) : 0,
    patch: (sure * patches(cut, width, height, Math.max(5, 0.001 * seen))) / box,
    lost: (sure * lost) / box,
    level: inBox / box,
    median: seen === 0 ? 255 : at(on, 0.5),
    low: seen === 0 ? 255 : at(on, 0.05),
    high: seen === 0 ? 255 : at(on, 0.95),
    ...neutralSupport(small, spare ? backdrop : null),
  }
}

/**
 * From where on the brightest channel counts as cut off, and how sure that is. At the end of the scale that is plain. Below it: light that was cut
 * off in all channels is grey and piles up at one value, and the pile still stands when the picture was made darker afterwards.
 */
function cutOff(mosts: Uint32Array, greys: Uint32Array, top: number): { flat: number; sure: number; greyOnly: boolean } {
  const white = top >= 250
  const counts = white ? mosts : greys
  const around = (v: number): number => {
    let sum = 0
    for (let k = -2; k <= 2; k++) sum += counts[Math.min(255, Math.max(0, v + k))]!
    return sum
  }
  let pile = top
  for (let v = Math.floor(0.94 * top); v <= top; v++) if (around(v) > around(pile)) pile = v
  const stands = ramp(around(pile) / Math.max(1, around(pile - Math.max(4, Math.round(0.035 * pile)))), 1, 2.5)
  const edge = stands >= 0.4 ? Math.min(pile, 0.997 * top) : top
  return { flat: Math.max(2, 0.985 * edge), sure: white ? 0.3 + 0.7 * stands : stands, greyOnly: !white }
}

/** Edge pixels of the backdrop whose next pixels towards the thing, up to three away, are hardly darker. */
function softEdge(luma: Uint8Array, backdrop: Uint8Array, width: number, box: { x0: number; y0: number; x1: number; y1: number }): number {
  let [edge, soft] = [0, 0]
  for (let y = box.y0 + 3; y < box.y1 - 3; y++) {
    for (let x = box.x0 + 3, i = y * width + x; x < box.x1 - 3; x++, i++) {
      if (!backdrop[i]) continue
      for (const step of [1, -1, width, -width]) {
        if (backdrop[i + step]) continue
        edge++
        if (luma[i]! - luma[i + 3 * step]! < 16) soft++
        break
      }
    }
  }
  return edge < 40 ? 0 : soft / edge
}

const total = (histogram: Uint32Array): number => histogram.reduce((sum, v) => sum + v, 0)

/** The value below which `share` of what was counted lies: the entry a sorted list would hold there. */
function at(histogram: Uint32Array, share: number): number {
  const place = Math.round(share * (total(histogram) - 1))
  let seen = 0
  for (let v = 0; v < 256; v++) {
    seen += histogram[v]!
    if (seen > place) return v
  }
  return 255
}

function borderShare(mask: Uint8Array, width: number, height: number): number {
  let on = 0
  for (let x = 0; x < width; x++) on += mask[x]! + mask[(height - 1) * width + x]!
  for (let y = 0; y < height; y++) on += mask[y * width]! + mask[y * width + width - 1]!
  return on / (2 * (width + height))
}

/** Pixels in connected areas of at least `least` pixels. Empties the mask. */
function patches(mask: Uint8Array, width: number, height: number, least: number): number {
  const queue: number[] = []
  let sum = 0
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start]) continue
    let size = 0
    mask[start] = 0
    queue.push(start)
    const visit = (i: number): void => {
      if (!mask[i]) return
      mask[i] = 0
      queue.push(i)
    }
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      size++
      const x = i % width
      if (x > 0) visit(i - 1)
      if (x < width - 1) visit(i + 1)
      if (i >= width) visit(i - width)
      if (i < width * (height - 1)) visit(i + width)
    }
    if (size >= least) sum += size
  }
  return sum
}

/** Bright, nearly colourless pixels (within a sixth of the brightest, spread a tenth of it) that hang together with the frame's edge. */
function floodFromBorder({ data, width, height }: Rgb, top: number): Uint8Array {
  const on = new Uint8Array(width * height)
  const [floor, spread] = [(215 * top) / 255, (26 * top) / 255]
  const bright = (i: number): boolean => {
    const r = data[3 * i]!
    const g = data[3 * i + 1]!
    const b = data[3 * i + 2]!
    const least = Math.min(r, g, b)
    return least >= floor && Math.max(r, g, b) - least <= spread
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

// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { findBackdrop, patches, softEdge } from './backdrop.ts'
import { type Cast, readCast } from './cast.ts'
import { type Box, type Rgb, ramp } from './pixels.ts'

/** Light and colour, all from the small picture (≤ 480 px): exposure, contrast, colour cast. */
export type Light = Cast & {
  /** Brightest channel of the frame, where only points are brighter (99.9 %): white, if light was measured by the brightest parts. */
  top: number
  /** Luma of the frame: mean, and what only its darkest hundredth lies below. */
  mean: number
  black: number
  /** Mean luma without an even backdrop, whatever its colour: a light wall is not too much light. */
  bulk: number
  /** Share of the frame's edge that belongs to an even backdrop (a white sweep, also where it falls off into grey). */
  sweep: number
  /** 0–1: nothing but paper and ink, so that its white is paper. */
  drawn: number
  /** Share of the subject's box that the backdrop takes, and how much of the box is backdrop and cut off. */
  covered: number
  hidden: number
  /** Share of the frame that is cut off: of the backdrop, and of the rest; and what of the rest has at least one channel cut off. */
  white: number
  around: number
  spent: number
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
  const colourless = greys.reduce((all, v) => all + v, 0)
  const backdrop = findBackdrop(small, luma, top)
  // Where enough of it is white, what goes on from there without a step belongs to it.
  const sweep = backdrop.whiteShare + (backdrop.share - backdrop.whiteShare) * ramp(backdrop.whiteShare, 0.25, 0.45)
  const spare = backdrop.whiteShare >= 0.5
  // Even paper of a colour piles up at one value too: that is no light cut off.
  const paper = ramp(backdrop.share, 0.5, 0.8)
  if (!spare && paper > 0.5 && backdrop.most < 248) {
    for (let i = 0; i < n; i++) {
      if (!backdrop.on[i] || Math.abs(luma[i]! - backdrop.level) > 12) continue
      mosts[most[i]!]!--
      if (grey[i]) greys[most[i]!]!--
    }
  }
  const x0 = Math.floor(subject.x * width)
  const x1 = Math.min(width, Math.max(x0 + 1, Math.ceil((subject.x + subject.w) * width)))
  const y0 = Math.floor(subject.y * height)
  const y1 = Math.min(height, Math.max(y0 + 1, Math.ceil((subject.y + subject.h) * height)))
  const on = new Uint32Array(256)
  const cut = new Uint8Array(n)
  const { flat: pile, sure, greyOnly } = cutOff(mosts, greys, top)
  const flat = paper > 0.5 && backdrop.most < 250 ? Math.max(pile, backdrop.most + 4) : pile
  // One channel at its end is a strong colour; light is gone where a second one is there too.
  const bright = 0.76 * top
  const second = 0.96 * flat
  let [lost, seen, hidden, inBox] = [0, 0, 0, 0]
  for (let y = y0; y < y1; y++) {
    for (let x = x0, i = y * width + x0; x < x1; x++, i++) {
      inBox += luma[i]!
      if (spare && backdrop.white[i]) {
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
  let [around, white, spent, sumBehind, behind] = [0, 0, 0, 0, 0]
  for (let i = 0; i < n; i++) {
    if (backdrop.on[i]! !== 0) {
      sumBehind += luma[i]!
      behind++
    }
    if (most[i]! < flat || (greyOnly && !grey[i])) continue
    if (!backdrop.white[i]) spent++
    if (luma[i]! < bright || middle[i]! < second) continue
    if (backdrop.white[i]) white++
    else around++
  }
  const box = Math.max(1, (x1 - x0) * (y1 - y0))
  // Where next to nothing stands before it, it is what the picture is of.
  const apart = paper * ramp(1 - behind / n, 0.02, 0.1)
  let sum = 0
  for (let v = 0; v < 256; v++) sum += v * lumas[v]!
  return {
    top,
    mean: sum / n,
    bulk: (sum - apart * sumBehind) / Math.max(1, n - apart * behind),
    black: at(lumas, 0.01),
    sweep,
    drawn: paperAndInk(lumas, colourless / n, n),
    covered: 1 - seen / box,
    hidden: hidden / box,
    white: (sure * white) / n,
    around: (sure * around) / n,
    spent: (sure * spent) / n,
    soft: spare ? softEdge(luma, backdrop.white, width, { x0, y0, x1, y1 }) : 0,
    patch: (sure * patches(cut, width, Math.max(5, 0.001 * seen))) / box,
    lost: (sure * lost) / box,
    level: inBox / box,
    median: seen === 0 ? 255 : at(on, 0.5),
    low: seen === 0 ? 255 : at(on, 0.05),
    high: seen === 0 ? 255 : at(on, 0.95),
    ...readCast(small, backdrop),
  }
}

/** No colour, little between black and white, and enough of both. */
function paperAndInk(lumas: Uint32Array, colourless: number, n: number): number {
  let [black, between] = [0, 0]
  for (let v = 0; v < 64; v++) black += lumas[v]!
  for (let v = 64; v < 240; v++) between += lumas[v]!
  const white = n - black - between
  return ramp(colourless, 0.94, 0.98) * ramp(between / n, 0.3, 0.2) * ramp(white / n, 0.35, 0.5) * ramp(black / n, 0.02, 0.06)
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

/** The value below which `share` of what was counted lies: the entry a sorted list would hold there. */
function at(histogram: Uint32Array, share: number): number {
  const place = Math.round(share * (histogram.reduce((sum, v) => sum + v, 0) - 1))
  let seen = 0
  for (let v = 0; v < 256; v++) {
    seen += histogram[v]!
    if (seen > place) return v
  }
  return 255
}

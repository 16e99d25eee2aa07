import { type Components, collectComponents } from '../shots/components.ts'
import { frameHeight, frameWidth } from '../shots/likeness.ts'
import { type Profile, profileOf, type Shift, shiftBetween } from './motion.ts'

/** Frames are measured at this size: five pixels make one of the shot detector's, so one decode feeds both. */
export const measureWidth = frameWidth * 5
export const measureHeight = frameHeight * 5

/** Raw numbers of one frame; all thresholds and weights live in moments.ts and choose.ts. */
export type FrameNumbers = {
  /** Brightness 0–255, its spread, and the shares at the two ends. */
  mean: number
  deviation: number
  dark: number
  bright: number
  /** Fine detail against contrast, about 0 (mush) to 1 (crisp); null on frames in between, which are not looked at. */
  detail: number | null
  /** Camera movement since the frame before, in widths and heights of the frame. */
  dx: number
  dy: number
  /** Structure the movement was read from, grey levels; little structure, little trust. */
  texture: number
  /** Share of the structure that moved with the camera, 0–1: the rest is a subject. */
  agree: number
  /** What changed since about a tenth of a second ago beyond camera movement, grey levels; null in between. */
  change: number | null
  /** The picture in 16 × 9 cells of brightness, for telling clips apart; null in between. */
  look: Uint8Array | null
}

export type Measured = { frames: FrameNumbers[]; components: Components }
export type FrameMeter = { push(pixels: Uint8Array): void; end(): Measured }

/** Every `stride`-th frame is looked at closely (detail, change); movement and light are read from all. */
export function meterFrames(stride: number): FrameMeter {
  const shots = collectComponents()
  const frames: FrameNumbers[] = []
  const small = new Uint8Array(frameWidth * frameHeight)
  let before: Profile | null = null
  let earlier: { small: Uint8Array; x: number; y: number } | null = null
  let x = 0
  let y = 0
  return {
    push(pixels) {
      shrink(pixels, small)
      shots.push(small)
      const profile = profileOf(pixels, measureWidth, measureHeight)
      const shift: Shift = before === null ? { dx: 0, dy: 0, agree: 1, texture: 0 } : shiftBetween(before, profile)
      const [dx, dy] = [shift.dx / measureWidth, shift.dy / measureHeight]
      before = profile
      x += dx
      y += dy
      const close = frames.length % stride === 0
      const change = close && earlier !== null ? changeBetween(earlier.small, small, x - earlier.x, y - earlier.y) : null
      if (close) earlier = { small: small.slice(), x, y }
      const { agree, texture } = shift
      const look = close ? cellsOf(small) : null
      frames.push({ ...lightOf(small), detail: close ? detailOf(pixels) : null, dx, dy, texture, agree, change, look })
    },
    end: () => ({ frames, components: shots.end() }),
  }
}

export function shrink(pixels: Uint8Array, small: Uint8Array): void {
  for (let y = 0; y < frameHeight; y++) {
    for (let x = 0; x < frameWidth; x++) {
      let sum = 0
      for (let row = 0; row < 5; row++) {
        const at = (y * 5 + row) * measureWidth + x * 5
        for (let column = 0; column < 5; column++) sum += pixels[at + column] ?? 0
      }
      small[y * frameWidth + x] = Math.round(sum / 25)
    }
  }
}

function cellsOf(small: Uint8Array): Uint8Array {
  const sums = new Uint16Array(16 * 9)
  for (let at = 0; at < small.length; at++) {
    const cell = ((at / frameWidth) >> 2) * 16 + ((at % frameWidth) >> 2)
    sums[cell] = (sums[cell] ?? 0) + (small[at] ?? 0)
  }
  return Uint8Array.from(sums, (sum) => sum >> 4)
}

export function lightOf(small: Uint8Array): { mean: number; deviation: number; dark: number; bright: number } {
  let sum = 0
  let squares = 0
  let dark = 0
  let bright = 0
  for (const value of small) {
    sum += value
    squares += value * value
    if (value < 28) dark += 1
    if (value > 242) bright += 1
  }
  const mean = sum / small.length
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / small.length - mean * mean)),
    dark: dark / small.length,
    bright: bright / small.length,
  }
}

/**
 * How steep the edges are, about 0 (mush) to 1: in each tile of 20 × 18 pixels the steepest bend of brightness against the contrast of the tile, so that a
 * smooth subject with clear outlines counts as much as leaves do; of these the 85th percentile, since the subject may be small and the rest soft.
 */
export function detailOf(pixels: Uint8Array): number {
  const [tileWidth, tileHeight] = [20, 18]
  const tiles: number[] = []
  for (let top = 0; top + tileHeight <= measureHeight; top += tileHeight) {
    for (let left = 0; left + tileWidth <= measureWidth; left += tileWidth) {
      const detail = tileDetail(pixels, left, top, tileWidth, tileHeight)
      if (detail !== null) tiles.push(detail)
    }
  }
  // A picture of almost nothing but plain tiles: what little there is may be noise.
  if (tiles.length < 8) return 0
  tiles.sort((a, b) => a - b)
  return tiles[Math.floor(tiles.length * 0.85)] ?? 0
}

/** Below this contrast (grey levels) a tile holds noise, not edges. */
const leastContrast = 28

function tileDetail(pixels: Uint8Array, left: number, top: number, width: number, height: number): number | null {
  let least = 255
  let most = 0
  // The steepest two: a single hot pixel is no edge.
  let first = 0
  let second = 0
  for (let y = Math.max(1, top); y < Math.min(measureHeight - 1, top + height); y++) {
    for (let x = Math.max(1, left); x < Math.min(measureWidth - 1, left + width); x++) {
      const at = y * measureWidth + x
      const value = pixels[at] ?? 0
      const around = (pixels[at - 1] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at - measureWidth] ?? 0) + (pixels[at + measureWidth] ?? 0)
      const bend = Math.abs(4 * value - around)
      if (value < least) least = value
      if (value > most) most = value
      if (bend > first) {
        second = first
        first = bend
      } else if (bend > second) second = bend
    }
  }
  return most - least < leastContrast ? null : Math.min(1, second / (most - least) / 1.8)
}

/** Mean difference where the two frames overlap after undoing the camera's movement (fractions of the frame). */
function changeBetween(from: Uint8Array, to: Uint8Array, dx: number, dy: number): number {
  const shiftX = Math.round(dx * frameWidth)
  const shiftY = Math.round(dy * frameHeight)
  let sum = 0
  let count = 0
  for (let y = Math.max(0, -shiftY); y < Math.min(frameHeight, frameHeight - shiftY); y++) {
    for (let x = Math.max(0, -shiftX); x < Math.min(frameWidth, frameWidth - shiftX); x++) {
      sum += Math.abs((from[y * frameWidth + x] ?? 0) - (to[(y + shiftY) * frameWidth + x + shiftX] ?? 0))
      count += 1
    }
  }
  return count < (frameWidth * frameHeight) / 4 ? 255 : sum / count
}

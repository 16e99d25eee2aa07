import { collectComponents, type FrameComponents } from '../shots/components.ts'
import { frameHeight, frameWidth } from '../shots/likeness.ts'
import { type Profile, profileOf, shiftOf } from './motion.ts'

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
  /** What changed since about a tenth of a second ago beyond camera movement, grey levels; null in between. */
  change: number | null
}

export type Measured = { frames: FrameNumbers[]; components: FrameComponents[] }
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
      const dx = before === null ? 0 : shiftOf(before.columns, profile.columns, 24) / measureWidth
      const dy = before === null ? 0 : shiftOf(before.rows, profile.rows, 16) / measureHeight
      before = profile
      x += dx
      y += dy
      const close = frames.length % stride === 0
      const change = close && earlier !== null ? changeBetween(earlier.small, small, x - earlier.x, y - earlier.y) : null
      if (close) earlier = { small: small.slice(), x, y }
      frames.push({ ...lightOf(small), detail: close ? detailOf(pixels) : null, dx, dy, texture: profile.texture, change })
    },
    end: () => ({ frames, components: shots.end() }),
  }
}

function shrink(pixels: Uint8Array, small: Uint8Array): void {
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

function lightOf(small: Uint8Array): { mean: number; deviation: number; dark: number; bright: number } {
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

/** Mean Laplacian of the sharpest tenth of 16×15-pixel tiles, against their contrast: the subject may be small and the rest soft. */
function detailOf(pixels: Uint8Array): number {
  const [tileWidth, tileHeight] = [20, 18]
  const tiles: number[] = []
  for (let top = 0; top + tileHeight <= measureHeight; top += tileHeight) {
    for (let left = 0; left + tileWidth <= measureWidth; left += tileWidth) tiles.push(tileDetail(pixels, left, top, tileWidth, tileHeight))
  }
  const best = tiles.sort((a, b) => b - a).slice(0, Math.ceil(tiles.length / 10))
  return best.reduce((sum, value) => sum + value, 0) / Math.max(1, best.length)
}

function tileDetail(pixels: Uint8Array, left: number, top: number, width: number, height: number): number {
  let curve = 0
  let sum = 0
  let squares = 0
  let count = 0
  for (let y = Math.max(1, top); y < Math.min(measureHeight - 1, top + height); y++) {
    for (let x = Math.max(1, left); x < Math.min(measureWidth - 1, left + width); x++) {
      const at = y * measureWidth + x
      const value = pixels[at] ?? 0
      const around = (pixels[at - 1] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at - measureWidth] ?? 0) + (pixels[at + measureWidth] ?? 0)
      curve += Math.abs(4 * value - around)
      sum += value
      squares += value * value
      count += 1
    }
  }
  const mean = sum / count
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean))
  // Flat tiles hold only noise: they must not count as crisp.
  return deviation < 6 ? 0 : Math.min(1, curve / count / (deviation * 2.4))
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

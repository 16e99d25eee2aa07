/**
 * How badly one small picture explains another, after its blocks were allowed to move: about 0 for the same scene, above 1 when
 * "a flat patch of the right brightness" would have been as good a guess. Camera and subject movement cost little, a new scene a lot.
 */

/** Frames are compared at this size: 32 blocks of 8×8, and each block may move by 6 pixels (a tenth of the width). */
export const frameWidth = 64
export const frameHeight = 36
const block = 8
const reach = 6
const top = 2
const area = block * block

/** Offsets from the middle outwards, so that a good match is met early and the rest is cut short. */
const offsets: readonly (readonly [number, number])[] = Array.from({ length: (2 * reach + 1) ** 2 }, (_, at) => {
  const dx = (at % (2 * reach + 1)) - reach
  const dy = Math.floor(at / (2 * reach + 1)) - reach
  return [dx, dy] as const
}).sort((a, b) => a[0] ** 2 + a[1] ** 2 - (b[0] ** 2 + b[1] ** 2))

/** A small grey picture with the sums that block matching asks for again and again. */
export type Picture = { pixels: Uint8Array; mean: number; deviation: number; sums: Float64Array }

/** Sum of all pixels above and left of each point, (width + 1) × (height + 1). */
function integral(pixels: Uint8Array): Float64Array {
  const stride = frameWidth + 1
  const sums = new Float64Array(stride * (frameHeight + 1))
  for (let y = 0; y < frameHeight; y++) {
    let row = 0
    for (let x = 0; x < frameWidth; x++) {
      row += pixels[y * frameWidth + x] ?? 0
      sums[(y + 1) * stride + x + 1] = (sums[y * stride + x + 1] ?? 0) + row
    }
  }
  return sums
}

function blockSum(sums: Float64Array, x: number, y: number): number {
  const stride = frameWidth + 1
  const above = y * stride + x
  const below = above + block * stride
  return (sums[below + block] ?? 0) - (sums[below] ?? 0) - (sums[above + block] ?? 0) + (sums[above] ?? 0)
}

/** Copies the pixels: the caller may reuse its buffer. */
export function picture(bytes: Uint8Array): Picture {
  const pixels = bytes.slice(0, frameWidth * frameHeight)
  let squares = 0
  for (let at = 0; at < pixels.length; at++) squares += (pixels[at] ?? 0) ** 2
  const sums = integral(pixels)
  const mean = (sums.at(-1) ?? 0) / pixels.length
  return { pixels, mean, deviation: Math.sqrt(Math.max(0, squares / pixels.length - mean * mean)), sums }
}

function textureAt({ pixels }: Picture, at: number, mean: number): number {
  let sum = 0
  for (let y = 0; y < block; y++) for (let x = 0, row = at + y * frameWidth; x < block; x++) sum += Math.abs((pixels[row + x] ?? 0) - mean)
  return sum
}

/** Stops as soon as the sum reaches `giveUp`: a better match is known. */
function differenceAt(from: Uint8Array, source: number, to: Uint8Array, target: number, lift: number, giveUp: number): number {
  let sum = 0
  for (let y = 0; y < block && sum < giveUp; y++) {
    const a = source + y * frameWidth
    const b = target + y * frameWidth
    for (let x = 0; x < block; x++) sum += Math.abs((from[a + x] ?? 0) - (to[b + x] ?? 0) - lift)
  }
  return sum
}

function bestMatch(from: Picture, to: Picture, bx: number, by: number, anyLight: boolean): number {
  const target = by * frameWidth + bx
  const sum = blockSum(to.sums, bx, by)
  let best = Number.POSITIVE_INFINITY
  for (const [dx, dy] of offsets) {
    const x = bx + dx
    const y = by + dy
    if (x < 0 || y < 0 || x + block > frameWidth || y + block > frameHeight) continue
    const gap = blockSum(from.sums, x, y) - sum
    // The difference of the sums is a lower bound for the sum of the differences: most places need no look at their pixels.
    if (!anyLight && Math.abs(gap) >= best) continue
    best = Math.min(best, differenceAt(from.pixels, y * frameWidth + x, to.pixels, target, anyLight ? gap / area : 0, best))
  }
  return best
}

/**
 * Best block match of `to` in `from`, against the texture of `to`. With `anyLight` a block may also change brightness as a whole, which
 * forgives fades and flashes.
 */
export function unexplained(from: Picture, to: Picture, anyLight: boolean): number {
  let left = 0
  let texture = 0
  for (let by = top; by + block <= frameHeight; by += block) {
    for (let bx = 0; bx + block <= frameWidth; bx += block) {
      left += bestMatch(from, to, bx, by, anyLight)
      texture += Math.max(textureAt(to, by * frameWidth + bx, blockSum(to.sums, bx, by) / area), area)
    }
  }
  return left / texture
}

/** Both ways round: a picture explains a plain wall well, the wall does not explain the picture. */
export const unexplainedEitherWay = (a: Picture, b: Picture): number => Math.max(unexplained(a, b, true), unexplained(b, a, true))

/** Mean absolute difference of brightness, 0–255. */
export function difference(a: Picture, b: Picture): number {
  let sum = 0
  for (let at = 0; at < a.pixels.length; at++) sum += Math.abs((a.pixels[at] ?? 0) - (b.pixels[at] ?? 0))
  return sum / a.pixels.length
}

/** Correlation of brightness, −1 to 1; two flat pictures count as alike (the 4 keeps noise in the dark from deciding). */
export function correlation(a: Picture, b: Picture): number {
  let product = 0
  for (let at = 0; at < a.pixels.length; at++) product += (a.pixels[at] ?? 0) * (b.pixels[at] ?? 0)
  const covariance = product / a.pixels.length - a.mean * b.mean
  return (covariance + 4) / Math.sqrt((a.deviation ** 2 + 4) * (b.deviation ** 2 + 4))
}

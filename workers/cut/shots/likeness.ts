// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
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
const stride = frameWidth + 1

/** Every second offset, from the middle outwards, so that a good match is met early and the rest is cut short; then the eight around the best. */
const coarse = Array.from({ length: (reach + 1) ** 2 }, (_, at) => ({
  dx: (at % (reach + 1)) * 2 - reach,
  dy: Math.floor(at / (reach + 1)) * 2 - reach,
})).sort((a, b) => a.dx ** 2 + a.dy ** 2 - (b.dx ** 2 + b.dy ** 2))
const coarseX = Int8Array.from(coarse, ({ dx }) => dx)
const coarseY = Int8Array.from(coarse, ({ dy }) => dy)
const nearX = Int8Array.of(-1, 1, 0, 0, -1, 1, -1, 1)
const nearY = Int8Array.of(0, 0, -1, 1, -1, -1, 1, 1)
/** A block explained this well, as a share of its texture, is not searched for further. */
const enough = 0.4

/** A small grey picture. `sums` are filled when block matching first asks for them: most pictures are never matched. */
export type Picture = { pixels: Uint8Array; mean: number; deviation: number; sums: Int32Array | null }

/** Sum of all pixels above and left of each point, (width + 1) × (height + 1). */
function integralOf(picture: Picture): Int32Array {
  if (picture.sums !== null) return picture.sums
  const { pixels } = picture
  const sums = new Int32Array(stride * (frameHeight + 1))
  for (let y = 0; y < frameHeight; y++) {
    let row = 0
    for (let x = 0; x < frameWidth; x++) {
      row += pixels[y * frameWidth + x]!
      sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1]! + row
    }
  }
  picture.sums = sums
  return sums
}

function blockSum(sums: Int32Array, x: number, y: number): number {
  const above = y * stride + x
  const below = above + block * stride
  return sums[below + block]! - sums[below]! - sums[above + block]! + sums[above]!
}

/** Copies the pixels: the caller may reuse its buffer. */
export function picture(bytes: Uint8Array): Picture {
  const pixels = bytes.slice(0, frameWidth * frameHeight)
  let sum = 0
  let squares = 0
  for (let at = 0; at < pixels.length; at++) {
    const value = pixels[at]!
    sum += value
    squares += value * value
  }
  const mean = sum / pixels.length
  return { pixels, mean, deviation: Math.sqrt(Math.max(0, squares / pixels.length - mean * mean)), sums: null }
}

function textureAt(pixels: Uint8Array, at: number, mean: number): number {
  let sum = 0
  for (let y = 0; y < block; y++) for (let x = 0, row = at + y * frameWidth; x < block; x++) sum += Math.abs(pixels[row + x]! - mean)
  return sum
}

/** Stops as soon as the sum reaches `giveUp`: a better match is known. */
function differenceAt(from: Uint8Array, source: number, to: Uint8Array, target: number, lift: number, giveUp: number): number {
  let sum = 0
  for (let y = 0, a = source, b = target; y < block && sum < giveUp; y++, a += frameWidth, b += frameWidth) {
    for (let x = 0; x < block; x++) {
      const gap = (from[a + x]! - to[b + x]! - lift) | 0
      sum = (sum + (gap < 0 ? -gap : gap)) | 0
    }
  }
  return sum
}

function bestMatch(from: Picture, to: Picture, bx: number, by: number, anyLight: boolean, texture: number): number {
  const fromSums = integralOf(from)
  const sum = blockSum(integralOf(to), bx, by)
  const target = by * frameWidth + bx
  const good = texture * enough
  const steps = coarseX.length + nearX.length
  let best = 0x7fffffff
  let bestX = bx
  let bestY = by
  let [middleX, middleY] = [bx, by]
  for (let at = 0; at < steps && best > good; at++) {
    const near = at - coarseX.length
    if (near === 0) [middleX, middleY] = [bestX, bestY]
    const x = middleX + (near < 0 ? coarseX[at]! : nearX[near]!)
    const y = middleY + (near < 0 ? coarseY[at]! : nearY[near]!)
    if (x < 0 || y < 0 || x + block > frameWidth || y + block > frameHeight) continue
    const gap = blockSum(fromSums, x, y) - sum
    // The difference of the sums is a lower bound for the sum of the differences: most places need no look at their pixels.
    if (!anyLight && (gap < 0 ? -gap : gap) >= best) continue
    const lift = anyLight ? Math.round(gap / area) : 0
    const left = differenceAt(from.pixels, y * frameWidth + x, to.pixels, target, lift, best)
    if (left >= best) continue
    best = left
    bestX = x
    bestY = y
  }
  return best
}

const blocksAcross = frameWidth / block
const blocks = blocksAcross * Math.floor((frameHeight - top) / block)

/**
 * Best block match of `to` in `from`, against the texture of `to`. With `anyLight` a block may also change brightness as a whole, which
 * forgives fades and flashes. Infinity as soon as it is sure to reach `giveUp`.
 */
export function unexplained(from: Picture, to: Picture, anyLight: boolean, giveUp = Number.POSITIVE_INFINITY): number {
  const sums = integralOf(to)
  const textures = new Float64Array(blocks)
  let texture = 0
  for (let at = 0; at < blocks; at++) {
    const bx = (at % blocksAcross) * block
    const by = top + Math.floor(at / blocksAcross) * block
    textures[at] = Math.max(textureAt(to.pixels, by * frameWidth + bx, blockSum(sums, bx, by) / area), area)
    texture += textures[at]!
  }
  const most = giveUp * texture
  let left = 0
  let looked = 0
  // Every second block first, in rows shifted against each other: where those are explained well, the rest is too, and most pictures are.
  for (let turn = 0; turn < 2; turn++) {
    for (let at = 0; at < blocks; at++) {
      const row = Math.floor(at / blocksAcross)
      if (((at + row) & 1) !== turn) continue
      left += bestMatch(from, to, (at % blocksAcross) * block, top + row * block, anyLight, textures[at]!)
      looked += textures[at]!
      if (left >= most) return Number.POSITIVE_INFINITY
    }
    if (left < clear * looked) return left / looked
  }
  return left / texture
}

/** Half of a picture that is explained better than this need not wait for the other half: well below what any cut leaves. */
const clear = 0.55

/** Both ways round: a picture explains a plain wall well, the wall does not explain the picture. */
export function unexplainedEitherWay(a: Picture, b: Picture, giveUp = Number.POSITIVE_INFINITY): number {
  const one = unexplained(a, b, true, giveUp)
  return one === Number.POSITIVE_INFINITY ? one : Math.max(one, unexplained(b, a, true, giveUp))
}
/** Mean absolute difference of brightness (0–255), and correlation (−1 to 1; two flat pictures count as alike: the 4 keeps noise out). */
export function compare(a: Picture, b: Picture): { difference: number; correlation: number } {
  let sum = 0
  let product = 0
  const [from, to] = [a.pixels, b.pixels]
  for (let at = 0; at < from.length; at++) {
    const one = from[at]!
    const two = to[at]!
    sum = (sum + (one < two ? two - one : one - two)) | 0
    product = (product + one * two) | 0
  }
  const covariance = product / from.length - a.mean * b.mean
  return {
    difference: sum / from.length,
    correlation: (covariance + 4) / Math.sqrt((a.deviation ** 2 + 4) * (b.deviation ** 2 + 4)),
  }
}

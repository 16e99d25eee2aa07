// biome-ignore-all lint/style/noNonNullAssertion: loops over a small grid; every index is in range by the loop bounds
import { extent, pieces } from '../cells.ts'
import { type Box, ramp } from '../pixels.ts'
import { grid } from '../subject.ts'

/** Skin that reaches in from the border. `sure`: 0–1. */
export type Hand = { sure: number; box: Box }

/** Cells above this hang together; a piece is as likely as its likelier half. */
const level = 0.3
/** Fewer cells than this are a speck; more than this share of the frame is a face, a body, or a wall of that colour. */
const fewest = 5
const largest = 0.6

/** @param skin grid × grid, 0–1 (skin.ts). A hand in a product photo comes from the border: skin inside of the frame alone is the product's own colour. */
export function findHand(skin: Float32Array): Hand | null {
  let best: Hand | null = null
  for (const cells of pieces(Uint8Array.from(skin, (p) => Number(p >= level)))) {
    const share = cells.length / skin.length
    if (cells.length < fewest || share > largest) continue
    const { left, right, top, bottom } = extent(cells)
    if (left > 0 && top > 0 && right < grid - 1 && bottom < grid - 1) continue
    const sorted = cells.map((i) => skin[i]!).toSorted((a, b) => b - a)
    const upper = sorted.slice(0, Math.ceil(sorted.length / 2))
    const likely = upper.reduce((sum, p) => sum + p, 0) / upper.length
    const sure = likely * ramp(cells.length, 3, 14)
    if (best === null || sure > best.sure)
      best = { sure, box: { x: left / grid, y: top / grid, w: (right + 1 - left) / grid, h: (bottom + 1 - top) / grid } }
  }
  return best
}

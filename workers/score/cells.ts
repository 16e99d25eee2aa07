// biome-ignore-all lint/style/noNonNullAssertion: loops over masks; every index is in range by the loop bounds
import type { Box } from './pixels.ts'
import { grid } from './subject.ts'

type Mask = Uint8Array | Float32Array

/** Cells (or pixels) of a mask, 1 = marked, that hang together with `from` side by side, in the order in which they are reached. Clears them. */
function reach(mask: Mask, from: number, width: number): number[] {
  const cells = [from]
  mask[from] = 0
  const visit = (i: number): void => {
    if (mask[i] !== 1) return
    mask[i] = 0
    cells.push(i)
  }
  for (let k = 0; k < cells.length; k++) {
    const i = cells[k]!
    const x = i % width
    if (x > 0) visit(i - 1)
    if (x < width - 1) visit(i + 1)
    if (i >= width) visit(i - width)
    if (i + width < mask.length) visit(i + width)
  }
  return cells
}

/** The group that holds one cell of a grid × grid mask. Clears it. */
export const connected = (mask: Mask, from: number): number[] => reach(mask, from, grid)

/** All groups of marked cells. Empties the mask. */
export function pieces(mask: Mask, width = grid): number[][] {
  const out: number[][] = []
  for (let start = 0; start < mask.length; start++) if (mask[start] === 1) out.push(reach(mask, start, width))
  return out
}

/** First and last column and row of some cells of the grid. */
export function extent(cells: readonly number[]): { left: number; right: number; top: number; bottom: number } {
  const xs = cells.map((i) => i % grid)
  const ys = cells.map((i) => Math.floor(i / grid))
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
}

export function boxOf(cells: readonly number[]): Box {
  const { left, right, top, bottom } = extent(cells)
  const [x, y] = [left / grid, top / grid]
  return { x, y, w: (right + 1) / grid - x, h: (bottom + 1) / grid - y }
}

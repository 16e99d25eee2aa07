// biome-ignore-all lint/style/noNonNullAssertion: loops over a small grid; every index is in range by the loop bounds
import type { Look } from './features.ts'
import { openHead } from './head.ts'
import { type Cells, grid } from './subject.ts'

/** Says for each cell of the frame how likely it is bare skin. */
export type SkinHead = { heat(look: Look, cells: Cells): Promise<Float32Array> }

/** What the head reads of the object backbone. */
export const skinMaps = [
  ['map32', 32, 28],
  ['map64', 64, 14],
  ['map96', 96, 14],
  ['map320', 320, 7],
] as const

/** Signs of colour for each cell; see skinColours. */
export const colourSigns = 12

/** @param weights made by models/train/skin.py */
export async function openSkinHead(runtime: Parameters<typeof openHead>[0], weights: Uint8Array): Promise<SkinHead> {
  const head = await openHead(runtime, weights, skinMaps, { name: 'colour', channels: colourSigns }, 'skin')
  const n = grid * grid
  return {
    heat(look, cells) {
      const byCell = skinColours(cells)
      const colour = new Float32Array(byCell.length)
      for (let i = 0; i < n; i++) for (let k = 0; k < colourSigns; k++) colour[k * n + i] = byCell[i * colourSigns + k]!
      return head(look, colour)
    },
  }
}

/**
 * Colour of each cell, `colourSigns` values a cell: ln(red/green), ln(blue/green), their squares and product, once as they are and once against the
 * light of the frame (the mean chroma of its brightest tenth of cells), the luma, and the luma against the brightest.
 */
export function skinColours({ colour: means }: Cells): Float32Array {
  const n = grid * grid
  const luma = Float64Array.from({ length: n }, (_, i) => 0.3 * means[3 * i]! + 0.59 * means[3 * i + 1]! + 0.11 * means[3 * i + 2]!)
  const chroma = (i: number): [number, number] => {
    const green = means[3 * i + 1]! + 8
    return [Math.log((means[3 * i]! + 8) / green), Math.log((means[3 * i + 2]! + 8) / green)]
  }
  const brightest = luma.toSorted()[Math.floor(0.9 * n)]!
  let [warm, cold, count] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    if (luma[i]! < brightest) continue
    const [a, b] = chroma(i)
    warm += a
    cold += b
    count++
  }
  warm /= count
  cold /= count
  const out = new Float32Array(n * colourSigns)
  for (let i = 0; i < n; i++) {
    const [a, b] = chroma(i)
    const [c, d] = [a - warm, b - cold]
    out.set([a, b, a * a, b * b, a * b, c, d, c * c, d * d, c * d, luma[i]! / 255, luma[i]! / Math.max(16, brightest)], i * colourSigns)
  }
  return out
}

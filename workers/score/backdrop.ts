// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { pieces } from './cells.ts'
import type { Rgb } from './pixels.ts'

/**
 * What lies behind the thing and reaches the frame's edge. `white`: 1 where it is bright and nearly colourless (within a sixth of the brightest,
 * spread a tenth of it); `on`: that, and wherever it goes on without a step in the colour of the edge: a sweep that falls off into grey, its soft
 * shadow, coloured paper. `share`, `whiteShare`: how much of the frame's edge they take.
 * `level`: middle luma and brightest channel of the frame's edge.
 */
export type Backdrop = { white: Uint8Array; on: Uint8Array; share: number; whiteShare: number; level: number; most: number }

/** Steps between neighbours that an even backdrop may have, and how far its colour may wander from that of the frame's edge, in 8-bit steps. */
const step = 5
const wander = 14

/** `top`: what the picture's light ends at. */
export function findBackdrop({ data, width, height }: Rgb, luma: Uint8Array, top: number): Backdrop {
  const n = width * height
  const edge = edgeColour({ data, width, height })
  const kinds = sortPixels(data, luma, top, edge)
  const on = new Uint8Array(n)
  const queue = new Int32Array(n)
  let end = 0
  const put = (i: number): void => {
    on[i] = 1
    queue[end++] = i
  }
  // From all that is on the way to what is on by then: `least` is the least kind that may be, `most` the largest step of luma.
  const spread = (least: number, most: number): void => {
    for (let at = 0; at < end; at++) {
      const i = queue[at]!
      const x = i % width
      const own = luma[i]!
      // Four neighbours written out: this is where the time goes.
      for (let side = 0; side < 4; side++) {
        if (side === 0 ? x === 0 : side === 1 ? x === width - 1 : side === 2 ? i < width : i >= n - width) continue
        const to = side === 0 ? i - 1 : side === 1 ? i + 1 : side === 2 ? i - width : i + width
        if (on[to]! !== 0 || kinds[to]! < least) continue
        const d = own - luma[to]!
        if (d > most || d < -most) continue
        on[to] = 1
        queue[end++] = to
      }
    }
  }
  alongEdge(width, height, (i) => {
    if (on[i]! === 0 && kinds[i]! === bright) put(i)
  })
  spread(bright, 255)
  const white = on.slice()
  const whiteShare = edgeShare(white, width, height)
  alongEdge(width, height, (i) => {
    if (on[i]! === 0 && kinds[i]! === alike && Math.abs(luma[i]! - edge[3]) <= 60) put(i)
  })
  spread(alike, step)
  return { white, on, share: edgeShare(on, width, height), whiteShare, level: edge[3], most: Math.max(edge[0], edge[1], edge[2]) }
}

/** Kinds of pixels, 0 = neither: of the colour of the frame's edge, or bright and nearly colourless. */
const [alike, bright] = [1, 2]

/** The kind of each pixel. */
function sortPixels(data: Uint8Array, luma: Uint8Array, top: number, edge: readonly number[]): Uint8Array {
  const kinds = new Uint8Array(luma.length)
  const [red = 0, green = 0, blue = 0] = edge
  const [floor, spread, dark] = [(215 * top) / 255, (26 * top) / 255, 0.35 * top]
  const [redder, bluer] = [(red - green) / Math.max(1, green), (blue - green) / Math.max(1, green)]
  for (let i = 0, j = 0; i < kinds.length; i++, j += 3) {
    if (luma[i]! < dark) continue
    const r = data[j]!
    const g = data[j + 1]!
    const b = data[j + 2]!
    const least = r < g ? (r < b ? r : b) : g < b ? g : b
    const most = r > g ? (r > b ? r : b) : g > b ? g : b
    if (least >= floor && most - least <= spread) kinds[i] = bright
    else {
      const dr = r - g - redder * g
      const db = b - g - bluer * g
      if (dr <= wander && dr >= -wander && db <= wander && db >= -wander) kinds[i] = alike
    }
  }
  return kinds
}

function alongEdge(width: number, height: number, visit: (i: number) => void): void {
  for (let x = 0; x < width; x++) {
    visit(x)
    visit((height - 1) * width + x)
  }
  for (let y = 0; y < height; y++) {
    visit(y * width)
    visit(y * width + width - 1)
  }
}

/** Middle red, green, blue and luma of the frame's edge. */
function edgeColour({ data, width, height }: Rgb): [number, number, number, number] {
  const counts = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)]
  const count = (i: number): void => {
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!]
    counts[0]![r]!++
    counts[1]![g]!++
    counts[2]![b]!++
    counts[3]![(77 * r + 150 * g + 29 * b) >> 8]!++
  }
  alongEdge(width, height, count)
  const half = width + height
  const middle = (histogram: Uint32Array): number => {
    for (let v = 0, seen = 0; v < 256; v++) {
      seen += histogram[v]!
      if (seen > half) return v
    }
    return 255
  }
  return [middle(counts[0]!), middle(counts[1]!), middle(counts[2]!), middle(counts[3]!)]
}

function edgeShare(mask: Uint8Array, width: number, height: number): number {
  let on = 0
  alongEdge(width, height, (i) => {
    on += mask[i]!
  })
  return on / (2 * (width + height))
}

/** Share of the backdrop's outline inside the box where it fades: three pixels towards the thing it is hardly darker. */
export function softEdge(luma: Uint8Array, on: Uint8Array, width: number, box: { x0: number; y0: number; x1: number; y1: number }): number {
  let [edge, soft] = [0, 0]
  for (let y = box.y0 + 3; y < box.y1 - 3; y++) {
    for (let x = box.x0 + 3, i = y * width + x; x < box.x1 - 3; x++, i++) {
      if (!on[i]) continue
      const near = on[i + 1]! === 0 ? 1 : on[i - 1]! === 0 ? -1 : on[i + width]! === 0 ? width : on[i - width]! === 0 ? -width : 0
      if (near === 0) continue
      edge++
      if (luma[i]! - luma[i + 3 * near]! < 16) soft++
    }
  }
  return edge < 40 ? 0 : soft / edge
}

/** Pixels in connected areas of at least `least` pixels. Empties the mask. */
export const patches = (mask: Uint8Array, width: number, least: number): number =>
  pieces(mask, width).reduce((sum, { length }) => sum + (length >= least ? length : 0), 0)

// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import { type Box, clamp, type Rgb } from './pixels.ts'

/** Where the product probably is, from a small picture (longest side ≤ 480 px): colour unlike the border, local detail, and the centre. */
export type Subject = {
  box: Box
  /** 0–1: how clearly the box stands out from the rest. */
  confidence: number
}

/** Cells along each side of the maps of this file, and of the maps the subject head reads. */
export const grid = 28

/**
 * Centre prior (gaussian, σ .22 of the frame) × (difference from the border's colours + local gradient). The box holds the middle 84 % of that
 * weight on each axis. What is used where the subject head is missing.
 */
export function findSubject(cells: Cells): Subject {
  const { unlike, detail, spread } = cues(cells)
  const weight = new Float64Array(grid * grid)
  let total = 0
  let inside = 0
  for (let i = 0; i < grid * grid; i++) {
    const dx = ((i % grid) + 0.5) / grid - 0.5
    const dy = (Math.floor(i / grid) + 0.5) / grid - 0.5
    const prior = Math.exp(-(dx * dx + dy * dy) / (2 * 0.22 * 0.22))
    const raw = unlike[i]! + detail[i]! + 0.03
    weight[i] = prior * raw * raw
    total += weight[i] ?? 0
    inside += raw * (prior > 0.3 ? 1 : 0)
  }
  const x = middle(weight, total, (i) => i % grid)
  const y = middle(weight, total, (i) => Math.floor(i / grid))
  const box = { x: x.from, y: y.from, w: x.to - x.from, h: y.to - y.from }
  // A plain border (small spread) and a compact box make the guess worth more.
  const plain = clamp(1 - spread / 40)
  const compact = clamp(1.3 - box.w * box.h * 1.6)
  return { box, confidence: inside === 0 ? 0.1 : clamp(0.15 + 0.5 * plain * compact + 0.2 * compact) }
}

/** The two hand-made cues, one after the other, grid × grid each, 0–1: unlike the border's colours, and local detail. */
export function cueMap(cells: Cells): Float32Array<ArrayBuffer> {
  const { unlike, detail } = cues(cells)
  const out = new Float32Array(2 * grid * grid)
  out.set(unlike, 0)
  out.set(detail, grid * grid)
  return out
}

function cues(cells: Cells): { unlike: Float64Array; detail: Float64Array; spread: number } {
  const border: number[] = []
  for (let i = 0; i < grid; i++) border.push(i, (grid - 1) * grid + i, i * grid, i * grid + grid - 1)
  const paint = [0, 1, 2].map((c) => medianOf(border.map((i) => cells.colour[3 * i + c] ?? 0)))
  const spread = medianOf(border.map((i) => distance(cells.colour, i, paint)))
  const unlike = Float64Array.from({ length: grid * grid }, (_, i) =>
    Math.min(1, Math.max(0, distance(cells.colour, i, paint) - spread) / 60),
  )
  return { unlike, detail: cells.detail.map((value) => Math.min(1, value / 24)), spread }
}

/** What there is in each cell: three values of mean colour, and the mean step of green to the right and downwards together. */
export type Cells = { colour: Float64Array; detail: Float64Array }

/** Of a small picture (longest side ≤ 480 px); once a photo, for everybody who asks about cells. */
export function cellMap(rgb: Rgb): Cells {
  const colour = new Float64Array(grid * grid * 3)
  const detail = new Float64Array(grid * grid)
  const count = new Float64Array(grid * grid)
  const { data, width, height } = rgb
  // Every second pixel of every second row: a cell still holds some seventy of them.
  const step = Math.min(width, height) >= 8 * grid ? 2 : 1
  for (let y = 0; y < height; y += step) {
    const row = Math.min(grid - 1, Math.floor((y * grid) / height)) * grid
    const down = y + 1 < height ? 3 * width : 0
    for (let x = 0; x < width; x += step) {
      const cell = row + Math.min(grid - 1, Math.floor((x * grid) / width))
      const i = 3 * (y * width + x)
      const right = x + 1 < width ? i + 3 : i
      const below = i + down
      for (let c = 0; c < 3; c++) colour[3 * cell + c]! += data[i + c]!
      detail[cell]! += Math.abs(data[right + 1]! - data[i + 1]!) + Math.abs(data[below + 1]! - data[i + 1]!)
      count[cell]!++
    }
  }
  for (let i = 0; i < grid * grid; i++) {
    const n = Math.max(1, count[i]!)
    for (let c = 0; c < 3; c++) colour[3 * i + c]! /= n
    detail[i]! /= n
  }
  return { colour, detail }
}

const distance = (colour: Float64Array, i: number, to: number[]): number =>
  Math.hypot(...[0, 1, 2].map((c) => (colour[3 * i + c] ?? 0) - (to[c] ?? 0)))

const medianOf = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

function middle(weight: Float64Array, total: number, place: (i: number) => number): { from: number; to: number } {
  const sums = new Float64Array(grid)
  for (let i = 0; i < weight.length; i++) sums[place(i)]! += weight[i]!
  const at = (share: number): number => {
    let seen = 0
    for (let i = 0; i < grid; i++) {
      const next = seen + sums[i]!
      if (next >= share * total) return (i + (sums[i]! > 0 ? (share * total - seen) / sums[i]! : 0)) / grid
      seen = next
    }
    return 1
  }
  return total > 0 ? { from: at(0.08), to: at(0.92) } : { from: 0.2, to: 0.8 }
}

// biome-ignore-all lint/style/noNonNullAssertion: loops over a small grid; every index is in range by the loop bounds
import { boxOf, connected, pieces } from './cells.ts'
import type { Look } from './features.ts'
import { type Box, clamp, ramp } from './pixels.ts'
import { type Cells, findSubject, grid, type Subject } from './subject.ts'

export type Place = { x: number; y: number }

/** Cells that reach this share of the largest value belong to the subject; chosen on held-out scenes (SUBJECT-HEAD.md). */
const level = 0.75
/** A chosen cell this likely is part of what the head has found. */
const found = 0.5
/** The two middle maps tell things apart; each 14 × 14 cells. */
const tellers = [
  ['map64', 64],
  ['map96', 96],
] as const
const coarse = 14

/**
 * The subject from the head's map; around `at` where a person chose a point; by the hand-made rule where there is no head.
 * @param heat grid × grid, 0–1, or null; @param look the maps it came from, or null
 */
export function locate(cells: Cells, look: Look | null, heat: Float32Array | null, at: Place | null): Subject {
  if (at !== null) return { box: around(cells, look, heat, at), confidence: 0.9 }
  if (heat === null) return findSubject(cells)
  const least = level * most(heat)
  let best: number[] = []
  let weight = -1
  for (const piece of pieces(heat.map((value) => Number(value >= least)))) {
    const sum = piece.reduce((total, cell) => total + heat[cell]!, 0)
    if (sum > weight) {
      best = piece
      weight = sum
    }
  }
  const box = boxOf(best)
  return { box, confidence: clamp(0.15 + 0.75 * ramp(contrast(heat, box), 0.45, 0.85)) }
}

/** How much likelier the cells inside of the box are than those outside: of boxes above .7, nine in ten overlap the truth by more than half. */
function contrast(heat: Float32Array, box: Box): number {
  let [inside, outside, count] = [0, 0, 0]
  for (let i = 0; i < heat.length; i++) {
    const x = ((i % grid) + 0.5) / grid
    const y = (Math.floor(i / grid) + 0.5) / grid
    const isIn = x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h
    if (isIn) {
      inside += heat[i]!
      count++
    } else outside += heat[i]!
  }
  return inside / Math.max(1, count) - outside / Math.max(1, heat.length - count)
}

/** What lies at a point: the part of the head's find that holds it, else the cells around it that look like it. Never smaller than a tenth of the frame. */
function around(cells: Cells, look: Look | null, heat: Float32Array | null, at: Place): Box {
  const column = Math.min(grid - 1, Math.floor(at.x * grid))
  const row = Math.min(grid - 1, Math.floor(at.y * grid))
  const seed = row * grid + column
  const likely = heat?.[seed] ?? 0
  const mask =
    heat !== null && likely >= found
      ? heat.map((value) => Number(value >= level * likely))
      : likeness(cells, look, row, column).map((value) => Number(value > 0.1))
  mask[seed] = 1
  const box = boxOf(connected(mask, seed))
  return within({
    x: Math.min(box.x, at.x - 0.05),
    y: Math.min(box.y, at.y - 0.05),
    w: Math.max(box.x + box.w, at.x + 0.05),
    h: Math.max(box.y + box.h, at.y + 0.05),
  })
}

/** Left, top, right, bottom → a box inside the frame. */
function within({ x, y, w, h }: Box): Box {
  const left = clamp(x)
  const top = clamp(y)
  return { x: left, y: top, w: clamp(w) - left, h: clamp(h) - top }
}

/** Each cell: like the chosen one in colour or in what the backbone sees, and not far from it (gaussian, σ .3 of the frame). */
function likeness({ colour: colours }: Cells, look: Look | null, row: number, column: number): Float32Array {
  const near = neighbours(row, column, grid)
  const paint = [0, 1, 2].map((c) => near.reduce((sum, i) => sum + colours[3 * i + c]!, 0) / near.length)
  const seen = look === null ? null : directions(look)
  const seeds = seen === null ? [] : neighbours(row >> 1, column >> 1, coarse)
  const toward = seen === null ? [] : seen.map((channel) => seeds.reduce((sum, i) => sum + channel[i]!, 0))
  const length = Math.hypot(...toward) || 1
  const out = new Float32Array(grid * grid)
  for (let i = 0; i < out.length; i++) {
    const x = i % grid
    const y = Math.floor(i / grid)
    const far = Math.hypot(...paint.map((value, c) => colours[3 * i + c]! - value))
    const cell = (y >> 1) * coarse + (x >> 1)
    const alike = seen === null ? 0 : seen.reduce((sum, channel, c) => sum + channel[cell]! * toward[c]!, 0) / length
    const close = Math.exp(-((x - column) ** 2 + (y - row) ** 2) / (2 * (0.3 * grid) ** 2))
    out[i] = Math.max(alike, Math.exp(-far / 40)) * close
  }
  return out
}

/** Channels of the middle maps, each standardised over this photo, every cell's vector of length one. */
function directions(look: Look): Float32Array[] | null {
  const n = coarse * coarse
  const channels: Float32Array[] = []
  for (const [name, count] of tellers) {
    const map = look.maps[name]
    if (map?.length !== count * n) return null
    for (let c = 0; c < count; c++) {
      const part = map.slice(c * n, (c + 1) * n)
      const mean = part.reduce((sum, value) => sum + value, 0) / n
      const deviation = Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n)
      channels.push(part.map((value) => (value - mean) / (deviation + 0.05)))
    }
  }
  for (let i = 0; i < n; i++) {
    const length = Math.sqrt(channels.reduce((sum, channel) => sum + channel[i]! ** 2, 0)) || 1
    for (const channel of channels) channel[i]! /= length
  }
  return channels
}

const most = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, b), 0)

function neighbours(row: number, column: number, side: number): number[] {
  const cells: number[] = []
  for (let y = Math.max(0, row - 1); y <= Math.min(side - 1, row + 1); y++)
    for (let x = Math.max(0, column - 1); x <= Math.min(side - 1, column + 1); x++) cells.push(y * side + x)
  return cells
}

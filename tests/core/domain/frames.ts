import { createHash } from 'node:crypto'
import { assetId } from '../../../main/contract/ids.ts'
import type { BurstFrame } from '../../../main/core/domain/burst.ts'
import type { Measure } from '../../../workers/protocol.ts'

/** Made-up frames for the pure parts: a scene is a direction in a 64-dimensional space, a frame a small turn away from it. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const gauss = (next: () => number): number => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next())

export function direction(seed: number, length = 64): Float32Array {
  const next = random(seed)
  return unit(Float32Array.from({ length }, () => gauss(next)))
}

/** About cosine 1 / sqrt(1 + by²) with the original. */
export function turned(from: Float32Array, by: number, seed: number): Float32Array {
  const away = direction(seed, from.length)
  return unit(from.map((v, i) => v + by * (away[i] ?? 0)))
}

function unit(v: Float32Array): Float32Array {
  const length = Math.hypot(...v)
  return v.map((x) => x / length)
}

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

export const value = (v: number, confidence = 0.9): Measure => ({ value: v, confidence, region: null, because: `value ${v}` })

export function frame(name: string, change: Partial<BurstFrame> = {}): BurstFrame {
  return {
    id: assetId.parse(hash(name)),
    name,
    capturedAt: '2026-05-01T10:00:00.000',
    camera: 'Maker Model',
    orientation: 1,
    focalMm: 50,
    exposureS: 0.01,
    fNumber: 8,
    iso: 100,
    width: 4000,
    height: 3000,
    phash: hash(`p${name}`).slice(0, 16),
    embedding: direction(Number.parseInt(hash(name).slice(0, 8), 16)),
    sketch: null,
    score: 60,
    taste: 0,
    measures: { focus: value(0.6), detail: value(0.5), exposure: value(0.9) },
    ...change,
  }
}

export const at = (seconds: number): string => new Date(Date.UTC(2026, 4, 1, 10) + seconds * 1000).toISOString().slice(0, 23)

import { sketch } from '../../../workers/score/sketch.ts'
import { random } from './frames.ts'

/** Sketches of drawn pictures, for the parts that compare photos place by place. */
export type Paint = (x: number, y: number) => [number, number, number]

const width = 240
const height = 180

/** `paint` gives 0–255 per channel for 0 ≤ x, y < 1 and beyond; `sharp` 0–1 says how much fine detail is left at a place. */
export function drawn(paint: Paint, sharp: (x: number, y: number) => number = () => 1, seed = 1): Uint8Array {
  const data = new Uint8Array(3 * width * height)
  const frame = { data: new Uint8Array(width * height), width, height }
  const next = random(seed)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const rgb = paint(x / width, y / height)
      for (let c = 0; c < 3; c++) data[3 * i + c] = Math.min(255, Math.max(0, (rgb[c] ?? 0) + 2 * (next() - 0.5)))
      // A checkerboard stands for fine detail: strong where it is sharp.
      const fine = ((x + y) % 2 === 0 ? 1 : -1) * 30 * sharp(x / width, y / height)
      frame.data[i] = Math.min(255, Math.max(0, (data[3 * i + 1] ?? 0) + fine))
    }
  }
  return sketch({ data, width, height }, frame)
}

/** A place with things in it: soft blobs of many sizes over an endless plane. */
export function place(seed: number): Paint {
  const next = random(seed)
  const blobs = Array.from({ length: 160 }, () => ({
    x: 6 * next() - 2,
    y: 4 * next() - 1.5,
    size: 0.03 + 0.1 * next(),
    rgb: [200 * next() - 100, 200 * next() - 100, 200 * next() - 100] as const,
  }))
  return (x, y) => {
    const out: [number, number, number] = [120, 120, 120]
    for (const one of blobs) {
      const d = ((x - one.x) ** 2 + (y - one.y) ** 2) / one.size ** 2
      if (d > 9) continue
      const a = Math.exp(-d)
      for (let c = 0; c < 3; c++) out[c] = (out[c] ?? 0) + a * (one.rgb[c] ?? 0)
    }
    return out
  }
}

/** A thing in the middle of a plain backdrop; `what` paints it in its own coordinates, −1 … 1. */
export const onBackdrop =
  (what: Paint, half = 0.25): Paint =>
  (x, y) => {
    const [u, v] = [(x - 0.5) / half, (y - 0.5) / (half * 1.3)]
    return Math.abs(u) < 1 && Math.abs(v) < 1 ? what(u, v) : [235 - 20 * y, 235 - 20 * y, 233 - 20 * y]
  }

export const moved =
  (paint: Paint, dx: number, dy: number): Paint =>
  (x, y) =>
    paint(x - dx, y - dy)
export const lit =
  (paint: Paint, ev: number): Paint =>
  (x, y) => {
    const gain = 2 ** (ev / 2.2)
    const [r, g, b] = paint(x, y)
    return [r * gain, g * gain, b * gain]
  }

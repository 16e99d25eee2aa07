// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
/**
 * Faults made on purpose, for training and for measuring: what is wrong with each picture, and how much, is known exactly. All of them take and
 * give interleaved 8-bit RGB; all are the same on every run.
 */
import sharp, { type Sharp } from 'sharp'
import type { Rgb } from '../../workers/score/pixels.ts'

const fromRaw = ({ data, width, height }: Rgb) => sharp(data, { raw: { width, height, channels: 3 } })
const toRaw = async (image: Sharp): Promise<Rgb> => {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Out of focus: gaussian of `sigma` pixels. */
export async function gaussian(rgb: Rgb, sigma: number): Promise<Rgb> {
  return sigma < 0.3 ? rgb : toRaw(fromRaw(rgb).blur({ sigma, precision: 'float', minAmplitude: 0.02 }))
}

/** Moved along a straight line of `length` pixels at `degrees` (0 = sideways, 90 = up and down); the line is sampled four times a pixel. */
export async function moved(rgb: Rgb, length: number, degrees: number): Promise<Rgb> {
  const reach = Math.ceil(length / 2)
  const side = 2 * reach + 1
  const kernel = new Array<number>(side * side).fill(0)
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const steps = Math.max(2, Math.round(length * 4))
  for (let k = 0; k < steps; k++) {
    const t = ((k + 0.5) / steps - 0.5) * (length - 1)
    const [x, y] = [reach + t * c, reach + t * s]
    const [x0, y0] = [Math.floor(x), Math.floor(y)]
    const [fx, fy] = [x - x0, y - y0]
    for (const [dx, dy, w] of [
      [0, 0, (1 - fx) * (1 - fy)],
      [1, 0, fx * (1 - fy)],
      [0, 1, (1 - fx) * fy],
      [1, 1, fx * fy],
    ] as const) {
      if (w > 1e-9) kernel[(y0 + dy) * side + x0 + dx]! += w / steps
    }
  }
  // The library takes whole taps fastest and most exactly: weights of 1/4096.
  const whole = kernel.map((w) => Math.round(w * 4096))
  const scale = whole.reduce((sum, w) => sum + w, 0)
  return toRaw(fromRaw(rgb).convolve({ width: side, height: side, kernel: whole, scale }))
}

export type Grain = 'white' | 'coarse' | 'smoothed'
const tileSide = 1021
const tiles = new Map<Grain, Float32Array>()

/** Gaussian numbers of deviation 1; `coarse` ones are smeared over neighbours, as demosaicing and noise reduction leave them. */
function tile(grain: 'white' | 'coarse'): Float32Array {
  const known = tiles.get(grain)
  if (known) return known
  const n = tileSide * tileSide
  const next = random(20_261)
  const white = new Float32Array(n)
  for (let i = 0; i < n; i++) white[i] = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  tiles.set('white', white)
  const kernel = [0.06, 0.24, 0.4, 0.24, 0.06]
  const across = new Float32Array(n)
  const coarse = new Float32Array(n)
  const at = (i: number): number => (i + n) % n
  for (let i = 0; i < n; i++) for (let k = -2; k <= 2; k++) across[i]! += kernel[k + 2]! * white[at(i + k)]!
  for (let i = 0; i < n; i++) for (let k = -2; k <= 2; k++) coarse[i]! += kernel[k + 2]! * across[at(i + k * tileSide)]!
  const gain = 1 / kernel.reduce((sum, w) => sum + w * w, 0)
  for (let i = 0; i < n; i++) coarse[i]! *= gain
  tiles.set('coarse', coarse)
  return grain === 'white' ? white : coarse
}

/** Grain of deviation `sigma` (8-bit steps) in every channel. `smoothed`: white grain after a 3 × 3 median, as a camera's noise reduction leaves it. */
export async function noisy(rgb: Rgb, sigma: number, grain: Grain, seed: number): Promise<Rgb> {
  const numbers = tile(grain === 'coarse' ? 'coarse' : 'white')
  const next = random(seed)
  const shift = [0, 1, 2].map(() => Math.floor(next() * tileSide * tileSide))
  const { width, height } = rgb
  const data = new Uint8Array(rgb.data.length)
  for (let y = 0; y < height; y++) {
    for (let c = 0; c < 3; c++) {
      const row = (y % tileSide) * tileSide + shift[c]!
      for (let x = 0, i = 3 * y * width + c; x < width; x++, i += 3) {
        const value = rgb.data[i]! + sigma * numbers[(row + x) % numbers.length]!
        data[i] = value < 0 ? 0 : value > 255 ? 255 : value + 0.5
      }
    }
  }
  const out = { data, width, height }
  return grain === 'smoothed' ? toRaw(fromRaw(out).median(3)) : out
}

function through(rgb: Rgb, tables: readonly Uint8Array[]): Rgb {
  const data = new Uint8Array(rgb.data.length)
  for (let i = 0; i < data.length; i += 3) for (let c = 0; c < 3; c++) data[i + c] = tables[c]![rgb.data[i + c]!]!
  return { ...rgb, data }
}

const table = (gain: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, v) => Math.min(255, Math.round(255 * ((v / 255) ** 2.2 * gain) ** (1 / 2.2))))

/** More or less light by `ev` stops, in linear light (γ 2.2); what passes white is lost. */
export function exposed(rgb: Rgb, ev: number): Rgb {
  const one = table(2 ** ev)
  return through(rgb, [one, one, one])
}

/** White balance off: gains in linear light for red, green and blue. */
export const tinted = (rgb: Rgb, gains: readonly [number, number, number]): Rgb => through(rgb, gains.map(table))

export const encoded = (rgb: Rgb, quality: number): Promise<Buffer> => fromRaw(rgb).jpeg({ quality }).toBuffer()

/** At most `pixels` pixels: reduced, never enlarged. */
export async function atMost(rgb: Rgb, pixels: number): Promise<Rgb> {
  if (rgb.width * rgb.height <= pixels) return rgb
  const scale = Math.sqrt(pixels / (rgb.width * rgb.height))
  return toRaw(fromRaw(rgb).resize({ width: Math.round(rgb.width * scale), kernel: 'lanczos3' }))
}

/** A window of the picture, fractions of the frame, at its own scale. */
export function cut(rgb: Rgb, box: { x: number; y: number; w: number; h: number }): Rgb {
  const [x0, y0] = [Math.floor(box.x * rgb.width), Math.floor(box.y * rgb.height)]
  const width = Math.min(rgb.width - x0, Math.round(box.w * rgb.width))
  const height = Math.min(rgb.height - y0, Math.round(box.h * rgb.height))
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    const from = 3 * ((y0 + y) * rgb.width + x0)
    data.set(rgb.data.subarray(from, from + 3 * width), 3 * y * width)
  }
  return { data, width, height }
}

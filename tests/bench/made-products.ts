// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
/**
 * Product photos made to measure grouping by: things of revolution (bottles, jars, cups) and boxes with a label taken from a real photo, standing on
 * one of several backdrops under one light, with contact shadow, camera jitter, exposure, noise and JPEG. Rendered at double size and reduced, so
 * that edges are as soft as a lens makes them. Deterministic: same seeds, same bytes.
 */
import sharp from 'sharp'

export type Picture = { data: Uint8Array; width: number; height: number }
export type Shot = { shiftX: number; shiftY: number; zoom: number; degrees: number; ev: number; blur: number; noise: number; seed: number }
export type Product = { shape: number; label: Picture; hue: number; light: number; size: number }
export type Backdrop = { kind: 'white' | 'grey' | 'paper' | 'surface'; hue: number; surface: Picture }

export const still: Shot = { shiftX: 0, shiftY: 0, zoom: 1, degrees: 0, ev: 0, blur: 0, noise: 1.5, seed: 1 }

export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const width = 720
const height = 540

/** Half width of a shape at height t (0 = foot, 1 = top), for things of revolution; boxes have `depth`. */
function outline(shape: number): { half: (t: number) => number; tall: number; box: number | null } {
  const next = random(shape * 7919 + 13)
  const tall = 0.38 + 0.3 * next()
  if (next() < 0.4) {
    const half = 0.1 + 0.12 * next()
    return { half: () => half, tall, box: half * (0.3 + 0.7 * next()) }
  }
  const foot = 0.07 + 0.1 * next()
  const belly = foot * (0.9 + 0.5 * next())
  const neck = foot * (0.3 + 0.7 * next())
  const shoulder = 0.45 + 0.35 * next()
  const bend = (a: number, b: number, t: number): number => a + (b - a) * t * t * (3 - 2 * t)
  return {
    half: (t) =>
      t < shoulder / 2
        ? bend(foot, belly, (2 * t) / shoulder)
        : t < shoulder
          ? belly
          : bend(belly, neck, Math.min(1, (t - shoulder) / (1 - shoulder) / 0.7)),
    tall,
    box: null,
  }
}

function colour(hue: number, light: number): [number, number, number] {
  const part = (shift: number): number => light * (0.6 + 0.4 * Math.cos(2 * Math.PI * (hue + shift)))
  return [255 * part(0), 255 * part(1 / 3), 255 * part(2 / 3)]
}

function sample(from: Picture, u: number, v: number): [number, number, number] {
  const x = Math.min(from.width - 1, Math.max(0, Math.floor(u * from.width)))
  const y = Math.min(from.height - 1, Math.max(0, Math.floor(v * from.height)))
  const i = 3 * (y * from.width + x)
  return [from.data[i]!, from.data[i + 1]!, from.data[i + 2]!]
}

/** One photo of one product turned by `yaw` radians. */
export async function photograph(product: Product, backdrop: Backdrop, yaw: number, shot: Shot): Promise<Picture> {
  const W = 2 * width
  const H = 2 * height
  const out = new Uint8Array(3 * W * H)
  const shape = outline(product.shape)
  const body = colour(product.hue, product.light)
  const paper = colour(backdrop.hue, 0.85)
  const turn = (shot.degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(turn) / shot.zoom, Math.sin(turn) / shot.zoom]
  const gain = 2 ** shot.ev
  const floor = 0.3
  const tall = shape.tall * product.size
  for (let y = 0; y < H; y++) {
    for (let x = 0; x < W; x++) {
      // Scene coordinates: x to the right, y up, 1 = the height of the frame.
      const cx = (x - W / 2) / H - shot.shiftX
      const cy = (H / 2 - y) / H - shot.shiftY
      const sx = cos * cx + sin * cy
      const sy = -sin * cx + cos * cy + 0.5
      let rgb = ground(backdrop, paper, sx, sy, floor)
      // Shadow where it stands, and one to the right.
      const foot = shape.half(0) * product.size
      const near = ((sx - 0.02) / (foot * 1.5)) ** 2 + ((sy - floor + 0.006) / 0.03) ** 2
      const far = ((sx - foot * 1.4) / (foot * 2.4)) ** 2 + ((sy - floor + 0.012) / 0.055) ** 2
      const shade = 1 - 0.55 * Math.exp(-near) - 0.22 * Math.exp(-far)
      rgb = [rgb[0] * shade, rgb[1] * shade, rgb[2] * shade]
      const t = (sy - floor) / tall
      if (t >= 0 && t <= 1) {
        const on = surface(product, shape, body, sx / product.size, t, yaw)
        if (on !== null) rgb = on
      }
      const fall = 1 - 0.12 * (sx * sx + (sy - 0.5) ** 2)
      const i = 3 * (y * W + x)
      for (let c = 0; c < 3; c++) out[i + c] = tone(rgb[c]! * fall, gain)
    }
  }
  let image = sharp(out, { raw: { width: W, height: H, channels: 3 } }).resize({ width, height, kernel: 'cubic' })
  if (shot.blur >= 0.3) image = sharp(await image.raw().toBuffer(), { raw: { width, height, channels: 3 } }).blur(shot.blur)
  const data = new Uint8Array(await image.raw().toBuffer())
  const next = random(shot.seed)
  for (let i = 0; i < data.length; i++) data[i] = Math.min(255, Math.max(0, data[i]! + shot.noise * (next() + next() + next() - 1.5) * 2))
  const coded = await sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer()
  return { data: new Uint8Array(await sharp(coded).raw().toBuffer()), width, height }
}

/** Exposure in linear light, back to display values, with a soft shoulder. */
function tone(value: number, gain: number): number {
  const linear = gain * (Math.min(255, Math.max(0, value)) / 255) ** 2.2
  return 255 * Math.min(1, linear) ** (1 / 2.2)
}

function ground(backdrop: Backdrop, paper: readonly number[], sx: number, sy: number, floor: number): [number, number, number] {
  const light = 0.97 - 0.1 * Math.abs(sx + 0.15) - (sy < floor ? 0.05 * Math.min(1, (floor - sy) / 0.05) : 0)
  switch (backdrop.kind) {
    case 'white':
      return [252 * light, 251 * light, 249 * light]
    case 'grey':
      return [150 * light, 150 * light, 152 * light]
    case 'paper':
      return [paper[0]! * light, paper[1]! * light, paper[2]! * light]
    case 'surface': {
      const wall = sy > floor + 0.12
      const s = sample(backdrop.surface, (sx + 1) / 2, wall ? 0.5 * (1.12 - sy) : 0.6 + 0.4 * Math.min(1, (floor + 0.12 - sy) / 0.45))
      const mix = wall ? 0.35 : 0.75
      return [(s[0] * mix + 200 * (1 - mix)) * light, (s[1] * mix + 195 * (1 - mix)) * light, (s[2] * mix + 188 * (1 - mix)) * light]
    }
    default: {
      const never: never = backdrop.kind
      throw new TypeError(`unknown backdrop ${String(never)}`)
    }
  }
}

function surface(
  product: Product,
  shape: ReturnType<typeof outline>,
  body: readonly number[],
  sx: number,
  t: number,
  yaw: number,
): [number, number, number] | null {
  const half = shape.half(t)
  let along: number
  let light: number
  if (shape.box === null) {
    if (Math.abs(sx) > half) return null
    const angle = Math.asin(sx / half)
    // The label goes all around; its seam is behind the thing.
    along = (((angle + yaw) / (2 * Math.PI)) % 1) + 0.5
    const shine = Math.exp(-(((angle + 0.6) / 0.18) ** 2))
    light = 0.45 + 0.55 * Math.cos(angle + 0.4) + 0.35 * shine
  } else {
    const [front, side] = [half * Math.abs(Math.cos(yaw)), shape.box * Math.abs(Math.sin(yaw))]
    if (Math.abs(sx) > front + side) return null
    const isFront = sx <= front - side
    along = isFront ? (sx + front + side) / (2 * front + 1e-9) / 2 : 0.5 + (sx - (front - side)) / (2 * side + 1e-9) / 2
    light = isFront ? 0.95 : 0.7
  }
  const inLabel = t > 0.18 && t < 0.72
  const [r, g, b] = inLabel ? sample(product.label, ((along % 1) + 1) % 1, (0.72 - t) / 0.54) : body
  return [r! * light, g! * light, b! * light]
}

// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
/**
 * Frames with something in them that should not be there, made on purpose: a hand that comes in from the border, other things at the margin, a busy
 * backdrop. For training and for measuring; the same on every run.
 */
import type { Rgb } from '../../workers/score/pixels.ts'
import { random } from './degrade.ts'

type Paint = readonly [number, number, number]
/** Signed distance to an outline in pixels (inside: negative), and how the light falls there (1 = full). */
type Outline = (x: number, y: number) => { far: number; light: number }

const width = 720
const height = 540

/** White, greys, and what hands are mistaken for: peach and brown paper, terracotta, board, sand. */
export const sweeps: readonly Paint[] = [
  [250, 249, 247],
  [236, 235, 233],
  [168, 169, 171],
  [92, 95, 99],
  [246, 214, 190],
  [214, 168, 132],
  [196, 120, 86],
  [205, 178, 142],
  [120, 84, 60],
  [178, 196, 206],
]

/** Small even surfaces of every sweep's colour, with a little grain: paper, glaze, paint. */
export const evenSurfaces = (): Rgb[] =>
  sweeps.map((paint, k) => {
    const [next, side] = [random(k + 77), 96]
    const data = new Uint8Array(3 * side * side)
    for (let i = 0; i < data.length; i += 3) {
      const light = 1 - 0.15 * (i / data.length) + 0.02 * (next() - 0.5)
      for (let c = 0; c < 3; c++) data[i + c] = Math.min(255, Math.round(paint[c]! * light))
    }
    return { data, width: side, height: side }
  })

function at(from: Rgb, u: number, v: number, c: number): number {
  // Mirrored beyond its edges, so that a small piece gives a large surface without seams.
  const fold = (value: number, n: number): number => {
    const period = 2 * Math.max(1, n - 1)
    const place = ((value % period) + period) % period
    return place <= n - 1 ? place : period - place
  }
  const [x, y] = [fold(u, from.width), fold(v, from.height)]
  const [x0, y0] = [Math.floor(x), Math.floor(y)]
  const [x1, y1] = [Math.min(from.width - 1, x0 + 1), Math.min(from.height - 1, y0 + 1)]
  const [fx, fy] = [x - x0, y - y0]
  const one = (a: number, b: number): number => from.data[3 * (b * from.width + a) + c]!
  return (one(x0, y0) * (1 - fx) + one(x1, y0) * fx) * (1 - fy) + (one(x0, y1) * (1 - fx) + one(x1, y1) * fx) * fy
}

/** Lays a surface on a picture within an outline, with a soft edge and a shadow beside it. `cover`: what share of each pixel it takes. */
function lay(rgb: Rgb, from: Rgb, outline: Outline, zoom: number, soft: number): { rgb: Rgb; cover: Float32Array } {
  const data = rgb.data.slice()
  const cover = new Float32Array(rgb.width * rgb.height)
  const paint = (x: number, y: number): void => {
    const { far, light } = outline(x, y)
    if (far > 40) return
    const i = y * rgb.width + x
    const inside = Math.min(1, Math.max(0, 0.5 - far / soft))
    const shadow = 1 - 0.3 * (1 - inside) * Math.exp(-((Math.max(0, far) / 16) ** 2))
    cover[i] = inside
    for (let c = 0; c < 3; c++) {
      const thing = inside > 0 ? Math.min(255, at(from, x / zoom, y / zoom, c) * light) : 0
      data[3 * i + c] = Math.round(inside * thing + (1 - inside) * rgb.data[3 * i + c]! * shadow)
    }
  }
  const block = 16
  for (let top = 0; top < rgb.height; top += block) {
    for (let left = 0; left < rgb.width; left += block) {
      // A distance changes by no more than the way: a block whose middle lies far off is left as it is.
      if (outline(left + block / 2, top + block / 2).far > 40 + block) continue
      for (let y = top; y < Math.min(rgb.height, top + block); y++) {
        for (let x = left; x < Math.min(rgb.width, left + block); x++) paint(x, y)
      }
    }
  }
  return { rgb: { ...rgb, data }, cover }
}

/** A thing with the surface of a real photo on an even, softly lit backdrop. `box`: where it stands, fractions of the frame. */
export function onSweep(surface: Rgb, paint: Paint, seed: number): { rgb: Rgb; box: { x: number; y: number; w: number; h: number } } {
  const next = random(seed)
  const data = new Uint8Array(3 * width * height)
  const tilt = 0.06 + 0.1 * next()
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const light = 1 - tilt * Math.hypot(x / width - 0.4, y / height - 0.3) + 0.012 * (next() - 0.5)
      for (let c = 0; c < 3; c++) data[i + c] = Math.max(0, Math.min(255, Math.round(paint[c]! * light)))
    }
  }
  const [cx, cy] = [width * (0.42 + 0.16 * next()), height * (0.45 + 0.12 * next())]
  const [rx, ry] = [width * (0.12 + 0.12 * next()), height * (0.18 + 0.15 * next())]
  const power = 2 + 3 * next()
  const outline: Outline = (x, y) => {
    const [u, v] = [(x - cx) / rx, (y - cy) / ry]
    const r = (Math.abs(u) ** power + Math.abs(v) ** power) ** (1 / power)
    return { far: (r - 1) * Math.min(rx, ry), light: 1.08 - 0.35 * Math.max(0, u) ** 2 }
  }
  const zoom = Math.max(0.6, (2 * Math.max(rx, ry)) / Math.min(surface.width, surface.height))
  const { rgb } = lay({ data, width, height }, surface, outline, zoom, 2.5)
  return { rgb, box: { x: (cx - rx) / width, y: (cy - ry) / height, w: (2 * rx) / width, h: (2 * ry) / height } }
}

/** A stroke with round ends that grows from radius `a` to `b`. */
function stroke(x0: number, y0: number, x1: number, y1: number, a: number, b: number): Outline {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length = Math.hypot(dx, dy) || 1
  return (x, y) => {
    const t = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length ** 2))
    const radius = a + (b - a) * t
    const far = Math.hypot(x - x0 - t * dx, y - y0 - t * dy)
    // Round: the light falls off across it.
    return { far: far - radius, light: 1.06 - 0.42 * Math.min(1, far / radius) ** 2.5 }
  }
}

const union =
  (parts: readonly Outline[]): Outline =>
  (x, y) => {
    let [far, light] = [Infinity, 0]
    for (const part of parts) {
      const one = part(x, y)
      if (one.far < far) far = one.far
      if (one.far < 4) light = Math.max(light, one.light)
    }
    return { far, light }
  }

/** From where to where: a place on the border, and one near the subject's edge (or the middle). */
function way(rgb: Rgb, next: () => number): { x: number; y: number; tx: number; ty: number } {
  const side = Math.floor(4 * next())
  const along = 0.15 + 0.7 * next()
  const [x, y] = [
    [along * rgb.width, -30],
    [rgb.width + 30, along * rgb.height],
    [along * rgb.width, rgb.height + 30],
    [-30, along * rgb.height],
  ][side] ?? [0, 0]
  const deep = 0.3 + 0.4 * next()
  const [mx, my] = [rgb.width * (0.42 + 0.16 * next()), rgb.height * (0.42 + 0.16 * next())]
  return { x: x!, y: y!, tx: x! + (mx - x!) * deep * 1.15, ty: y! + (my - y!) * deep * 1.15 }
}

/** A hand with its arm, or only fingertips, that comes in from the border. Its skin is a piece of a photo. */
export function handIn(rgb: Rgb, skin: Rgb, seed: number): { rgb: Rgb; cover: Float32Array } {
  const next = random(seed)
  const { x, y, tx, ty } = way(rgb, next)
  const size = Math.min(rgb.width, rgb.height) * (0.055 + 0.06 * next())
  const angle = Math.atan2(ty - y, tx - x)
  const parts: Outline[] = []
  const isWhole = next() < 0.7
  if (isWhole) {
    parts.push(stroke(x, y, tx, ty, size * (0.85 + 0.3 * next()), size * 0.7))
    parts.push(stroke(tx, ty, tx + Math.cos(angle) * size, ty + Math.sin(angle) * size, size * 0.95, size * 0.95))
  }
  const fingers = isWhole ? 2 + Math.floor(4 * next()) : 1 + Math.floor(3 * next())
  const bend = 0.5 * (next() - 0.5)
  for (let k = 0; k < fingers; k++) {
    const turn = angle + (fingers === 1 ? 0 : (k / (fingers - 1) - 0.5) * (0.5 + 0.7 * next())) + bend
    const thick = size * (isWhole ? 0.26 + 0.08 * next() : 0.42 + 0.25 * next())
    const [sx, sy] = isWhole
      ? [
          tx + Math.cos(angle) * size + Math.sin(angle) * (k - (fingers - 1) / 2) * -0.5 * size,
          ty + Math.sin(angle) * size + Math.cos(angle) * (k - (fingers - 1) / 2) * 0.5 * size,
        ]
      : [x + Math.sin(angle) * (k - (fingers - 1) / 2) * -1.5 * thick, y + Math.cos(angle) * (k - (fingers - 1) / 2) * 1.5 * thick]
    const long = isWhole ? size * (1.1 + 0.9 * next()) : Math.hypot(tx - x, ty - y) * (0.6 + 0.4 * next())
    parts.push(stroke(sx, sy, sx + Math.cos(turn) * long, sy + Math.sin(turn) * long, thick, thick * 0.8))
  }
  const zoom = Math.max(0.5, (size * (2 + 2 * next())) / Math.min(skin.width, skin.height))
  return lay(rgb, skin, union(parts), zoom, next() < 0.3 ? 14 : 3)
}

/** Something else at the border, no hand: a rod, a sheet, a pot, with any surface. */
export function thingIn(rgb: Rgb, surface: Rgb, seed: number): { rgb: Rgb; cover: Float32Array } {
  const next = random(seed)
  const { x, y, tx, ty } = way(rgb, next)
  const size = Math.min(rgb.width, rgb.height) * (0.06 + 0.1 * next())
  const kind = Math.floor(3 * next())
  const turn = Math.PI * next()
  const [mx, my] = [x + (tx - x) * 0.45, y + (ty - y) * 0.45]
  const sheet: Outline = (px, py) => {
    const [u, v] = [(px - mx) * Math.cos(turn) + (py - my) * Math.sin(turn), -(px - mx) * Math.sin(turn) + (py - my) * Math.cos(turn)]
    return { far: Math.max(Math.abs(u) - size * 1.3, Math.abs(v) - size * 0.9), light: 1 }
  }
  const pot: Outline = (px, py) => {
    const r = Math.hypot(px - mx, (py - my) * 0.85)
    return { far: r - size * 1.2, light: 1.05 - 0.4 * Math.min(1, r / (size * 1.2)) ** 2.2 }
  }
  const rod = stroke(x, y, tx, ty, size * 0.5, size * 0.5)
  const zoom = Math.max(0.5, (size * 3) / Math.min(surface.width, surface.height))
  return lay(rgb, surface, [rod, sheet, pot][kind] ?? rod, zoom, 2.5)
}

/** Two to five other things at the margins. */
export function strewn(rgb: Rgb, surfaces: readonly Rgb[], seed: number): Rgb {
  const next = random(seed)
  const count = 2 + Math.floor(4 * next())
  let out = rgb
  for (let k = 0; k < count; k++) {
    const surface = surfaces[Math.floor(surfaces.length * next())]
    if (surface) out = thingIn(out, surface, Math.floor(1e9 * next())).rgb
  }
  return out
}

/** The thing as it stands, its backdrop exchanged for a photo: what a kitchen table or a shelf behind it looks like. */
export function onBusy(surface: Rgb, behind: Rgb, seed: number): Rgb {
  const key: Paint = [250, 249, 247]
  const plain = onSweep(surface, key, seed)
  const { box } = plain
  const data = plain.rgb.data.slice()
  const [sx, sy] = [(behind.width - 1) / (width - 1), (behind.height - 1) / (height - 1)]
  const [cx, cy] = [(box.x + box.w / 2) * width, (box.y + box.h / 2) * height]
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const inside = Math.abs(x - cx) <= (box.w * width) / 2 && Math.abs(y - cy) <= (box.h * height) / 2
      const isBackdrop =
        data[i]! > 205 && Math.max(data[i]!, data[i + 1]!, data[i + 2]!) - Math.min(data[i]!, data[i + 1]!, data[i + 2]!) < 8
      if (inside && !isBackdrop) continue
      for (let c = 0; c < 3; c++) data[i + c] = Math.round(at(behind, x * sx, y * sy, c))
    }
  }
  return { data, width, height }
}

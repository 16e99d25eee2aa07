import { bytes } from './bytes.ts'
import { type Plane, type Rect, type Rgb, type Span, sumsPerTile } from './plain.ts'

type Memory = { buffer: ArrayBuffer; grow(pages: number): number }

/** The part of the standard that this needs; Node's types leave it to the DOM library, which a worker must not see. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => Memory
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: { thread: { memory: Memory } }) => { exports: unknown }
}

/** What pixels.wat exports; places are bytes of its memory. */
type Loops = {
  sums(width: number, x0: number, y0: number, x1: number, y1: number): void
  luma(from: number, to: number, count: number): void
  half(from: number, width: number, to: number, across: number, down: number): void
  halfRgb(from: number, width: number, to: number, across: number, down: number): void
  total(width: number, x: number, y: number, across: number, down: number): number
  curves(width: number, x0: number, y0: number, x1: number, y1: number): number
}

const page = 65_536
/** Where pixels begin (pixels.wat), and what the last step may read or write past their end. */
const start = 512
const past = 64
/** A plane of 2,048 × 2,048 and its half; what is larger is left to the plain code. */
const mostPages = 81
/** RGB is taken in by bands about as large as a core's own cache holds. */
const bandBytes = 384 * 1024

/** One a thread, made when first asked for: undefined = not asked yet, null = this machine has no SIMD or no room. */
let kernel: { memory: Memory; loops: Loops } | null | undefined

function begin(): typeof kernel {
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages })
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(bytes, 'base64')), { thread: { memory } })
    return { memory, loops: exports as Loops }
  } catch {
    return null
  }
}

/** The loops and their memory, with room for so many bytes of pixels; null where WebAssembly SIMD is missing or that is too much. */
function withRoom(size: number): { loops: Loops; memory: Uint8Array } | null {
  const pages = Math.ceil((start + size + past) / page)
  if (kernel === undefined) kernel = begin()
  if (!kernel || pages > mostPages) return null
  const missing = pages - kernel.memory.buffer.byteLength / page
  try {
    if (missing > 0) kernel.memory.grow(missing)
  } catch {
    return null
  }
  return { loops: kernel.loops, memory: new Uint8Array(kernel.memory.buffer) }
}

const isWhole = ({ data, width, height }: Plane, perPixel = 1): boolean => data.length === perPixel * width * height

/**
 * Takes a plane over and gives what adds up its tiles, good until the next call of anything here. The sums are those of `plainSums`, to the last
 * digit, for tiles of at most 128 × 128 pixels.
 * @returns null where WebAssembly SIMD is missing or the plane is too large
 */
export function simdSums(plane: Plane): ((span: Span, sums: Float64Array) => void) | null {
  const room = isWhole(plane) ? withRoom(plane.data.length) : null
  if (!room) return null
  const { memory, loops } = room
  memory.set(plane.data, start)
  const totals = new Float64Array(memory.buffer, 0, sumsPerTile)
  return ({ x0, y0, x1, y1 }, out) => {
    loops.sums(plane.width, x0, y0, x1, y1)
    out.set(totals)
  }
}

/** `plainLuma`, or null where WebAssembly SIMD is missing or the rectangle does not lie in the picture. */
export function simdLuma(rgb: Rgb, { x, y, width, height }: Rect): Plane | null {
  const inside =
    [x, y, width, height].every(Number.isInteger) &&
    x >= 0 &&
    y >= 0 &&
    width > 0 &&
    height > 0 &&
    x + width <= rgb.width &&
    y + height <= rgb.height
  if (!(inside && isWhole(rgb, 3))) return null
  const rows = Math.min(height, Math.max(1, Math.floor(bandBytes / (3 * width))))
  const to = start + 3 * rows * width + past
  const room = withRoom(to + rows * width - start)
  if (!room) return null
  const { memory, loops } = room
  const data = new Uint8Array(width * height)
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top) * width
    for (let row = 0; row * width < count; row++) {
      const from = 3 * ((y + top + row) * rgb.width + x)
      memory.set(rgb.data.subarray(from, from + 3 * width), start + 3 * row * width)
    }
    loops.luma(start, to, count)
    data.set(memory.subarray(to, to + count), top * width)
  }
  return { data, width, height }
}

/** `plainHalf`, or null where WebAssembly SIMD is missing or the plane is too large. */
export function simdHalf(plane: Plane): Plane | null {
  const [width, height] = [plane.width >> 1, plane.height >> 1]
  const to = start + plane.data.length + past
  const room = isWhole(plane) && width > 0 && height > 0 ? withRoom(to + width * height - start) : null
  if (!room) return null
  const { memory, loops } = room
  memory.set(plane.data, start)
  loops.half(start, plane.width, to, width, height)
  return { data: memory.slice(to, to + width * height), width, height }
}

/** `plainLuma` of the whole picture and `plainHalfRgb` of it, read once; null where WebAssembly SIMD is missing. */
export function simdLumaAndHalf(rgb: Rgb): { luma: Plane; half: Rgb } | null {
  const { width, height } = rgb
  const [across, down] = [width >> 1, height >> 1]
  if (!isWhole(rgb, 3) || across === 0 || down === 0) return null
  const rows = 2 * Math.max(1, Math.floor(bandBytes / (6 * width)))
  const lumaAt = start + 3 * rows * width + past
  const halfAt = lumaAt + rows * width + past
  const room = withRoom(halfAt + (3 * rows * across) / 2 + past - start)
  if (!room) return null
  const { memory, loops } = room
  const luma = new Uint8Array(width * height)
  const half = new Uint8Array(3 * across * down)
  for (let top = 0; top < height; top += rows) {
    const count = Math.min(rows, height - top)
    memory.set(rgb.data.subarray(3 * top * width, 3 * (top + count) * width), start)
    loops.luma(start, lumaAt, count * width)
    luma.set(memory.subarray(lumaAt, lumaAt + count * width), top * width)
    if (count < 2) continue
    loops.halfRgb(start, width, halfAt, across, count >> 1)
    half.set(memory.subarray(halfAt, halfAt + 3 * across * (count >> 1)), (3 * across * top) / 2)
  }
  return { luma: { data: luma, width, height }, half: { data: half, width: across, height: down } }
}

/** Takes a plane over and gives `plainTotal` and `plainCurves` of it, good until the next call of anything here; null as `simdSums`. */
export function simdReader(plane: Plane): { total(rect: Rect): number; curves(span: Span): number } | null {
  const room = isWhole(plane) ? withRoom(plane.data.length) : null
  if (!room) return null
  const { memory, loops } = room
  memory.set(plane.data, start)
  return {
    total: ({ x, y, width, height }) => (width > 0 && height > 0 ? loops.total(plane.width, x, y, width, height) : 0),
    curves: ({ x0, y0, x1, y1 }) => (x0 < x1 && y0 < y1 ? loops.curves(plane.width, x0, y0, x1, y1) : 0),
  }
}

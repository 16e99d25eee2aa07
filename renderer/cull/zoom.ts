import type { Zoom } from '../ui-state.ts'
import type { Size } from './use-size.ts'

/** Geometry of the stage. Pure. All fractions are of the upright frame. */

export type Point = { x: number; y: number }
export type Rect = { left: number; top: number; width: number; height: number }

/** Eight screen pixels for one of the photo: enough to count them. */
const largestScale = 8

/** Where the whole frame lies when it fits the stage. */
export function fitRect(stage: Size, frame: Size): Rect {
  const scale = Math.min(stage.width / frame.width, stage.height / frame.height)
  const width = frame.width * scale
  const height = frame.height * scale
  return { left: (stage.width - width) / 2, top: (stage.height - height) / 2, width, height }
}

const along = (stage: number, frame: number, centre: number): number =>
  frame <= stage ? (stage - frame) / 2 : Math.min(0, Math.max(stage - frame, stage / 2 - centre * frame))

/** Offset of a frame at its size that shows `centre` in the middle without leaving a gap at an edge. */
export const offsetAt = (stage: Size, frame: Size, centre: Point): Point => ({
  x: along(stage.width, frame.width, centre.x),
  y: along(stage.height, frame.height, centre.y),
})

/** The centre that is really shown for an offset: the wanted one, held inside the edges. */
export const centreOf = (stage: Size, frame: Size, offset: Point): Point => ({
  x: (stage.width / 2 - offset.x) / frame.width,
  y: (stage.height / 2 - offset.y) / frame.height,
})

const within = (value: number): number => Math.min(1, Math.max(0, value))

/** Which point of the fitted frame is under the pointer. */
export function pointAt(stage: Size, frame: Size, pointer: Point): Point {
  const rect = fitRect(stage, frame)
  return { x: within((pointer.x - rect.left) / rect.width), y: within((pointer.y - rect.top) / rect.height) }
}

/** Pixel size upright: the stored size, turned if the decoded preview stands the other way. */
export function upright(stored: { width: number | null; height: number | null }, preview: Size | null): Size | null {
  const { width, height } = stored
  if (width === null || height === null) return preview
  const isTurned = preview !== null && width >= height !== preview.width >= preview.height
  return isTurned ? { width: height, height: width } : { width, height }
}

/** Pixel size of a photo of which something is decoded. */
export const frameOf = (stored: { width: number | null; height: number | null }, decoded: Size): Size => upright(stored, decoded) ?? decoded

/** Where the whole photo lies, in the stage's own pixels, of which each is `ratio` of the screen's. */
export function placeOf(stage: Size, pixels: Size, zoom: Zoom, ratio: number): Rect {
  if (zoom === null) return fitRect(stage, pixels)
  const frame = sizeAt(pixels, zoom.scale ?? 1, ratio)
  const { x, y } = offsetAt(stage, frame, zoom)
  return { left: x, top: y, ...frame }
}

const sizeAt = (pixels: Size, scale: number, ratio: number): Size => ({
  width: (pixels.width * scale) / ratio,
  height: (pixels.height * scale) / ratio,
})

/** Screen pixels for one pixel of the photo when it fits the stage. */
export const fitScale = (stage: Size, pixels: Size, ratio: number): number => (fitRect(stage, pixels).width * ratio) / pixels.width

/** The zoom moved by `by` (the stage's pixels), held inside the edges. */
export function panned(stage: Size, pixels: Size, zoom: NonNullable<Zoom>, by: Point, ratio: number): NonNullable<Zoom> {
  const frame = sizeAt(pixels, zoom.scale ?? 1, ratio)
  const from = offsetAt(stage, frame, zoom)
  const moved = centreOf(stage, frame, { x: from.x + by.x, y: from.y + by.y })
  return { ...zoom, ...centreOf(stage, frame, offsetAt(stage, frame, moved)) }
}

/** Grows or shrinks by `factor` around the pointer, which keeps its point of the photo; the whole frame (null) below the size that fits. */
export function scaled(stage: Size, pixels: Size, zoom: Zoom, factor: number, pointer: Point, ratio: number): Zoom {
  const before = placeOf(stage, pixels, zoom, ratio)
  const least = fitScale(stage, pixels, ratio)
  const scale = Math.min(largestScale, (zoom === null ? least : (zoom.scale ?? 1)) * factor)
  if (scale <= least * 1.01) return null
  const frame = sizeAt(pixels, scale, ratio)
  const held = { x: within((pointer.x - before.left) / before.width), y: within((pointer.y - before.top) / before.height) }
  const offset = { x: pointer.x - held.x * frame.width, y: pointer.y - held.y * frame.height }
  return { ...centreOf(stage, frame, offsetAt(stage, frame, centreOf(stage, frame, offset))), scale }
}

import type { Size } from './use-size.ts'

/** Geometry of the stage. Pure. All fractions are of the upright frame. */

/** Where the whole frame lies when it fits the stage. */
export function fitRect(stage: Size, frame: Size): { left: number; top: number; width: number; height: number } {
  const scale = Math.min(stage.width / frame.width, stage.height / frame.height)
  const width = frame.width * scale
  const height = frame.height * scale
  return { left: (stage.width - width) / 2, top: (stage.height - height) / 2, width, height }
}

const along = (stage: number, frame: number, centre: number): number =>
  frame <= stage ? (stage - frame) / 2 : Math.min(0, Math.max(stage - frame, stage / 2 - centre * frame))

/** Offset of a frame at true size that shows `centre` in the middle without leaving a gap at an edge. */
export const offsetAt = (stage: Size, frame: Size, centre: { x: number; y: number }): { x: number; y: number } => ({
  x: along(stage.width, frame.width, centre.x),
  y: along(stage.height, frame.height, centre.y),
})

/** The centre that is really shown for an offset: the wanted one, held inside the edges. */
export const centreOf = (stage: Size, frame: Size, offset: { x: number; y: number }): { x: number; y: number } => ({
  x: (stage.width / 2 - offset.x) / frame.width,
  y: (stage.height / 2 - offset.y) / frame.height,
})

const within = (value: number): number => Math.min(1, Math.max(0, value))

/** Which point of the fitted frame is under the pointer. */
export function pointAt(stage: Size, frame: Size, pointer: { x: number; y: number }): { x: number; y: number } {
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

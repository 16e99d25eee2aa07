import type { AssetId } from '../../../main/contract/ids.ts'
import type { AssetView } from '../../../main/contract/views.ts'
import type { Zoom } from '../../ui-state.ts'
import type { Size } from '../use-size.ts'
import { frameOf, placeOf, type Rect } from '../zoom.ts'
import type { Level, Pictures } from './pictures.ts'

/** What is to be seen: which photo, and which part of it. */
export type View = { asset: AssetView; zoom: Zoom }
/** What is on the canvas now. `isSharp`: as many pixels as the screen or the original has. */
export type Painted = { id: AssetId; level: Level; isSharp: boolean }

/** An old picture stays no longer than this when nothing of the new one comes. */
const longestOldMs = 100

export type Painter = {
  /** Paints now if anything of the photo is decoded; else the old picture stays until it is, or is taken away. */
  show(view: View): void
  resize(stage: Size, ratio: number): void
  painted(): Painted | null
  close(): void
}

/**
 * Puts decoded pictures on a canvas. The picture leads: name, marks and score are drawn for what is painted (`onPainted`), so a name never stands
 * over another photo's picture.
 */
export function createPainter(parts: {
  canvas: HTMLCanvasElement
  pictures: Pictures
  onPainted: (painted: Painted | null, view: View) => void
  /** Runs it and has what follows from it drawn in the same turn: outside of a key's turn the name could come a frame later than the picture. */
  atOnce: (act: () => void) => void
}): Painter {
  const { canvas, pictures, onPainted, atOnce } = parts
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('expected a canvas that can draw')
  let view: View | null = null
  let stage: Size = { width: 0, height: 0 }
  let ratio = 1
  let now: Painted | null = null
  let drawn = ''
  let late: number | undefined

  const paint = (): void => {
    if (view === null || stage.width === 0) return
    const { asset, zoom } = view
    const found = sourceFor(pictures, view, stage, ratio)
    if (found === null) {
      if (now?.id !== asset.id) late ??= window.setTimeout(() => atOnce(clear), longestOldMs)
      return
    }
    window.clearTimeout(late)
    late = undefined
    const { bitmap, level, isSharp } = found
    const place = placeOf(stage, frameOf(asset, bitmap), zoom, ratio)
    const key = [asset.id, level, bitmap.width, place.left, place.top, place.width, canvas.width, canvas.height].join()
    if (key !== drawn) {
      drawn = key
      draw(context, bitmap, place, ratio, stage)
    }
    if (now?.id === asset.id && now.level === level && now.isSharp === isSharp) return
    now = { id: asset.id, level, isSharp }
    canvas.dataset['shown'] = asset.id
    canvas.dataset['level'] = isSharp ? 'sharp' : level
    onPainted(now, view)
  }
  /** Nothing of the photo came in time: an empty stage under its name says so; another photo's picture would lie. */
  const clear = (): void => {
    late = undefined
    if (view === null || now?.id === view.asset.id) return
    context.clearRect(0, 0, canvas.width, canvas.height)
    drawn = ''
    now = null
    delete canvas.dataset['shown']
    delete canvas.dataset['level']
    onPainted(null, view)
  }
  const stop = pictures.listen((id) => {
    if (id === view?.asset.id) atOnce(paint)
  })
  return {
    show: (next) => {
      view = next
      paint()
    },
    resize: (size, dots) => {
      const width = Math.max(1, Math.round(size.width * dots))
      const height = Math.max(1, Math.round(size.height * dots))
      stage = size
      ratio = dots
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width
        canvas.height = height
        drawn = ''
      }
      paint()
    },
    painted: () => now,
    close: () => {
      stop()
      window.clearTimeout(late)
    },
  }
}

/** The smallest decoded picture with enough pixels, else the largest there is. */
function sourceFor(
  pictures: Pictures,
  { asset, zoom }: View,
  stage: Size,
  ratio: number,
): { bitmap: ImageBitmap; level: Level; isSharp: boolean } | null {
  const levels: Level[] = ['thumb', 'fit', 'full']
  let best: { bitmap: ImageBitmap; level: Level; isSharp: boolean } | null = null
  for (const level of levels) {
    const bitmap = pictures.get(asset.id, level)
    if (bitmap === null || (best !== null && bitmap.width < best.bitmap.width)) continue
    const pixels = frameOf(asset, bitmap)
    const wanted = placeOf(stage, pixels, zoom, ratio).width * ratio
    const isWhole = asset.width !== null && bitmap.width >= pixels.width - 2
    const better = levels.slice(levels.indexOf(level) + 1, zoom === null ? 2 : 3)
    const isLast = better.every((one) => pictures.isMissing(asset.id, one))
    const isEnough = bitmap.width >= wanted - 2
    best = { bitmap, level, isSharp: isEnough || isWhole || isLast }
    if (isEnough || isWhole) break
  }
  return best
}

/** Draws the part of the picture that lies on the stage, on whole pixels. */
function draw(context: CanvasRenderingContext2D, bitmap: ImageBitmap, place: Rect, ratio: number, stage: Size): void {
  const { width: across, height: down } = context.canvas
  const left = Math.round(place.left * ratio)
  const top = Math.round(place.top * ratio)
  const width = Math.round(place.width * ratio)
  const height = Math.round(place.height * ratio)
  const from = { x: Math.max(0, left), y: Math.max(0, top) }
  const to = { x: Math.min(across, left + width), y: Math.min(down, top + height) }
  if (stage.width === 0 || to.x <= from.x || to.y <= from.y) return
  if (from.y > 0) context.clearRect(0, 0, across, from.y)
  if (to.y < down) context.clearRect(0, to.y, across, down - to.y)
  if (from.x > 0) context.clearRect(0, from.y, from.x, to.y - from.y)
  if (to.x < across) context.clearRect(to.x, from.y, across - to.x, to.y - from.y)
  const scale = bitmap.width / width
  context.imageSmoothingEnabled = Math.abs(scale - 1) > 0.001
  context.imageSmoothingQuality = scale > 2 ? 'medium' : 'low'
  context.drawImage(
    bitmap,
    (from.x - left) * scale,
    (from.y - top) * scale,
    (to.x - from.x) * scale,
    (to.y - from.y) * scale,
    from.x,
    from.y,
    to.x - from.x,
    to.y - from.y,
  )
}

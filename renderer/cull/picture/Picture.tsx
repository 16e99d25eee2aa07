import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { AssetView } from '../../../main/contract/views.ts'
import type { Zoom } from '../../ui-state.ts'
import { tileLabel } from '../../words.ts'
import { useSize } from '../use-size.ts'
import { frameOf, type Point, placeOf, type Rect, upright } from '../zoom.ts'
import { usePictures } from './context.ts'
import { useGestures } from './gestures.ts'
import { createPainter, type Painted, type Painter, type View } from './painter.ts'

/** Where the photo lies on its stage, for what is drawn over it. */
export type Placed = { painted: Painted | null; place: Rect | null; stage: { width: number; height: number } }

/** One photo on a canvas, whole or enlarged, with the gestures that move it. What lies over it is drawn by `children`. */
export function Picture({
  asset,
  zoom,
  onZoom,
  onPainted,
  painter,
  pointer,
  children,
}: {
  asset: AssetView
  zoom: Zoom
  onZoom: (zoom: Zoom) => void
  onPainted?: (painted: Painted | null) => void
  /** Filled with the painter, for those who cannot wait for React. */
  painter?: RefObject<Painter | null>
  /** Filled with the pointer's place on the stage, null outside. */
  pointer: RefObject<Point | null>
  children?: (placed: Placed) => ReactNode
}) {
  const pictures = usePictures()
  const stageRef = useRef<HTMLDivElement>(null)
  const canvasRef = useRef<HTMLCanvasElement>(null)
  const own = useRef<Painter | null>(null)
  const stage = useSize(stageRef)
  const ratio = window.devicePixelRatio
  const [painted, setPainted] = useState<{ what: Painted | null; view: View } | null>(null)
  const tell = useRef(onPainted)
  tell.current = onPainted

  useLayoutEffect(() => {
    if (canvasRef.current === null) return undefined
    const made = createPainter({
      canvas: canvasRef.current,
      pictures,
      onPainted: (what, view) => {
        setPainted({ what, view })
        tell.current?.(what)
      },
      atOnce: flushSync,
    })
    own.current = made
    if (painter !== undefined) painter.current = made
    return () => {
      made.close()
      own.current = null
      if (painter !== undefined) painter.current = null
    }
  }, [pictures, painter])
  useLayoutEffect(() => own.current?.resize(stage, ratio), [stage, ratio])
  useLayoutEffect(() => own.current?.show({ asset, zoom }), [asset, zoom])

  const isHere = painted?.what?.id === asset.id
  const bitmap = isHere ? pictures.get(asset.id, painted.what?.level ?? 'thumb') : null
  const pixels = bitmap === null ? upright(asset, null) : frameOf(asset, bitmap)
  const gestures = useGestures(stageRef, { stage, pixels, zoom, ratio }, onZoom, pointer)
  const place = pixels === null || stage.width === 0 ? null : placeOf(stage, pixels, zoom, ratio)
  return (
    <div ref={stageRef} className={zoom === null ? 'stage stage-fit' : 'stage stage-near'} {...gestures}>
      <canvas ref={canvasRef} className="picture" role="img" aria-label={tileLabel(asset, 1)} />
      {children?.({ painted: isHere ? painted.what : null, place, stage })}
    </div>
  )
}

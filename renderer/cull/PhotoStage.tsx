import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import { mediaUrl } from '../../main/contract/media-url.ts'
import type { AssetView, Box } from '../../main/contract/views.ts'
import { useUi, useUiStore } from '../ui-state.ts'
import { tileLabel } from '../words.ts'
import { type Size, useSize } from './use-size.ts'
import { centreOf, fitRect, offsetAt, pointAt, upright } from './zoom.ts'

type Seen = { id: AssetId; size: Size }

/** A photo, whole or at true size. The thumbnail lies beneath the preview and the preview beneath the original, so there is never an empty or a wrong frame. */
export function PhotoStage({ asset, region }: { asset: AssetView; region: Box | null }) {
  const ui = useUiStore()
  const zoom = useUi((state) => state.zoom)
  const stageRef = useRef<HTMLDivElement>(null)
  const stage = useSize(stageRef)
  const pointer = useRef<{ x: number; y: number } | null>(null)
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null)
  const [preview, setPreview] = useState<Seen | null>(null)
  const [original, setOriginal] = useState<Seen | null>(null)
  const [failed, setFailed] = useState<{ id: AssetId; what: 'preview' | 'original' } | null>(null)
  const seen = preview?.id === asset.id ? preview.size : null
  const whole = original?.id === asset.id ? original.size : null
  const ratio = window.devicePixelRatio
  const pixels = whole ?? upright(asset, seen)
  const frame = pixels === null ? null : { width: pixels.width / ratio, height: pixels.height / ratio }
  const hasStage = stage.width > 0 && stage.height > 0
  const isNear = zoom !== null && frame !== null && hasStage

  // The key asks for true size without knowing where the pointer is; the stage does.
  const wasNear = useRef(isNear)
  useEffect(() => {
    if (isNear && !wasNear.current && pointer.current !== null && frame !== null)
      ui.getState().set({ zoom: pointAt(stage, frame, pointer.current) })
    wasNear.current = isNear
  }, [isNear, frame, stage, ui])

  const place = (event: PointerEvent): { x: number; y: number } => {
    const box = stageRef.current?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    drag.current = { ...place(event), moved: false }
    event.currentTarget.setPointerCapture(event.pointerId)
  }
  const onPointerMove = (event: PointerEvent): void => {
    const now = place(event)
    pointer.current = now
    if (drag.current === null) return
    const dx = now.x - drag.current.x
    const dy = now.y - drag.current.y
    if (!drag.current.moved && Math.hypot(dx, dy) < 4) return
    drag.current = { ...now, moved: true }
    if (zoom === null || frame === null) return
    const from = offsetAt(stage, frame, zoom)
    const held = offsetAt(stage, frame, centreOf(stage, frame, { x: from.x + dx, y: from.y + dy }))
    ui.getState().set({ zoom: centreOf(stage, frame, held) })
  }
  const onPointerUp = (event: PointerEvent): void => {
    const ended = drag.current
    drag.current = null
    if (ended === null || ended.moved || frame === null) return
    ui.getState().set({ zoom: zoom === null ? pointAt(stage, frame, place(event)) : null })
  }

  const offset = isNear && zoom !== null && frame !== null ? offsetAt(stage, frame, zoom) : null
  const near =
    offset === null || frame === null
      ? undefined
      : { width: frame.width, height: frame.height, transform: `translate(${offset.x}px, ${offset.y}px)` }
  const fit = hasStage && frame !== null ? fitRect(stage, frame) : null
  const layer = near === undefined ? 'layer layer-fit' : 'layer layer-near'
  const style = near ?? {}
  const isFailed = (what: 'preview' | 'original'): boolean => failed?.id === asset.id && failed.what === what
  return (
    <div
      ref={stageRef}
      className={near === undefined ? 'stage stage-fit' : 'stage stage-near'}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerLeave={() => {
        pointer.current = null
      }}
    >
      {asset.hasThumb ? (
        <img
          key={`t-${asset.id}`}
          className={layer}
          style={style}
          src={mediaUrl(asset.id, 'thumb')}
          alt=""
          decoding="sync"
          draggable={false}
        />
      ) : null}
      {isFailed('preview') ? null : (
        <img
          key={`p-${asset.id}`}
          className={layer}
          style={style}
          src={mediaUrl(asset.id, 'preview')}
          alt={tileLabel(asset, 1)}
          decoding="sync"
          draggable={false}
          onLoad={(event) =>
            setPreview({ id: asset.id, size: { width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight } })
          }
          onError={() => setFailed({ id: asset.id, what: 'preview' })}
        />
      )}
      {near === undefined || isFailed('original') ? null : (
        <img
          key={`o-${asset.id}`}
          className={whole === null ? `${layer} layer-loading` : layer}
          style={style}
          src={mediaUrl(asset.id, 'original')}
          alt=""
          decoding="async"
          draggable={false}
          onLoad={(event) =>
            setOriginal({ id: asset.id, size: { width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight } })
          }
          onError={() => setFailed({ id: asset.id, what: 'original' })}
        />
      )}
      {region !== null && fit !== null && near === undefined ? (
        <div
          className="region"
          style={{
            left: fit.left + region.x * fit.width,
            top: fit.top + region.y * fit.height,
            width: region.w * fit.width,
            height: region.h * fit.height,
          }}
        />
      ) : null}
      {near === undefined ? null : (
        <p className="stage-note">
          {isFailed('original')
            ? '100 %, from the preview: this kind of original cannot be drawn here'
            : whole === null
              ? '100 %, sharpening…'
              : '100 %'}
        </p>
      )}
      {isFailed('preview') ? (
        <p className="stage-note">
          {asset.analysis === 'waiting'
            ? 'The large preview is still being made.'
            : (asset.because ?? 'The large preview could not be made.')}
        </p>
      ) : null}
    </div>
  )
}

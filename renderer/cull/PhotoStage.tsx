import { useCallback, useRef } from 'react'
import type { AssetView, Box } from '../../main/contract/views.ts'
import { useUi, useUiStore, type Zoom } from '../ui-state.ts'
import { Overlays } from './overlays/Overlays.tsx'
import { usePictures } from './picture/context.ts'
import { useFollow, useOneAtATime, useReadyAhead } from './picture/follow.ts'
import { Picture } from './picture/Picture.tsx'
import type { Painted, Painter } from './picture/painter.ts'
import { SubjectOverlay } from './SubjectOverlay.tsx'
import { type Size, useSize } from './use-size.ts'
import { fitScale, type Point, type Rect, upright } from './zoom.ts'

/** A photo, whole or at true size, with what is drawn over it. It follows the place at once, before the rest of the window is drawn again. */
export function PhotoStage({
  asset,
  frames,
  at,
  region,
  onPainted,
}: {
  asset: AssetView
  frames: readonly AssetView[]
  at: number
  region: Box | null
  onPainted: (painted: Painted | null) => void
}) {
  const ui = useUiStore()
  const zoom = useUi((state) => state.zoom)
  const painter = useRef<Painter | null>(null)
  const pointer = useRef<Point | null>(null)
  const onZoom = useCallback((next: Zoom) => ui.getState().set({ zoom: next }), [ui])
  const root = useRef<HTMLDivElement>(null)

  const stage = useSize(root)
  useFollow(painter, pointer, stage)
  useReadyAhead(frames, at, zoom, stage)
  useOneAtATime(painter)
  return (
    <div ref={root} className="stage-holder">
      <Picture asset={asset} zoom={zoom} onZoom={onZoom} onPainted={onPainted} painter={painter} pointer={pointer}>
        {({ painted, place, stage }) => (
          <>
            {place === null ? null : <Overlays asset={asset} place={place} />}
            {region === null || place === null ? null : <div className="region" style={within(place, region)} />}
            <SubjectOverlay asset={asset} fit={zoom === null ? place : null} />
            <Note asset={asset} painted={painted} zoom={zoom} stage={stage} />
          </>
        )}
      </Picture>
    </div>
  )
}

const within = (place: Rect, box: Box): Rect => ({
  left: place.left + box.x * place.width,
  top: place.top + box.y * place.height,
  width: box.w * place.width,
  height: box.h * place.height,
})

/** What the picture is short of, in words; nothing when it is whole. */
function Note({ asset, painted, zoom, stage }: { asset: AssetView; painted: Painted | null; zoom: Zoom; stage: Size }) {
  const pixels = upright(asset, null)
  const pictures = usePictures()
  const percent = (scale: number): string => `${Math.round(scale * 100)} %`
  if (painted === null) {
    if (asset.analysis === 'waiting') return <p className="stage-note">The picture is still being made.</p>
    return (
      <p className="stage-note">{pictures.isMissing(asset.id, 'fit') ? (asset.because ?? 'The picture could not be made.') : 'Reading…'}</p>
    )
  }
  if (zoom === null) {
    const isSoft = painted.level === 'thumb' && pictures.isMissing(asset.id, 'fit')
    return isSoft ? (
      <p className="stage-note">
        {asset.analysis === 'waiting' ? 'The large preview is still being made.' : 'Only its small preview is there.'}
      </p>
    ) : null
  }
  const scale = zoom.scale ?? 1
  const whole = pictures.get(asset.id, 'full')
  const isFromPreview = pictures.isMissing(asset.id, 'full') || (whole !== null && pixels !== null && whole.width < pixels.width * 0.98)
  const fits = pixels !== null && stage.width > 0 && scale <= fitScale(stage, pixels, window.devicePixelRatio)
  return (
    <p className="stage-note num">
      {`${percent(scale)}${isFromPreview ? ', from the preview: this kind of original cannot be drawn here' : painted.isSharp || fits ? '' : ', sharpening…'}`}
    </p>
  )
}

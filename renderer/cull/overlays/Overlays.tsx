import { useQuery } from '@tanstack/react-query'
import { type CSSProperties, useEffect, useLayoutEffect, useRef } from 'react'
import { cropBox, cropGuides } from '../../../main/contract/crops.ts'
import type { AssetView, Box } from '../../../main/contract/views.ts'
import { reads, useLibrary } from '../../queries.ts'
import { useUi } from '../../ui-state.ts'
import type { Looking } from '../looking.ts'
import { usePictures } from '../picture/context.ts'
import { type Rect, upright } from '../zoom.ts'
import { HistogramCard } from './Histogram.tsx'
import type { Map2d } from './maps.ts'
import { type Part, useMeasured } from './measuring.ts'
import './overlays.css'

/** What is laid over the photo on demand. `place`: where the whole photo lies on the stage. */
export function Overlays({ asset, place }: { asset: AssetView; place: Rect }) {
  const looking = useUi((state) => state.looking)
  const parts: Part[] = []
  if (looking.overlays.has('focus')) parts.push('focus')
  if (looking.overlays.has('clipping')) parts.push('clipping')
  if (looking.histogram) parts.push('histogram')
  const measured = useMeasured(asset.id, parts)
  return (
    <>
      {measured?.focus == null ? null : <MapLayer map={measured.focus} place={place} />}
      {measured?.clipping == null ? null : <MapLayer map={measured.clipping} place={place} blinks />}
      {looking.overlays.has('crop') ? <CropGuides asset={asset} place={place} looking={looking} /> : null}
      {looking.overlays.has('close') ? <CloseUps asset={asset} /> : null}
      {looking.histogram ? <HistogramCard asset={asset} histogram={measured?.histogram ?? null} /> : null}
    </>
  )
}

const boxStyle = ({ x, y, w, h }: Box): CSSProperties => ({
  left: `${x * 100}%`,
  top: `${y * 100}%`,
  width: `${w * 100}%`,
  height: `${h * 100}%`,
})

function MapLayer({ map, place, blinks = false }: { map: Map2d; place: Rect; blinks?: boolean }) {
  const ref = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    ref.current?.getContext('2d')?.putImageData(new ImageData(map.data, map.width, map.height), 0, 0)
  }, [map])
  return (
    <div className="overlay-map" style={place} aria-hidden="true">
      <canvas ref={ref} className={blinks ? 'overlay-blinks' : 'overlay-soft'} width={map.width} height={map.height} />
    </div>
  )
}

/** One shape at a time, around the subject where it is known; what it cuts away steps back. */
function CropGuides({ asset, place, looking }: { asset: AssetView; place: Rect; looking: Looking }) {
  const detail = useQuery(reads.detail(useLibrary(), asset.id))
  const pixels = upright(asset, null)
  const guide = cropGuides.find(({ key }) => key === looking.crop) ?? cropGuides[0]
  if (guide === undefined || pixels === null) return null
  const subject = detail.data?.subject ?? null
  const centre = subject === null ? { x: 0.5, y: 0.5 } : { x: subject.x + subject.w / 2, y: subject.y + subject.h / 2 }
  const { safe } = guide
  return (
    <div className="overlay-frame" style={place} aria-hidden="true">
      <div className="crop" style={boxStyle(cropBox(pixels, guide.aspect, centre))}>
        <span className="crop-label">{guide.label}</span>
        {safe === null ? null : (
          <div
            className="crop-safe"
            style={boxStyle({ x: safe.left, y: safe.top, w: 1 - safe.left - safe.right, h: 1 - safe.top - safe.bottom })}
          />
        )}
      </div>
    </div>
  )
}

/** Eyes and faces, as large as their pixels allow, beside the whole photo. */
function CloseUps({ asset }: { asset: AssetView }) {
  const detail = useQuery(reads.detail(useLibrary(), asset.id))
  const all = ['eyes', 'faces'].flatMap((name) => {
    const part = detail.data?.components[name]
    return part?.region == null ? [] : [{ name, region: part.region, because: part.because }]
  })
  if (detail.data === undefined) return null
  if (all.length === 0) return <p className="closeups-none">No eyes or faces were found here.</p>
  return (
    <ul className="closeups" aria-label="Close-ups">
      {all.map(({ name, region, because }) => (
        <li key={name}>
          <CloseUp asset={asset} region={region} name={because} />
          <span>{because}</span>
        </li>
      ))}
    </ul>
  )
}

const closeSide = 200

function CloseUp({ asset, region, name }: { asset: AssetView; region: Box; name: string }) {
  const pictures = usePictures()
  const ref = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const draw = (): void => {
      const bitmap = pictures.get(asset.id, 'full') ?? pictures.get(asset.id, 'fit') ?? pictures.get(asset.id, 'thumb')
      const context = ref.current?.getContext('2d')
      if (bitmap === null || context === null || context === undefined) return
      // A square around the region with some air, inside of the photo.
      const side = Math.min(Math.max(region.w * bitmap.width, region.h * bitmap.height) * 1.3, bitmap.width, bitmap.height)
      const left = Math.min(bitmap.width - side, Math.max(0, (region.x + region.w / 2) * bitmap.width - side / 2))
      const top = Math.min(bitmap.height - side, Math.max(0, (region.y + region.h / 2) * bitmap.height - side / 2))
      context.imageSmoothingQuality = 'medium'
      context.drawImage(bitmap, left, top, side, side, 0, 0, closeSide * 2, closeSide * 2)
    }
    draw()
    return pictures.listen((id) => {
      if (id === asset.id) draw()
    })
  }, [pictures, asset.id, region])
  return <canvas ref={ref} width={closeSide * 2} height={closeSide * 2} role="img" aria-label={`Close-up: ${name}`} />
}

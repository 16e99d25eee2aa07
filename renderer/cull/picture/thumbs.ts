import { createContext, useContext } from 'react'
import type { AssetView } from '../../../main/contract/views.ts'
import type { Limits, Pictures, Wanted } from './pictures.ts'

/** Small and many. Chromium keeps the pictures of `<img>` decoded, up to half a gigabyte of them; these are let go in time. */
export const thumbLimits: Limits = { full: 0, rest: 32_000_000, atOnce: 36, inPacks: true }

/** The height of a thumbnail as it lies on the disk, in pixels: there is nothing to gain from asking for more. */
const thumbHeight = 320

/** Pixels of a thumbnail of this height, at the usual shape of photos. */
const thumbBytes = (height: number): number => Math.round(height * height * 1.5) * 4

export const ThumbsContext = createContext<Pictures | null>(null)

export function useThumbPictures(): Pictures {
  const pictures = useContext(ThumbsContext)
  if (pictures === null) throw new Error('expected a ThumbsContext above this component')
  return pictures
}

/** Thumbnails as high as they are shown (`height` in CSS pixels), most urgent first. */
export function wantedThumbs(frames: readonly AssetView[], height: number): Wanted[] {
  const pixels = Math.round(height * window.devicePixelRatio)
  const size = pixels >= thumbHeight || pixels <= 0 ? null : { width: null, height: pixels }
  const bytes = thumbBytes(size?.height ?? thumbHeight)
  return frames.flatMap(({ id, hasThumb }) => (hasThumb ? [{ id, level: 'thumb' as const, size, bytes }] : []))
}

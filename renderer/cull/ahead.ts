import type { AssetView } from '../../main/contract/views.ts'
import type { Wanted } from './picture/pictures.ts'
import type { Size } from './use-size.ts'
import { fitRect } from './zoom.ts'

/** The preview's longest side (see media-url.ts): there is nothing to gain from asking for more of it. */
const previewSide = 2048
const thumbSide = 480
/** Frames that are ready in the direction of travel, and behind. */
const aheadBy = [1, 2, 3, 4] as const
const behindBy = [1, 2] as const
const thumbsAround = 16
/** An original larger than this (pixels) is not decoded before it is asked for. */
const largestAhead = 26_000_000

const isDrawn = (asset: AssetView | undefined): asset is AssetView => asset !== undefined && asset.kind === 'photo' && asset.hasThumb

/** The exact size at which the whole photo is shown on the stage, as far as its preview reaches; null when its own size is not known. */
export function fitSize(asset: Pick<AssetView, 'width' | 'height'>, stage: Size, ratio: number): Size | null {
  if (asset.width === null || asset.height === null || stage.width === 0) return null
  const shown = fitRect(stage, { width: asset.width, height: asset.height }).width * ratio
  const most = Math.min(1, previewSide / Math.max(asset.width, asset.height)) * asset.width
  if (shown >= most) return null
  const width = Math.max(1, Math.round(shown))
  return { width, height: Math.max(1, Math.round((width * asset.height) / asset.width)) }
}

/** Four for each pixel: as it is scaled, else as large as its kind gets. */
function bytesOf(asset: AssetView, level: Wanted['level'], size: Size | null): number {
  if (size !== null) return size.width * size.height * 4
  const side = level === 'thumb' ? thumbSide : previewSide
  return level === 'full' ? (asset.width ?? 6000) * (asset.height ?? 4000) * 4 : side * Math.round(side * 0.75) * 4
}

export function wantedOne(asset: AssetView, level: Wanted['level'], stage: Size, ratio: number): Wanted {
  const size = level === 'fit' ? fitSize(asset, stage, ratio) : null
  return { id: asset.id, level, size, bytes: bytesOf(asset, level, size) }
}

/**
 * What is decoded while `at` is shown, most urgent first: the photo itself, then its neighbours in the direction of travel, then those behind.
 * At true size the originals of the photo and of the next one count more than far previews. `isResting`: nobody has moved on for a moment, so that
 * the original is made ready before somebody asks for true size.
 */
export function wantedAround(around: {
  frames: readonly AssetView[]
  at: number
  direction: 1 | -1
  stage: Size
  ratio: number
  isNear: boolean
  isResting: boolean
}): Wanted[] {
  const { frames, at, direction, stage, ratio, isNear, isResting } = around
  const list: Wanted[] = []
  const frame = (by: number): AssetView | null => {
    const found = frames[at + by * direction]
    return isDrawn(found) ? found : null
  }
  const add = (asset: AssetView | null, level: Wanted['level']): void => {
    if (asset !== null) list.push(wantedOne(asset, level, stage, ratio))
  }
  const isLarge = (asset: AssetView | null): boolean => (asset?.width ?? 0) * (asset?.height ?? 0) > largestAhead
  const here = frame(0)
  add(here, 'thumb')
  add(here, 'fit')
  if (isNear) add(here, 'full')
  for (const by of [1, 2, 3, -1]) add(frame(by), 'thumb')
  add(frame(1), 'fit')
  if (isNear && !isLarge(here) && !isLarge(frame(1))) add(frame(1), 'full')
  add(frame(2), 'fit')
  add(frame(-1), 'fit')
  for (const by of aheadBy.slice(2)) add(frame(by), 'fit')
  for (const by of behindBy.slice(1)) add(frame(-by), 'fit')
  if (!isNear && isResting && !isLarge(here)) add(here, 'full')
  for (let by = 2; by <= thumbsAround; by += 1) {
    add(frame(by), 'thumb')
    if (by <= 6) add(frame(-by), 'thumb')
  }
  return list
}

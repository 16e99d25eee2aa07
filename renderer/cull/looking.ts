import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView } from '../../main/contract/views.ts'
import type { Shown } from './room.ts'

/** What is laid over the photo. */
export type Overlay = 'focus' | 'clipping' | 'crop' | 'close'
export const overlays: readonly Overlay[] = ['focus', 'clipping', 'crop', 'close']

/** How the large view looks at photos: one, two against each other, or up to nine together. Pure. */
export type Looking = {
  overlays: ReadonlySet<Overlay>
  /** Which crop guide, by key of `cropGuides`. */
  crop: string
  histogram: boolean
  compare: { champion: AssetId; challenger: AssetId } | null
  survey: readonly AssetId[] | null
}

export const mostSurveyed = 9

export const atOne: Looking = { overlays: new Set(), crop: 'square', histogram: false, compare: null, survey: null }

/** None, then each overlay alone, then none again. */
export function nextOverlay(looking: Looking): Looking {
  const [only] = looking.overlays
  const at = looking.overlays.size === 1 && only !== undefined ? overlays.indexOf(only) : -1
  const next = looking.overlays.size > 1 ? undefined : overlays[at + 1]
  return { ...looking, overlays: new Set(next === undefined ? [] : [next]) }
}

export function withOverlay(looking: Looking, overlay: Overlay, isOn: boolean): Looking {
  const next = new Set(looking.overlays)
  if (isOn) next.add(overlay)
  else next.delete(overlay)
  return { ...looking, overlays: next }
}

const isSeen = (asset: AssetView): boolean => asset.kind === 'photo' && asset.hasThumb

/** Photos of the room that can be held against each other, in order. */
export const seenPhotos = (shown: Shown): AssetView[] => shown.frames.filter(isSeen)

/** Two that are chosen, else the photo and the one that follows it; null when there are no two. */
export function startCompare(photos: readonly AssetView[], current: AssetId | null, chosen: ReadonlySet<AssetId>): Looking['compare'] {
  const pair = photos.filter(({ id }) => chosen.has(id)).slice(0, 2)
  const at = photos.findIndex(({ id }) => id === current)
  const champion = pair[0] ?? photos[at]
  const challenger = pair[1] ?? photos[at + 1] ?? photos[at - 1]
  return champion === undefined || challenger === undefined || champion.id === challenger.id
    ? null
    : { champion: champion.id, challenger: challenger.id }
}

/** The next (previous) photo that is not the champion; the challenger itself at an end. */
export function stepChallenger(
  photos: readonly AssetView[],
  { champion, challenger }: NonNullable<Looking['compare']>,
  by: 1 | -1,
): AssetId {
  const others = photos.filter(({ id }) => id !== champion)
  const at = others.findIndex(({ id }) => id === challenger)
  return others[at + by]?.id ?? challenger
}

/** The challenger wins: it becomes the champion, and the photo behind it is the next to challenge. */
export function crown(photos: readonly AssetView[], pair: NonNullable<Looking['compare']>): NonNullable<Looking['compare']> {
  const champion = pair.challenger
  const next = stepChallenger(photos, { champion: pair.champion, challenger: champion }, 1)
  return { champion, challenger: next === champion ? pair.champion : next }
}

/** Up to nine around the current one: what is chosen, else its stack, else its neighbours. */
export function startSurvey(
  photos: readonly AssetView[],
  current: AssetId | null,
  chosen: ReadonlySet<AssetId>,
  stack: readonly AssetId[],
): AssetId[] {
  const picked = photos.filter(({ id }) => chosen.has(id))
  const mates = photos.filter(({ id }) => stack.includes(id))
  const pool = picked.length > 1 ? picked : mates.length > 1 ? mates : photos
  const at = Math.max(
    0,
    pool.findIndex(({ id }) => id === current),
  )
  const first = Math.max(0, Math.min(at - Math.floor(mostSurveyed / 2), pool.length - mostSurveyed))
  return pool.slice(first, first + mostSurveyed).map(({ id }) => id)
}

/** Columns that leave the photos of a survey largest on a stage of this shape. */
export function surveyColumns(count: number, stage: { width: number; height: number }): number {
  const size = (columns: number): number => Math.min(stage.width / columns / 3, stage.height / Math.ceil(count / columns) / 2)
  return Array.from({ length: count }, (_, index) => index + 1).reduce((best, columns) => (size(columns) > size(best) ? columns : best), 1)
}

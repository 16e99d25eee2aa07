import type { AssetView } from '../../main/contract/views.ts'
import type { Facts } from './filter.ts'

/** In which order the room shows what it shows. Pure. */
export type SortBy = 'time' | 'name' | 'score' | 'rating' | 'product' | 'added'
/** `down`: the other way round than usual (newest first, worst first, Z first). */
export type Sort = { by: SortBy; down: boolean }

export const sorts: readonly { by: SortBy; label: string; usual: string; turned: string }[] = [
  { by: 'time', label: 'Camera time', usual: 'earliest first', turned: 'latest first' },
  { by: 'name', label: 'Name', usual: 'A to Z', turned: 'Z to A' },
  { by: 'score', label: 'Score', usual: 'best first', turned: 'worst first' },
  { by: 'rating', label: 'Stars', usual: 'most first', turned: 'fewest first' },
  { by: 'product', label: 'Product', usual: 'A to Z', turned: 'Z to A' },
  { by: 'added', label: 'Day added', usual: 'newest first', turned: 'oldest first' },
]

export const byCameraTime: Sort = { by: 'time', down: false }

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Camera time, then name, then id. Assets without a time come last, in name order. */
export function byTime(a: AssetView, b: AssetView): number {
  if (a.capturedAt !== b.capturedAt) {
    if (a.capturedAt === null) return 1
    if (b.capturedAt === null) return -1
    return order(a.capturedAt, b.capturedAt)
  }
  return order(a.name, b.name) || order(a.id, b.id)
}

/** What an asset is sorted by; null (unknown) comes last either way. */
function keyOf(asset: AssetView, by: SortBy, { productOf, productTitles }: Facts): string | number | null {
  switch (by) {
    case 'time':
      return asset.capturedAt
    case 'name':
      return asset.name.toLowerCase()
    case 'score':
      return asset.score === null ? null : -asset.score
    case 'rating':
      return asset.rating === null ? null : -asset.rating
    case 'product':
      return productTitles.get(productOf.get(asset.id) ?? '')?.toLowerCase() ?? null
    case 'added':
      return -Number(asset.addedAt.slice(0, 10).replaceAll('-', ''))
    default:
      return by satisfies never
  }
}

/** The place of some frames in the order: that of their first in it. */
export function firstKey(frames: readonly AssetView[], by: SortBy, facts: Facts): string | number | null {
  let first: string | number | null = null
  for (const frame of frames) {
    const key = keyOf(frame, by, facts)
    if (key !== null && (first === null || key < first)) first = key
  }
  return first
}

/** Sorts by a key made once per entry; entries with the same key, or none, keep the order they came in (camera time). */
export function sorted<T>(entries: readonly T[], key: (entry: T) => string | number | null, down: boolean): T[] {
  const sign = down ? -1 : 1
  return entries
    .map((entry, index) => ({ entry, index, key: key(entry) }))
    .sort((a, b) => {
      if (a.key === b.key) return a.index - b.index
      if (a.key === null) return 1
      if (b.key === null) return -1
      return a.key < b.key ? -sign : sign
    })
    .map(({ entry }) => entry)
}

export function parseSort(found: unknown): Sort {
  if (typeof found !== 'object' || found === null) return byCameraTime
  const field = (name: keyof Sort): unknown => Object.getOwnPropertyDescriptor(found, name)?.value
  const by = sorts.find((one) => one.by === field('by'))?.by
  return by === undefined ? byCameraTime : { by, down: field('down') === true }
}

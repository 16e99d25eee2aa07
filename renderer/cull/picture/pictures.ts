import type { AssetId } from '../../../main/contract/ids.ts'
import { mediaUrl, type RenditionName } from '../../../main/contract/media-url.ts'
import type { Size } from '../use-size.ts'
import type { DecodeAnswer, DecodeOrder } from './decoding.ts'

/** `thumb`: soon there · `fit`: the preview at the size it is shown · `full`: every pixel of the original. */
export type Level = 'thumb' | 'fit' | 'full'
/** `size`: scale to exactly this; null = as it is. */
export type Wanted = { id: AssetId; level: Level; size: Size | null }

export type Pictures = {
  get(id: AssetId, level: Level): ImageBitmap | null
  /** True once it is known that there is no such picture (now). */
  isMissing(id: AssetId, level: Level): boolean
  /** What is needed, most urgent first. What is not named is not begun, and is the first to go when memory is short. */
  want(list: readonly Wanted[]): void
  /** Forgets that a picture was missing: it may have been made since. */
  retry(id: AssetId): void
  listen(onReady: (id: AssetId) => void): () => void
  close(): void
}

/** Bytes of decoded pixels that are kept: one 24 MP original and its neighbour, and some forty screens' worth of smaller ones. */
const keptBytes = { full: 200_000_000, rest: 64_000_000 }
/** So many are read and decoded at a time. */
const atOnce = 2
const renditions: Readonly<Record<Level, RenditionName>> = { thumb: 'thumb', fit: 'preview', full: 'original' }

type Entry = { id: AssetId; level: Level; bitmap: ImageBitmap; size: Size | null }

const bytesOf = ({ width, height }: ImageBitmap): number => width * height * 4
const keyOf = (id: AssetId, level: Level): string => `${level} ${id}`
const sameSize = (a: Size | null, b: Size | null): boolean => a === b || (a?.width === b?.width && a?.height === b?.height)

/** Decoded pictures, decoded ahead in a worker, within a bound of memory. */
export function createPictures(): Pictures {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' })
  /** In the order of their last use. */
  const kept = new Map<string, Entry>()
  const missing = new Set<string>()
  const under = new Map<string, Wanted>()
  const listeners = new Set<(id: AssetId) => void>()
  let wanted: readonly Wanted[] = []

  const send = (order: DecodeOrder): void => worker.postMessage(order)
  const next = (): void => {
    // Originals are large: only the one that is looked at is begun while another is under way.
    const urgent = wanted.find(({ level }) => level === 'full')
    for (const one of wanted) {
      // The original that somebody waits for does not wait for neighbours.
      if (under.size >= (one === urgent ? atOnce + 1 : atOnce)) continue
      if (one.level === 'full' && one !== urgent && [...under.values()].some(({ level }) => level === 'full')) continue
      const key = keyOf(one.id, one.level)
      const there = kept.get(key)
      if (under.has(key) || missing.has(key) || (there !== undefined && sameSize(there.size, one.size))) continue
      under.set(key, one)
      send({
        kind: 'decode',
        key,
        url: mediaUrl(one.id, renditions[one.level]),
        width: one.size?.width ?? null,
        height: one.size?.height ?? null,
      })
    }
  }
  const forget = (key: string): void => {
    kept.get(key)?.bitmap.close()
    kept.delete(key)
  }
  const trim = (): void => {
    const rankOf = new Map(wanted.map(({ id, level }, rank) => [keyOf(id, level), rank]))
    for (const kind of ['full', 'rest'] as const) {
      const mine = [...kept].filter(([, { level }]) => (level === 'full') === (kind === 'full'))
      const spare = mine.filter(([key]) => !rankOf.has(key))
      const needed = mine.filter(([key]) => rankOf.has(key)).sort(([a], [b]) => (rankOf.get(b) ?? 0) - (rankOf.get(a) ?? 0))
      let total = mine.reduce((sum, [, { bitmap }]) => sum + bytesOf(bitmap), 0)
      // Oldest of what nobody needs, then the least urgent of what is needed; the most urgent one stays, however large. An original that nobody
      // needs goes at once.
      for (const [key, { bitmap }] of [...spare, ...needed.slice(0, -1)]) {
        if (total <= keptBytes[kind] && !(kind === 'full' && !rankOf.has(key))) break
        total -= bytesOf(bitmap)
        forget(key)
      }
    }
  }
  worker.addEventListener('message', ({ data }: MessageEvent<DecodeAnswer>) => {
    const order = under.get(data.key)
    under.delete(data.key)
    if (order === undefined) data.bitmap?.close()
    else if (data.bitmap === null) {
      if (data.because === 'missing') missing.add(data.key)
    } else {
      forget(data.key)
      kept.set(data.key, { id: order.id, level: order.level, bitmap: data.bitmap, size: order.size })
      trim()
    }
    next()
    if (order !== undefined) for (const listener of listeners) listener(order.id)
  })
  return {
    get: (id, level) => {
      const key = keyOf(id, level)
      const found = kept.get(key)
      if (found === undefined) return null
      kept.delete(key)
      kept.set(key, found)
      return found.bitmap
    },
    isMissing: (id, level) => missing.has(keyOf(id, level)),
    want: (list) => {
      wanted = list
      const keys = new Set(list.map(({ id, level }) => keyOf(id, level)))
      for (const key of under.keys()) if (!keys.has(key)) send({ kind: 'drop', key })
      trim()
      next()
    },
    retry: (id) => {
      const levels: Level[] = ['thumb', 'fit', 'full']
      for (const level of levels) missing.delete(keyOf(id, level))
      next()
    },
    listen: (onReady) => {
      listeners.add(onReady)
      return () => listeners.delete(onReady)
    },
    close: () => {
      worker.terminate()
      for (const key of [...kept.keys()]) forget(key)
      listeners.clear()
    },
  }
}

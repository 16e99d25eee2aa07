import type { AssetId } from '../../../main/contract/ids.ts'
import { mediaUrl, mostThumbs, type RenditionName, thumbsUrl } from '../../../main/contract/media-url.ts'
import type { DecodeAnswer, DecodeOne, DecodeOrder } from './decoding.ts'

/** `thumb`: soon there · `fit`: the preview at the size it is shown · `full`: every pixel of the original. */
export type Level = 'thumb' | 'fit' | 'full'
/** Exact pixels to scale to; a width of null keeps the shape. */
export type Scaled = { width: number | null; height: number }
/** `size`: null = as it is. `bytes`: what its pixels take, as far as one knows; 0 = on screen, so that it is decoded whatever it takes. */
export type Wanted = { id: AssetId; level: Level; size: Scaled | null; bytes: number }

export type Pictures = {
  get(id: AssetId, level: Level): ImageBitmap | null
  /** True once it is known that there is no such picture (now). */
  isMissing(id: AssetId, level: Level): boolean
  /** What is needed, most urgent first. What is not named is not begun, and is the first to go when memory is short. */
  want(list: readonly Wanted[]): void
  /** Originals that somebody may want next: read, but not decoded. Only these. */
  readAhead(ids: readonly AssetId[]): void
  /** Forgets that a picture was missing: it may have been made since. */
  retry(id: AssetId): void
  listen(onReady: (id: AssetId) => void): () => void
  close(): void
}

/** One original of 26 MP, or two of 12, and a screen's worth of each of its neighbours. */
const usual = { full: 110_000_000, rest: 40_000_000, atOnce: 2, inPacks: false }
/**
 * `full` and `rest`: bytes of decoded originals, and of everything smaller, that are kept; `atOnce`: so many are read and decoded at a time.
 * `inPacks`: thumbnails are read several at a time, so the next ones wait until there is room for a pack of them.
 */
export type Limits = typeof usual
const renditions: Readonly<Record<Level, RenditionName>> = { thumb: 'thumb', fit: 'preview', full: 'original' }

type Entry = { id: AssetId; level: Level; bitmap: ImageBitmap; size: Scaled | null }

const bytesOf = ({ width, height }: ImageBitmap): number => width * height * 4
const keyOf = (id: AssetId, level: Level): string => `${level} ${id}`
const sameSize = (a: Scaled | null, b: Scaled | null): boolean => a === b || (a?.width === b?.width && a?.height === b?.height)

/** As much of the list as there is room for; the most urgent of each kind always. What is decoded only to be let go again would be decoded forever. */
export function affordable(list: readonly Wanted[], limits: Pick<Limits, 'full' | 'rest'>): Wanted[] {
  const taken = { full: 0, rest: 0 }
  return list.filter(({ level, bytes }) => {
    const kind = level === 'full' ? 'full' : 'rest'
    if (taken[kind] > 0 && taken[kind] + bytes > limits[kind]) return false
    taken[kind] += bytes
    return true
  })
}

/** Decoded pictures, decoded ahead in a worker, within a bound of memory. */
export function createPictures(limits: Limits = usual): Pictures {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' })
  /** In the order of their last use. */
  const kept = new Map<string, Entry>()
  const missing = new Set<string>()
  const under = new Map<string, { one: Wanted; ticket: number }>()
  const ordered = new Map<number, string>()
  let tickets = 0
  const listeners = new Set<(id: AssetId) => void>()
  let wanted: readonly Wanted[] = []

  const send = (order: DecodeOrder): void => worker.postMessage(order)
  /** `least`: nothing is begun while there is room for fewer than so many. */
  const next = (least: number): void => {
    if (limits.atOnce - under.size < least) return
    // Originals are large: only the one that is looked at is begun while another is under way.
    const urgent = wanted.find(({ level }) => level === 'full')
    const [alone, thumbs]: [DecodeOne[], { id: AssetId; order: DecodeOne }[]] = [[], []]
    for (const one of wanted) {
      // The original that somebody waits for does not wait for neighbours.
      if (under.size >= limits.atOnce + (one === urgent ? 1 : 0)) continue
      if (one.level === 'full' && one !== urgent && [...under.values()].some(({ one }) => one.level === 'full')) continue
      const key = keyOf(one.id, one.level)
      const there = kept.get(key)
      if (under.has(key) || missing.has(key) || (there !== undefined && sameSize(there.size, one.size))) continue
      tickets += 1
      under.set(key, { one, ticket: tickets })
      ordered.set(tickets, key)
      const url = mediaUrl(one.id, renditions[one.level])
      const order = { ticket: tickets, url, width: one.size?.width ?? null, height: one.size?.height ?? null }
      if (limits.inPacks && one.level === 'thumb') thumbs.push({ id: one.id, order })
      else alone.push(order)
    }
    if (alone.length > 0) send({ kind: 'decode', orders: alone, packed: null })
    for (let from = 0; from < thumbs.length; from += mostThumbs) {
      const pack = thumbs.slice(from, from + mostThumbs)
      send({ kind: 'decode', orders: pack.map(({ order }) => order), packed: thumbsUrl(pack.map(({ id }) => id)) })
    }
  }
  const forget = (key: string): void => {
    kept.get(key)?.bitmap.close()
    kept.delete(key)
  }
  const trim = (): void => {
    const needed = new Set(wanted.map(({ id, level }) => keyOf(id, level)))
    for (const kind of ['full', 'rest'] as const) {
      const mine = [...kept].filter(([, { level }]) => (level === 'full') === (kind === 'full'))
      let total = mine.reduce((sum, [, { bitmap }]) => sum + bytesOf(bitmap), 0)
      // The oldest of what nobody needs; an original that nobody needs goes at once. What is needed stays, however large.
      for (const [key, { bitmap }] of mine.filter(([key]) => !needed.has(key))) {
        if (total <= limits[kind] && kind !== 'full') break
        total -= bytesOf(bitmap)
        forget(key)
      }
    }
  }
  worker.addEventListener('message', ({ data }: MessageEvent<DecodeAnswer>) => {
    const key = ordered.get(data.ticket)
    ordered.delete(data.ticket)
    const order = key === undefined ? undefined : under.get(key)
    if (key === undefined || order?.ticket !== data.ticket) return data.bitmap?.close()
    under.delete(key)
    const { id, level, size } = order.one
    if (data.bitmap !== null) {
      forget(key)
      kept.set(key, { id, level, bitmap: data.bitmap, size })
      trim()
    } else if (data.because === 'missing') missing.add(key)
    next(limits.inPacks ? mostThumbs : 0)
    for (const listener of listeners) listener(id)
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
      wanted = affordable(list, limits)
      const keys = new Set(wanted.map(({ id, level }) => keyOf(id, level)))
      for (const [key, { ticket }] of under) {
        if (keys.has(key)) continue
        send({ kind: 'drop', ticket })
        // Small ones make room at once for those in view; large ones take memory until they have really ended.
        if (limits.inPacks) under.delete(key)
      }
      trim()
      next(0)
    },
    readAhead: (ids) => send({ kind: 'read', urls: ids.map((id) => mediaUrl(id, renditions.full)) }),
    retry: (id) => {
      const levels: Level[] = ['thumb', 'fit', 'full']
      for (const level of levels) missing.delete(keyOf(id, level))
      next(0)
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

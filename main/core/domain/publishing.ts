import { createHash } from 'node:crypto'
import type { CatalogListing, RemoteListing } from '../catalog.ts'
import { decimal } from './money.ts'

/**
 * What to do next for one listing in one shop, so that everything is there exactly once, whatever breaks. Pure.
 *
 * The rules: an intent is on the disk before the first byte goes out; what was begun and has no known end is `unsure`; what is unsure is looked up, and
 * only after the shop had time to finish it (`settleMs`); what is found is adopted, what is not is sent again under a new intent. Time is the engine's
 * own uptime: a clock that is set forward or back can neither cut the wait short nor make it endless. After a restart every intent of an earlier life
 * is unsure, and waits until this life has lasted that long.
 */

/** Noted before something is sent. `life`: the run of the engine that noted it. */
export type Intent = { life: string }
export type MediaMark = { state: 'intended' | 'processing' | 'there'; remoteId: string | null; life: string }

/** Where a listing stands in a shop, as the library knows it. */
export type Standing = {
  remoteId: string | null
  creation: Intent | null
  media: ReadonlyMap<string, MediaMark>
  /** The keys without a mark were looked up since this was asked for. */
  looked: boolean
}

export type Now = {
  life: string
  /** Milliseconds this life has lasted. */
  uptimeMs: number
  /** When this life began to act on an intent, by what it is for (`creation` or a key). */
  begun(what: string): number | null
  settleMs: number
}

export type Step =
  /** Look for the product; adopt it, or note the intent to make it. */
  | { do: 'find' }
  | { do: 'create' }
  /** Look for these keys; adopt what is there, take back the intent of what is not. */
  | { do: 'look up'; keys: string[] }
  /** Note the intent to send this one. */
  | { do: 'intend'; key: string }
  | { do: 'upload'; key: string }
  /** There, but not ready to be shown. */
  | { do: 'await'; keys: string[] }
  | { do: 'wait'; ms: number }
  /** Everything is there: set the listing, show or hide it. */
  | { do: 'set' }

/**
 * How long a shop may still act on what was begun under an intent, and so until it may be looked up; null = it was certainly never begun. What an
 * earlier life began was begun before this one.
 */
export function unsureFor(intent: Intent, what: string, now: Now): number | null {
  const begun = now.begun(what) ?? (intent.life === now.life ? null : 0)
  return begun === null ? null : Math.max(0, begun + now.settleMs - now.uptimeMs)
}

export function nextStep(standing: Standing, keys: readonly string[], now: Now): Step {
  if (standing.remoteId === null) {
    if (standing.creation === null) return { do: 'find' }
    const wait = unsureFor(standing.creation, 'creation', now)
    return wait === null ? { do: 'create' } : wait > 0 ? { do: 'wait', ms: wait } : { do: 'find' }
  }
  const missing = keys.filter((key) => !standing.media.has(key))
  if (missing.length > 0 && !standing.looked) return { do: 'look up', keys: missing }
  const ripe: string[] = []
  const waits: number[] = []
  const processing: string[] = []
  let ready: string | null = null
  for (const key of keys) {
    const mark = standing.media.get(key)
    if (mark === undefined || mark.state === 'there') continue
    if (mark.state === 'processing') processing.push(key)
    else {
      const wait = unsureFor(mark, key, now)
      if (wait === null) ready ??= key
      else if (wait > 0) waits.push(wait)
      else ripe.push(key)
    }
  }
  if (ripe.length > 0) return { do: 'look up', keys: ripe }
  if (ready !== null) return { do: 'upload', key: ready }
  const [next] = missing
  if (next !== undefined) return { do: 'intend', key: next }
  if (processing.length > 0) return { do: 'await', keys: processing }
  if (waits.length > 0) return { do: 'wait', ms: Math.min(...waits) }
  return { do: 'set' }
}

/** The idempotency key of one act: the same for every try of it, another for everything else. */
export const idempotency = (catalog: string, productId: string, what: string): string =>
  createHash('sha256').update(`${catalog}\n${productId}\n${what}`).digest('hex').slice(0, 40)

export type Gallery = { key: string; remoteId: string }[]

/** Pictures in the shop that are not in this gallery, in their order. */
export const others = (remote: RemoteListing, gallery: Gallery, ours: ReadonlySet<string>): string[] => {
  const own = new Set(gallery.map((one) => one.remoteId))
  return remote.media.filter((one) => !own.has(one.remoteId) && !ours.has(one.remoteId)).map((one) => one.remoteId)
}

const samePrice = (a: CatalogListing['price'], b: CatalogListing['price']): boolean =>
  a === null ? b === null : b !== null && a.minor === b.minor && a.currency === b.currency

/** What the listing that is wanted and what the shop shows have not in common, in words; empty = it is as wanted. */
export function differences(
  wanted: { listing: CatalogListing; gallery: Gallery; keep: readonly string[]; text: boolean },
  remote: RemoteListing,
  can: { price: boolean; stock: boolean },
): string[] {
  const { listing, gallery, keep, text } = wanted
  const found: string[] = []
  if (text && remote.title !== listing.title) found.push(`its title is “${remote.title}”, here it is “${listing.title}”`)
  if (text && can.price && listing.price !== null && !samePrice(listing.price, remote.price))
    found.push(`its price is ${say(remote.price)}, here it is ${say(listing.price)}`)
  if (text && can.stock && listing.stock !== null && remote.stock !== listing.stock)
    found.push(`its stock is ${remote.stock ?? 'not said'}, here it is ${listing.stock}`)
  const order = [...gallery.map((one) => one.remoteId), ...keep]
  const there = remote.media.map((one) => one.remoteId)
  const gone = gallery.filter((one) => !there.includes(one.remoteId)).length
  const added = there.filter((id) => !order.includes(id)).length
  if (gone > 0) found.push(`${gone} of its pictures ${gone === 1 ? 'is' : 'are'} not in its gallery`)
  if (added > 0) found.push(`${added} ${added === 1 ? 'picture was' : 'pictures were'} added in the shop`)
  if (gone === 0 && added === 0 && there.join() !== order.join()) found.push('its pictures are in another order')
  return found
}

const say = (price: CatalogListing['price']): string => (price === null ? 'not said' : `${decimal(price)} ${price.currency}`)

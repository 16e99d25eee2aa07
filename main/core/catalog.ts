import type { PhotoRecipe } from '../../workers/protocol.ts'

/**
 * A shop's product store, as the core sees it: one interface, one adapter a shop, differences as data (`CatalogCapabilities`).
 *
 * The core decides what to do next and remembers what it was about to do (see domain/publishing.ts); an adapter does one thing when it is told to,
 * never tries again by itself, and says how it ended. Nothing throws: everything that is expected is a `CatalogProblem`.
 */

/**
 * How a request ended that did not end well.
 * `retryable`: the shop said no for now, nothing was changed. `throttled`: too fast; costs no attempt. `ambiguous`: sent, and nobody said what became of it
 * (reset, timeout, 502, 504): it is looked up, never sent again blindly. `auth`: signing in failed or a permission is missing: the whole shop waits for a
 * person. `conflict`: someone else changed it. `permanent`: the shop will never take this.
 */
export type CatalogProblem = {
  class: 'retryable' | 'throttled' | 'ambiguous' | 'auth' | 'conflict' | 'permanent'
  /** The shop's own word for it, for logs and tests: "THROTTLED", "rest_upload_sideload_error". */
  code: string
  /** Says in plain words what happened and what to do next. Never holds a secret. */
  message: string
  retryAfterMs?: number
}
export type CatalogReply<T> = { ok: true; value: T } | { ok: false; problem: CatalogProblem }

/** One file to publish, already rendered, frozen on disk: its key is the SHA-256 of the bytes that will be sent. */
export type CatalogMedia = {
  key: string
  path: string
  kind: 'image' | 'clip'
  width: number
  height: number
  bytes: number
  type: 'image/jpeg' | 'image/webp' | 'video/mp4'
  alt: string
  /** Smaller renditions of the same picture for responsive pages, ascending by width; empty for clips. Only the local catalog uses them. */
  sources: { key: string; path: string; width: number; height: number; type: 'image/jpeg' | 'image/webp' }[]
  /** Still of a clip. */
  poster: { key: string; path: string; width: number; height: number } | null
  durationUs: number | null
}

export type Money = { minor: number; currency: string }

/** A product as a catalog gets it: complete, media in order, hero first. */
export type CatalogListing = {
  productId: string
  /** Stable, URL-safe, unique within the library. */
  handle: string
  title: string
  description: string
  sku: string | null
  price: Money | null
  stock: number | null
  media: CatalogMedia[]
  updatedAt: string
}

export type CatalogCapabilities = {
  /**
   * What stands between a lost reply and a second copy. `server-key`: the server itself refuses or answers alike a second time; `lookup`: media are
   * found again by our key; `none`: only what the library remembers.
   */
  dedupe: 'server-key' | 'lookup' | 'none'
  /** How long after a lost reply a lookup may still miss what the server is about to finish, milliseconds. */
  settleMs: number
  /** The shop opens a listing by itself at a given time; closing has to be done by us everywhere. */
  scheduleOpen: boolean
  video: boolean
  altText: boolean
  /** Price and stock can be set. */
  price: boolean
  stock: boolean
  formats: CatalogMedia['type'][]
  maxBytes: number
  /** For clips, where it is another number. */
  maxClipBytes?: number
  /** Width × height / 10⁶; null = not limited. */
  maxMegapixels: number | null
  maxPerProduct: number
  /** Recipes to render before a listing can be sent; the last one is the picture itself. */
  recipes: PhotoRecipe[]
  /** Channel whose rules the clips of this shop follow; null = no clips. */
  clipChannel: string | null
}

export type RemoteMedia = {
  remoteId: string
  /** Our key as the shop knows it; null: not ours. */
  key: string | null
  kind: 'image' | 'clip'
  /** `processing`: there, not ready to be attached or shown. */
  state: 'ready' | 'processing' | 'failed'
  attached: boolean
}

/** What the shop holds of one product, freshly read. */
export type RemoteListing = {
  remoteId: string
  /** Where buyers see it; null while the shop has no page for it. */
  url: string | null
  /** Changes whenever somebody changes what we set: title, price, stock, pictures, their order. Not when only visibility changes. */
  revision: string
  visible: boolean
  /** When the shop will open it by itself; UTC instant. */
  opensAt: string | null
  title: string
  price: Money | null
  stock: number | null
  /** The gallery, in order. */
  media: RemoteMedia[]
}

export type ProductRef = { productId: string; remoteId: string | null; sku: string | null; handle: string }

/** A whole listing, set at once. */
export type ListingChange = {
  remoteId: string
  listing: CatalogListing
  /** Whether title, description, price and stock are set too; false where the product was there before us: its words are the seller's. */
  text: boolean
  /** Our pictures in order, hero first: remote ids by key. */
  gallery: { key: string; remoteId: string }[]
  /** Pictures somebody else put there; they stay, behind ours, in their order. */
  keep: string[]
  /** The revision this change was made for; the adapter reads again and answers `conflict` when it is another one. null = whatever is there. */
  base: string | null
}

export type Flip = { productId: string; remoteId: string }
export type FlipReply = { productId: string; reply: CatalogReply<{ visible: boolean; opensAt: string | null }> }

export interface Catalog {
  /** Of this connection, unique in the library: 'local', 'vendure', 'vendure-2'. */
  readonly name: string
  readonly kind: string
  capabilities(): CatalogCapabilities
  /** Signs in and looks around; changes nothing. `missing`: permissions that are not there, in words. */
  test(signal: AbortSignal): Promise<CatalogReply<{ shop: string; url: string | null; missing: string[] }>>
  /** By remote id, else by SKU, else by handle. null = the shop has no such product. */
  find(ref: ProductRef, signal: AbortSignal): Promise<CatalogReply<RemoteListing | null>>
  /** Makes the product: hidden, with its text, without pictures. Asked only after `find` said null and the intent was noted. */
  create(listing: CatalogListing, idempotency: string, signal: AbortSignal): Promise<CatalogReply<RemoteListing>>
  /** What carries one of these keys there, oldest first; several of one key are duplicates to sweep. */
  findMedia(keys: readonly string[], remoteId: string, signal: AbortSignal): Promise<CatalogReply<RemoteMedia[]>>
  /** Sends one file; never called twice for a key before a lookup. Verifies what the reply says about it (size, pixels). */
  upload(
    media: CatalogMedia,
    to: { remoteId: string; handle: string },
    idempotency: string,
    signal: AbortSignal,
  ): Promise<CatalogReply<RemoteMedia>>
  /** Text, price, stock and the whole gallery in order. Answers with what a fresh read then shows, whatever the shop's reply claimed. */
  set(change: ListingChange, signal: AbortSignal): Promise<CatalogReply<RemoteListing>>
  /** Shows or hides listings, as few requests as can be; `at`: let the shop open them by itself then (only with `scheduleOpen`). Verified by reading back. */
  flip(flips: readonly Flip[], to: 'live' | 'hidden', at: string | null, signal: AbortSignal): Promise<FlipReply[]>
  /** Deletes a file of ours that nothing shows. Refuses (`conflict`) when a product shows it or it does not carry this key. */
  removeMedia(media: { remoteId: string; key: string }, signal: AbortSignal): Promise<CatalogReply<null>>
  /** The bytes of a small picture of a file in the shop, to be looked at beside ours; null = none to be had. For catalogs that can be asked. */
  picture?(remoteId: string, signal: AbortSignal): Promise<CatalogReply<Uint8Array | null>>
  /** What spans listings (storefront, feeds), for catalogs that have it. Cheap, idempotent. `page`: what to open on this machine. */
  finish?(shop: CatalogShop, signal: AbortSignal): Promise<CatalogReply<{ page: string | null }>>
}

/** What a storefront page says besides its listings. */
export type CatalogShop = {
  title: string
  drops: {
    id: string
    title: string
    /** UTC instants; null = it stays open. */
    opensAt: string
    closesAt: string | null
    /** IANA zone in which its hours are told. */
    zone: string
    products: string[]
  }[]
}

/** One value that connecting asks for. */
export type ConnectionField = {
  name: string
  label: string
  type: 'text' | 'url' | 'secret' | 'folder' | 'choice'
  required: boolean
  /** Where to find it, in words. */
  hint: string
  example: string | null
  choices: { value: string; label: string }[] | null
}

/** A kind of shop that can be connected. */
export type CatalogKind = {
  kind: string
  label: string
  about: string
  fields: ConnectionField[]
  /** What its adapter was tested against, said plainly to the user. */
  tested: 'real server' | 'real schema and a stand-in' | 'stand-in'
}

export type Connection = { name: string; kind: string; config: Readonly<Record<string, string>> }

/** All adapters. `open` checks the values (`permanent` says which is wrong) and sends nothing. */
export interface CatalogKinds {
  list(): CatalogKind[]
  open(connection: Connection, secrets: Readonly<Record<string, string>>): CatalogReply<Catalog>
}

/** Where secrets are kept: never in the library, logs or exports in clear. */
export interface Secrets {
  get(name: string): Promise<string | null>
  /** null takes it away. */
  set(name: string, value: string | null): Promise<void>
  /** In words, for the connection screen: "the system keychain", "an encrypted file". */
  readonly where: string
}

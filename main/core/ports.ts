import type { PhotoRecipe, TaskIn, TaskName, TaskReply } from '../../workers/protocol.ts'
import type { DoctorReport } from '../contract/views.ts'

/** What the core needs from the outside: one interface each, implemented in main/adapters, faked (labelled) in tests. */

export interface WorkerPool extends AsyncDisposable {
  /** Runs a task in a worker thread. Rejects only for a bug or a dead thread; everything expected is a TaskReply. */
  run<N extends TaskName>(
    name: N,
    input: TaskIn<N>,
    options: { signal: AbortSignal; progress?: (done: number, total: number) => void },
  ): Promise<TaskReply<N>>
  /** How many tasks of this name can run side by side. */
  width(name: TaskName): number
}

/** A mounted card. `key` is the same when it comes back. */
export type SeenCard = { path: string; label: string; key: string; twoSlots: boolean }

export interface Volumes extends Disposable {
  /** Mounted volumes that look like a camera card, now. */
  cards(): Promise<SeenCard[]>
  /** Calls back whenever the list changes, until disposed. */
  watch(onChange: (cards: SeenCard[]) => void): void
  /** Free bytes on the disk that holds `path` (nearest existing parent), or null when the system does not say. */
  freeBytes(path: string): Promise<number | null>
  /** Asks the system to let a card go; never forces it. */
  eject(path: string): Promise<{ ejected: boolean; because: string | null }>
}

/** Folders where a phone or a tether drops files. */
export interface WatchedFolders extends AsyncDisposable {
  set(folders: readonly string[]): void
}

export interface Clock {
  /** UTC now, milliseconds. */
  now(): number
}

export interface Log {
  info(message: string, details?: Record<string, unknown>): void
  warn(message: string, details?: Record<string, unknown>): void
  error(message: string, details?: Record<string, unknown>): void
}

/** One published file, already rendered, frozen on disk: its key is the SHA-256 of the bytes that will be sent. */
export type CatalogMedia = {
  key: string
  path: string
  kind: 'image' | 'clip'
  width: number
  height: number
  bytes: number
  type: 'image/jpeg' | 'image/webp' | 'video/mp4'
  alt: string
  /** Smaller renditions of the same picture for responsive pages, ascending by width; empty for clips. */
  sources: { key: string; path: string; width: number; height: number; type: 'image/jpeg' | 'image/webp' }[]
  /** Still of a clip. */
  poster: { key: string; path: string; width: number; height: number } | null
  durationUs: number | null
}

/** A product as a catalog gets it: complete, in order, hero first. */
export type CatalogListing = {
  productId: string
  /** Stable, URL-safe, unique within the library. */
  handle: string
  title: string
  description: string
  sku: string | null
  price: { minor: number; currency: string } | null
  stock: number | null
  visible: boolean
  media: CatalogMedia[]
  updatedAt: string
}

export type CatalogCapabilities = {
  formats: CatalogMedia['type'][]
  maxBytes: number
  maxPerProduct: number
  video: boolean
  /** Recipes to render before a listing can be sent; the last one is the main picture. */
  recipes: PhotoRecipe[]
}

export type CatalogProblem = {
  class: 'retryable' | 'throttled' | 'ambiguous' | 'auth' | 'conflict' | 'permanent'
  message: string
  retryAfterMs?: number
}
export type CatalogReply<T> = { ok: true; value: T } | { ok: false; problem: CatalogProblem }

/** Receipt of one listing in one catalog. */
export type CatalogReceipt = { remoteId: string; url: string; mediaKeys: string[] }

/** A shop's product store. Every change is a whole listing: sending the same listing twice leaves one listing. */
export interface Catalog {
  readonly name: string
  capabilities(): CatalogCapabilities
  /** What the catalog holds for this product now, or null. Always asked after a put, and before a retry. */
  read(productId: string): Promise<CatalogReply<CatalogReceipt | null>>
  put(listing: CatalogListing, signal: AbortSignal): Promise<CatalogReply<CatalogReceipt>>
  remove(productId: string): Promise<CatalogReply<null>>
  /** Rebuilds what spans listings (storefront page, feed). Cheap, idempotent, atomic per file. Returns the page to open, if any. */
  finish(shop: { title: string }): Promise<CatalogReply<{ page: string | null }>>
}

export interface Doctor {
  report(): Promise<DoctorReport>
}

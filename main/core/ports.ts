import type { TaskIn, TaskName, TaskReply } from '../../workers/protocol.ts'
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

/** What other programs are told. `at`: UTC instant. */
export type WebhookEvent = {
  event: 'listing.published' | 'listing.hidden' | 'listing.failed' | 'listing.conflict' | 'drop.opened' | 'drop.closed' | 'drop.missed'
  at: string
  catalog: string
  productId?: string
  dropId?: string
  title: string
  url?: string | null
  because?: string | null
}

/** The address that a user gave for following along; there may be none. */
export interface Webhook extends AsyncDisposable {
  /** Comes back at once. */
  tell(event: WebhookEvent): void
}

export interface Doctor {
  report(): Promise<DoctorReport>
}

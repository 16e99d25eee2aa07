import type { EventName, EventOf } from '../../contract/ipc.ts'
import type { CatalogKinds, Secrets } from '../catalog.ts'
import type { Catalogs } from '../catalogs.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Runner } from '../jobs/runner.ts'
import type { JobStore } from '../jobs/store.ts'
import type { Library, Tx } from '../library/db.ts'
import type { Clock, Doctor, Log, Volumes, WorkerPool } from '../ports.ts'

/** What the handlers of the contract's commands work with. */
export type CommandContext = {
  library: Library
  store: JobStore
  runner: Runner
  pool: WorkerPool
  volumes: Volumes
  doctor: Doctor
  clock: Clock
  log: Log
  modelsDir: string
  /** Folder of the sample card, or null when it is not in the package. */
  sampleCard: string | null
  catalogs: Catalogs
  kinds: CatalogKinds
  secrets: Secrets
  /** The hours of drops changed. */
  dropsMoved(): void
  /** Watches these folders from now on. */
  watch(folders: readonly string[]): void
  emit<N extends EventName>(name: N, event: EventOf<N>): void
  /** A write and the jobs it asks for, in one transaction; then the runner looks. */
  write<T>(act: (tx: Tx) => Promise<{ out: T; next?: NextJob[] }>): Promise<T>
  now(): string
  /** See StageContext. */
  life: string
  /** How far each export is that is being made, 0–1. */
  shares: ReadonlyMap<string, number>
}

import type { ZodType } from 'zod'
import type { TaskIn, TaskName, TaskReply } from '../../../workers/protocol.ts'
import type { AssetId, OffloadId } from '../../contract/ids.ts'
import type { VerifyMode } from '../../contract/views.ts'
import type { Catalog, CatalogReply } from '../catalog.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Lands, Reader, Tx } from '../library/db.ts'
import type { Clock, Log } from '../ports.ts'

/** How a run ended. `refused` is final and named; `cancelled` means the user stopped it. */
export type Outcome<Out> =
  | { kind: 'done'; out: Out }
  /** `free`: not the job's fault, costs no attempt. `rest`: nothing of its group is begun before (a shop that is away, or asks for patience). */
  | { kind: 'retry'; because: string; afterMs: number; free?: boolean; rest?: boolean }
  | { kind: 'refused'; because: string }
  | { kind: 'cancelled' }

/** `video` looks through takes, `clip` makes clips: whoever asks for a clip does not wait for every take of a card to be looked through. */
export type Lane = 'scan' | 'copy' | 'photo' | 'video' | 'clip' | 'core' | 'publish' | 'flip'

/** What the end of a job may have changed, for those who show it: they read it again. */
export type Change =
  | { of: 'offload'; offloadId: OffloadId; at: 'card read' | 'end' }
  | { of: 'offload'; offloadId: OffloadId; at: 'file'; line: number }
  | { of: 'asset'; assetId: AssetId }
  | { of: 'stacks' }
  /** null: whichever catalog waits for it. */
  | { of: 'publication'; catalog: string | null; productId?: string }
  | { of: 'products' }
  /** Clips that are offered, or how they are weighed. */
  | { of: 'clips' }
  | { of: 'exports' }
  | { of: 'drops'; dropId?: string; catalog?: string }

export type PeekedFacts = { capturedAt: string | null; camera: string | null }

/** What the copies of one offload share while the engine lives; see under-way.ts. */
export type UnderWay = {
  readAt: number
  label: string
  disks: readonly string[]
  /** JSON: path of each backup → its mark. */
  marks: string
  verify: VerifyMode
  naming: { template: string; dayStartHour: number; cameraOffsets: Readonly<Record<string, number>> }
  /** What files that are copied soon say about themselves, by source; taken out when used. */
  facts: Map<string, PeekedFacts>
  /** Lines up to this one were looked at. */
  lookedTo: number
  looking: Promise<void> | null
}

export type StageContext = {
  read: Reader
  /** Folder of the library. */
  dir: string
  /** A path of this machine from one that is relative to the library. */
  at(path: string): string
  signal: AbortSignal
  attempt: number
  clock: Clock
  log: Log
  modelsDir: string
  /** Final paths that copies under way have chosen: two files never go for one name. */
  names: Set<string>
  offloads: Map<OffloadId, UnderWay>
  /** 12 hex digits, new in every life of the engine: in the names of what it has not finished writing. */
  life: string
  /** Milliseconds that this life of the engine has lasted; no clock that is set moves it. */
  uptimeMs(): number
  /** What this life has begun to send, and when (`uptimeMs`); see domain/publishing.ts. */
  begun: Map<string, number>
  catalog(name: string): Promise<CatalogReply<Catalog>>
  work<N extends TaskName>(name: N, input: TaskIn<N>, progress?: (done: number, total: number) => void): Promise<TaskReply<N>>
  /** Work that a later job will want: it goes on when this job has ended; at shutdown it is aborted and waited for. Must not reject. */
  ahead(act: (work: StageContext['work']) => Promise<void>): Promise<void>
  /** Announces progress; never stored. */
  progress(done: number, total: number): void
}

/**
 * One shape for every stage. `run` looks and works but never writes the library; `commit` is the only write, in the transaction that
 * marks the job done; `failed` records the named reason in the transaction that marks it failed.
 */
export type Stage<In, Out> = {
  name: string
  lane: Lane
  input: ZodType<In>
  /** Same key = same job: enqueueing twice is a no-op. */
  key(input: In): string
  /** Of all jobs with the same group one runs at a time, whatever its stage; not given: side by side as the lane allows. */
  group?(input: In): string
  /** `once`: never again after it ended well; `again`: may be queued anew, also while one runs. */
  repeat: 'once' | 'again'
  attempts: number
  /** `soon` only where a run that a power cut made undone finds its own work when it runs again, and ends the same. */
  lands: Lands
  /** What it does, for those who watch its progress. */
  doing?: string
  /** Nobody waits for its queued jobs: they come when it is time, in this life of the engine or a later one. */
  isPatient?: boolean
  changes(input: In): Change[]
  run(input: In, ctx: StageContext): Promise<Outcome<Out>>
  commit(tx: Tx, input: In, out: Out, ctx: CommitContext): Promise<NextJob[]>
  failed(tx: Tx, input: In, because: string, ctx: CommitContext & { cancelled: boolean }): Promise<NextJob[]>
}

/** `job`: the one that ends. */
export type CommitContext = { now: string; nowMs: number; dir: string; life: string; job: number }

/** A stage whose types are sealed inside: payload and output are parsed and matched by its own functions. */
export type AnyStage = {
  name: string
  lane: Lane
  repeat: 'once' | 'again'
  attempts: number
  lands: Lands
  doing: string
  isPatient: boolean
  changes(input: unknown): Change[]
  key(input: unknown): string
  group(input: unknown): string | null
  parse(input: unknown): unknown
  run(input: unknown, ctx: StageContext): Promise<Outcome<unknown>>
  commit(tx: Tx, input: unknown, out: unknown, ctx: CommitContext): Promise<NextJob[]>
  failed(tx: Tx, input: unknown, because: string, ctx: CommitContext & { cancelled: boolean }): Promise<NextJob[]>
}

export function seal<In, Out>(stage: Stage<In, Out>): AnyStage {
  const outs = new WeakMap<object, Out>()
  return {
    name: stage.name,
    lane: stage.lane,
    repeat: stage.repeat,
    attempts: stage.attempts,
    lands: stage.lands,
    doing: stage.doing ?? stage.name,
    isPatient: stage.isPatient ?? false,
    changes: (input) => stage.changes(stage.input.parse(input)),
    key: (input) => stage.key(stage.input.parse(input)),
    group: (input) => stage.group?.(stage.input.parse(input)) ?? null,
    parse: (input) => stage.input.parse(input),
    run: async (input, ctx) => {
      const outcome = await stage.run(stage.input.parse(input), ctx)
      if (outcome.kind !== 'done') return outcome
      const token = {}
      outs.set(token, outcome.out)
      return { kind: 'done', out: token }
    },
    commit: async (tx, input, token, ctx) => {
      const out = typeof token === 'object' && token !== null ? outs.get(token) : undefined
      if (out === undefined) throw new TypeError(`stage ${stage.name}: commit without its own run`)
      return stage.commit(tx, stage.input.parse(input), out, ctx)
    },
    failed: (tx, input, because, ctx) => stage.failed(tx, stage.input.parse(input), because, ctx),
  }
}

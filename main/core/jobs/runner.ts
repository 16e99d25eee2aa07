import { AppError, databaseError, describe, systemError } from '../errors.ts'
import type { Db } from '../library/db.ts'
import type { Catalog, Clock, Log, WorkerPool } from '../ports.ts'
import type { AnyStage, Lane, Outcome, StageContext } from '../stages/stage.ts'
import type { Job, NextJob } from './job.ts'
import type { JobStore } from './store.ts'

/**
 * A thread that died is a fault of the job: it is tried once more, then given up. (An engine that died counts as an attempt of the stage's
 * own, larger number: it is seldom the job's fault.) Everything else thrown is a bug and final.
 */
export class ThreadDied extends Error {}

export type RunnerEvents = {
  changed(counts: { queued: number; running: number; failed: number }): void
  /** After the commit or the failure of a job: which stage, with which payload, and how it ended. */
  ended(stage: string, input: unknown, how: 'done' | 'failed' | 'cancelled'): void
  progress(stage: string, input: unknown, done: number, total: number): void
}

export interface Runner extends AsyncDisposable {
  start(): Promise<void>
  /** Looks for work now; called after anything was enqueued. */
  wake(): void
  /** Resolves when nothing is queued or running; rejects when the library cannot be written (it is tried again by itself). */
  settled(): Promise<void>
  /** Aborts running jobs that match and cancels queued ones. */
  cancel(matches: (stage: string, input: unknown) => boolean): Promise<number>
}

export type RunnerOptions = {
  db: Db
  dir: string
  store: JobStore
  stages: ReadonlyMap<string, AnyStage>
  pool: WorkerPool
  lanes: Record<Lane, number>
  clock: Clock
  log: Log
  modelsDir: string
  catalog(name: string): Catalog | null
  events: RunnerEvents
}

/** How often a job may take its thread with it before it is given up: once, and once more. */
const mostFaults = 1

type Ended = Outcome<unknown> | { kind: 'retry'; because: string; afterMs: number; fault: true }

/** How long to leave a library alone that could not be written. */
const retryBrokenMs = 5000

const backoffMs = (attempt: number): number => Math.min(30_000, 250 * 4 ** (attempt - 1))

export function createRunner(options: RunnerOptions): Runner {
  const { db, store, stages, clock, log, events } = options
  const running = new Map<number, { job: Job; stage: AnyStage; abort: AbortController; userCancelled: boolean; promise: Promise<void> }>()
  const lanes = new Map<Lane, string[]>()
  // A lane of width 0 is closed: its jobs wait for another session and nobody waits for them here.
  for (const stage of stages.values())
    if (options.lanes[stage.lane] > 0) lanes.set(stage.lane, [...(lanes.get(stage.lane) ?? []), stage.name])
  const names = new Set<string>()
  const peeked: StageContext['peeked'] = new Map()
  let counts = { queued: 0, running: 0, failed: 0 }
  let countedAt = 0
  let stopping = false
  let pumping: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | null = null
  let waiting: { resolve(): void; reject(error: Error): void }[] = []
  /** The library could not be written: jobs that could not be closed are taken up again once it can. */
  let broken = false

  const busy = (lane: Lane): number => [...running.values()].filter((entry) => entry.stage.lane === lane).length
  const facts = () => ({ now: new Date(clock.now()).toISOString(), dir: options.dir })

  async function recover(): Promise<void> {
    for (const job of await store.interrupted()) {
      if (!running.has(job.id)) await store.mark(db, job, 'queued', 'the library could not be written', clock.now(), 0)
    }
    broken = false
  }

  /** Nobody waits for ever on a disk that is full: whoever waits is told, and the next look is in a while. */
  function breakDown(error: unknown): void {
    broken = true
    const known =
      error instanceof AppError
        ? error
        : (databaseError(error) ?? systemError(error) ?? new AppError('internal', describe(error), { cause: error }))
    log.error('the library cannot be written', { error: known.message })
    for (const one of waiting.splice(0)) one.reject(known)
    if (timer !== null) clearTimeout(timer)
    if (!stopping) timer = setTimeout(() => wake(), retryBrokenMs)
  }

  async function pump(): Promise<void> {
    if (broken) await recover()
    // One moment for a whole round: a job that falls due between the claims and the look ahead would be neither claimed nor waited for.
    let now: number
    do {
      again = false
      now = clock.now()
      for (const [lane, names] of lanes) {
        while (!stopping && busy(lane) < options.lanes[lane]) {
          const job = await store.claim(names, now)
          if (job === null) break
          begin(job)
        }
      }
    } while (again && !stopping)
    if (stopping) return
    if (running.size === 0 || Math.abs(clock.now() - countedAt) >= 200) {
      countedAt = clock.now()
      counts = await store.counts([...lanes.values()].flat())
      events.changed(counts)
    }
    if (counts.queued === 0 && running.size === 0) {
      for (const one of waiting.splice(0)) one.resolve()
      return
    }
    const at = await store.nextRunAfter(now)
    if (timer !== null) clearTimeout(timer)
    timer = at === null ? null : setTimeout(() => wake(), Math.min(30_000, Math.max(10, at - now)))
  }

  function wake(): void {
    if (stopping) return
    if (pumping !== null) {
      again = true
      return
    }
    pumping = pump()
      .catch(breakDown)
      .finally(() => {
        pumping = null
        if (again) wake()
      })
  }

  function begin(job: Job): void {
    const stage = stages.get(job.stage)
    if (stage === undefined) throw new TypeError(`no stage is called ${job.stage}`)
    const entry = { job, stage, abort: new AbortController(), userCancelled: false, promise: Promise.resolve() }
    running.set(job.id, entry)
    entry.promise = execute(entry)
      .catch(breakDown)
      .finally(() => {
        running.delete(job.id)
        if (!broken) wake()
      })
  }

  async function execute(entry: { job: Job; stage: AnyStage; abort: AbortController; userCancelled: boolean }): Promise<void> {
    const { job, stage, abort } = entry
    const ctx: StageContext = {
      read: db,
      dir: options.dir,
      signal: abort.signal,
      attempt: job.attempts,
      clock,
      log,
      modelsDir: options.modelsDir,
      names,
      peeked,
      catalog: options.catalog,
      work: (name, input, progress) =>
        options.pool.run(name, input, progress === undefined ? { signal: abort.signal } : { signal: abort.signal, progress }),
      progress: (done, total) => events.progress(stage.name, job.payload, done, total),
    }
    let outcome: Ended
    try {
      outcome = await stage.run(job.payload, ctx)
    } catch (error) {
      outcome = thrown(job, stage, error)
    }
    if (stopping && outcome.kind !== 'done') {
      // Shutdown is not the job's fault: it goes back as it was.
      await store.mark(db, { ...job, attempts: job.attempts - 1 }, 'queued', null, clock.now(), 0)
      return
    }
    if (entry.userCancelled && outcome.kind !== 'done') outcome = { kind: 'cancelled' }
    if (outcome.kind === 'retry' && job.attempts >= stage.attempts) outcome = { kind: 'refused', because: outcome.because }
    await close(job, stage, outcome)
  }

  function thrown(job: Job, stage: AnyStage, error: unknown): Ended {
    if (error instanceof ThreadDied) {
      log.warn('a worker thread died', { stage: stage.name, key: job.key, attempt: job.attempts, error: describe(error) })
      const because = 'the worker stopped unexpectedly while reading this file'
      return job.faults >= mostFaults
        ? { kind: 'refused', because }
        : { kind: 'retry', because, afterMs: backoffMs(job.attempts), fault: true }
    }
    if (error instanceof AppError) {
      return error.retryable
        ? { kind: 'retry', because: error.message, afterMs: backoffMs(job.attempts) }
        : { kind: 'refused', because: error.message }
    }
    log.error('a job threw', {
      stage: stage.name,
      key: job.key,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    })
    return { kind: 'refused', because: `something went wrong inside Dropcard: ${describe(error)}` }
  }

  async function close(job: Job, stage: AnyStage, outcome: Ended): Promise<void> {
    const now = clock.now()
    switch (outcome.kind) {
      case 'retry':
        await store.mark(
          db,
          'fault' in outcome ? { ...job, faults: job.faults + 1 } : job,
          'queued',
          outcome.because,
          now,
          now + outcome.afterMs,
        )
        return
      case 'done':
        try {
          await db.transaction().execute(async (tx) => {
            const next = await stage.commit(tx, job.payload, outcome.out, facts())
            await store.mark(tx, job, 'done', null, now)
            await follow(tx, next)
          })
        } catch (error) {
          await close(
            job,
            stage,
            job.attempts < stage.attempts
              ? { kind: 'retry', because: describe(error), afterMs: backoffMs(job.attempts) }
              : thrown(job, stage, error),
          )
          return
        }
        events.ended(stage.name, job.payload, 'done')
        return
      case 'refused':
      case 'cancelled': {
        const cancelled = outcome.kind === 'cancelled'
        const because = outcome.kind === 'refused' ? outcome.because : 'cancelled'
        await db.transaction().execute(async (tx) => {
          const next = await stage.failed(tx, job.payload, because, { ...facts(), cancelled })
          await store.mark(tx, job, cancelled ? 'cancelled' : 'failed', because, now)
          await follow(tx, next)
        })
        events.ended(stage.name, job.payload, cancelled ? 'cancelled' : 'failed')
        return
      }
      default: {
        const never: never = outcome
        throw new TypeError(`unknown outcome ${JSON.stringify(never)}`)
      }
    }
  }

  async function follow(tx: Parameters<JobStore['enqueue']>[0], next: readonly NextJob[]): Promise<void> {
    for (const one of next) await store.enqueue(tx, one, clock.now())
  }

  return {
    async start() {
      for (const job of await store.interrupted()) {
        const stage = stages.get(job.stage)
        if (stage === undefined) continue
        if (job.attempts < stage.attempts) await store.mark(db, job, 'queued', 'the engine stopped while this ran', clock.now(), 0)
        else await close(job, stage, { kind: 'refused', because: `the engine stopped ${job.attempts} times while this ran` })
      }
      wake()
    },
    wake,
    settled: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        wake()
      }),
    async cancel(matches) {
      let count = 0
      const queued = await db
        .selectFrom('job')
        .select(['id', 'stage', 'key', 'payload', 'attempts', 'faults'])
        .where('state', '=', 'queued')
        .execute()
      for (const row of queued) {
        const payload: unknown = JSON.parse(row.payload)
        const stage = stages.get(row.stage)
        if (stage === undefined || !matches(row.stage, payload)) continue
        count += 1
        await close({ ...row, payload }, stage, { kind: 'cancelled' })
      }
      for (const entry of running.values()) {
        if (!matches(entry.stage.name, entry.job.payload)) continue
        count += 1
        entry.userCancelled = true
        entry.abort.abort()
      }
      wake()
      return count
    },
    async [Symbol.asyncDispose]() {
      stopping = true
      if (timer !== null) clearTimeout(timer)
      for (const entry of running.values()) entry.abort.abort()
      await Promise.allSettled([...running.values()].map((entry) => entry.promise))
      await pumping
      waiting = []
    },
  }
}

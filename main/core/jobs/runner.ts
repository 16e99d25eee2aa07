import { join } from 'node:path'
import type { Catalog, CatalogReply } from '../catalog.ts'
import { AppError, databaseError, describe, systemError } from '../errors.ts'
import { type Db, landing } from '../library/db.ts'
import type { Clock, Log, WorkerPool } from '../ports.ts'
import type { AnyStage, Lane, StageContext } from '../stages/stage.ts'
import { createEnding, type Ended } from './ending.ts'
import type { Job } from './job.ts'
import type { JobStore } from './store.ts'

export type RunnerEvents = {
  changed(counts: { queued: number; running: number; failed: number }): void
  /** After the commit or the failure of a job. */
  ended(stage: AnyStage, input: unknown): void
  progress(stage: AnyStage, done: number, total: number, input: unknown): void
}

export interface Runner extends AsyncDisposable {
  start(): Promise<void>
  /** Looks for work now; called after anything was enqueued. */
  wake(): void
  /** Resolves when nothing is queued or running; rejects when the library cannot be written (it is tried again by itself). */
  settled(): Promise<void>
  /** Aborts running jobs that match and cancels queued ones. */
  cancel(matches: (stage: string, input: unknown) => boolean): Promise<number>
  /** Groups of which nothing begins for a while, and why. */
  resting(): ReadonlyMap<string, { until: number; because: string }>
  /** Lets a group go on at once. */
  rouse(group: string): void
}

export type RunnerOptions = {
  db: Db
  dir: string
  store: JobStore
  stages: ReadonlyMap<string, AnyStage>
  pool: WorkerPool
  lanes: Record<Lane, number>
  /** See StageContext. */
  life: string
  clock: Clock
  log: Log
  modelsDir: string
  catalog(name: string): Promise<CatalogReply<Catalog>>
  events: RunnerEvents
}

/** Longer than any stage asks a group to rest. */
const longestRestMs = 60 * 60_000
/** Nobody is kept waiting for a group that rests longer than this. */
const patienceMs = 5000

/** How long to leave a library alone that could not be written. */
const retryBrokenMs = 5000

export function createRunner(options: RunnerOptions): Runner {
  const { db, store, stages, clock, log, events } = options
  const running = new Map<number, { job: Job; stage: AnyStage; abort: AbortController; userCancelled: boolean; promise: Promise<void> }>()
  const lanes = new Map<Lane, string[]>()
  // A lane of width 0 is closed: its jobs wait for another session and nobody waits for them here.
  for (const stage of stages.values())
    if (options.lanes[stage.lane] > 0) lanes.set(stage.lane, [...(lanes.get(stage.lane) ?? []), stage.name])
  const open = [...lanes.values()].flat().filter((name) => stages.get(name)?.isPatient !== true)
  /** Lanes that had nothing to do when they were last asked: not asked again after every job of another lane. */
  const empty = new Set<Lane>()
  /** Lanes that something was put into since: a round that began before, with an earlier moment, may not have seen it. */
  const fresh = new Set<Lane>()
  const names = new Set<string>()
  const offloads: StageContext['offloads'] = new Map()
  const begun: StageContext['begun'] = new Map()
  const bornAt = performance.now()
  const resting = new Map<string, { until: number; because: string }>()
  const ahead = new Set<Promise<void>>()
  const shutdown = new AbortController()
  const { close, thrown } = createEnding({
    ...options,
    stirred: (lane) => void fresh.add(lane),
    rest: (group, until, because) => void resting.set(group, { until, because }),
  })
  let counts = { queued: 0, running: 0, failed: 0 }
  let countedAt = 0
  let stopping = false
  let pumping: Promise<void> | null = null
  let again = false
  let timer: NodeJS.Timeout | null = null
  let waiting: { resolve(): void; reject(error: Error): void }[] = []
  /** The library could not be written: jobs that could not be closed are taken up again once it can. */
  let broken = false
  /** When the next job falls due that did not count as waiting when its lane was asked. */
  let dueAt: number | null = null

  const busy = (lane: Lane): number => [...running.values()].filter((entry) => entry.stage.lane === lane).length

  /** Groups that run now, or rest. A rest that is longer than any back-off was set by a clock that was ahead. */
  function held(now: number): string[] {
    for (const [group, { until }] of resting) if (until <= now || until > now + longestRestMs) resting.delete(group)
    const working = [...running.values()].flatMap(({ job }) => (job.group === null ? [] : [job.group]))
    return [...working, ...resting.keys()]
  }

  async function recover(): Promise<void> {
    for (const job of await store.interrupted()) {
      if (!running.has(job.id)) await store.mark(db, job, 'queued', 'the library could not be written', clock.now(), 0)
    }
    broken = false
    empty.clear()
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
      // The timer for it may be cleared by a look that comes in the same moment.
      if (dueAt !== null && now >= dueAt) empty.clear()
      for (const lane of fresh) empty.delete(lane)
      fresh.clear()
      for (const [lane, names] of lanes) {
        while (!stopping && !empty.has(lane) && busy(lane) < options.lanes[lane]) {
          // Whatever is enqueued from here on takes the lane out again.
          empty.add(lane)
          // A claim that a power cut undoes leaves the job queued, which is what recovery makes of it.
          const job = await landing(db, 'soon', (own) => store.claim(own, names, now, held(now)))
          if (job === null) break
          if (stopping) {
            // Claimed in the moment the engine was told to end: it goes back as it was.
            await store.mark(db, { ...job, attempts: job.attempts - 1 }, 'queued', null, clock.now(), 0)
            break
          }
          empty.delete(lane)
          begin(job)
        }
      }
    } while (again && !stopping)
    if (stopping) return
    if (running.size === 0 || Math.abs(clock.now() - countedAt) >= 200) {
      countedAt = clock.now()
      const away = [...resting].filter(([, { until }]) => until - now > patienceMs).map(([group]) => group)
      counts = await store.counts(open, away)
      events.changed(counts)
    }
    if (counts.queued === 0 && running.size === 0) {
      for (const one of waiting.splice(0)) one.resolve()
      // Nobody waits here for a shop that is away, or for a look that is due later; they go on by themselves when it is time.
    }
    const rests = [...resting.values()].map(({ until }) => until)
    const due = await store.nextRunAfter(now)
    const at = [...rests, ...(due === null ? [] : [due])].reduce<number | null>(
      (least, one) => (least === null || one < least ? one : least),
      null,
    )
    dueAt = at
    if (timer !== null) clearTimeout(timer)
    timer = at === null ? null : setTimeout(() => wake(), Math.min(30_000, Math.max(10, at - now)))
  }

  /** Something may wait in any lane. */
  function wake(): void {
    for (const lane of lanes.keys()) fresh.add(lane)
    look()
  }

  function look(): void {
    if (stopping) return
    if (pumping !== null) {
      again = true
      return
    }
    pumping = pump()
      .catch(breakDown)
      .finally(() => {
        pumping = null
        if (again) look()
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
        // What waited for its group may begin.
        if (job.group !== null) fresh.add(stage.lane)
        if (!broken) look()
      })
  }

  async function execute(entry: { job: Job; stage: AnyStage; abort: AbortController; userCancelled: boolean }): Promise<void> {
    const { job, stage, abort } = entry
    const ctx: StageContext = {
      read: db,
      dir: options.dir,
      at: (path) => join(options.dir, path),
      signal: abort.signal,
      attempt: job.attempts,
      clock,
      log,
      modelsDir: options.modelsDir,
      names,
      offloads,
      begun,
      uptimeMs: () => performance.now() - bornAt,
      life: options.life,
      catalog: options.catalog,
      work: (name, input, progress) =>
        options.pool.run(name, input, progress === undefined ? { signal: abort.signal } : { signal: abort.signal, progress }),
      ahead: (act) => {
        const promise = act((name, input) => options.pool.run(name, input, { signal: shutdown.signal })).finally(() =>
          ahead.delete(promise),
        )
        ahead.add(promise)
        return promise
      },
      progress: (done, total) => events.progress(stage, done, total, job.payload),
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
    if (outcome.kind === 'retry' && outcome.free !== true && job.attempts >= stage.attempts)
      outcome = { kind: 'refused', because: outcome.because }
    await close(job, stage, outcome)
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
        .select(['id', 'stage', 'key', 'payload', 'attempts', 'faults', 'grp'])
        .where('state', '=', 'queued')
        .execute()
      for (const row of queued) {
        const payload: unknown = JSON.parse(row.payload)
        const stage = stages.get(row.stage)
        if (stage === undefined || !matches(row.stage, payload)) continue
        count += 1
        await close({ ...row, payload, group: row.grp }, stage, { kind: 'cancelled' })
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
    resting: () => resting,
    rouse(group) {
      resting.delete(group)
      wake()
    },
    async [Symbol.asyncDispose]() {
      stopping = true
      if (timer !== null) clearTimeout(timer)
      shutdown.abort()
      for (const entry of running.values()) entry.abort.abort()
      await Promise.allSettled([...running.values()].map((entry) => entry.promise))
      await Promise.allSettled(ahead)
      await pumping
      waiting = []
    },
  }
}

import { AppError, describe } from '../errors.ts'
import { type Db, landing, type Tx } from '../library/db.ts'
import type { Clock, Log } from '../ports.ts'
import type { AnyStage, Lane, Outcome } from '../stages/stage.ts'
import type { Job, NextJob } from './job.ts'
import type { JobStore } from './store.ts'

/**
 * A thread that died is a fault of the job: it is tried once more, then given up. (An engine that died counts as an attempt of the stage's
 * own, larger number: it is seldom the job's fault.) Everything else thrown is a bug and final.
 */
export class ThreadDied extends Error {}

/** How often a job may take its thread with it before it is given up: once, and once more. */
const mostFaults = 1

export type Ended = Outcome<unknown> | { kind: 'retry'; because: string; afterMs: number; fault: true; free?: boolean; rest?: boolean }

const backoffMs = (attempt: number): number => Math.min(30_000, 250 * 4 ** (attempt - 1))

/** How one job ends: what its run came to becomes one transaction. */
export function createEnding(options: {
  db: Db
  dir: string
  /** See StageContext. */
  life: string
  store: JobStore
  stages: ReadonlyMap<string, AnyStage>
  clock: Clock
  log: Log
  events: { ended(stage: AnyStage, input: unknown): void }
  /** Work came, or comes back, for this lane. */
  stirred(lane: Lane): void
  /** Nothing of this group may begin before `until`. */
  rest(group: string, until: number, because: string): void
}): {
  close(job: Job, stage: AnyStage, outcome: Ended): Promise<void>
  /** What a run that threw came to. */
  thrown(job: Job, stage: AnyStage, error: unknown): Ended
} {
  const { db, store, stages, clock, log, events, stirred, rest } = options
  const facts = (job: Job) => ({
    now: new Date(clock.now()).toISOString(),
    nowMs: clock.now(),
    dir: options.dir,
    life: options.life,
    job: job.id,
  })

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
        if (outcome.rest === true && job.group !== null) rest(job.group, now + outcome.afterMs, outcome.because)
        await store.mark(
          db,
          'fault' in outcome
            ? { ...job, faults: job.faults + 1 }
            : outcome.free === true
              ? { ...job, attempts: Math.max(0, job.attempts - 1) }
              : job,
          'queued',
          outcome.because,
          now,
          now + Math.ceil(outcome.afterMs),
        )
        stirred(stage.lane)
        return
      case 'done':
        try {
          await transaction(stage, async (tx) => {
            const next = await stage.commit(tx, job.payload, outcome.out, facts(job))
            await store.mark(tx, job, 'done', null, now)
            return next
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
        events.ended(stage, job.payload)
        return
      case 'refused':
      case 'cancelled': {
        const cancelled = outcome.kind === 'cancelled'
        const because = outcome.kind === 'refused' ? outcome.because : 'cancelled'
        await transaction(stage, async (tx) => {
          const next = await stage.failed(tx, job.payload, because, { ...facts(job), cancelled })
          await store.mark(tx, job, cancelled ? 'cancelled' : 'failed', because, now)
          return next
        })
        events.ended(stage, job.payload)
        return
      }
      default: {
        const never: never = outcome
        throw new TypeError(`unknown outcome ${JSON.stringify(never)}`)
      }
    }
  }

  /** The one transaction that ends a job: what it found, its state and what follows from it, landed as its stage says. */
  async function transaction(stage: AnyStage, act: (tx: Tx) => Promise<NextJob[]>): Promise<void> {
    const next = await landing(db, stage.lands, (own) =>
      own.transaction().execute(async (tx) => {
        const following = await act(tx)
        for (const one of following) await store.enqueue(tx, one, clock.now())
        return following
      }),
    )
    for (const one of next) {
      const lane = stages.get(one.stage)?.lane
      if (lane !== undefined) stirred(lane)
    }
  }

  return { close, thrown }
}

import { sql } from 'kysely'
import type { Db, Tx } from '../library/db.ts'
import type { AnyStage } from '../stages/stage.ts'
import type { Job, JobState, NextJob } from './job.ts'

/** More than any back-off: a job that waits longer was queued by a clock that was ahead, and is due. */
const longestWaitMs = 60_000

/** The job table, and nothing else that touches it. */
export interface JobStore {
  enqueue(tx: Tx | Db, next: NextJob, now: number): Promise<boolean>
  /** @param busy groups of which nothing may begin now */
  claim(db: Db, stages: readonly string[], now: number, busy?: readonly string[]): Promise<Job | null>
  mark(tx: Tx | Db, job: Job, state: JobState, because: string | null, now: number, runAfter?: number): Promise<void>
  /** Holds queued jobs of a stage whose key starts so, or lets them go on. */
  hold(tx: Tx | Db, stage: string, keyPrefix: string, paused: boolean, now: number): Promise<void>
  /** Jobs that were running when the engine died. */
  interrupted(): Promise<Job[]>
  nextRunAfter(now: number): Promise<number | null>
  /** @param stages only these; all when it is not given @param away groups whose queued jobs are not counted */
  counts(stages?: readonly string[], away?: readonly string[]): Promise<{ queued: number; running: number; failed: number }>
}

type Row = { id: number; stage: string; key: string; payload: string; attempts: number; faults: number; grp: string | null }
const toJob = (row: Row): Job => ({
  id: row.id,
  stage: row.stage,
  key: row.key,
  payload: JSON.parse(row.payload),
  attempts: row.attempts,
  faults: row.faults,
  group: row.grp,
})

export function createJobStore(db: Db, stages: ReadonlyMap<string, AnyStage>): JobStore {
  const iso = (now: number): string => new Date(now).toISOString()
  return {
    async enqueue(tx, next, now) {
      const stage = stages.get(next.stage)
      if (stage === undefined) throw new TypeError(`no stage is called ${next.stage}`)
      const key = stage.key(next.input)
      const blocking: JobState[] = stage.repeat === 'once' ? ['queued', 'running', 'done'] : ['queued']
      const known = await tx
        .selectFrom('job')
        .select('id')
        .where('stage', '=', stage.name)
        .where('key', '=', key)
        .where('state', 'in', blocking)
        .limit(1)
        .executeTakeFirst()
      if (known !== undefined) return false
      // A job that failed or was cancelled is asked for again: it starts over.
      await tx
        .deleteFrom('job')
        .where('stage', '=', stage.name)
        .where('key', '=', key)
        .where('state', 'in', ['failed', 'cancelled', 'done'])
        .execute()
      const at = iso(now)
      await tx
        .insertInto('job')
        .values({
          stage: stage.name,
          key,
          grp: stage.group(next.input),
          payload: JSON.stringify(next.input),
          state: 'queued',
          attempts: 0,
          faults: 0,
          run_after: now + (next.afterMs ?? 0),
          because: null,
          created_at: at,
          updated_at: at,
        })
        .execute()
      return true
    },
    async claim(own, names, now, busy = []) {
      if (names.length === 0) return null
      // The oldest of each stage, found by index: all of them together would be read past thousands that wait in other stages.
      const free = busy.length === 0 ? sql`` : sql` and (grp is null or grp not in (${sql.join(busy)}))`
      const first = (name: string) =>
        sql`select (select id from job where state = 'queued' and stage = ${name} and (+run_after <= ${now} or +run_after > ${now + longestWaitMs})${free} order by id limit 1) as id`
      // The attempt is counted in the statement that claims the job, so a job that kills the engine cannot loop for ever.
      const { rows } = await sql<Row>`
        update job set state = 'running', attempts = attempts + 1, updated_at = ${iso(now)}
        where id = (select min(id) from (${sql.join(names.map(first), sql` union all `)}))
        returning id, stage, key, payload, attempts, faults, grp`.execute(own)
      const row = rows[0]
      return row === undefined ? null : toJob(row)
    },
    async mark(tx, job, state, because, now, runAfter) {
      if (state === 'queued') {
        // Another one with the same key may wait already; then this one is done with.
        const twin = await tx
          .selectFrom('job')
          .select('id')
          .where('stage', '=', job.stage)
          .where('key', '=', job.key)
          .where('state', '=', 'queued')
          .executeTakeFirst()
        if (twin !== undefined) {
          await tx.deleteFrom('job').where('id', '=', job.id).execute()
          return
        }
      }
      await tx
        .updateTable('job')
        .set({
          state,
          because,
          attempts: job.attempts,
          faults: job.faults,
          updated_at: iso(now),
          ...(runAfter === undefined ? {} : { run_after: runAfter }),
        })
        .where('id', '=', job.id)
        .execute()
    },
    async hold(tx, stage, keyPrefix, paused, now) {
      await tx
        .updateTable('job')
        .set({ state: paused ? 'paused' : 'queued', updated_at: iso(now) })
        .where('stage', '=', stage)
        .where('state', '=', paused ? 'queued' : 'paused')
        .where('key', 'like', `${keyPrefix}%`)
        .execute()
    },
    async interrupted() {
      const rows = await db
        .selectFrom('job')
        .select(['id', 'stage', 'key', 'payload', 'attempts', 'faults', 'grp'])
        .where('state', '=', 'running')
        .execute()
      return rows.map(toJob)
    },
    async nextRunAfter(now) {
      const row = await db
        .selectFrom('job')
        .select((e) => e.fn.min('run_after').as('at'))
        .where('state', '=', 'queued')
        .where('run_after', '>', now)
        .where('run_after', '<=', now + longestWaitMs)
        .executeTakeFirst()
      return row?.at ?? null
    },
    async counts(only, away = []) {
      let query = db
        .selectFrom('job')
        .select(['state', (e) => e.fn.countAll<number>().as('n')])
        .where('state', 'in', ['queued', 'running', 'failed'])
        .groupBy('state')
      if (only !== undefined) query = query.where('stage', 'in', [...only])
      if (away.length > 0)
        query = query.where((e) => e.or([e('state', '<>', 'queued'), e('grp', 'is', null), e('grp', 'not in', [...away])]))
      const rows = await query.execute()
      const of = (state: JobState): number => rows.find((row) => row.state === state)?.n ?? 0
      return { queued: of('queued'), running: of('running'), failed: of('failed') }
    },
  }
}

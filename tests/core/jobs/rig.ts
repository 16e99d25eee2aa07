import { z } from 'zod'
import { createRunner, type Runner } from '../../../main/core/jobs/runner.ts'
import { createJobStore, type JobStore } from '../../../main/core/jobs/store.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import type { Log, WorkerPool } from '../../../main/core/ports.ts'
import { type AnyStage, type Outcome, type Stage, type StageContext, seal } from '../../../main/core/stages/stage.ts'

export type Say = { n: number }
const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** Fake of the pool: these stages ask it for nothing. */
const noPool: WorkerPool = {
  width: () => 1,
  run: async () => ({ kind: 'cancelled' }),
  [Symbol.asyncDispose]: async () => undefined,
}

/** Each landing of a job is a row of its own. */
let landed = 0

export function stage(
  name: string,
  run: (input: Say, ctx: StageContext) => Promise<Outcome<string>>,
  more: Partial<Stage<Say, string>> = {},
): Stage<Say, string> {
  return {
    name,
    lane: 'core',
    input: z.strictObject({ n: z.number() }),
    key: (it) => String(it.n),
    repeat: 'once',
    attempts: 3,
    lands: 'soon',
    changes: () => [],
    run,
    commit: async (tx, it, out) => {
      landed += 1
      await tx
        .insertInto('meta')
        .values({ key: `${name}/${it.n}#${landed}`, value: out })
        .execute()
      return []
    },
    failed: async (tx, it, because) => {
      await tx
        .insertInto('meta')
        .values({ key: `failed/${name}/${it.n}`, value: because })
        .execute()
      return []
    },
    ...more,
  }
}

export async function rig(
  dir: string,
  all: Stage<Say, string>[],
  now: () => number = () => Date.now(),
  between: (store: JobStore) => JobStore = (store) => store,
) {
  const library = await openLibrary(dir)
  const stages = new Map<string, AnyStage>(all.map((one) => [one.name, seal(one)]))
  const store = between(createJobStore(library.db, stages))
  const runner: Runner = createRunner({
    db: library.db,
    dir,
    store,
    stages,
    life: '',
    pool: noPool,
    lanes: { scan: 1, copy: 1, photo: 1, video: 1, clip: 1, core: 2, publish: 1, flip: 1 },
    clock: { now },
    log,
    modelsDir: '',
    catalog: async () => ({ ok: false, problem: { class: 'permanent', code: 'not-found', message: 'no shops here' } }),
    events: { changed: () => undefined, ended: () => undefined, progress: () => undefined },
  })
  const enqueue = async (name: string, n: number, wake = true): Promise<boolean> => {
    const added = await library.db.transaction().execute((tx) => store.enqueue(tx, { stage: name, input: { n } }, Date.now()))
    if (wake) runner.wake()
    return added
  }
  const rows = async (): Promise<string[]> =>
    (await library.db.selectFrom('meta').select(['key', 'value']).orderBy('key').execute()).map(
      (row) => `${row.key.replace(/#\d+$/, '')}=${row.value}`,
    )
  return {
    library,
    store,
    runner,
    enqueue,
    rows,
    close: async () => {
      await runner[Symbol.asyncDispose]()
      await library[Symbol.asyncDispose]()
    },
  }
}

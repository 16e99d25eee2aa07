import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { assetId } from '../contract/ids.ts'
import { type Client, type CommandIn, type CommandName, type EventName, type EventOf, events } from '../contract/ipc.ts'
import { peekFolder } from './commands/card.ts'
import type { CommandContext } from './commands/context.ts'
import { handlers } from './commands/index.ts'
import { offloadView } from './commands/offload-report.ts'
import { publishState } from './commands/publish.ts'
import { createDispatch } from './dispatch.ts'
import { describe } from './errors.ts'
import { createRunner } from './jobs/runner.ts'
import { createJobStore } from './jobs/store.ts'
import { openLibrary } from './library/db.ts'
import { places } from './library/places.ts'
import { readSettings } from './library/settings.ts'
import { createNoticing } from './noticing.ts'
import type { Catalog, Clock, Doctor, Log, Volumes, WatchedFolders, WorkerPool } from './ports.ts'
import { stages as allStages } from './stages/index.ts'
import { sweepTree } from './stages/sweep.ts'

export type EnginePorts = {
  /** Folder of the library; null = in memory, for commands that need none. */
  libraryDir: string | null
  pool: WorkerPool
  volumes: Volumes
  doctor: Doctor
  clock: Clock
  log: Log
  modelsDir: string
  sampleCard: string | null
  catalogs: (dir: string) => Catalog[]
  /** null = folders are not watched (the command line). */
  watchedFolders: ((onFiles: (folder: string) => void) => WatchedFolders) | null
  /** Whether mounted cards are watched (the app) or not (the command line). */
  watchCards: boolean
  /** `offload`: only copies and checks; what follows waits for the next session. */
  work: 'everything' | 'offload'
}

/** What a stage does, for people who watch it. */
const stageWords: Record<string, string> = {
  'offload.copy': 'Copying and checking',
  'analyse.clip': 'Looking through a clip',
  'cut.clip': 'Making a clip',
  'publish.listing': 'Publishing',
}

export type Engine = Client & AsyncDisposable

/**
 * The only composition of the core, used unchanged by the Electron host, the command line and the tests.
 * @throws AppError when the library cannot be opened
 */
export async function createEngine(ports: EnginePorts): Promise<Engine> {
  const { clock, log, pool } = ports
  const library = await openLibrary(ports.libraryDir)
  const { db } = library
  const stages = allStages()
  const store = createJobStore(db, stages)
  const catalogs = new Map(ports.catalogs(library.dir).map((one) => [one.name, one]))
  let folders: WatchedFolders | null = null
  const listeners = new Map<EventName, Set<(event: never) => void>>()

  const emit = <N extends EventName>(name: N, event: EventOf<N>): void => {
    for (const listener of listeners.get(name) ?? []) {
      try {
        ;(listener as (event: EventOf<N>) => void)(event)
      } catch (error) {
        log.error('a listener threw', { event: name, error: describe(error) })
      }
    }
  }

  const runner = createRunner({
    db,
    dir: library.dir,
    store,
    stages,
    pool,
    lanes: {
      scan: 1,
      copy: pool.width('copy.file'),
      core: 1,
      ...(ports.work === 'everything'
        ? { photo: pool.width('score.photo'), video: pool.width('cut.find'), publish: 1 }
        : { photo: 0, video: 0, publish: 0 }),
    },
    clock,
    log,
    modelsDir: ports.modelsDir,
    catalog: (name) => catalogs.get(name) ?? null,
    events: {
      changed: (counts) => emit('jobs.changed', counts),
      ended: (stage, input) =>
        void announce(stage, input).catch((error: unknown) =>
          log.error('an event could not be announced', { stage, error: describe(error) }),
        ),
      progress: (stage, _, done, total) => emit('progress', { what: stageWords[stage] ?? stage, done, total }),
    },
  })

  const field = (input: unknown, name: string): string | null => {
    if (typeof input !== 'object' || input === null) return null
    const value: unknown = Object.entries(input).find(([key]) => key === name)?.[1]
    return typeof value === 'string' ? value : null
  }
  /** Sums over a big offload are told a few times a second, not after every file. */
  let toldAt = 0
  async function announce(stage: string, input: unknown): Promise<void> {
    const offload = field(input, 'offloadId')
    if (offload !== null) {
      const now = clock.now()
      if (stage !== 'offload.copy' || Math.abs(now - toldAt) >= 200) {
        toldAt = now
        emit('offload.changed', await offloadView(db, offload))
        emit('assets.changed', { assetIds: [] })
      }
      if (stage === 'offload.finish') await noticed.finished(offload)
    }
    const asset = assetId.safeParse(field(input, 'assetId'))
    if (asset.success) emit('assets.changed', { assetIds: [asset.data] })
    if (stage === 'group') {
      emit('stacks.changed', {})
      emit('assets.changed', { assetIds: [] })
    }
    if (stage.startsWith('publish.') || stage.startsWith('render.') || stage === 'cut.clip') {
      const catalog = field(input, 'catalog') ?? 'local'
      emit('publish.changed', await publishState(db, catalog))
      if (stage === 'publish.listing') emit('products.changed', {})
    }
  }

  const ctx: CommandContext = {
    library,
    store,
    runner,
    pool,
    volumes: ports.volumes,
    doctor: ports.doctor,
    clock,
    log,
    modelsDir: ports.modelsDir,
    sampleCard: ports.sampleCard,
    catalogs,
    watch: (paths) => folders?.set(paths),
    emit,
    now: () => new Date(clock.now()).toISOString(),
    async write(act) {
      const out = await db.transaction().execute(async (tx) => {
        const done = await act(tx)
        for (const next of done.next ?? []) await store.enqueue(tx, next, clock.now())
        return done.out
      })
      runner.wake()
      return out
    },
  }
  const dispatch = createDispatch(handlers(ctx), log)
  // The last engine was killed in the middle of something: what never got its name is swept before anything new is written.
  if (ports.libraryDir !== null && (await store.interrupted()).length > 0) {
    for (const folder of [places.originals, places.manifests]) await sweepTree(join(library.dir, folder))
  }
  if (ports.watchCards) await rm(join(library.dir, peekFolder), { recursive: true, force: true })
  await runner.start()
  const noticed = createNoticing({ ctx, call: dispatch, emit })
  if (ports.watchCards) ports.volumes.watch((cards) => void noticed.cards(cards))
  folders = ports.watchedFolders?.((folder) => void noticed.folder(folder)) ?? null
  folders?.set((await readSettings(db)).watched)

  return {
    call: <N extends CommandName>(name: N, input: CommandIn<N>) => dispatch(name, input),
    on(name, listener) {
      if (!Object.hasOwn(events, name)) throw new TypeError(`there is no event called ${name}`)
      const set = listeners.get(name) ?? new Set()
      set.add(listener as (event: never) => void)
      listeners.set(name, set)
      return () => void set.delete(listener as (event: never) => void)
    },
    // Stop claiming → abort → all settled → the pool → the database.
    async [Symbol.asyncDispose]() {
      ports.volumes[Symbol.dispose]()
      await folders?.[Symbol.asyncDispose]()
      await runner[Symbol.asyncDispose]()
      await pool[Symbol.asyncDispose]()
      await library[Symbol.asyncDispose]()
    },
  }
}

import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportId } from '../contract/ids.ts'
import { type Client, type CommandIn, type CommandName, type EventName, type EventOf, events } from '../contract/ipc.ts'
import { createArrivals } from './arrivals.ts'
import type { Catalog, CatalogKinds, Secrets } from './catalog.ts'
import { createCatalogs } from './catalogs.ts'
import { peekFolder } from './commands/card.ts'
import type { CommandContext } from './commands/context.ts'
import { handlers } from './commands/index.ts'
import { publishState } from './commands/publish-state.ts'
import { mendTrash } from './commands/trash-moves.ts'
import { createDispatch } from './dispatch.ts'
import { createDropKeeper } from './drop-keeper.ts'
import { describe } from './errors.ts'
import { createFollowing } from './following.ts'
import { createRunner } from './jobs/runner.ts'
import { createJobStore } from './jobs/store.ts'
import { lookForLateCopies } from './late-copies.ts'
import { openLibrary } from './library/db.ts'
import { places } from './library/places.ts'
import { readSettings } from './library/settings.ts'
import { createNoticing } from './noticing.ts'
import type { Clock, Doctor, Log, Volumes, WatchedFolders, Webhook, WorkerPool } from './ports.ts'
import { rescoreStale, warmScorers } from './rescoring.ts'
import { exportOf } from './stages/export-clip.ts'
import { stages as allStages } from './stages/index.ts'
import type { Change } from './stages/stage.ts'
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
  /** Catalogs that every library has. */
  catalogs: (dir: string) => Catalog[]
  kinds: CatalogKinds
  secrets: Secrets
  /** @param url the address in the settings */
  webhook: (url: () => Promise<string | null>) => Webhook
  /** null = folders are not watched (the command line). */
  watchedFolders: ((onFiles: (folder: string) => void) => WatchedFolders) | null
  /** Whether mounted cards are watched (the app) or not (the command line). */
  watchCards: boolean
  /** `offload`: only copies and checks; what follows waits for the next session. */
  work: 'everything' | 'offload'
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
  const catalogs = createCatalogs({ read: db, own: ports.catalogs(library.dir), kinds: ports.kinds, secrets: ports.secrets })
  const webhook = ports.webhook(async () => (await readSettings(db)).webhook)
  let folders: WatchedFolders | null = null
  let keeper: ReturnType<typeof createDropKeeper> | null = null
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

  const life = randomBytes(6).toString('hex')
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
        ? { photo: pool.width('score.photo'), video: pool.width('cut.find'), clip: pool.width('cut.clip'), publish: 4, flip: 4 }
        : { photo: 0, video: 0, clip: 0, publish: 0, flip: 0 }),
    },
    life,
    clock,
    log,
    modelsDir: ports.modelsDir,
    catalog: (name) => catalogs.get(name),
    events: {
      changed: (counts) => emit('jobs.changed', counts),
      ended: (stage, input) => {
        const own = exportOf(stage.name, input)
        if (own !== null) shares.delete(own)
        void announce(stage.changes(input)).catch((error: unknown) =>
          log.error('an event could not be announced', { stage: stage.name, error: describe(error) }),
        )
      },
      progress: (stage, done, total, input) => {
        emit('progress', { what: stage.doing, done, total })
        const own = exportOf(stage.name, input)
        if (own === null || total <= 0) return
        shares.set(own, done / total)
        emit('export.progress', { exportId: own, share: done / total })
      },
    },
  })

  /** How far each export is that is being made; forgotten with the engine. */
  const shares = new Map<ExportId, number>()

  const closing = new AbortController()
  let warming: Promise<void> = Promise.resolve()

  const { tellOfListing, tellOfDrop } = createFollowing({ read: db, webhook, now: () => new Date(clock.now()).toISOString() })

  const arrivals = createArrivals({
    read: db,
    emit,
    failed: (error) => log.error('an event could not be announced', { stage: 'offload.copy', error: describe(error) }),
  })
  async function announce(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      switch (change.of) {
        case 'offload': {
          if (change.at === 'card read' && ports.work === 'everything') warming = warmScorers(ctx, closing.signal)
          await (change.at === 'file' ? arrivals.file(change.offloadId, change.line) : arrivals.turned(change.offloadId))
          if (change.at === 'end') await noticed.finished(change.offloadId)
          break
        }
        case 'asset':
          emit('assets.changed', { assetIds: [change.assetId] })
          break
        case 'stacks':
          emit('stacks.changed', {})
          emit('assets.changed', { assetIds: [] })
          break
        case 'publication':
          if (change.catalog !== null && change.productId !== undefined) await tellOfListing(change.catalog, change.productId)
          for (const catalog of change.catalog === null ? await catalogs.names() : [change.catalog])
            emit('publish.changed', await publishState(db, catalog, runner.resting()))
          break
        case 'drops':
          if (change.dropId !== undefined && change.catalog !== undefined) await tellOfDrop(change.dropId, change.catalog)
          emit('drops.changed', {})
          break
        case 'products':
          emit('products.changed', {})
          break
        case 'clips':
          emit('clips.changed', {})
          break
        case 'exports':
          emit('exports.changed', {})
          break
        default: {
          const never: never = change
          throw new TypeError(`unknown change ${JSON.stringify(never)}`)
        }
      }
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
    kinds: ports.kinds,
    secrets: ports.secrets,
    dropsMoved: () => keeper?.look(),
    watch: (paths) => folders?.set(paths),
    emit,
    now: () => new Date(clock.now()).toISOString(),
    life,
    shares,
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
  await mendTrash(ctx)
  await runner.start()
  if (ports.work === 'everything') keeper = createDropKeeper(ctx)
  const late = ports.work === 'everything' ? lookForLateCopies(ctx) : null
  const rescoring = ports.work === 'everything' ? rescoreStale(ctx, closing.signal) : Promise.resolve()
  const noticed = createNoticing({ ctx, call: dispatch, emit })
  if (ports.watchCards) {
    // Whoever inserts the first card must not wait for the thread that looks at it: a look at nothing starts it.
    void pool
      .run('peek.files', { paths: [], outDir: null, decodeMissing: false }, { signal: new AbortController().signal })
      .catch(() => null)
    ports.volumes.watch((cards) => {
      if (cards.length > 0 && ports.work === 'everything') warming = warmScorers(ctx, closing.signal, 1000)
      void noticed.cards(cards)
    })
  }
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
      keeper?.[Symbol.dispose]()
      late?.[Symbol.dispose]()
      await folders?.[Symbol.asyncDispose]()
      closing.abort()
      await Promise.all([rescoring, warming])
      await runner[Symbol.asyncDispose]()
      arrivals[Symbol.dispose]()
      await webhook[Symbol.asyncDispose]()
      await pool[Symbol.asyncDispose]()
      await library[Symbol.asyncDispose]()
    },
  }
}

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createCatalogKinds } from '../adapters/catalogs/index.ts'
import { createLocalCatalog } from '../adapters/catalogs/local/catalog.ts'
import { createDoctor } from '../adapters/doctor.ts'
import { createLog } from '../adapters/log.ts'
import { createWorkerPool } from '../adapters/pool.ts'
import { createSecrets } from '../adapters/secrets.ts'
import { createVolumes } from '../adapters/volumes.ts'
import { createWatchedFolders } from '../adapters/watched-folders.ts'
import { createWebhook } from '../adapters/webhook.ts'
import type { DoctorReport } from '../contract/views.ts'
import { createEngine, type Engine } from '../core/engine.ts'
import { places } from '../core/library/places.ts'
import type { Log } from '../core/ports.ts'

const root = resolve(import.meta.dirname, '../..')

/** Where the package keeps what is not code. */
export const modelsDir = join(root, 'models')
const sample = [join(root, 'tests', 'fixtures', 'card'), join(root, 'sample-card')]
export const sampleCard: string | null = sample.find((path) => existsSync(path)) ?? null

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** The same engine for every host: adapters in, `createEngine` out. */
export function composeEngine(options: {
  libraryDir: string | null
  watchCards: boolean
  work?: 'everything' | 'offload'
  electron?: () => Promise<DoctorReport['checks'][number]>
}): Promise<Engine> {
  const clock = { now: () => Date.now() }
  const volumes = createVolumes()
  const pool = createWorkerPool()
  const { libraryDir } = options
  const log: Log = libraryDir === null ? silent : createLog(join(libraryDir, 'logs', 'engine.log'))
  const electron =
    options.electron ?? (async () => ({ name: 'Electron', state: 'ok' as const, found: 'not looked at from here', next: null }))
  return createEngine({
    libraryDir,
    pool,
    volumes,
    doctor: createDoctor({ pool, volumes, modelsDir, libraryDir, electron }),
    clock,
    log,
    modelsDir,
    sampleCard,
    catalogs: (dir) =>
      dir === ''
        ? []
        : [
            createLocalCatalog({
              name: 'local',
              dir: join(dir, places.catalog),
              stateDir: join(dir, places.catalogState),
              clock,
              title: null,
              baseUrl: null,
            }),
          ],
    kinds: createCatalogKinds({ clock, log, libraryDir }),
    secrets: createSecrets({ file: libraryDir === null ? null : join(libraryDir, 'secrets.json'), env: process.env }),
    webhook: (url) => createWebhook({ log, url }),
    watchCards: options.watchCards,
    watchedFolders: options.watchCards
      ? (onFiles) =>
          createWatchedFolders({
            onFiles: (folder) => onFiles(folder),
            onProblem: (folder, because) => log.warn('a watched folder cannot be watched', { folder, because }),
          })
      : null,
    work: options.work ?? 'everything',
  })
}

import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createVolumes } from '../../../main/adapters/volumes.ts'
import type { CommandIn, CommandName, CommandOut } from '../../../main/contract/ipc.ts'
import type { Catalog, CatalogKinds, Secrets } from '../../../main/core/catalog.ts'
import { createEngine } from '../../../main/core/engine.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import type { WorkerPool } from '../../../main/core/ports.ts'

/** Fake of the pool: what is published here was rendered before. */
const noPool: WorkerPool = {
  width: () => 1,
  run: async () => ({ kind: 'cancelled' }),
  [Symbol.asyncDispose]: async () => undefined,
}

/** A library with products whose pictures are picked and rendered (recipe `model`), without any photo. */
export async function stock(dir: string, products: number, pictures: number): Promise<string[]> {
  const library = await openLibrary(dir)
  const at = '2026-11-22T08:00:00.000Z'
  mkdirSync(join(dir, 'renditions'), { recursive: true })
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
  const ids: string[] = []
  await library.db.transaction().execute(async (tx) => {
    for (let n = 1; n <= products; n++) {
      const id = `p-${n}`
      ids.push(id)
      await tx
        .insertInto('product')
        .values({ id, handle: `thing-${n}`, title: `Thing ${n}`, made_from: id, created_at: at, updated_at: at })
        .execute()
      for (let p = 0; p < pictures; p++) {
        const asset = sha(`asset ${n} ${p}`)
        const bytes = `picture ${n} ${p}`
        const path = join('renditions', `${asset}.jpg`)
        writeFileSync(join(dir, path), bytes)
        const stored = { fingerprint: asset, stored: `originals/${asset}.jpg`, name: `IMG_${n}_${p}.JPG` }
        await tx
          .insertInto('asset')
          .values({ id: asset, kind: 'photo', bytes: 1, modified_ms: 0, added_at: at, ...stored })
          .execute()
        await tx
          .insertInto('decision')
          .values({ batch: 'all', asset_id: asset, decision: 'pick', previous: 'undecided', made_by: 'person', undoes: null, at })
          .execute()
        await tx.insertInto('product_asset').values({ product_id: id, asset_id: asset, position: p }).execute()
        await tx
          .insertInto('rendition')
          .values({ asset_id: asset, recipe: 'model', key: sha(bytes), path, width: 10, height: 10, bytes: bytes.length })
          .execute()
      }
    }
  })
  await library[Symbol.asyncDispose]()
  return ids
}

const noKinds: CatalogKinds = {
  list: () => [],
  open: () => ({ ok: false, problem: { class: 'permanent', code: 'not-found', message: 'no kinds here' } }),
}
const noSecrets: Secrets = { where: 'nowhere', get: async () => null, set: async () => undefined }

/** The real engine on a real library, with these catalogs and this clock. */
export async function shopEngine(options: {
  dir: string
  catalogs: Catalog[]
  now?: () => number
  kinds?: CatalogKinds
  secrets?: Secrets
}) {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const engine = await createEngine({
    libraryDir: options.dir,
    pool: noPool,
    volumes: createVolumes(),
    doctor: { report: async () => ({ ok: true, checks: [] }) },
    clock: { now: options.now ?? (() => Date.now()) },
    log: quiet,
    modelsDir: '',
    sampleCard: null,
    catalogs: () => options.catalogs,
    kinds: options.kinds ?? noKinds,
    secrets: options.secrets ?? noSecrets,
    webhook: () => ({ tell: () => undefined, [Symbol.asyncDispose]: async () => undefined }),
    watchCards: false,
    watchedFolders: null,
    work: 'everything',
  })
  let isClosed = false
  const close = async (): Promise<void> => {
    if (isClosed) return
    isClosed = true
    await engine[Symbol.asyncDispose]()
  }
  onTestFinished(close)
  return {
    close,
    async call<N extends CommandName>(name: N, input: CommandIn<N>): Promise<CommandOut<N>> {
      const reply = await engine.call(name, input)
      if (!reply.ok) throw new Error(`${name}: ${reply.error.code}: ${reply.error.message}`)
      return reply.value
    },
  }
}

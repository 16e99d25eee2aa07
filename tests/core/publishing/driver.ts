import { createHash } from 'node:crypto'
import type { CatalogListing } from '../../../main/core/catalog.ts'
import { createEnding } from '../../../main/core/jobs/ending.ts'
import { createJobStore } from '../../../main/core/jobs/store.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import { freeze } from '../../../main/core/library/publications.ts'
import { publishListing } from '../../../main/core/stages/publish-listing.ts'
import { publishLook } from '../../../main/core/stages/publish-look.ts'
import { publishSweep } from '../../../main/core/stages/publish-sweep.ts'
import { type AnyStage, type Outcome, type Stage, type StageContext, seal } from '../../../main/core/stages/stage.ts'
import type { ModelShop } from './model-shop.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What comes after the last listing; not part of what is tested here. */
const finish: Stage<unknown, null> = {
  name: 'publish.finish',
  lane: 'publish',
  input: (await import('zod')).z.unknown(),
  key: () => 'model',
  repeat: 'again',
  attempts: 1,
  lands: 'soon',
  changes: () => [],
  run: async () => ({ kind: 'done', out: null }),
  commit: async () => [],
  failed: async () => [],
}

export type World = { wall: number; time: number }

/** Where a life of the engine ends. */
export type Crash = 'no' | 'before the run' | 'after the run'

const keyOf = (n: number): string => createHash('sha256').update(`picture ${n}`).digest('hex')

export const listingOf = (n: number, pictures: readonly number[], more: Partial<CatalogListing> = {}): CatalogListing => ({
  productId: `p-${n}`,
  handle: `thing-${n}`,
  title: `Thing ${n}`,
  description: '',
  sku: null,
  price: null,
  stock: null,
  updatedAt: '2026-11-22T00:00:00.000Z',
  media: pictures.map((picture) => ({
    key: keyOf(picture),
    path: `outbox/${keyOf(picture)}.jpg`,
    kind: 'image',
    width: 10,
    height: 10,
    bytes: 10,
    type: 'image/jpeg',
    alt: '',
    sources: [],
    poster: null,
    durationUs: null,
  })),
  ...more,
})

/**
 * The real stages, the real job store and a real SQLite library, driven job by job without threads or timers, so that lives can end at any point and
 * time passes only when nothing is due.
 */
export async function driver(shop: ModelShop, world: World, nextCrash: () => Crash) {
  const library = await openLibrary(null)
  const { db } = library
  const stages = new Map<string, AnyStage>(
    [publishListing, publishLook, publishSweep].map((one) => [one.name, seal(one as Stage<unknown, unknown>)]),
  )
  stages.set(finish.name, seal(finish))
  const store = createJobStore(db, stages)
  let lives = 0
  let bornAt = 0
  let begun = new Map<string, number>()
  let ending = born()
  const resting = new Map<string, number>()

  function born() {
    lives += 1
    bornAt = world.time
    begun = new Map()
    return createEnding({
      db,
      dir: '',
      life: `life-${lives}`,
      store,
      stages,
      clock: { now: () => world.wall + world.time },
      log: quiet,
      events: { ended: () => undefined },
      stirred: () => undefined,
      rest: (group, until) => void resting.set(group, until),
    })
  }

  /** A listing is asked for: as the commands do it. */
  async function askAtOnce(listing: CatalogListing, wanted: 'live' | 'hidden'): Promise<void> {
    const row = {
      state: 'sending',
      wanted,
      frozen: freeze(listing),
      fingerprint: JSON.stringify(listing.media.map((one) => one.key)),
      looked: 0,
      because: null,
      at: '2026-11-22T00:00:00.000Z',
    }
    await db
      .insertInto('product')
      .values({
        id: listing.productId,
        handle: listing.handle,
        title: listing.title,
        made_from: listing.productId,
        created_at: row.at,
        updated_at: row.at,
      })
      .onConflict((on) => on.doNothing())
      .execute()
    await db
      .insertInto('publication')
      .values({ catalog: 'model', product_id: listing.productId, remote_id: null, url: null, ...row })
      .onConflict((on) => on.columns(['catalog', 'product_id']).doUpdateSet(row))
      .execute()
    await enqueue(listing.productId)
  }
  /** Asked for while the next job runs: after what it did, before what it came to is written. */
  const meanwhile: (() => Promise<void>)[] = []
  const askSoon = (listing: CatalogListing, wanted: 'live' | 'hidden'): void => void meanwhile.push(() => askAtOnce(listing, wanted))
  const askNow = async (): Promise<void> => {
    for (const act of meanwhile.splice(0)) await act()
  }
  const ask = async (listing: CatalogListing, wanted: 'live' | 'hidden'): Promise<void> => {
    await askNow()
    await askAtOnce(listing, wanted)
  }
  const enqueue = (productId: string): Promise<boolean> =>
    db
      .transaction()
      .execute((tx) => store.enqueue(tx, { stage: 'publish.listing', input: { catalog: 'model', productId } }, world.wall + world.time))

  /** Works until nothing is queued. @returns how many jobs were run */
  async function work(most: number): Promise<number> {
    for (let count = 0; count < most; ) {
      const now = world.wall + world.time
      for (const [group, until] of resting) if (until <= now || until > now + 3_600_000) resting.delete(group)
      const job = await store.claim(db, [...stages.keys()], now, [...resting.keys()])
      if (job === null) {
        const rests = [...resting.values()].map((until) => until - now)
        const due = await store.nextRunAfter(now)
        const waits = [...rests, ...(due === null ? [] : [due - now])]
        if (waits.length === 0 && meanwhile.length === 0) return count
        if (waits.length === 0) {
          await askNow()
          continue
        }
        world.time += Math.max(1, Math.min(...waits))
        continue
      }
      count += 1
      const stage = stages.get(job.stage)
      if (stage === undefined) throw new TypeError(job.stage)
      const crash = nextCrash()
      let outcome: Outcome<unknown> | null = null
      if (crash !== 'before the run') {
        const ctx = {
          read: db,
          dir: '',
          at: (path: string) => path,
          signal: new AbortController().signal,
          attempt: job.attempts,
          clock: { now: () => world.wall + world.time },
          log: quiet,
          life: `life-${lives}`,
          begun,
          uptimeMs: () => world.time - bornAt,
          catalog: async () => ({ ok: true, value: shop }),
          progress: () => undefined,
        } as unknown as StageContext
        outcome = await stage.run(job.payload, ctx)
        world.time += 20
      }
      await askNow()
      if (crash !== 'no') {
        // Killed: what was running is queued again, by a life that knows nothing of what this one had begun.
        ending = born()
        resting.clear()
        for (const one of await store.interrupted()) {
          if (one.attempts < stage.attempts) await store.mark(db, one, 'queued', 'killed', world.wall + world.time, 0)
          else await ending.close(one, stage, { kind: 'refused', because: 'killed too often' })
        }
        continue
      }
      if (outcome === null) throw new TypeError('no outcome')
      if (outcome.kind === 'retry' && outcome.free !== true && job.attempts >= stage.attempts)
        outcome = { kind: 'refused', because: outcome.because }
      await ending.close(job, stage, outcome)
    }
    return most
  }
  const states = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await db.selectFrom('publication').select(['product_id', 'state']).execute()).map((row) => [row.product_id, row.state]),
    )
  /** As a running engine does every hour. */
  const tidy = async (): Promise<void> => {
    const rows = await db.selectFrom('publication_media').select('product_id').distinct().where('unsure', '=', 1).execute()
    for (const { product_id: id } of rows)
      await store.enqueue(db, { stage: 'publish.sweep', input: { catalog: 'model', productId: id } }, world.wall + world.time)
  }
  return { db, ask, askSoon, work, tidy, states, enqueue, close: () => library[Symbol.asyncDispose](), lives: () => lives }
}

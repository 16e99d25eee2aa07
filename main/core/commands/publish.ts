import { assetId, type ProductId, productId } from '../../contract/ids.ts'
import type { PublishPlan } from '../../contract/views.ts'
import type { Catalog, CatalogCapabilities } from '../catalog.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader, Tx } from '../library/db.ts'
import { dropOf } from '../library/drops.ts'
import { needed } from '../library/listings.ts'
import { draft, type ProductRow, products } from '../library/products.ts'
import { thaw } from '../library/publications.ts'
import type { CommandContext } from './context.ts'
import { planOf } from './publish-plan.ts'
import { publishQueue, publishState } from './publish-state.ts'

type Names =
  | 'publish.plan'
  | 'publish.start'
  | 'publish.state'
  | 'publish.queue'
  | 'publish.hide'
  | 'publish.resolve'
  | 'publish.versions'
  | 'publish.rollback'
  | 'publish.retry'
  | 'publish.stop'
  | 'render.picks'

export async function openCatalog(ctx: CommandContext, name: string): Promise<Catalog> {
  const opened = await ctx.catalogs.get(name)
  if (opened.ok) return opened.value
  if (opened.problem.code === 'not-found')
    throw new AppError('not-found', opened.problem.message, { next: `Use one of: ${(await ctx.catalogs.names()).join(', ')}.` })
  throw new AppError('unavailable', opened.problem.message)
}

export const publishCommands = (ctx: CommandContext): Pick<Handlers, Names> => {
  const { db } = ctx.library
  const told = async (catalog: string): Promise<void> => {
    ctx.emit('publish.changed', await publishState(db, catalog, ctx.runner.resting()))
    ctx.emit('products.changed', {})
  }
  /** Sets rows and lets them be worked on; answers how many there were. */
  const again = async (
    catalog: string,
    productIds: readonly string[],
    state: 'sending' | 'hiding',
    extra: Record<string, string | number | null> = {},
  ) => {
    const count = await ctx.write(async (tx) => {
      let rows = 0
      const next: NextJob[] = []
      for (const id of productIds) {
        const done = await tx
          .updateTable('publication')
          .set({ state, because: null, difference: null, at: ctx.now(), ...extra })
          .where('catalog', '=', catalog)
          .where('product_id', '=', id)
          .executeTakeFirst()
        if (done.numUpdatedRows === 0n) continue
        rows += 1
        next.push({ stage: 'publish.listing', input: { catalog, productId: id } })
      }
      return { out: rows, next }
    })
    await told(catalog)
    return count
  }
  const need = (count: number): void => {
    if (count === 0) throw new AppError('not-found', 'This listing was never sent to this shop')
  }
  return {
    'publish.plan': async ({ catalog }) => planOf(db, await openCatalog(ctx, catalog)),
    'publish.start': async ({ catalog: name, productIds }) => {
      const catalog = await openCatalog(ctx, name)
      await ctx.write(async (tx) => {
        await draft(tx, ctx.now())
        return { out: undefined }
      })
      const whole = await planOf(db, catalog)
      const plan = productIds === null ? whole : await shownAgain(db, only(whole, new Set<string>(productIds)))
      await startListings(ctx, catalog, plan)
      await told(name)
      return plan
    },
    'publish.state': async ({ catalog }) => publishState(db, (await openCatalog(ctx, catalog)).name, ctx.runner.resting()),
    'publish.queue': ({ catalog, limit }) => publishQueue(db, catalog, limit),
    'publish.hide': async ({ catalog, productIds }) => {
      await openCatalog(ctx, catalog)
      need(await again(catalog, productIds, 'hiding', { wanted: 'hidden' }))
      return {}
    },
    'publish.resolve': async ({ catalog, productId: id, how }) => {
      await openCatalog(ctx, catalog)
      // `ours`: the next read of the shop is what we set out from; its own pictures stay, behind ours.
      if (how === 'ours') need(await again(catalog, [id], 'sending', { base: null, looked: 0 }))
      else {
        const row = await db
          .selectFrom('publication')
          .select('visible')
          .where('catalog', '=', catalog)
          .where('product_id', '=', id)
          .executeTakeFirst()
        need(row === undefined ? 0 : 1)
        await db
          .updateTable('publication')
          .set({
            state: row?.visible === 1 ? 'published' : 'hidden',
            because: 'left as it is in the shop',
            difference: null,
            // What we had begun there is over: nothing of it is asked for again.
            setting: null,
            showing: null,
            at: ctx.now(),
          })
          .where('catalog', '=', catalog)
          .where('product_id', '=', id)
          .execute()
        await told(catalog)
      }
      return {}
    },
    'publish.versions': async ({ catalog, productId: id }) => {
      const rows = await db
        .selectFrom('publication_version')
        .selectAll()
        .where('catalog', '=', catalog)
        .where('product_id', '=', id)
        .orderBy('n', 'desc')
        .execute()
      const now = await db
        .selectFrom('publication')
        .select('fingerprint')
        .where('catalog', '=', catalog)
        .where('product_id', '=', id)
        .executeTakeFirst()
      return rows.map((row) => {
        const what = thaw(row.frozen, (path) => path)
        const images = what.media.filter((one) => one.kind === 'image').length
        return {
          n: row.n,
          at: row.at,
          title: what.title,
          images,
          clips: what.media.length - images,
          current: now?.fingerprint === row.fingerprint,
        }
      })
    },
    'publish.rollback': async ({ catalog, productId: id, n }) => {
      await openCatalog(ctx, catalog)
      const row = await db
        .selectFrom('publication_version')
        .selectAll()
        .where('catalog', '=', catalog)
        .where('product_id', '=', id)
        .where('n', '=', n)
        .executeTakeFirst()
      if (row === undefined) throw new AppError('not-found', 'This version is not kept any more')
      need(await again(catalog, [id], 'sending', { frozen: row.frozen, fingerprint: row.fingerprint, looked: 0 }))
      return {}
    },
    'publish.retry': async ({ catalog }) => {
      await openCatalog(ctx, catalog)
      const rows = await db
        .selectFrom('publication')
        .select(['product_id', 'wanted', 'remote_id'])
        .where('catalog', '=', catalog)
        .where('state', '=', 'failed')
        .execute()
      await again(
        catalog,
        rows.map((row) => row.product_id),
        'sending',
        { frozen: null, looked: 0 },
      )
      ctx.runner.rouse(catalog)
      return {}
    },
    'publish.stop': async ({ catalog }) => {
      await openCatalog(ctx, catalog)
      await ctx.runner.cancel(
        (stage, input) =>
          stage === 'publish.listing' && typeof input === 'object' && input !== null && 'catalog' in input && input.catalog === catalog,
      )
      const waiting = await db
        .selectFrom('publication')
        .select('product_id')
        .where('catalog', '=', catalog)
        .where('state', 'in', ['rendering', 'sending', 'hiding'])
        .execute()
      if (waiting.length > 0)
        await db
          .updateTable('publication')
          .set({ state: 'failed', because: 'it was stopped', at: ctx.now() })
          .where('catalog', '=', catalog)
          .where('state', 'in', ['rendering', 'sending', 'hiding'])
          .execute()
      await told(catalog)
      return {}
    },
    'render.picks': async () => {
      const { recipes } = (await openCatalog(ctx, 'local')).capabilities()
      const wanted = (await products(db)).flatMap((product) => product.assets)
      await ctx.write(async (tx) => {
        const next: NextJob[] = []
        for (const asset of wanted) {
          for (const recipe of recipes) {
            const known = await tx
              .selectFrom('rendition')
              .select('key')
              .where('asset_id', '=', asset)
              .where('recipe', '=', recipe.name)
              .executeTakeFirst()
            if (known === undefined) next.push({ stage: 'render.photo', input: { assetId: asset, recipe } })
          }
        }
        return { out: undefined, next }
      })
      await ctx.runner.settled()
      const rows = await db.selectFrom('rendition').select(['asset_id', 'recipe', 'path']).execute()
      const failed = await db
        .selectFrom('job')
        .select(['key', 'because'])
        .where('stage', '=', 'render.photo')
        .where('state', '=', 'failed')
        .execute()
      return {
        rendered: rows
          .filter((row) => wanted.includes(row.asset_id))
          .map((row) => ({ assetId: assetId.parse(row.asset_id), recipe: row.recipe, path: `${ctx.library.dir}/${row.path}` })),
        refused: failed.flatMap((row) => {
          const [id, recipe] = row.key.split('/')
          const parsed = assetId.safeParse(id)
          return parsed.success ? [{ assetId: parsed.data, recipe: recipe ?? '', because: row.because ?? 'it could not be rendered' }] : []
        }),
      }
    },
  }
}

/** Named listings that are in order but were taken off: asking for them shows them again. Those of a drop wait for its hour all the same. */
async function shownAgain(read: Reader, plan: PublishPlan): Promise<PublishPlan> {
  const rows = await read
    .selectFrom('publication')
    .select('product_id')
    .where('catalog', '=', plan.catalog)
    .where('state', '=', 'hidden')
    .where('wanted', '=', 'hidden')
    .execute()
  const off = new Set(rows.map((row) => row.product_id))
  const again = plan.unchanged.filter((line) => off.has(line.productId))
  return {
    ...plan,
    update: [...plan.update, ...again.map((line) => ({ ...line, images: 0, clips: 0, changes: ['it is shown again'], left: [] }))],
    unchanged: plan.unchanged.filter((line) => !off.has(line.productId)),
  }
}

const only = (plan: PublishPlan, ids: ReadonlySet<string>): PublishPlan => ({
  ...plan,
  create: plan.create.filter((line) => ids.has(line.productId)),
  update: plan.update.filter((line) => ids.has(line.productId)),
  hide: plan.hide.filter((line) => ids.has(line.productId)),
  unchanged: plan.unchanged.filter((line) => ids.has(line.productId)),
  refused: plan.refused.filter((line) => line.productId !== null && ids.has(line.productId)),
})

/** Notes what was approved, and queues what has to be rendered first. */
export async function startListings(ctx: CommandContext, catalog: Catalog, plan: PublishPlan): Promise<void> {
  const can = catalog.capabilities()
  await ctx.write(async (tx) => {
    const all = new Map((await products(tx)).map((one) => [one.id, one]))
    const next: NextJob[] = []
    for (const line of [...plan.create, ...plan.update]) {
      const product = all.get(line.productId)
      if (product !== undefined) next.push(...(await begin(tx, catalog.name, product, can, ctx.now())))
    }
    for (const line of plan.hide) {
      await tx
        .updateTable('publication')
        .set({ state: 'hiding', wanted: 'hidden', because: null, at: ctx.now() })
        .where('catalog', '=', catalog.name)
        .where('product_id', '=', line.productId)
        .execute()
      next.push({ stage: 'publish.listing', input: { catalog: catalog.name, productId: line.productId } })
    }
    if (next.length === 0) next.push({ stage: 'publish.finish', input: { catalog: catalog.name } })
    return { out: undefined, next }
  })
}

/** A listing that needs nothing rendered is sent at once. One that belongs to a drop stays hidden until its hour. */
async function begin(tx: Tx, catalog: string, product: ProductRow, can: CatalogCapabilities, now: string): Promise<NextJob[]> {
  const missing = await needed(tx, product, can)
  const waits = missing.photos.length + missing.clips.length > 0
  const id: ProductId = productId.parse(product.id)
  const drop = await dropOf(tx, catalog, id)
  const row = {
    state: waits ? 'rendering' : 'sending',
    wanted: drop === null || drop.state === 'open' ? 'live' : 'hidden',
    frozen: null,
    looked: 0,
    because: null,
    at: now,
  }
  await tx
    .insertInto('publication')
    .values({ catalog, product_id: id, fingerprint: '', remote_id: null, url: null, ...row })
    .onConflict((on) => on.columns(['catalog', 'product_id']).doUpdateSet(row))
    .execute()
  if (!waits) return [{ stage: 'publish.listing', input: { catalog, productId: id } }]
  return [
    ...missing.photos.map(({ asset, recipe }) => ({ stage: 'render.photo', input: { assetId: asset, recipe } })),
    ...missing.clips.map((clip) => ({ stage: 'cut.clip', input: { clipId: clip, channel: can.clipChannel } })),
  ]
}

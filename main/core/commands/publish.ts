import { assetId, type ProductId, productId } from '../../contract/ids.ts'
import type { PublishPlan, PublishState } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader, Tx } from '../library/db.ts'
import { fingerprint, listing, needed, shopChannel } from '../library/listings.ts'
import { draft, type ProductRow, products } from '../library/products.ts'
import type { Catalog } from '../ports.ts'
import type { CommandContext } from './context.ts'

/** What sending to this catalog would do, listing by listing, before anything is rendered or sent. */
async function planOf(read: Reader, dir: string, catalog: Catalog): Promise<PublishPlan> {
  const can = catalog.capabilities()
  const plan: PublishPlan = { catalog: catalog.name, create: [], update: [], unchanged: [], refused: [] }
  for (const product of await products(read)) {
    const sent = await read
      .selectFrom('publication')
      .selectAll()
      .where('catalog', '=', catalog.name)
      .where('product_id', '=', product.id)
      .executeTakeFirst()
    const line = {
      productId: productId.parse(product.id),
      title: product.title,
      images: Math.min(product.assets.length, can.maxPerProduct),
      clips: can.video ? product.clips.length : 0,
    }
    if (product.assets.length === 0) {
      if (sent !== undefined) plan.update.push(line)
      else if (product.clips.length > 0)
        plan.refused.push({
          productId: line.productId,
          title: product.title,
          because: 'it has a clip but no picked photo; pick a photo to go with it',
        })
      continue
    }
    const unreadable = await refusedPhotos(read, product)
    if (unreadable === product.assets.length) {
      plan.refused.push({ productId: line.productId, title: product.title, because: 'none of its photos can be decoded' })
      continue
    }
    if (sent === undefined) plan.create.push(line)
    else if (sent.state === 'published' && (await isSame(read, dir, product, catalog, sent.fingerprint)))
      plan.unchanged.push({ productId: line.productId, title: product.title })
    else plan.update.push(line)
  }
  return plan
}

async function refusedPhotos(read: Reader, product: ProductRow): Promise<number> {
  const row = await read
    .selectFrom('analysis')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('asset_id', 'in', product.assets)
    .where('state', '=', 'refused')
    .executeTakeFirstOrThrow()
  return row.n
}

/** Nothing changed here, and the shop still shows it: our memory alone is not believed. */
async function isSame(read: Reader, dir: string, product: ProductRow, catalog: Catalog, known: string): Promise<boolean> {
  const can = catalog.capabilities()
  const missing = await needed(read, product, can.recipes, can.video)
  if (missing.photos.length + missing.clips.length > 0) return false
  const what = await listing(read, dir, product, can.recipes, can.maxPerProduct)
  if (fingerprint(what) !== known) return false
  const there = await catalog.read(product.id)
  return there.ok && there.value !== null && there.value.mediaKeys.join() === what.media.map((one) => one.key).join()
}

export async function publishState(read: Reader, catalog: string): Promise<PublishState> {
  const rows = await read
    .selectFrom('publication')
    .innerJoin('product', 'product.id', 'publication.product_id')
    .select(['publication.state', 'publication.because', 'publication.product_id', 'product.title'])
    .where('catalog', '=', catalog)
    .execute()
  const finishing = await read
    .selectFrom('job')
    .select('id')
    .where('stage', '=', 'publish.finish')
    .where('key', '=', catalog)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst()
  const page = await read.selectFrom('meta').select('value').where('key', '=', `catalog.page.${catalog}`).executeTakeFirst()
  const waiting = rows.filter((row) => row.state === 'rendering' || row.state === 'sending').length
  return {
    catalog,
    waiting: waiting + (finishing === undefined ? 0 : 1),
    published: rows.filter((row) => row.state === 'published').length,
    failed: rows
      .filter((row) => row.state === 'failed')
      .map((row) => ({
        productId: productId.parse(row.product_id),
        title: row.title,
        because: row.because ?? 'it could not be published',
      })),
    page: page?.value ?? null,
  }
}

export const publishCommands = (
  ctx: CommandContext,
): Pick<Handlers, 'publish.plan' | 'publish.start' | 'publish.state' | 'render.picks'> => {
  const catalogOf = (name: string): Catalog => {
    const found = ctx.catalogs.get(name)
    if (found === undefined)
      throw new AppError('not-found', `There is no catalog called ${name}`, { next: `Use one of: ${[...ctx.catalogs.keys()].join(', ')}.` })
    return found
  }
  return {
    'publish.plan': ({ catalog }) => planOf(ctx.library.db, ctx.library.dir, catalogOf(catalog)),
    'publish.start': async ({ catalog: name }) => {
      const catalog = catalogOf(name)
      const can = catalog.capabilities()
      await ctx.write(async (tx) => {
        await draft(tx, ctx.now())
        return { out: undefined }
      })
      const plan = await planOf(ctx.library.db, ctx.library.dir, catalog)
      await ctx.write(async (tx) => {
        const all = await products(tx)
        const next: NextJob[] = []
        for (const line of [...plan.create, ...plan.update]) {
          const product = all.find((one) => one.id === line.productId)
          if (product !== undefined) next.push(...(await begin(tx, name, product, can, ctx.now())))
        }
        if (next.length === 0) next.push({ stage: 'publish.finish', input: { catalog: name } })
        return { out: undefined, next }
      })
      ctx.emit('publish.changed', await publishState(ctx.library.db, name))
      return plan
    },
    'publish.state': ({ catalog }) => publishState(ctx.library.db, catalogOf(catalog).name),
    'render.picks': async () => {
      const catalog = catalogOf('local')
      const { recipes } = catalog.capabilities()
      const wanted = (await products(ctx.library.db)).flatMap((product) => product.assets)
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
      const rows = await ctx.library.db.selectFrom('rendition').select(['asset_id', 'recipe', 'path']).execute()
      const failed = await ctx.library.db
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

/** Notes the intent, and queues what has to be rendered first; a listing that needs nothing is sent at once. */
async function begin(
  tx: Tx,
  catalog: string,
  product: ProductRow,
  can: ReturnType<Catalog['capabilities']>,
  now: string,
): Promise<NextJob[]> {
  const missing = await needed(tx, product, can.recipes, can.video)
  const waits = missing.photos.length + missing.clips.length > 0
  const id: ProductId = productId.parse(product.id)
  const row = { state: waits ? 'rendering' : 'sending', because: null, at: now }
  await tx
    .insertInto('publication')
    .values({ catalog, product_id: id, fingerprint: '', remote_id: null, url: null, ...row })
    .onConflict((on) => on.columns(['catalog', 'product_id']).doUpdateSet(row))
    .execute()
  if (!waits) return [{ stage: 'publish.listing', input: { catalog, productId: id } }]
  return [
    ...missing.photos.map(({ asset, recipe }) => ({ stage: 'render.photo', input: { assetId: asset, recipe } })),
    ...missing.clips.map((clip) => ({ stage: 'cut.clip', input: { clipId: clip, channel: shopChannel } })),
  ]
}

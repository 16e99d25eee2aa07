import { randomUUID } from 'node:crypto'
import { dropId as dropIdShape, productId } from '../../contract/ids.ts'
import { type DropView, dropView } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { sayInstant, toInstant, zoneOf } from '../domain/zoned.ts'
import { AppError } from '../errors.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader } from '../library/db.ts'
import { flipDrop, hideAgain } from '../library/drops.ts'
import type { CommandContext } from './context.ts'
import { openCatalog, startListings } from './publish.ts'
import { planOf } from './publish-plan.ts'

/** Named sets of products that buyers see from one hour to another. */
export const dropCommands = (ctx: CommandContext): Pick<Handlers, 'drop.list' | 'drop.save' | 'drop.end'> => {
  const { db } = ctx.library
  const view = async (id: string): Promise<DropView> => {
    const [found] = await dropViews(ctx, db, id)
    if (found === undefined) throw new AppError('not-found', 'This drop is not in the library')
    return found
  }
  return {
    'drop.list': () => dropViews(ctx, db, null),
    'drop.save': async ({ dropId, title, zone: zoneName, opensWall, closesWall, products, catalogs }) => {
      const zone = zoneOf(zoneName)
      if (zone === null)
        throw new AppError('invalid-input', `There is no time zone called ${zoneName}`, { next: 'Use a name like Europe/Berlin.' })
      const opens = toInstant(opensWall, zone)
      const closes = closesWall === null ? null : toInstant(closesWall, zone)
      if (opens === null || (closesWall !== null && closes === null)) throw new AppError('invalid-input', 'There is no such date')
      const now = ctx.clock.now()
      if (closes !== null && closes.at <= opens.at)
        throw new AppError('invalid-input', 'It would close before it opens', { next: 'Choose a later hour for closing.' })
      if (Date.parse((closes ?? opens).at) <= now && (closes !== null || Date.parse(opens.at) < now - 60_000))
        throw new AppError('invalid-input', 'Its time has passed already', { next: 'Choose an hour that is still to come.' })
      const shops = await Promise.all(catalogs.map((name) => openCatalog(ctx, name)))
      const id = dropId ?? dropIdShape.parse(`d-${randomUUID().slice(0, 18)}`)
      await ctx.write(async (tx) => {
        const states = await tx.selectFrom('drop_catalog').select('state').where('drop_id', '=', id).execute()
        if (states.some((row) => row.state !== 'planned'))
          throw new AppError('conflict', 'This drop has begun; its hours and products stay as they are', {
            next: 'End it, or make another one.',
          })
        const row = {
          title,
          zone,
          opens_wall: opensWall,
          opens_at: opens.at,
          closes_wall: closesWall,
          closes_at: closes?.at ?? null,
          cancelled_at: null,
        }
        await tx
          .insertInto('sale_drop')
          .values({ id, created_at: ctx.now(), ...row })
          .onConflict((on) => on.column('id').doUpdateSet(row))
          .execute()
        await tx.deleteFrom('drop_product').where('drop_id', '=', id).execute()
        await tx.deleteFrom('drop_catalog').where('drop_id', '=', id).execute()
        for (const [position, one] of products.entries())
          await tx
            .insertInto('drop_product')
            .values({
              drop_id: id,
              product_id: one.productId,
              position,
              price_minor: one.price?.minor ?? null,
              currency: one.price?.currency ?? null,
              stock: one.stock,
            })
            .execute()
        const empty = { because: null, opened_at: null, open_late_ms: null, closed_at: null, close_late_ms: null }
        for (const catalog of new Set(catalogs))
          await tx
            .insertInto('drop_catalog')
            .values({ drop_id: id, catalog, state: 'planned', ...empty })
            .execute()
        return { out: undefined }
      })
      // Everything goes up now, hidden; at the hour only visibility changes.
      const wanted = new Set<string>(products.map((one) => one.productId))
      for (const shop of shops) {
        const plan = await planOf(db, shop)
        const mine = <T extends { productId: string }>(lines: T[]): T[] => lines.filter((line) => wanted.has(line.productId))
        const again = mine(plan.unchanged).map((line) => ({ ...line, images: 0, clips: 0, changes: [], left: [] }))
        await startListings(ctx, shop, { ...plan, create: mine(plan.create), update: [...mine(plan.update), ...again], hide: [] })
      }
      ctx.dropsMoved()
      ctx.emit('drops.changed', {})
      return view(id)
    },
    'drop.end': async ({ dropId }) => {
      await ctx.write(async (tx) => {
        const rows = await tx.selectFrom('drop_catalog').select(['catalog', 'state']).where('drop_id', '=', dropId).execute()
        if (rows.length === 0) throw new AppError('not-found', 'This drop is not in the library')
        await tx
          .updateTable('sale_drop')
          .set({ cancelled_at: ctx.now() })
          .where('id', '=', dropId)
          .where('cancelled_at', 'is', null)
          .execute()
        // A shop that was told the hour has to be told that there is none.
        const next: NextJob[] = []
        for (const { catalog, state } of rows) {
          if (state === 'planned') next.push(...(await hideAgain(tx, dropId, catalog, ctx.now())))
          if (state === 'open') next.push(await flipDrop(tx, { dropId, catalog, to: 'close' }, ctx.life))
        }
        return { out: undefined, next: [...next, ...rows.map((row) => ({ stage: 'publish.finish', input: { catalog: row.catalog } }))] }
      })
      ctx.dropsMoved()
      ctx.emit('drops.changed', {})
      return view(dropId)
    },
  }
}

async function dropViews(ctx: CommandContext, read: Reader, only: string | null): Promise<DropView[]> {
  const drops = await read
    .selectFrom('sale_drop')
    .selectAll()
    .$if(only !== null, (query) => query.where('id', '=', only ?? ''))
    .orderBy('opens_at', 'desc')
    .execute()
  const now = ctx.clock.now()
  return Promise.all(
    drops.map(async (drop) => {
      const products = await read
        .selectFrom('drop_product')
        .innerJoin('product', 'product.id', 'drop_product.product_id')
        .select(['drop_product.product_id', 'product.title', 'drop_product.price_minor', 'drop_product.currency', 'drop_product.stock'])
        .where('drop_id', '=', drop.id)
        .orderBy('position')
        .execute()
      const rows = await read.selectFrom('drop_catalog').selectAll().where('drop_id', '=', drop.id).orderBy('catalog').execute()
      const catalogs = await Promise.all(
        rows.map(async (row) => {
          const staged = await read
            .selectFrom('publication')
            .select((e) => e.fn.countAll<number>().as('n'))
            .where('catalog', '=', row.catalog)
            .where('state', 'in', ['hidden', 'published'])
            .where('product_id', 'in', (e) => e.selectFrom('drop_product').select('product_id').where('drop_id', '=', drop.id))
            .executeTakeFirstOrThrow()
          return {
            catalog: row.catalog,
            state: row.state,
            because: row.because,
            staged: staged.n,
            openedAt: row.opened_at,
            openLateMs: row.open_late_ms,
            closedAt: row.closed_at,
            closeLateMs: row.close_late_ms,
          }
        }),
      )
      const isOver = catalogs.every((one) => one.state === 'closed' || one.state === 'missed')
      const isOpen = catalogs.some((one) => one.state === 'open')
      const byThemselves = await Promise.all(
        rows.map(async (row) => {
          const opened = await ctx.catalogs.get(row.catalog)
          return opened.ok && opened.value.capabilities().scheduleOpen
        }),
      )
      const mustBeOn = [
        ...(Date.parse(drop.opens_at) > now && byThemselves.some((one) => !one)
          ? [`this computer must be on at ${sayInstant(drop.opens_at, drop.zone)} to open it`]
          : []),
        ...(drop.closes_at !== null && Date.parse(drop.closes_at) > now
          ? [`this computer must be on at ${sayInstant(drop.closes_at, drop.zone)} to close it`]
          : []),
      ]
      return dropView.parse({
        id: drop.id,
        title: drop.title,
        zone: drop.zone,
        opensWall: drop.opens_wall,
        opensAt: drop.opens_at,
        closesWall: drop.closes_wall,
        closesAt: drop.closes_at,
        state:
          drop.cancelled_at !== null
            ? 'cancelled'
            : catalogs.every((one) => one.state === 'missed')
              ? 'missed'
              : isOver
                ? 'closed'
                : isOpen
                  ? 'open'
                  : 'planned',
        products: products.map((row) => ({
          productId: productId.parse(row.product_id),
          title: row.title,
          price: row.price_minor === null || row.currency === null ? null : { minor: row.price_minor, currency: row.currency },
          stock: row.stock,
        })),
        catalogs,
        mustBeOn: drop.cancelled_at === null && !isOver ? mustBeOn : [],
      })
    }),
  )
}

import { randomUUID } from 'node:crypto'
import { type AssetId, assetId, clipId, productId } from '../../contract/ids.ts'
import { type Box, box, type ProductView, type ShotRole, shotRole } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { weigh } from '../domain/score.ts'
import { proposeSet, type SetFrame } from '../domain/set.ts'
import { AppError } from '../errors.ts'
import { storedMeasures } from '../library/assets.ts'
import type { Reader, Tx } from '../library/db.ts'
import { act, decisions } from '../library/decisions.ts'
import { embeddingOf } from '../library/frames.ts'
import { createFrom, products } from '../library/products.ts'
import type { CommandContext } from './context.ts'

type Names = 'product.list' | 'product.rename' | 'product.arrange' | 'product.assign' | 'product.role' | 'product.propose'

/** Listings: their titles, their pictures in order, and what each picture shows. */
export const productCommands = (ctx: CommandContext): Pick<Handlers, Names> => {
  const { db } = ctx.library
  const view = async (id: string): Promise<ProductView> => {
    ctx.emit('products.changed', {})
    const found = (await productViews(db)).find((one) => one.id === id)
    if (found === undefined) throw new AppError('not-found', 'This listing has no pictures any more')
    return found
  }
  const touch = async (tx: Tx, id: string): Promise<void> => {
    const done = await tx.updateTable('product').set({ updated_at: ctx.now() }).where('id', '=', id).executeTakeFirst()
    if (done.numUpdatedRows === 0n) throw new AppError('not-found', 'This listing is not in the library any more')
  }
  return {
    'product.list': () => productViews(db),
    'product.rename': async ({ productId: id, title }) => {
      await ctx.write(async (tx) => {
        await touch(tx, id)
        await tx.updateTable('product').set({ title }).where('id', '=', id).execute()
        return { out: undefined }
      })
      return view(id)
    },
    'product.arrange': async ({ productId: id, assetIds }) => {
      await ctx.write(async (tx) => {
        await touch(tx, id)
        await reorder(tx, id, assetIds)
        return { out: undefined }
      })
      return view(id)
    },
    'product.role': async ({ productId: id, assetId: asset, role }) => {
      await ctx.write(async (tx) => {
        await touch(tx, id)
        const done = await tx
          .updateTable('product_asset')
          .set({ role })
          .where('product_id', '=', id)
          .where('asset_id', '=', asset)
          .executeTakeFirst()
        if (done.numUpdatedRows === 0n) throw new AppError('not-found', 'This picture is not in the listing any more')
        return { out: undefined }
      })
      return view(id)
    },
    'product.assign': async ({ assetIds, productId: wanted }) => {
      const moved = await ctx.write(async (tx) => {
        const made = await decisions(tx)
        const loose = assetIds.filter((id) => made.get(id) !== 'pick')
        if (loose.length > 0)
          throw new AppError('invalid-input', `${loose.length} of these are not picked yet`, { next: 'Pick them first: press P.' })
        return { out: await assign(tx, assetIds, wanted, ctx.now()) }
      })
      ctx.emit('products.changed', {})
      return moved
    },
    'product.propose': async ({ productId: id, most }) => {
      const product = (await products(db)).find((one) => one.id === id)
      if (product === undefined) throw new AppError('not-found', 'This listing is not in the library any more')
      const { set, rest, missing } = proposeSet(await setFrames(db, id, product.assets), most)
      return {
        set: set.map((one) => ({ assetId: assetId.parse(one.id), role: one.role, because: one.because })),
        rest: rest.map((one) => assetId.parse(one)),
        missing,
      }
    },
  }
}

export async function productViews(read: Reader): Promise<ProductView[]> {
  const rows = Map.groupBy(await read.selectFrom('publication').selectAll().execute(), (row) => row.product_id)
  const roles = Map.groupBy(
    await read.selectFrom('product_asset').select(['product_id', 'asset_id', 'role']).where('role', 'is not', null).execute(),
    (row) => row.product_id,
  )
  // A line of a sheet may have a title and no SKU: it waits for its pictures all the same.
  const sheets = new Set(
    (await read.selectFrom('product').select('id').where('made_from', 'like', 'sheet-%').execute()).map((row) => row.id),
  )
  return (await products(read))
    .filter((one) => one.assets.length > 0 || one.clips.length > 0 || one.sku !== null || rows.has(one.id) || sheets.has(one.id))
    .map((one) => ({
      id: productId.parse(one.id),
      title: one.title,
      sku: one.sku,
      description: one.description,
      price: one.price,
      stock: one.stock,
      assets: one.assets.map((id) => assetId.parse(id)),
      roles: Object.fromEntries((roles.get(one.id) ?? []).flatMap((row) => said(row.asset_id, row.role))),
      clips: one.clips.map((id) => clipId.parse(id)),
      updatedAt: one.updatedAt,
      publications: (rows.get(one.id) ?? []).map((row) => ({ catalog: row.catalog, state: row.state, at: row.at, url: row.url })),
    }))
}

function said(id: string, role: string | null): [AssetId, ShotRole][] {
  const known = shotRole.safeParse(role)
  return known.success ? [[assetId.parse(id), known.data]] : []
}

/** The given pictures first, in their order; what was not named keeps its order behind them. */
async function reorder(tx: Tx, id: string, wanted: readonly string[]): Promise<void> {
  const own = await tx.selectFrom('product_asset').select('asset_id').where('product_id', '=', id).orderBy('position').execute()
  const there = new Set(own.map((row) => row.asset_id))
  const stranger = wanted.find((one) => !there.has(one))
  if (stranger !== undefined)
    throw new AppError('conflict', 'The pictures of this listing changed meanwhile', { next: 'Look at it again, then arrange it.' })
  const order = [...new Set([...wanted, ...there])]
  for (const [position, asset] of order.entries())
    await tx.updateTable('product_asset').set({ position }).where('product_id', '=', id).where('asset_id', '=', asset).execute()
}

async function assign(tx: Tx, ids: readonly AssetId[], wanted: string | null, now: string) {
  const target = wanted ?? (await createFrom(tx, ids[0] ?? '', `set-${randomUUID()}`, now))
  if ((await tx.selectFrom('product').select('id').where('id', '=', target).executeTakeFirst()) === undefined)
    throw new AppError('not-found', 'This listing is not in the library any more')
  const homes = await tx.selectFrom('product_asset').select(['asset_id', 'product_id']).where('asset_id', 'in', ids).execute()
  const from = new Map(homes.map((row) => [row.asset_id, productId.parse(row.product_id)]))
  const gone = await act(tx, { homes: new Map(ids.map((id) => [id, { product: target, position: null }])) }, 'human', now)
  const moved = gone.map((id) => ({ assetId: assetId.parse(id), from: from.get(id) ?? null }))
  return { productId: productId.parse(target), moved }
}

async function setFrames(read: Reader, product: string, assets: readonly string[]): Promise<SetFrame[]> {
  if (assets.length === 0) return []
  const rows = await read
    .selectFrom('product_asset')
    .innerJoin('asset', 'asset.id', 'product_asset.asset_id')
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .leftJoin('score', 'score.asset_id', 'asset.id')
    .leftJoin('stack_member', 'stack_member.asset_id', 'asset.id')
    .select([
      'asset.id',
      'asset.name',
      'product_asset.role',
      'analysis.embedding',
      'score.measures',
      'score.subject',
      'stack_member.stack_id',
    ])
    .where('product_asset.product_id', '=', product)
    .where('asset.kind', '=', 'photo')
    .orderBy('product_asset.position')
    .execute()
  return rows.map((row) => {
    const measures = row.measures === null ? null : storedMeasures.parse(JSON.parse(row.measures))
    const subject: Box | null = row.subject === null ? null : (box.safeParse(JSON.parse(row.subject)).data ?? null)
    return {
      id: row.id,
      name: row.name,
      score: measures === null ? null : weigh(measures).score,
      stack: row.stack_id,
      embedding: embeddingOf(row.embedding ?? null),
      fills: subject === null ? null : subject.w * subject.h,
      person: measures !== null && 'faces' in measures,
      role: shotRole.safeParse(row.role).data ?? null,
    }
  })
}

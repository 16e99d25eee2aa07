import type { CatalogShop } from '../catalog.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader, Tx } from './db.ts'
import { noteShowing } from './publications.ts'

/** What a storefront says about drops: those that are not over for long. */
export async function shownDrops(read: Reader, catalog: string): Promise<CatalogShop['drops']> {
  const rows = await read
    .selectFrom('sale_drop')
    .innerJoin('drop_catalog', 'drop_catalog.drop_id', 'sale_drop.id')
    .select(['sale_drop.id', 'title', 'opens_at', 'closes_at', 'zone'])
    .where('drop_catalog.catalog', '=', catalog)
    .where('cancelled_at', 'is', null)
    .where('drop_catalog.state', '<>', 'missed')
    .orderBy('opens_at')
    .execute()
  const lines = await read.selectFrom('drop_product').select(['drop_id', 'product_id']).orderBy('position').execute()
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    zone: row.zone,
    products: lines.filter((line) => line.drop_id === row.id).map((line) => line.product_id),
  }))
}

/** The drop that decides when this listing is shown in this catalog: the one that is open, else the next. */
export async function dropOf(
  read: Reader,
  catalog: string,
  product: string,
): Promise<{ id: string; state: string; opensAt: string; closesAt: string | null } | null> {
  const row = await read
    .selectFrom('drop_product')
    .innerJoin('drop_catalog', 'drop_catalog.drop_id', 'drop_product.drop_id')
    .innerJoin('sale_drop', 'sale_drop.id', 'drop_product.drop_id')
    .select(['sale_drop.id', 'drop_catalog.state', 'opens_at', 'closes_at'])
    .where('drop_product.product_id', '=', product)
    .where('drop_catalog.catalog', '=', catalog)
    .where('drop_catalog.state', 'in', ['planned', 'open'])
    .where('cancelled_at', 'is', null)
    .orderBy('drop_catalog.state')
    .orderBy('opens_at')
    .executeTakeFirst()
  return row === undefined ? null : { id: row.id, state: row.state, opensAt: row.opens_at, closesAt: row.closes_at }
}

/** The job that opens or closes a drop in a shop, with the intent to show or hide what belongs to it. */
export async function flipDrop(tx: Tx, at: { dropId: string; catalog: string; to: 'open' | 'close' }, life: string): Promise<NextJob> {
  const rows = await tx.selectFrom('drop_product').select('product_id').where('drop_id', '=', at.dropId).execute()
  const ids = rows.map((row) => row.product_id)
  await noteShowing(tx, at.catalog, ids, life)
  return { stage: 'drop.flip', input: at }
}

/**
 * Lets every listing of a drop be looked at once more, hidden: a shop may have been told an hour that does not hold any more, or have opened by itself.
 * @returns their jobs
 */
export async function hideAgain(tx: Tx, drop: string, catalog: string, now: string): Promise<NextJob[]> {
  const rows = await tx
    .selectFrom('publication')
    .select('product_id')
    .where('catalog', '=', catalog)
    .where('remote_id', 'is not', null)
    .where('frozen', 'is not', null)
    .where('state', 'in', ['hidden', 'published', 'sending'])
    .where('product_id', 'in', (e) => e.selectFrom('drop_product').select('product_id').where('drop_id', '=', drop))
    .execute()
  for (const row of rows)
    await tx
      .updateTable('publication')
      .set({ state: 'sending', wanted: 'hidden', at: now })
      .where('catalog', '=', catalog)
      .where('product_id', '=', row.product_id)
      .execute()
  return rows.map((row) => ({ stage: 'publish.listing', input: { catalog, productId: row.product_id } }))
}

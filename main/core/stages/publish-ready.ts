import type { NextJob } from '../jobs/job.ts'
import { bestPlace } from '../library/clips.ts'
import type { Tx } from '../library/db.ts'

/**
 * The listings that waited for this rendition and now wait for none: they may be sent.
 * Called in the transaction that commits (or gives up) a rendition.
 */
export async function listingsReady(tx: Tx, made: { assetId: string } | { clipId: string }): Promise<NextJob[]> {
  const asset =
    'assetId' in made
      ? made.assetId
      : (await tx.selectFrom('clip').select('asset_id').where('id', '=', made.clipId).executeTakeFirst())?.asset_id
  if (asset === undefined) return []
  const waiting = await tx
    .selectFrom('publication')
    .innerJoin('product_asset', 'product_asset.product_id', 'publication.product_id')
    .select(['publication.catalog', 'publication.product_id'])
    .where('publication.state', '=', 'rendering')
    .where('product_asset.asset_id', '=', asset)
    .execute()
  const next: NextJob[] = []
  for (const row of waiting) {
    const own = await tx
      .selectFrom('product_asset')
      .leftJoin('clip', (join) =>
        join.onRef('clip.asset_id', '=', 'product_asset.asset_id').on('clip.place', '=', bestPlace('product_asset.asset_id')),
      )
      .select(['product_asset.asset_id', 'clip.id as clip'])
      .where('product_asset.product_id', '=', row.product_id)
      .execute()
    const ids = own.flatMap((one) => [one.asset_id, ...(one.clip === null ? [] : [one.clip])])
    const open = await tx
      .selectFrom('job')
      .select(['key', 'state'])
      .where('stage', 'in', ['render.photo', 'cut.clip'])
      .where('state', 'in', ['queued', 'running'])
      .where((e) => e.or(ids.map((id) => e('key', 'like', `${id}/%`))))
      .execute()
    // The job that calls this is still marked running; it is the one that may be open.
    if (open.length > 1) continue
    await tx
      .updateTable('publication')
      .set({ state: 'sending', frozen: null })
      .where('catalog', '=', row.catalog)
      .where('product_id', '=', row.product_id)
      .execute()
    next.push({ stage: 'publish.listing', input: { catalog: row.catalog, productId: row.product_id } })
  }
  return next
}

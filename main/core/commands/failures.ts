import type { Db } from '../library/db.ts'

/** Everything that ended in a named refusal or failure, in words. */
export async function failures(db: Db): Promise<{ what: string; because: string }[]> {
  const analyses = await db
    .selectFrom('analysis')
    .innerJoin('asset', 'asset.id', 'analysis.asset_id')
    .select(['asset.name', 'analysis.because'])
    .where('analysis.state', '=', 'refused')
    .orderBy('asset.name')
    .execute()
  const jobs = await db
    .selectFrom('job')
    .select(['stage', 'key', 'because'])
    .where('state', '=', 'failed')
    .where('stage', 'not in', ['analyse.photo', 'analyse.clip', 'offload.copy', 'publish.listing', 'export.clip'])
    .execute()
  const publications = await db
    .selectFrom('publication')
    .innerJoin('product', 'product.id', 'publication.product_id')
    .select(['product.title', 'publication.because'])
    .where('publication.state', '=', 'failed')
    .execute()
  const exports = await db
    .selectFrom('clip_export')
    .innerJoin('asset', 'asset.id', 'clip_export.asset_id')
    .select(['asset.name', 'clip_export.channel', 'clip_export.because'])
    .where('clip_export.state', '=', 'refused')
    .orderBy('clip_export.seq')
    .execute()
  return [
    ...analyses.map((row) => ({ what: row.name, because: row.because ?? 'it could not be analysed' })),
    ...jobs.map((row) => ({ what: `${row.stage} ${row.key}`, because: row.because ?? 'it failed' })),
    ...exports.map((row) => ({ what: `${row.name} for ${row.channel}`, because: row.because ?? 'it could not be made' })),
    ...publications.map((row) => ({ what: row.title, because: row.because ?? 'it could not be published' })),
  ]
}

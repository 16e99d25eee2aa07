import { publicationOf } from '../library/publications.ts'
import { type ListingRef, listingJob } from './listing-job.ts'
import { endingOf } from './publish-problem.ts'
import type { Stage } from './stage.ts'

/** How long a shop may take to act on what it never answered, milliseconds: until then its copies are looked for every hour (late-copies.ts). */
const lateMs = 24 * 3_600_000

/** Takes away second copies of our own files that nothing shows: a reply that was lost may have left one. The one in use stays. */
export const publishSweep: Stage<ListingRef, { keys: string[] }> = {
  name: 'publish.sweep',
  ...listingJob,
  attempts: 5,
  doing: 'Tidying up in the shop',
  changes: () => [],
  async run(it, ctx) {
    const opened = await ctx.catalog(it.catalog)
    if (!opened.ok) return endingOf(opened.problem, ctx.attempt)
    const publication = await publicationOf(ctx.read, it.catalog, it.productId)
    const remoteId = publication?.standing.remoteId
    if (publication === null || remoteId === null || remoteId === undefined) return { kind: 'done', out: { keys: [] } }
    const rows = await ctx.read
      .selectFrom('publication_media')
      .select(['key', 'remote_id'])
      .where('catalog', '=', it.catalog)
      .where('product_id', '=', it.productId)
      .where('unsure', '=', 1)
      .where('state', '=', 'there')
      .execute()
    const keys = rows.map((row) => row.key)
    if (keys.length === 0) return { kind: 'done', out: { keys } }
    const found = await opened.value.findMedia(keys, remoteId, ctx.signal)
    if (!found.ok) return endingOf(found.problem, ctx.attempt)
    for (const { key, remote_id: own } of rows) {
      for (const one of found.value.filter((media) => media.key === key && media.remoteId !== own && !media.attached)) {
        const gone = await opened.value.removeMedia({ remoteId: one.remoteId, key }, ctx.signal)
        if (gone.ok) ctx.log.info('a second copy in the shop was taken away', { catalog: it.catalog, key, remoteId: one.remoteId })
        else if (gone.problem.class !== 'conflict') return endingOf(gone.problem, ctx.attempt)
      }
    }
    return { kind: 'done', out: { keys } }
  },
  async commit(tx, it, { keys }, ctx) {
    if (keys.length > 0)
      await tx
        .updateTable('publication_media')
        .set({ unsure: 0 })
        .where('catalog', '=', it.catalog)
        .where('product_id', '=', it.productId)
        .where('key', 'in', keys)
        .where('intent_at', '<', ctx.nowMs - lateMs)
        .execute()
    return []
  },
  failed: async () => [],
}

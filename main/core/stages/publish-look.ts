import type { Reader } from '../library/db.ts'
import { dropOf } from '../library/drops.ts'
import { forgetShowing, pausedBecause, publicationOf } from '../library/publications.ts'
import { type ListingRef, listingJob } from './listing-job.ts'
import { endingOf } from './publish-problem.ts'
import { doubtOf, hourOf } from './publish-settle.ts'
import type { Stage } from './stage.ts'

/** `seen`: the state that was compared with the shop. `again`: how it has to be asked for once more; null = the shop shows it as it shall be. */
type Out = { life: string; seen: string; again: 'sending' | 'hiding' | null } | null

/** How long a drop that is opening or closing is waited for, milliseconds. */
const dropMs = 2000

/** A shop may act on a lost "show" after a later "hide": when that time is over, what it shows is looked at, and asked for again where it differs. */
export const publishLook: Stage<ListingRef, Out> = {
  name: 'publish.look',
  ...listingJob,
  attempts: 8,
  doing: 'Looking at what the shop shows',
  isPatient: true,
  // What has to be asked for again says so by itself.
  changes: () => [],
  async run(it, ctx) {
    const nothing = { kind: 'done', out: null } as const
    const publication = await publicationOf(ctx.read, it.catalog, it.productId)
    const remoteId = publication?.standing.remoteId ?? null
    if (publication === null || remoteId === null || publication.showing === null) return nothing
    // What is under way looks by itself.
    if (publication.state !== 'published' && publication.state !== 'hidden') return nothing
    if ((await pausedBecause(ctx.read, it.catalog)) !== null) return nothing
    const opened = await ctx.catalog(it.catalog)
    if (!opened.ok) return endingOf(opened.problem, ctx.attempt)
    const catalog = opened.value
    const { leftMs } = doubtOf(publication.showing, catalog, it.productId, ctx)
    const afterMs = Math.max(Math.min(50_000, leftMs), (await isDropAtWork(ctx.read, it, ctx.clock.now())) ? dropMs : 0)
    if (afterMs > 0)
      return {
        kind: 'retry',
        because: 'the shop may still act on a request whose answer was lost',
        afterMs: Math.max(10, afterMs),
        free: true,
      }
    const found = await catalog.find({ productId: it.productId, remoteId, sku: null, handle: '' }, ctx.signal)
    if (!found.ok) return endingOf(found.problem, ctx.attempt)
    const out = { life: publication.showing.life, seen: publication.state, again: null }
    if (found.value === null) return { kind: 'done', out }
    if (publication.state === 'hidden' && publication.frozen !== null) {
      const hour = await hourOf(catalog, it.productId, found.value, ctx)
      if (!hour.isTold) return { kind: 'done', out: { ...out, again: 'sending' } }
    }
    if (found.value.visible === (publication.state === 'published')) return { kind: 'done', out }
    return { kind: 'done', out: { ...out, again: publication.state === 'published' ? 'sending' : 'hiding' } }
  },
  async commit(tx, it, out, { now, nowMs }) {
    if (out === null) return []
    if (out.again === null) {
      await forgetShowing(tx, it.catalog, [it.productId], out.life)
      return []
    }
    // What was seen may be the drop's own doing, whose end is not written yet.
    if (await isDropAtWork(tx, it, nowMs)) return [{ stage: 'publish.look', input: it, afterMs: dropMs }]
    const { numUpdatedRows } = await tx
      .updateTable('publication')
      .set({ state: out.again, at: now })
      .where('catalog', '=', it.catalog)
      .where('product_id', '=', it.productId)
      .where('state', '=', out.seen)
      .where('showing', '=', JSON.stringify({ life: out.life }))
      .executeTakeFirst()
    return numUpdatedRows === 0n ? [] : [{ stage: 'publish.listing', input: it }]
  },
  failed: async () => [],
}

/** A drop is showing or hiding listings of this shop, or its hour has come and it is about to. */
async function isDropAtWork(read: Reader, it: ListingRef, nowMs: number): Promise<boolean> {
  const flip = await read
    .selectFrom('job')
    .select('id')
    .where('stage', '=', 'drop.flip')
    .where('key', 'like', `%/${it.catalog}/%`)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst()
  if (flip !== undefined) return true
  const drop = await dropOf(read, it.catalog, it.productId)
  const hour = drop === null ? null : drop.state === 'open' ? drop.closesAt : drop.opensAt
  return hour !== null && Date.parse(hour) <= nowMs
}

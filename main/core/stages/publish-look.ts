import { z } from 'zod'
import { catalogName, productId } from '../../contract/ids.ts'
import { publicationOf } from '../library/publications.ts'
import { endingOf } from './publish-problem.ts'
import { actsFor, hourOf, isUnsure } from './publish-settle.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ catalog: catalogName, productId })
type In = z.infer<typeof input>
/** `life`: whose doubt is over. `again`: how it has to be asked for once more; null = the shop shows it as it shall be. */
type Out = { life: string | null; again: 'sending' | 'hiding' | null }

/** A shop may act on a lost "show" after a later "hide": when that time is over, what it shows is looked at, and asked for again where it differs. */
export const publishLook: Stage<In, Out> = {
  name: 'publish.look',
  lane: 'publish',
  input,
  key: (it) => `${it.catalog}/${it.productId}`,
  group: (it) => it.catalog,
  repeat: 'again',
  attempts: 8,
  lands: 'now',
  doing: 'Looking at what the shop shows',
  changes: (it) => [{ of: 'publication', catalog: it.catalog, productId: it.productId }],
  async run(it, ctx) {
    const nothing = { kind: 'done', out: { life: null, again: null } } as const
    const publication = await publicationOf(ctx.read, it.catalog, it.productId)
    const remoteId = publication?.standing.remoteId ?? null
    if (publication === null || remoteId === null || publication.showing === null) return nothing
    // What is under way looks by itself.
    if (publication.state !== 'published' && publication.state !== 'hidden') return nothing
    const opened = await ctx.catalog(it.catalog)
    if (!opened.ok) return endingOf(opened.problem, ctx.attempt)
    const catalog = opened.value
    const ms = actsFor(publication.showing, catalog, it.productId, ctx)
    if (ms !== null && ms > 0)
      return {
        kind: 'retry',
        because: 'the shop may still act on a request whose answer was lost',
        afterMs: Math.min(50_000, Math.max(10, Math.ceil(ms))),
        free: true,
      }
    isUnsure(publication, catalog, it.productId, ctx)
    const found = await catalog.find({ productId: it.productId, remoteId, sku: null, handle: '' }, ctx.signal)
    if (!found.ok) return endingOf(found.problem, ctx.attempt)
    const { life } = publication.showing
    if (found.value === null) return { kind: 'done', out: { life, again: null } }
    if (found.value.visible !== (publication.state === 'published'))
      return { kind: 'done', out: { life, again: publication.state === 'published' ? 'sending' : 'hiding' } }
    const hour = publication.state === 'hidden' ? await hourOf(catalog, it.productId, found.value, ctx) : null
    return { kind: 'done', out: { life, again: hour === null || hour.isTold || publication.frozen === null ? null : 'sending' } }
  },
  async commit(tx, it, out, { now }) {
    if (out.life === null) return []
    const row = tx
      .updateTable('publication')
      .where('catalog', '=', it.catalog)
      .where('product_id', '=', it.productId)
      .where('state', 'in', ['published', 'hidden'])
      // Not one that was noted since.
      .where('showing', '=', JSON.stringify({ life: out.life }))
    const done = await row.set(out.again === null ? { showing: null } : { state: out.again, at: now }).executeTakeFirst()
    if (out.again === null || done.numUpdatedRows === 0n) return []
    return [{ stage: 'publish.listing', input: { catalog: it.catalog, productId: it.productId } }]
  },
  failed: async () => [],
}

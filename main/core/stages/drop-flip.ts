import { z } from 'zod'
import { catalogName, dropId } from '../../contract/ids.ts'
import { hideAgain } from '../library/drops.ts'
import { forgetShowing } from '../library/publications.ts'
import { endingOf } from './publish-problem.ts'
import { noteUnknown, unknownOf } from './publish-settle.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ dropId, catalog: catalogName, to: z.enum(['open', 'close']) })
type In = z.infer<typeof input>
type Lost = { productId: string; because: string }
type Out =
  /** `unknown`: of these a request before the last ended unknown, and may still be acted on. */
  | { did: 'flipped'; ids: string[]; lost: Lost[]; atMs: number; unknown: string[] }
  | { did: 'missed' }
  | { did: 'nothing' }
  | { did: 'pause'; because: string }

/**
 * Shows or hides what belongs to a drop, all at once, and believes only what a fresh read shows. A window that has passed is never opened. Runs beside
 * uploads to the same shop: the hour does not wait for a slow clip.
 */
export const dropFlip: Stage<In, Out> = {
  name: 'drop.flip',
  lane: 'flip',
  input,
  key: (it) => `${it.dropId}/${it.catalog}/${it.to}`,
  group: (it) => `${it.catalog} drops`,
  repeat: 'again',
  attempts: 200,
  lands: 'now',
  doing: 'Opening or closing a drop',
  changes: (it) => [
    { of: 'publication', catalog: it.catalog },
    { of: 'drops', dropId: it.dropId, catalog: it.catalog },
  ],
  async run(it, ctx) {
    const drop = await ctx.read.selectFrom('sale_drop').selectAll().where('id', '=', it.dropId).executeTakeFirst()
    const own = await ctx.read
      .selectFrom('drop_catalog')
      .select('state')
      .where('drop_id', '=', it.dropId)
      .where('catalog', '=', it.catalog)
      .executeTakeFirst()
    if (drop === undefined || own === undefined) return { kind: 'done', out: { did: 'nothing' } }
    if (it.to === 'open') {
      if (own.state !== 'planned' || drop.cancelled_at !== null) return { kind: 'done', out: { did: 'nothing' } }
      if (drop.closes_at !== null && Date.parse(drop.closes_at) <= ctx.clock.now()) return { kind: 'done', out: { did: 'missed' } }
    }
    const opened = await ctx.catalog(it.catalog)
    if (!opened.ok) return opened.problem.class === 'auth' ? paused(opened.problem.message) : endingOf(opened.problem, ctx.attempt)
    const rows = await ctx.read
      .selectFrom('publication')
      .innerJoin('drop_product', 'drop_product.product_id', 'publication.product_id')
      .select(['publication.product_id', 'publication.remote_id', 'publication.state'])
      .where('drop_product.drop_id', '=', it.dropId)
      .where('publication.catalog', '=', it.catalog)
      .execute()
    // What is not whole yet is not shown half: it goes live by itself when its last picture is there.
    const ready = it.to === 'close' ? rows : rows.filter((row) => row.state === 'hidden' || row.state === 'published')
    const flips = ready.flatMap((row) => (row.remote_id === null ? [] : [{ productId: row.product_id, remoteId: row.remote_id }]))
    if (flips.length === 0) return { kind: 'done', out: { did: 'flipped', ids: [], lost: [], atMs: ctx.clock.now(), unknown: [] } }
    const replies = await opened.value.flip(flips, it.to === 'open' ? 'live' : 'hidden', null, ctx.signal)
    noteUnknown(
      opened.value,
      replies.flatMap(({ productId, reply }) => (!reply.ok && reply.problem.class === 'ambiguous' ? [productId] : [])),
      ctx,
    )
    const lost: { productId: string; because: string }[] = []
    for (const { productId, reply } of replies) {
      if (!reply.ok && reply.problem.class === 'auth') return paused(reply.problem.message)
      // One listing that cannot be shown does not hold up the others.
      if (!reply.ok && (reply.problem.class === 'conflict' || reply.problem.class === 'permanent')) {
        lost.push({ productId, because: reply.problem.message })
        continue
      }
      if (!reply.ok) return { kind: 'retry', because: reply.problem.message, afterMs: Math.min(reply.problem.retryAfterMs ?? 1000, 10_000) }
    }
    const right = replies.filter(({ reply }) => reply.ok && reply.value.visible === (it.to === 'open'))
    const open = flips.length - right.length - lost.length
    if (open > 0) return { kind: 'retry', because: `${open} listings are not as they should be yet`, afterMs: 500 }
    const ids = right.map((one) => one.productId)
    return {
      kind: 'done',
      out: { did: 'flipped', ids, lost, atMs: ctx.clock.now(), unknown: unknownOf(opened.value, ids, ctx) },
    }
  },
  async commit(tx, it, out, { now, life }) {
    if (out.did === 'nothing') return []
    const change = (
      values: Partial<{
        state: string
        because: string | null
        opened_at: string
        open_late_ms: number
        closed_at: string
        close_late_ms: number
      }>,
    ) => tx.updateTable('drop_catalog').set(values).where('drop_id', '=', it.dropId).where('catalog', '=', it.catalog).execute()
    if (out.did === 'pause') {
      await tx.updateTable('connection').set({ paused: out.because }).where('name', '=', it.catalog).execute()
      await change({ because: out.because })
      return []
    }
    if (out.did === 'missed') {
      await change({ state: 'missed', because: 'its time had passed before this computer was on again; it was not opened' })
      // A shop that opens by itself may have done so.
      const looks = await hideAgain(tx, it.dropId, it.catalog, now)
      return [...looks, { stage: 'publish.finish', input: { catalog: it.catalog } }]
    }
    const drop = await tx.selectFrom('sale_drop').selectAll().where('id', '=', it.dropId).executeTakeFirstOrThrow()
    const visible = it.to === 'open' ? 1 : 0
    if (out.ids.length > 0)
      await tx
        .updateTable('publication')
        .set({ visible, state: visible === 1 ? 'published' : 'hidden', at: now })
        .where('catalog', '=', it.catalog)
        .where('product_id', 'in', out.ids)
        .where('state', 'in', ['hidden', 'published', 'hiding', 'conflict'])
        .execute()
    if (visible === 1 && out.ids.length > 0)
      await tx
        .updateTable('publication')
        .set({ live_at: now })
        .where('catalog', '=', it.catalog)
        .where('product_id', 'in', out.ids)
        .where('live_at', 'is', null)
        .execute()
    for (const one of out.lost)
      await tx
        .updateTable('publication')
        .set({ state: 'failed', because: one.because, at: now })
        .where('catalog', '=', it.catalog)
        .where('product_id', '=', one.productId)
        .execute()
    await tx
      .updateTable('publication')
      .set({ wanted: visible === 1 ? 'live' : 'hidden' })
      .where('catalog', '=', it.catalog)
      .where('product_id', 'in', (e) => e.selectFrom('drop_product').select('product_id').where('drop_id', '=', it.dropId))
      .execute()
    if (visible === 1) await change({ state: 'open', because: null, opened_at: now, open_late_ms: out.atMs - Date.parse(drop.opens_at) })
    else await change({ state: 'closed', because: null, closed_at: now, close_late_ms: out.atMs - Date.parse(drop.closes_at ?? now) })
    // An intent of an earlier life says nothing of how its requests ended.
    await forgetShowing(
      tx,
      it.catalog,
      out.ids.filter((id) => !out.unknown.includes(id)),
      life,
    )
    const left = await tx
      .selectFrom('publication')
      .select('product_id')
      .where('catalog', '=', it.catalog)
      .where('product_id', 'in', out.ids)
      .where('showing', 'is not', null)
      .execute()
    const looks = left.map((row) => ({ stage: 'publish.look', input: { catalog: it.catalog, productId: row.product_id } }))
    return [...looks, { stage: 'publish.finish', input: { catalog: it.catalog } }]
  },
  async failed(tx, it, because) {
    await tx.updateTable('drop_catalog').set({ because }).where('drop_id', '=', it.dropId).where('catalog', '=', it.catalog).execute()
    return []
  },
}

const paused = (because: string) => ({ kind: 'done', out: { did: 'pause', because } }) as const

import { z } from 'zod'
import { catalogName, productId } from '../../contract/ids.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Tx } from '../library/db.ts'
import { fingerprint, listing, needed } from '../library/listings.ts'
import { products } from '../library/products.ts'
import type { CatalogReceipt } from '../ports.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ catalog: catalogName, productId })
type In = z.infer<typeof input>
type Out = { kind: 'sent'; receipt: CatalogReceipt; fingerprint: string; left: string | null } | { kind: 'removed' }

/** Sends one whole listing: looks, puts, reads back; done only when the read-back holds what was sent. */
export const publishListing: Stage<In, Out> = {
  name: 'publish.listing',
  lane: 'publish',
  input,
  key: (it) => `${it.catalog}/${it.productId}`,
  repeat: 'again',
  attempts: 8,
  lands: 'now',
  doing: 'Publishing',
  changes: (it) => [{ of: 'publication', catalog: it.catalog }, { of: 'products' }],
  async run(it, ctx) {
    const catalog = ctx.catalog(it.catalog)
    if (catalog === null) return { kind: 'refused', because: `there is no catalog called ${it.catalog}` }
    const product = (await products(ctx.read)).find((one) => one.id === it.productId)
    if (product === undefined) return { kind: 'refused', because: 'the listing is not there any more' }
    if (product.assets.length === 0) {
      const gone = await catalog.remove(it.productId)
      return gone.ok
        ? { kind: 'done', out: { kind: 'removed' } }
        : { kind: 'retry', because: gone.problem.message, afterMs: gone.problem.retryAfterMs ?? 1000 }
    }
    const can = catalog.capabilities()
    const missing = await needed(ctx.read, product, can.recipes, can.video)
    const what = await listing(ctx.read, ctx.dir, product, can.recipes, can.maxPerProduct)
    if (what.media.every((one) => one.kind !== 'image')) return { kind: 'refused', because: 'none of its photos could be rendered' }
    const sent = await catalog.put(what, ctx.signal)
    if (!sent.ok) {
      const { problem } = sent
      if (problem.class === 'permanent' || problem.class === 'auth' || problem.class === 'conflict')
        return { kind: 'refused', because: problem.message }
      return { kind: 'retry', because: problem.message, afterMs: problem.retryAfterMs ?? 1000 * 2 ** ctx.attempt }
    }
    const there = await catalog.read(it.productId)
    if (!there.ok || there.value === null) return { kind: 'retry', because: 'the catalog does not show the listing yet', afterMs: 1000 }
    const wanted = what.media.map((one) => one.key).join()
    if (there.value.mediaKeys.join() !== wanted)
      return { kind: 'retry', because: 'the catalog shows other pictures than were sent', afterMs: 1000 }
    const leftOut = missing.photos.length + missing.clips.length
    return {
      kind: 'done',
      out: {
        kind: 'sent',
        receipt: there.value,
        fingerprint: fingerprint(what),
        left: leftOut === 0 ? null : `${leftOut} renditions could not be made and were left out`,
      },
    }
  },
  async commit(tx, it, out, { now }) {
    if (out.kind === 'removed') {
      await tx.deleteFrom('publication').where('catalog', '=', it.catalog).where('product_id', '=', it.productId).execute()
      return finishWhenLast(tx, it.catalog)
    }
    await tx
      .updateTable('publication')
      .set({
        state: 'published',
        fingerprint: out.fingerprint,
        remote_id: out.receipt.remoteId,
        url: out.receipt.url,
        because: out.left,
        at: now,
      })
      .where('catalog', '=', it.catalog)
      .where('product_id', '=', it.productId)
      .execute()
    return finishWhenLast(tx, it.catalog)
  },
  async failed(tx, it, because, { now }) {
    await tx
      .updateTable('publication')
      .set({ state: 'failed', because, at: now })
      .where('catalog', '=', it.catalog)
      .where('product_id', '=', it.productId)
      .execute()
    return finishWhenLast(tx, it.catalog)
  },
}

async function finishWhenLast(tx: Tx, catalog: In['catalog']): Promise<NextJob[]> {
  const open = await tx
    .selectFrom('publication')
    .select('product_id')
    .where('catalog', '=', catalog)
    .where('state', 'in', ['rendering', 'sending'])
    .limit(1)
    .executeTakeFirst()
  return open === undefined ? [{ stage: 'publish.finish', input: { catalog } }] : []
}

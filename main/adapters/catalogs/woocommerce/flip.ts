import { z } from 'zod'
import type { CatalogProblem, CatalogReply, Flip, FlipReply } from '../../../core/catalog.ts'
import type { WordPress } from './client.ts'
import { missing } from './problems.ts'
import { product, toListing } from './shapes.ts'

/** Most products in one request. */
const BATCH = 100
const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })

/** Shows or hides products a hundred at once, and believes only what a fresh read shows. */
export async function flipProducts(
  wp: WordPress,
  flips: readonly Flip[],
  to: 'live' | 'hidden',
  at: string | null,
  signal: AbortSignal,
): Promise<FlipReply[]> {
  if (at !== null) {
    const message = 'WooCommerce opens nothing by itself at a sure time. This computer has to be on then.'
    return flips.map(({ productId }) => ({ productId, reply: no({ class: 'permanent', code: 'no-schedule', message }) }))
  }
  const replies: FlipReply[] = []
  for (let from = 0; from < flips.length; from += BATCH) {
    const part = flips.slice(from, from + BATCH)
    const update = part.map(({ remoteId }) => ({ id: Number(remoteId), status: to === 'live' ? 'publish' : 'draft' }))
    const shape = z.object({ update: z.array(z.object({ id: z.number(), error: z.object({ code: z.string() }).nullish() })) })
    const sent = await wp.ask({ method: 'POST', path: 'wc/v3/products/batch', body: { kind: 'json', value: { update } }, signal }, shape)
    const query = { include: update.map(({ id }) => id).join(','), status: 'any', per_page: String(BATCH) }
    const read = sent.ok ? await wp.ask({ method: 'GET', path: 'wc/v3/products', query, signal }, z.array(product)) : sent
    for (const { productId, remoteId } of part) {
      if (!read.ok) {
        replies.push({ productId, reply: read })
        continue
      }
      const it = read.value.find((one) => String(one.id) === remoteId && one.status !== 'trash')
      if (it === undefined) replies.push({ productId, reply: no(missing) })
      else {
        const { visible, opensAt } = toListing(it, 'XXX', new Map())
        replies.push({ productId, reply: { ok: true, value: { visible, opensAt } } })
      }
    }
  }
  return replies
}

import { z } from 'zod'
import type { CatalogReply, Flip, FlipReply } from '../../../core/catalog.ts'
import type { Medusa } from './client.ts'
import { gone, NOT_FOUND } from './problems.ts'

/** Products in one request. */
const AT_ONCE = 100

/** Shows (published) or hides (draft), and says of each what a fresh read shows. */
export async function flipAll(medusa: Medusa, flips: readonly Flip[], to: 'live' | 'hidden', signal: AbortSignal): Promise<FlipReply[]> {
  const replies: FlipReply[] = []
  for (let from = 0; from < flips.length; from += AT_ONCE)
    replies.push(...(await flipSome(medusa, flips.slice(from, from + AT_ONCE), to, signal)))
  return replies
}

async function flipSome(medusa: Medusa, flips: readonly Flip[], to: 'live' | 'hidden', signal: AbortSignal): Promise<FlipReply[]> {
  const status = to === 'live' ? 'published' : 'draft'
  const change = (some: readonly Flip[]) => {
    const body = { kind: 'json' as const, value: { update: some.map((flip) => ({ id: flip.remoteId, status })) } }
    return medusa.ask({ method: 'POST', path: 'products/batch', query: [['fields', 'id,status']], body, signal }, z.unknown())
  }
  let flipped = await change(flips)
  if (!flipped.ok && flipped.problem.code === NOT_FOUND) {
    // One product that is gone stops all of them: those that are there are asked for alone.
    const there = await visibility(medusa, flips, signal)
    if (!there.ok) return flips.map(({ productId }) => ({ productId, reply: there }))
    const left = flips.filter((flip) => there.value.has(flip.remoteId))
    if (left.length > 0) flipped = await change(left)
  }
  const problem = flipped.ok || flipped.problem.code === NOT_FOUND ? null : flipped
  if (problem !== null) return flips.map(({ productId }) => ({ productId, reply: problem }))
  const read = await visibility(medusa, flips, signal)
  return flips.map(({ productId, remoteId }) => {
    if (!read.ok) return { productId, reply: read }
    const visible = read.value.get(remoteId)
    return { productId, reply: visible === undefined ? gone : { ok: true, value: { visible, opensAt: null } } }
  })
}

const statuses = z.object({ products: z.array(z.object({ id: z.string(), status: z.string() })).max(1000) })

async function visibility(medusa: Medusa, flips: readonly Flip[], signal: AbortSignal): Promise<CatalogReply<Map<string, boolean>>> {
  const query: [string, string][] = [
    ...flips.map((flip): [string, string] => ['id[]', flip.remoteId]),
    ['fields', 'id,status'],
    ['limit', String(AT_ONCE)],
  ]
  const read = await medusa.ask({ method: 'GET', path: 'products', query, signal }, statuses)
  return read.ok ? { ok: true, value: new Map(read.value.products.map((one) => [one.id, one.status === 'published'])) } : read
}

import type { CatalogReply, Flip, FlipReply } from '../../../core/catalog.ts'
import type { VendureClient } from './client.ts'
import { readVisibility, updateProducts } from './documents.ts'
import { gone } from './problems.ts'

/** Products in one request: as many as a list may hold in Vendure's default settings. */
const AT_ONCE = 100

/** Shows or hides, and says of each what a fresh read shows. */
export async function flipAll(
  client: VendureClient,
  flips: readonly Flip[],
  to: 'live' | 'hidden',
  signal: AbortSignal,
): Promise<FlipReply[]> {
  const replies: FlipReply[] = []
  for (let from = 0; from < flips.length; from += AT_ONCE)
    replies.push(...(await flipSome(client, flips.slice(from, from + AT_ONCE), to, signal)))
  return replies
}

async function flipSome(client: VendureClient, flips: readonly Flip[], to: 'live' | 'hidden', signal: AbortSignal): Promise<FlipReply[]> {
  const enabled = to === 'live'
  const change = (some: readonly Flip[]) =>
    client.ask(updateProducts, { input: some.map((flip) => ({ id: flip.remoteId, enabled })) }, signal)
  let flipped = await change(flips)
  if (!flipped.ok && flipped.problem.code === 'ENTITY_NOT_FOUND') {
    // One product that is gone stops all of them: those that are there are asked for alone.
    const there = await visibility(client, flips, signal)
    if (!there.ok) return flips.map(({ productId }) => ({ productId, reply: there }))
    const left = flips.filter((flip) => there.value.has(flip.remoteId))
    if (left.length > 0) flipped = await change(left)
  }
  const problem = flipped.ok || flipped.problem.code === 'ENTITY_NOT_FOUND' ? null : flipped
  if (problem !== null) return flips.map(({ productId }) => ({ productId, reply: problem }))
  const read = await visibility(client, flips, signal)
  return flips.map(({ productId, remoteId }) => {
    if (!read.ok) return { productId, reply: read }
    const visible = read.value.get(remoteId)
    return { productId, reply: visible === undefined ? gone('The product') : { ok: true, value: { visible, opensAt: null } } }
  })
}

async function visibility(client: VendureClient, flips: readonly Flip[], signal: AbortSignal): Promise<CatalogReply<Map<string, boolean>>> {
  const read = await client.ask(readVisibility, { ids: flips.map((flip) => flip.remoteId), take: flips.length }, signal)
  return read.ok ? { ok: true, value: new Map(read.value.products.items.map((one) => [one.id, one.enabled])) } : read
}

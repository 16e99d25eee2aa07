import type { CatalogReply, Flip, FlipReply } from '../../core/catalog.ts'

/** How one shop shows and hides several products in one request. */
export type Flipping = {
  /** Products in one request. */
  atOnce: number
  change(some: readonly Flip[]): Promise<CatalogReply<unknown>>
  /** Which of them are there, and whether buyers see them, from a fresh read. */
  look(some: readonly Flip[]): Promise<CatalogReply<ReadonlyMap<string, boolean>>>
  /** What is said of a product that is not there any more; a change that names one fails with its code. */
  gone: Extract<CatalogReply<never>, { ok: false }>
}

/** Shows or hides, and says of each what a fresh read shows. */
export async function flipAll(flips: readonly Flip[], shop: Flipping): Promise<FlipReply[]> {
  const replies: FlipReply[] = []
  for (let from = 0; from < flips.length; from += shop.atOnce)
    replies.push(...(await flipSome(flips.slice(from, from + shop.atOnce), shop)))
  return replies
}

async function flipSome(flips: readonly Flip[], { change, look, gone }: Flipping): Promise<FlipReply[]> {
  const isGone = (reply: CatalogReply<unknown>): boolean => !reply.ok && reply.problem.code === gone.problem.code
  let flipped = await change(flips)
  if (isGone(flipped)) {
    // One product that is gone stops all of them: those that are there are asked for alone.
    const there = await look(flips)
    if (!there.ok) return flips.map(({ productId }) => ({ productId, reply: there }))
    const left = flips.filter((flip) => there.value.has(flip.remoteId))
    if (left.length > 0) flipped = await change(left)
  }
  const problem = flipped.ok || isGone(flipped) ? null : flipped
  if (problem !== null) return flips.map(({ productId }) => ({ productId, reply: problem }))
  const read = await look(flips)
  return flips.map(({ productId, remoteId }) => {
    if (!read.ok) return { productId, reply: read }
    const visible = read.value.get(remoteId)
    return { productId, reply: visible === undefined ? gone : { ok: true, value: { visible, opensAt: null } } }
  })
}

import type { CatalogProblem, CatalogReply, Flip, FlipReply } from '../../../core/catalog.ts'
import { told } from '../http.ts'
import type { ShopifyClient } from './client.ts'
import type { UserErrors } from './document.ts'
import { flipMany, listPublications, readVisibility } from './documents.ts'
import { shopifyProblem, userProblem } from './problems.ts'
import { visibilityOf } from './product.ts'

/** Products in one request: two mutations of 10 points each, of at most 1,000 points a request. */
const AT_ONCE = 20

/** The channel that we show products in: the one that was named, else the online store, which is the only one that can open by itself. */
export async function findPublication(
  client: ShopifyClient,
  named: string | null,
  signal: AbortSignal,
): Promise<CatalogReply<{ id: string; future: boolean }>> {
  const listed = await client.ask(listPublications, {}, signal)
  if (!listed.ok) return listed
  const all = listed.value.publications.nodes
  const one =
    named === null
      ? (all.find((node) => node.supportsFuturePublishing) ?? all.find((node) => node.catalog?.title === 'Online Store'))
      : all.find((node) => node.catalog?.title === named || node.id === named)
  if (one !== undefined) return { ok: true, value: { id: one.id, future: one.supportsFuturePublishing } }
  const names = all
    .flatMap((node) => (node.catalog === null || node.catalog === undefined ? [] : [told(node.catalog.title, [], 40)]))
    .slice(0, 10)
  const message =
    named === null
      ? 'Shopify shows this app no online store channel. Add the online store to the shop, and give the app the permission read_publications.'
      : `Expected the sales channel “${told(named, [], 60)}”, Shopify has: ${names.join(', ') || 'none'}. Name one of these in the connection.`
  return { ok: false, problem: { class: 'permanent', code: 'no-channel', message } }
}

/** Shows or hides, and says of each what a fresh read shows. */
export async function flipAll(
  client: ShopifyClient,
  publication: { id: string; future: boolean },
  flips: readonly Flip[],
  to: 'live' | 'hidden',
  at: string | null,
  signal: AbortSignal,
): Promise<FlipReply[]> {
  const replies: FlipReply[] = []
  if (at !== null && !publication.future) {
    const problem: CatalogProblem = {
      class: 'permanent',
      code: 'no-schedule',
      message: 'This sales channel cannot open by itself at a given time. Choose the online store, or let this computer open it.',
    }
    return flips.map(({ productId }) => ({ productId, reply: { ok: false, problem } }))
  }
  for (let from = 0; from < flips.length; from += AT_ONCE) {
    replies.push(...(await flipSome(client, publication.id, flips.slice(from, from + AT_ONCE), to, at, signal)))
  }
  return replies
}

async function flipSome(
  client: ShopifyClient,
  publication: string,
  flips: readonly Flip[],
  to: 'live' | 'hidden',
  at: string | null,
  signal: AbortSignal,
): Promise<FlipReply[]> {
  const ids = Object.fromEntries(flips.map((flip, n) => [`id${n}`, flip.remoteId]))
  const when = to === 'live' ? { at } : {}
  const flipped = await client.ask(flipMany(to, flips.length), { publication, ...when, ...ids }, signal)
  if (!flipped.ok) return flips.map(({ productId }) => ({ productId, reply: flipped }))
  const read = await client.ask(readVisibility, { ids: flips.map((flip) => flip.remoteId), publication }, signal)
  return flips.map(({ productId, remoteId }, n) => {
    const errors: UserErrors = [...(flipped.value[`a${n}`]?.userErrors ?? []), ...(flipped.value[`p${n}`]?.userErrors ?? [])]
    const refused = userProblem(errors)
    if (refused !== null) return { productId, reply: { ok: false, problem: refused } }
    // The change went through as far as Shopify says; only looking at it failed.
    if (!read.ok) return { productId, reply: read }
    const node = read.value.nodes.find((one) => one?.id === remoteId) ?? null
    const { status, publishedOnPublication, resourcePublicationsV2 } = node ?? {}
    if (status === undefined || publishedOnPublication === undefined || resourcePublicationsV2 === undefined) {
      return { productId, reply: { ok: false, problem: shopifyProblem('PRODUCT_DOES_NOT_EXIST', 'the product is not there any more') } }
    }
    return { productId, reply: { ok: true, value: visibilityOf({ status, publishedOnPublication, resourcePublicationsV2 }, publication) } }
  })
}

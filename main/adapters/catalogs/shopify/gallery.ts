import type { CatalogListing, CatalogProblem, CatalogReply, ListingChange, RemoteListing } from '../../../core/catalog.ts'
import { decimal } from '../../../core/domain/money.ts'
import { told } from '../http.ts'
import { paragraphs } from '../paragraphs.ts'
import type { ShopifyClient } from './client.ts'
import { readJob, readProduct, reorderMedia, type ShopProduct, setStock, updateProduct, updateVariant } from './documents.ts'
import { updateFiles } from './file-documents.ts'
import { userProblem } from './problems.ts'
import { gone, markOf, priceOf, stockedAt, stockOf, toListing, variantsOf } from './product.ts'

const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })
/** How often and how long we ask whether a new order has been applied, milliseconds. */
const JOB = { every: 500, most: 30_000 }

export type Read = { product: ShopProduct; currency: string }

export async function readOne(
  client: ShopifyClient,
  remoteId: string,
  publication: string,
  signal: AbortSignal,
): Promise<CatalogReply<Read | null>> {
  const read = await client.ask(readProduct, { id: remoteId, publication }, signal)
  if (!read.ok) return read
  const { product, shop } = read.value
  return { ok: true, value: product === null ? null : { product, currency: shop.currencyCode } }
}

/**
 * A whole listing: text, price, stock, pictures, their order. Changes only what differs, and removes no picture that is not ours, so that doing it again
 * after it broke off half way is harmless.
 */
export async function setListing(
  client: ShopifyClient,
  change: ListingChange,
  publication: string,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteListing>> {
  const { remoteId, listing } = change
  const keys = listing.media.map((media) => media.key)
  const before = await readOne(client, remoteId, publication, signal)
  if (!before.ok) return before
  if (before.value === null) return gone('the product')
  const { product, currency } = before.value
  if (change.base !== null && toListing(product, currency, publication, keys).revision !== change.base) {
    return no({
      class: 'conflict',
      code: 'changed',
      message: `${told(product.title)} was changed in Shopify in the meantime. Look at the difference.`,
    })
  }
  const steps = [
    ...(change.text
      ? [
          () => setText(client, product, listing, signal),
          () => setPrice(client, product, listing, currency, signal),
          () => setCount(client, product, listing, signal),
        ]
      : []),
    () => attach(client, product, change, signal),
    () => order(client, change, publication, signal),
  ]
  for (const step of steps) {
    const problem = await step()
    if (problem !== null) return no(problem)
  }
  const after = await readOne(client, remoteId, publication, signal)
  if (!after.ok) return after
  if (after.value === null) return gone('the product')
  return { ok: true, value: toListing(after.value.product, after.value.currency, publication, keys) }
}

async function setText(
  client: ShopifyClient,
  product: ShopProduct,
  listing: CatalogListing,
  signal: AbortSignal,
): Promise<CatalogProblem | null> {
  const descriptionHtml = paragraphs(listing.description)
  if (product.title === listing.title && product.descriptionHtml === descriptionHtml) return null
  const reply = await client.ask(updateProduct, { product: { id: product.id, title: listing.title, descriptionHtml } }, signal)
  return reply.ok ? userProblem(reply.value.productUpdate.userErrors) : reply.problem
}

/** null where the price can be set; else why not. */
export function priceProblem(listing: CatalogListing, currency: string): CatalogProblem | null {
  if (listing.price === null || listing.price.currency === currency) return null
  return {
    class: 'permanent',
    code: 'currency',
    message: `The shop sells in ${currency}, the price is in ${listing.price.currency}. Give the price in ${currency}.`,
  }
}

async function setPrice(
  client: ShopifyClient,
  product: ShopProduct,
  listing: CatalogListing,
  currency: string,
  signal: AbortSignal,
): Promise<CatalogProblem | null> {
  const wrong = priceProblem(listing, currency)
  if (wrong !== null) return wrong
  const now = priceOf(product, currency)
  const variant = product.variants.nodes[0]
  const newPrice = listing.price !== null && now?.minor !== listing.price.minor ? listing.price : null
  const newSku = listing.sku !== null && variant?.sku !== listing.sku ? listing.sku : null
  const track = listing.stock !== null && variant?.inventoryItem.tracked === false
  if (newPrice === null && newSku === null && !track) return null
  if (variant === undefined || variantsOf(product) !== 1) {
    return {
      class: 'conflict',
      code: 'variants',
      message: `${told(product.title)} has ${variantsOf(product)} variants in Shopify. Set their prices and SKUs there, and leave them empty here.`,
    }
  }
  const change = {
    id: variant.id,
    ...(newPrice === null ? {} : { price: decimal(newPrice) }),
    ...(newSku === null && !track
      ? {}
      : { inventoryItem: { ...(newSku === null ? {} : { sku: newSku }), ...(track ? { tracked: true } : {}) } }),
  }
  const reply = await client.ask(updateVariant, { id: product.id, variants: [change] }, signal)
  return reply.ok ? userProblem(reply.value.productVariantsBulkUpdate.userErrors) : reply.problem
}

async function setCount(
  client: ShopifyClient,
  product: ShopProduct,
  listing: CatalogListing,
  signal: AbortSignal,
): Promise<CatalogProblem | null> {
  if (listing.stock === null || stockOf(product) === listing.stock) return null
  const at = stockedAt(product)
  if (at === null) {
    return {
      class: 'conflict',
      code: 'locations',
      message: `${told(product.title)} is stocked at no location or at several ones in Shopify. Set its stock there, and leave it empty here.`,
    }
  }
  if (at.available === listing.stock) return null
  const input = {
    name: 'available',
    reason: 'correction',
    quantities: [{ inventoryItemId: at.item, locationId: at.location, quantity: listing.stock, changeFromQuantity: at.available }],
  }
  // The same change from the same count is the same act; what was sold in between makes it stale.
  const key = `stock-${at.item.split('/').at(-1)}-${at.available}-${listing.stock}-${Math.floor(client.clock.now() / 3600_000)}`
  const reply = await client.ask(setStock, { input, key }, signal)
  return reply.ok ? userProblem(reply.value.inventorySetQuantities.userErrors) : reply.problem
}

/** Puts our pictures into the gallery, takes those of ours out that are not wanted, and sets their texts: one request. */
async function attach(
  client: ShopifyClient,
  product: ShopProduct,
  change: ListingChange,
  signal: AbortSignal,
): Promise<CatalogProblem | null> {
  const there = new Map(product.media.nodes.map((one) => [one.id, one]))
  const wanted = new Set([...change.gallery.map((one) => one.remoteId), ...change.keep])
  const alts = new Map(change.listing.media.map((media) => [media.key, media.alt.slice(0, 512)]))
  const files = [
    ...change.gallery.flatMap(({ key, remoteId }) => {
      const now = there.get(remoteId)
      const alt = alts.get(key) ?? ''
      const differs = now !== undefined && (now.alt ?? '') !== alt
      if (now !== undefined && !differs) return []
      return [{ id: remoteId, ...(differs ? { alt } : {}), ...(now === undefined ? { referencesToAdd: [product.id] } : {}) }]
    }),
    ...product.media.nodes
      .filter((one) => !wanted.has(one.id) && markOf(one) !== null)
      .map((one) => ({ id: one.id, referencesToRemove: [product.id] })),
  ]
  if (files.length === 0) return null
  const reply = await client.ask(updateFiles, { files }, signal)
  return reply.ok ? userProblem(reply.value.fileUpdate.userErrors) : reply.problem
}

/** Ours first and in order, then what somebody else put there. Shopify applies a new order by and by. */
async function order(
  client: ShopifyClient,
  change: ListingChange,
  publication: string,
  signal: AbortSignal,
): Promise<CatalogProblem | null> {
  const read = await readOne(client, change.remoteId, publication, signal)
  if (!read.ok) return read.problem
  const now = read.value?.product.media.nodes.map((one) => one.id) ?? []
  const own = [...change.gallery.map((one) => one.remoteId), ...change.keep].filter((id) => now.includes(id))
  const wanted = [...own, ...now.filter((id) => !own.includes(id))]
  if (wanted.join() === now.join()) return null
  // Every place is named, in turn: the end does not depend on what stood where.
  const moves = wanted.map((id, at) => ({ id, newPosition: String(at) }))
  const reply = await client.ask(reorderMedia, { id: change.remoteId, moves }, signal)
  if (!reply.ok) return reply.problem
  const { job, mediaUserErrors } = reply.value.productReorderMedia
  const refused = userProblem(mediaUserErrors)
  if (refused !== null) return refused
  const until = client.clock.now() + JOB.most
  for (let done = job?.done ?? true; !done; ) {
    if (signal.aborted || client.clock.now() >= until) return null
    await client.clock.wait(JOB.every, signal)
    const asked = await client.ask(readJob, { id: job?.id }, signal)
    if (!asked.ok) return asked.problem
    done = asked.value.job?.done ?? true
  }
  return null
}

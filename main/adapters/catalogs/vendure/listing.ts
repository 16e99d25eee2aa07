import type { CatalogListing, CatalogProblem, CatalogReply, ListingChange } from '../../../core/catalog.ts'
import { told } from '../http.ts'
import type { Channel, VendureClient } from './client.ts'
import { createProduct, createVariant, readProduct, updateProduct, updateVariant, type VendureProduct } from './documents.ts'
import { gone, refusal } from './problems.ts'
import { priceOf, stockOf, toHtml, toListing, toVendure, variantOf } from './product.ts'

/** A product as it was read last, and when. */
export type Seen = { product: VendureProduct; at: number }
/** How old a look may be that a change is based on, milliseconds: about as long as a change takes by itself. */
const JUST_NOW_MS = 500

export async function readOne(client: VendureClient, remoteId: string, signal: AbortSignal): Promise<CatalogReply<VendureProduct | null>> {
  const read = await client.ask(readProduct, { id: remoteId }, signal)
  return read.ok ? { ok: true, value: read.value.product } : read
}

/** Hidden, with its text, and with its one variant where the price is known: a variant without one would be sold for nothing. */
export async function createListing(
  client: VendureClient,
  channel: Channel,
  listing: CatalogListing,
  signal: AbortSignal,
): Promise<CatalogReply<VendureProduct>> {
  const price = listing.price === null ? null : toVendure(listing.price, channel)
  if (price !== null && !price.ok) return price
  const text = { languageCode: channel.language, name: listing.title, slug: listing.handle, description: toHtml(listing.description) }
  const made = await client.ask(createProduct, { input: { enabled: false, translations: [text] } }, signal)
  if (!made.ok) return made
  const product = made.value.createProduct
  if (price === null) return { ok: true, value: product }
  // What goes wrong from here on is no doubt about the product: `set` puts the variant right.
  await setVariant(client, channel, product, listing, signal)
  const read = await readOne(client, product.id, signal)
  return { ok: true, value: read.ok && read.value !== null ? read.value : product }
}

/** A whole listing: variant, then text and gallery in one request. Doing it again after it broke off half way is harmless. */
export async function setListing(
  client: VendureClient,
  channel: Channel,
  change: ListingChange,
  seen: Seen | null,
  signal: AbortSignal,
): Promise<CatalogReply<VendureProduct>> {
  const { remoteId, listing } = change
  // Whoever asks has looked a moment ago, to know what this is based on: the same look twice would only cost time.
  const just = seen !== null && seen.product.id === remoteId && Date.now() - seen.at < JUST_NOW_MS ? seen.product : null
  const before = just === null ? await readOne(client, remoteId, signal) : { ok: true as const, value: just }
  if (!before.ok) return before
  const product = before.value
  if (product === null) return gone('The product')
  if (change.base !== null && toListing(product, channel, null).revision !== change.base) {
    return refusal('conflict', 'changed', `${told(product.name)} was changed in Vendure in the meantime. Look at the difference.`)
  }
  if (change.text) {
    const problem = await setVariant(client, channel, product, listing, signal)
    if (problem !== null) return { ok: false, problem }
  }
  const assetIds = [...change.gallery.map((one) => one.remoteId), ...change.keep]
  const description = toHtml(listing.description)
  const isText = !change.text || (product.name === listing.title && product.description === description)
  const isGallery =
    product.assets.map((asset) => asset.id).join() === assetIds.join() && (product.featuredAsset?.id ?? null) === (assetIds[0] ?? null)
  if (!isText || !isGallery) {
    const input = {
      id: remoteId,
      ...(isText ? {} : { translations: [{ languageCode: channel.language, name: listing.title, description }] }),
      ...(isGallery ? {} : { assetIds }),
    }
    const [hero = null] = assetIds
    let updated = await client.ask(updateProduct, { input: isGallery ? input : { ...input, featuredAssetId: hero } }, signal)
    // A main picture that it does not know stops everything, any other one is left out. The latter is what can be seen when it is read back.
    if (!updated.ok && updated.problem.code === 'FOREIGN_KEY' && !isGallery) updated = await client.ask(updateProduct, { input }, signal)
    if (!updated.ok) return updated
  }
  // Vendure says yes and leaves out what it does not know: only this counts.
  const after = await readOne(client, remoteId, signal)
  if (!after.ok) return after
  return after.value === null ? gone('The product') : { ok: true, value: after.value }
}

/** Price, stock and SKU live on the variant; null = as wanted. */
async function setVariant(
  client: VendureClient,
  channel: Channel,
  product: VendureProduct,
  listing: CatalogListing,
  signal: AbortSignal,
): Promise<CatalogProblem | null> {
  const price = listing.price === null ? null : toVendure(listing.price, channel)
  if (price !== null && !price.ok) return price.problem
  const variant = variantOf(product)
  if (product.variants.length === 0) {
    if (price === null) return null
    const input = {
      productId: product.id,
      translations: [{ languageCode: channel.language, name: listing.title }],
      sku: listing.sku ?? listing.handle,
      price: price.value,
      ...(listing.stock === null ? {} : { stockOnHand: listing.stock, trackInventory: 'TRUE' }),
    }
    // Vendure refuses a second variant of a product without options: a lost answer cannot double it.
    const made = await client.ask(createVariant, { input }, signal)
    return made.ok ? null : made.problem
  }
  const input = {
    ...(price !== null && priceOf(product, channel)?.minor !== listing.price?.minor ? { price: price.value } : {}),
    ...(listing.stock !== null && stockOf(product) !== listing.stock ? { stockOnHand: listing.stock, trackInventory: 'TRUE' } : {}),
    ...(listing.sku !== null && variant !== null && variant.sku !== listing.sku ? { sku: listing.sku } : {}),
  }
  if (Object.keys(input).length === 0) return null
  if (variant === null) {
    const message = `${told(product.name)} has ${product.variants.length} variants in Vendure. Set their prices and stock there, and leave them empty here.`
    return refusal('conflict', 'variants', message).problem
  }
  if ('stockOnHand' in input && variant.stockLevels.length > 1) {
    const message = `${told(product.name)} is stocked in ${variant.stockLevels.length} places in Vendure. Set its stock there, and leave it empty here.`
    return refusal('conflict', 'locations', message).problem
  }
  const updated = await client.ask(updateVariant, { input: { id: variant.id, ...input } }, signal)
  return updated.ok ? null : updated.problem
}

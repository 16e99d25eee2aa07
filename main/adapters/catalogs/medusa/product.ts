import { z } from 'zod'
import type { CatalogListing, CatalogProblem, CatalogReply, ListingChange, Money, ProductRef } from '../../../core/catalog.ts'
import { decimal } from '../../../core/domain/money.ts'
import { told } from '../http.ts'
import type { Medusa } from './client.ts'
import { gone, NOT_FOUND, refusal } from './problems.ts'
import type { Settings } from './settings.ts'
import {
  inOrder,
  isPlain,
  itemOf,
  noteName,
  noteOf,
  type OurFile,
  PRODUCT_FIELDS,
  type Product,
  priceOf,
  product,
  stockOf,
  toListing,
  variantOf,
} from './shapes.ts'

const one = z.object({ product })
const FIELDS: [string, string] = ['fields', PRODUCT_FIELDS]
/** Made by us: what a broken off creation left out is put right as long as this stands. */
const MADE = 'dropcard'

export async function readProduct(medusa: Medusa, remoteId: string, signal: AbortSignal): Promise<CatalogReply<Product | null>> {
  if (remoteId === '') return { ok: true, value: null }
  const read = await medusa.ask({ method: 'GET', path: `products/${encodeURIComponent(remoteId)}`, query: [FIELDS], signal }, one)
  if (read.ok) return { ok: true, value: read.value.product }
  return read.problem.code === NOT_FOUND ? { ok: true, value: null } : read
}

/** By id, else by SKU, else by handle; Medusa lets neither of these be there twice. */
export async function findProduct(medusa: Medusa, ref: ProductRef, signal: AbortSignal): Promise<CatalogReply<Product | null>> {
  if (ref.remoteId !== null) {
    const known = await readProduct(medusa, ref.remoteId, signal)
    if (!known.ok || known.value !== null) return known
  }
  if (ref.sku) {
    const query: [string, string][] = [
      ['sku', ref.sku],
      ['fields', 'id,sku,product_id'],
    ]
    const shape = z.object({ variants: z.array(z.object({ sku: z.string().nullish(), product_id: z.string().nullish() })).max(1000) })
    const found = await medusa.ask({ method: 'GET', path: 'product-variants', query, signal }, shape)
    if (!found.ok) return found
    const same = found.value.variants.find((variant) => variant.sku === ref.sku && variant.product_id)
    if (same?.product_id) return readProduct(medusa, same.product_id, signal)
  }
  if (ref.handle === '') return { ok: true, value: null }
  const found = await medusa.ask(
    { method: 'GET', path: 'products', query: [['handle', ref.handle], FIELDS], signal },
    z.object({ products: z.array(product).max(1000) }),
  )
  if (!found.ok) return found
  // One with another SKU is another product.
  const isIt = (it: Product): boolean => it.handle === ref.handle && (!ref.sku || it.variants.every((variant) => !variant.sku))
  return { ok: true, value: found.value.products.find(isIt) ?? null }
}

/** What can be told before anything is sent; null = it can be set. */
function refusalOf(listing: CatalogListing, it: Product | null, settings: Settings, shop: string): CatalogProblem | null {
  const name = told(listing.title, [], 60)
  if (listing.price !== null && listing.price.currency !== settings.currency)
    return refusal(
      'permanent',
      'currency',
      `${shop} is connected in ${settings.currency}, the price of ${name} is in ${listing.price.currency}. Give it a price in ${settings.currency}.`,
    ).problem
  const sells = listing.price !== null || it?.variants.length === 1
  if (listing.stock !== null && sells && settings.location === null)
    return refusal(
      'permanent',
      'stock-location',
      settings.locations.length === 0
        ? `${shop} has no stock location to count the stock of ${name} in. Make one there, or leave the stock empty here.`
        : `${shop} has ${settings.locations.length} stock locations. Enter one of them in the connection, or leave the stock of ${name} empty here.`,
    ).problem
  if (it === null) return null
  const other =
    (listing.price !== null && priceOf(it, settings.currency)?.minor !== listing.price.minor) ||
    (listing.stock !== null && stockOf(it, settings.location?.id ?? null) !== listing.stock)
  if (other && it.variants.length > 1)
    return refusal(
      'conflict',
      'variants',
      `${told(it.title, [], 60)} has ${it.variants.length} variants in Medusa. Set their prices and stock there, and leave them empty here.`,
    ).problem
  if (other && variantOf(it)?.manage_inventory === true && (variantOf(it)?.inventory_items?.length ?? 0) > 0 && itemOf(it) === null)
    return refusal(
      'conflict',
      'kit',
      `${told(it.title, [], 60)} is put together from several things in Medusa. Set its stock there, and leave it empty here.`,
    ).problem
  return null
}

const OPTION = 'Default option'
const VALUE = 'Default option value'
/** Medusa counts in whole units; the shortest decimal that is read back as the same number is what goes out. */
const amountOf = (price: Money): number => Number(decimal(price))

const variantFor = (listing: CatalogListing, price: Money, options: Record<string, string>) => ({
  title: 'Default variant',
  sku: listing.sku,
  // What is not counted can be bought; what is counted, as far as there is some.
  manage_inventory: listing.stock !== null,
  prices: [{ currency_code: price.currency.toLowerCase(), amount: amountOf(price) }],
  options,
})

/** A draft with its text, and with its one variant where the price is known: without one there is nothing to buy. */
export async function createProduct(
  medusa: Medusa,
  settings: Settings,
  listing: CatalogListing,
  signal: AbortSignal,
): Promise<CatalogReply<Product>> {
  const refused = refusalOf(listing, null, settings, medusa.shop)
  if (refused !== null) return { ok: false, problem: refused }
  const value = {
    title: listing.title,
    handle: listing.handle,
    description: listing.description,
    status: 'draft',
    options: [{ title: OPTION, values: [VALUE] }],
    variants: listing.price === null ? [] : [variantFor(listing, listing.price, { [OPTION]: VALUE })],
    sales_channels: [{ id: settings.salesChannel.id }],
    ...(settings.shippingProfile === null ? {} : { shipping_profile_id: settings.shippingProfile }),
    metadata: { [MADE]: 'new' },
  }
  const made = await medusa.ask({ method: 'POST', path: 'products', query: [FIELDS], body: { kind: 'json', value }, signal }, one)
  if (!made.ok) return made
  // What goes wrong from here on is no doubt about the product: `set` puts the stock right.
  await setStock(medusa, made.value.product, settings, listing.stock, signal)
  const read = await readProduct(medusa, made.value.product.id, signal)
  return { ok: true, value: read.ok && read.value !== null ? read.value : made.value.product }
}

/** A whole listing: variant and stock, then everything else in one request. Doing it again after it broke off half way is harmless. */
export async function setProduct(
  medusa: Medusa,
  settings: Settings,
  change: ListingChange,
  sent: (key: string) => readonly OurFile[],
  signal: AbortSignal,
): Promise<CatalogReply<Product>> {
  const { remoteId, listing, text } = change
  const before = await readProduct(medusa, remoteId, signal)
  if (!before.ok) return before
  let it = before.value
  if (it === null) return gone
  const shown = { currency: settings.currency, location: settings.location?.id ?? null, page: null }
  if (change.base !== null && toListing(it, shown).revision !== change.base)
    return refusal('conflict', 'changed', `${told(it.title, [], 60)} was changed in Medusa in the meantime. Look at the difference.`)
  const path = `products/${encodeURIComponent(remoteId)}`
  const post = (to: string, value: unknown) =>
    medusa.ask({ method: 'POST', path: to, query: [FIELDS], body: { kind: 'json', value }, signal }, one)
  if (text) {
    const refused = refusalOf(listing, it, settings, medusa.shop)
    if (refused !== null) return { ok: false, problem: refused }
    // Cut off before it got its place for prices, a variant takes none ever after, and says yes to each: it is made anew.
    const half = listing.price !== null && isNew(it) ? variantOf(it) : null
    if (half !== null && (half.prices ?? null) === null) {
      const taken = await medusa.ask({ method: 'DELETE', path: `${path}/variants/${encodeURIComponent(half.id)}`, signal }, z.unknown())
      if (!taken.ok) return taken
      it = { ...it, variants: [] }
    }
    if (it.variants.length === 0 && listing.price !== null) {
      const options = Object.fromEntries((it.options ?? []).map((option) => [option.title, option.values?.[0]?.value ?? VALUE]))
      // Medusa refuses a second variant with the same options: a lost answer cannot double it.
      const made = await post(`${path}/variants`, variantFor(listing, listing.price, options))
      if (!made.ok) return made
      it = made.value.product
    }
  }
  const lines = { ...(text && isWhole(it, settings) ? { [MADE]: 'done' } : {}), ...newNotes(it, change, sent) }
  const value = {
    ...(text ? wordsOf(it, listing, settings) : {}),
    ...imagesOf(it, change),
    ...(Object.keys(lines).length === 0 ? {} : { metadata: lines }),
  }
  if (Object.keys(value).length > 0) {
    const written = await post(path, value)
    if (!written.ok) return written
    it = written.value.product
  }
  if (text) {
    const stocked = await setStock(medusa, it, settings, listing.stock, signal)
    if (!stocked.ok) return stocked
  }
  // Medusa says yes to pictures that are nowhere and to currencies it does not have: only a fresh read counts.
  const after = await readProduct(medusa, remoteId, signal)
  if (!after.ok) return after
  return after.value === null ? gone : { ok: true, value: after.value }
}

/** Medusa makes the thing that it counts when it is told to count, also where an earlier try left it out. */
const isCounted = ({ manage_inventory, inventory_items }: Product['variants'][number]): boolean =>
  manage_inventory && (inventory_items?.length ?? 0) > 0

/** What is not as it is wanted. */
function wordsOf(it: Product, listing: CatalogListing, settings: Settings): Record<string, unknown> {
  const variant = variantOf(it)
  const { price, stock, sku } = listing
  const parts = {
    ...(price !== null && priceOf(it, settings.currency)?.minor !== price.minor ? { prices: pricesOf(it, price) } : {}),
    ...(stock !== null && variant !== null && !isCounted(variant) ? { manage_inventory: true } : {}),
    ...(sku !== null && variant !== null && variant.sku !== sku ? { sku } : {}),
  }
  return {
    ...(it.title === listing.title ? {} : { title: listing.title }),
    ...((it.description ?? '') === listing.description ? {} : { description: listing.description }),
    // The whole list of variants: one that is not named would be deleted.
    ...(variant === null || Object.keys(parts).length === 0 ? {} : { variants: [{ id: variant.id, ...parts }] }),
    ...linksOf(it, settings),
  }
}

const isNew = (it: Product): boolean => it.metadata?.[MADE] === 'new'
const isSold = (it: Product, { salesChannel }: Settings): boolean => it.sales_channels?.some(({ id }) => id === salesChannel.id) === true
const isShipped = (it: Product, { shippingProfile }: Settings): boolean =>
  shippingProfile === null || (it.shipping_profile ?? null) !== null
/** Seen whole: from now on its channels and its shipping are the seller's. */
const isWhole = (it: Product, settings: Settings): boolean => isNew(it) && isSold(it, settings) && isShipped(it, settings)

/** What a creation that was cut off may have left out: Medusa writes a product in several steps. */
function linksOf(it: Product, settings: Settings): Record<string, unknown> {
  if (!isNew(it)) return {}
  const channels = [...(it.sales_channels ?? []).map(({ id }) => ({ id })), { id: settings.salesChannel.id }]
  return {
    ...(isSold(it, settings) ? {} : { sales_channels: channels }),
    ...(isShipped(it, settings) ? {} : { shipping_profile_id: settings.shippingProfile }),
  }
}

/** All prices of the variant: those that are not named would be deleted, and without its rules a price for some would become one for all. */
function pricesOf(it: Product, price: Money): Record<string, unknown>[] {
  const prices = variantOf(it)?.prices ?? []
  const kept = prices.map((old) => ({
    id: old.id,
    currency_code: old.currency_code,
    amount: isPlain(old, price.currency) ? amountOf(price) : old.amount,
    min_quantity: old.min_quantity ?? null,
    max_quantity: old.max_quantity ?? null,
    ...(Object.keys(old.rules ?? {}).length === 0 ? {} : { rules: old.rules }),
  }))
  const isThere = prices.some((old) => isPlain(old, price.currency))
  return isThere ? kept : [...kept, { currency_code: price.currency.toLowerCase(), amount: amountOf(price) }]
}

const wantedUrls = ({ gallery, keep }: ListingChange): string[] => [...gallery.map((picture) => picture.remoteId), ...keep]

/** Gallery and main picture; nothing where it is so already. Pictures that stay keep their ids, and with them their places at variants. */
function imagesOf(it: Product, change: ListingChange): Record<string, unknown> {
  const urls = wantedUrls(change)
  const hero = urls[0] ?? null
  if (inOrder(it).join('\n') === urls.join('\n') && (it.thumbnail ?? null) === hero) return {}
  const ids = new Map(it.images.map((image) => [image.url, image.id]))
  return { images: urls.map((url) => ({ ...(ids.has(url) ? { id: ids.get(url) } : {}), url })), thumbnail: hero }
}

/** Lines that say which key is which file, as far as the product has none. */
function newNotes(it: Product, { gallery }: ListingChange, sent: (key: string) => readonly OurFile[]): Record<string, OurFile> {
  const fresh = gallery.filter((picture) => it.metadata?.[noteName(picture.remoteId)] === undefined)
  const files = fresh.map(({ key, remoteId }) => sent(key).find((file) => file.url === remoteId) ?? { key, url: remoteId, id: null })
  return Object.assign({}, ...files.map(noteOf))
}

async function setStock(
  medusa: Medusa,
  it: Product,
  settings: Settings,
  stock: number | null,
  signal: AbortSignal,
): Promise<CatalogReply<null>> {
  const location = settings.location?.id ?? null
  const item = itemOf(it)
  if (stock === null || location === null || item === null || stockOf(it, location) === stock) return { ok: true, value: null }
  const isThere = item.levels.some((level) => level.location_id === location)
  const path = `inventory-items/${encodeURIComponent(item.id)}/location-levels`
  const written = await medusa.ask(
    {
      method: 'POST',
      path: isThere ? `${path}/${encodeURIComponent(location)}` : path,
      query: [['fields', 'id']],
      body: { kind: 'json', value: { ...(isThere ? {} : { location_id: location }), stocked_quantity: stock } },
      signal,
    },
    z.unknown(),
  )
  return written.ok ? { ok: true, value: null } : written
}

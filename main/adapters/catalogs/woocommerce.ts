import { z } from 'zod'
import type {
  Catalog,
  CatalogCapabilities,
  CatalogKind,
  CatalogProblem,
  CatalogReply,
  Connection,
  ListingChange,
  ProductRef,
  RemoteListing,
} from '../../core/catalog.ts'
import { shopAddress, told } from './http.ts'
import { createWordPress, type WordPress } from './woocommerce/client.ts'
import { flipProducts } from './woocommerce/flip.ts'
import { findByKeys, keysOf, removeUnused, sendMedia } from './woocommerce/media.ts'
import { missing } from './woocommerce/problems.ts'
import { type Product, product, toListing, toMedia, wordsOf } from './woocommerce/shapes.ts'

export const woocommerceKind: CatalogKind = {
  kind: 'woocommerce',
  label: 'WooCommerce',
  about:
    'Products and pictures of a WooCommerce shop, through the REST API of WordPress. Pictures only; opening and closing is done by this computer.',
  // The pictures' half on a real WordPress; the products' half on a stand-in for WooCommerce.
  tested: 'stand-in',
  fields: [
    {
      name: 'address',
      label: 'Address of the shop',
      type: 'url',
      required: true,
      hint: 'Where WordPress is, with its folder if it is in one. It needs permalinks (Settings, Permalinks, anything but Plain).',
      example: 'https://shop.example/',
      choices: null,
    },
    {
      name: 'user',
      label: 'User name',
      type: 'text',
      required: true,
      hint: 'A shop manager or an administrator.',
      example: null,
      choices: null,
    },
    {
      name: 'password',
      label: 'Application password',
      type: 'secret',
      required: true,
      hint: 'WordPress: Users, Profile, Application Passwords. Keys of WooCommerce (ck_…) do not do: they are not valid for pictures.',
      example: 'abcd efgh ijkl mnop qrst uvwx',
      choices: null,
    },
  ],
}

const CAPABILITIES: CatalogCapabilities = {
  dedupe: 'lookup',
  settleMs: 60_000,
  // WordPress publishes at a time only when somebody visits the shop then (WP-Cron), so it is not promised.
  scheduleOpen: false,
  video: false,
  altText: true,
  price: true,
  stock: true,
  formats: ['image/jpeg'],
  maxBytes: 20_000_000,
  maxMegapixels: null,
  maxPerProduct: 50,
  // Above 2560 pixels WordPress would show a smaller copy of its own instead of our file.
  recipes: [{ name: 'shop-2560', longestSide: 2560, aspect: 'keep', format: 'jpeg', quality: 88 }],
  clipChannel: null,
}

const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })
const wrong = (message: string): CatalogReply<never> => no({ class: 'permanent', code: 'connection', message })
/** A WooCommerce shop as a catalog. Sends nothing until it is asked for something. */
export function openWoocommerce(
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  deps: { timeoutMs?: number } = {},
): CatalogReply<Catalog> {
  const address = shopAddress(connection.config['address'] ?? '')
  if (!address.ok) return address
  const user = connection.config['user']?.trim() ?? ''
  const password = secrets['password']?.trim() ?? ''
  if (user === '' || user.includes(':')) return wrong('Expected the name of a WordPress user.')
  if (password === '') return wrong('Expected an application password of WordPress.')
  if (/^c[ks]_[0-9a-f]{20,}$/.test(password))
    return wrong('This is a key of WooCommerce. Expected an application password of WordPress (Users, Profile): pictures need it.')
  const wp = createWordPress(address.value, { user, password }, deps.timeoutMs ?? 60_000)
  let currency: string | null = null

  const currencyOf = async (signal: AbortSignal): Promise<CatalogReply<string>> => {
    if (currency !== null) return { ok: true, value: currency }
    const shape = z.object({ code: z.string().regex(/^[A-Z]{3}$/) })
    const reply = await wp.ask({ method: 'GET', path: 'wc/v3/data/currencies/current', signal }, shape)
    if (!reply.ok) return reply
    currency = reply.value.code
    return { ok: true, value: currency }
  }
  const view = async (it: Product, signal: AbortSignal): Promise<CatalogReply<RemoteListing>> => {
    const money = await currencyOf(signal)
    if (!money.ok) return money
    const keys = await keysOf(
      wp,
      it.images.map((one) => one.id),
      signal,
    )
    return keys.ok ? { ok: true, value: toListing(it, money.value, keys.value) } : keys
  }
  /** Price in another currency, or words for something that has variations: said before anything is sent. */
  const refusalOf = async ({ listing }: Pick<ListingChange, 'listing'>, it: Product | null, signal: AbortSignal) => {
    if (listing.price !== null) {
      const money = await currencyOf(signal)
      if (!money.ok) return money.problem
      if (money.value !== listing.price.currency) {
        const message = `${wp.shop} sells in ${money.value}, the price of ${told(listing.title, [], 60)} is in ${listing.price.currency}. Give it a price in ${money.value}.`
        return { class: 'permanent', code: 'currency', message } satisfies CatalogProblem
      }
    }
    if (it !== null && it.type !== 'simple' && (listing.price !== null || listing.stock !== null)) {
      const message = `${told(listing.title, [], 60)} is a ${told(it.type, [], 30)} product in ${wp.shop}. Set its prices and stock there, and leave them empty here.`
      return { class: 'conflict', code: 'variations', message } satisfies CatalogProblem
    }
    return null
  }

  return {
    ok: true,
    value: {
      name: connection.name,
      kind: 'woocommerce',
      capabilities: () => CAPABILITIES,
      test: (signal) => lookAround(wp, address.value, signal),

      async find(ref, signal) {
        const found = await findProduct(wp, ref, signal)
        if (!found.ok || found.value === null) return found.ok ? { ok: true, value: null } : found
        return view(found.value, signal)
      },

      async create(listing, _idempotency, signal) {
        // Whatever can fail without a product being made comes first.
        const money = await currencyOf(signal)
        if (!money.ok) return money
        const refusal = await refusalOf({ listing }, null, signal)
        if (refusal !== null) return no(refusal)
        const sku = listing.sku === null ? {} : { sku: listing.sku }
        const value = { ...wordsOf(listing), ...sku, slug: listing.handle, type: 'simple', status: 'draft' }
        const made = await wp.ask({ method: 'POST', path: 'wc/v3/products', body: { kind: 'json', value }, signal }, product)
        if (!made.ok) return made
        // It is there now, whatever reading says.
        const read = await readProduct(wp, String(made.value.id), signal)
        return { ok: true, value: toListing(read.ok && read.value !== null ? read.value : made.value, money.value, new Map()) }
      },

      async findMedia(keys, remoteId, signal) {
        const found = await findByKeys(wp, keys, signal)
        if (!found.ok || found.value.length === 0) return found.ok ? { ok: true, value: [] } : found
        const it = await readProduct(wp, remoteId, signal)
        if (!it.ok) return it
        const shown = new Set(it.value?.images.map((one) => one.id))
        return { ok: true, value: found.value.map((file) => toMedia(file, shown.has(file.id))) }
      },

      async upload(media, to, _idempotency, signal) {
        if (media.kind !== 'image' || media.type !== 'image/jpeg')
          return no({ class: 'permanent', code: 'format', message: 'WooCommerce takes pictures only, here as JPEG. Leave clips out.' })
        return sendMedia(wp, media, to, signal)
      },

      async set(change, signal) {
        const { listing, text, gallery, keep, base, remoteId } = change
        const before = await readProduct(wp, remoteId, signal)
        if (!before.ok) return before
        if (before.value === null) return no(missing)
        const money = await currencyOf(signal)
        if (!money.ok) return money
        if (base !== null && toListing(before.value, money.value, new Map()).revision !== base) {
          const message = `${told(before.value.name, [], 60)} was changed in ${wp.shop} in the meantime. Look at the difference.`
          return no({ class: 'conflict', code: 'changed', message })
        }
        const refusal = text ? await refusalOf(change, before.value, signal) : null
        if (refusal !== null) return no(refusal)
        const alts = new Map(listing.media.map((media) => [media.key, media.alt]))
        const images = [
          ...gallery.map((one) => ({ id: Number(one.remoteId), alt: alts.get(one.key) ?? '' })),
          ...keep.map((id) => ({ id: Number(id) })),
        ]
        const value = { ...(text ? wordsOf(listing) : {}), images }
        const path = `wc/v3/products/${encodeURIComponent(remoteId)}`
        const written = await wp.ask({ method: 'PUT', path, body: { kind: 'json', value }, signal }, z.object({}))
        if (!written.ok) return written.problem.code === missing.code ? no(missing) : written
        const after = await readProduct(wp, remoteId, signal)
        if (!after.ok) return after
        return after.value === null ? no(missing) : view(after.value, signal)
      },

      flip: (flips, to, at, signal) => flipProducts(wp, flips, to, at, signal),
      removeMedia: (media, signal) => removeUnused(wp, media, signal),
    },
  }
}

async function readProduct(wp: WordPress, remoteId: string, signal: AbortSignal): Promise<CatalogReply<Product | null>> {
  if (!/^\d{1,15}$/.test(remoteId)) return { ok: true, value: null }
  const read = await wp.ask({ method: 'GET', path: `wc/v3/products/${remoteId}`, signal }, product)
  if (!read.ok) return read.problem.code === missing.code ? { ok: true, value: null } : read
  return { ok: true, value: read.value.status === 'trash' ? null : read.value }
}

async function findProduct(wp: WordPress, ref: ProductRef, signal: AbortSignal): Promise<CatalogReply<Product | null>> {
  if (ref.remoteId !== null) {
    const known = await readProduct(wp, ref.remoteId, signal)
    if (!known.ok || known.value !== null) return known
  }
  if (ref.sku !== null) {
    const same = await search(wp, { sku: ref.sku }, (one) => one.sku === ref.sku, signal)
    if (!same.ok) return same
    if (same.value.length > 1) {
      const message = `Several products in ${wp.shop} have the SKU ${told(ref.sku, [], 60)}. Give each its own.`
      return no({ class: 'conflict', code: 'sku-twice', message })
    }
    const [one] = same.value
    if (one !== undefined) return { ok: true, value: one }
  }
  if (ref.handle === '') return { ok: true, value: null }
  // One with another SKU is another product.
  const isIt = (one: Product) => one.slug === ref.handle && (ref.sku === null || !one.sku)
  const same = await search(wp, { slug: ref.handle }, isIt, signal)
  return same.ok ? { ok: true, value: same.value[0] ?? null } : same
}

/** Oldest first. A search may find more than was asked for, so each is looked at. */
async function search(
  wp: WordPress,
  by: Record<string, string>,
  isIt: (one: Product) => boolean,
  signal: AbortSignal,
): Promise<CatalogReply<Product[]>> {
  const query = { ...by, status: 'any', per_page: '20', orderby: 'id', order: 'asc' }
  const found = await wp.ask({ method: 'GET', path: 'wc/v3/products', query, signal }, z.array(product))
  return found.ok
    ? { ok: true, value: found.value.filter((one) => one.status !== 'trash' && isIt(one)).sort((a, b) => a.id - b.id) }
    : found
}

async function lookAround(
  wp: WordPress,
  address: URL,
  signal: AbortSignal,
): Promise<CatalogReply<{ shop: string; url: string | null; missing: string[] }>> {
  const index = await wp.ask(
    { method: 'GET', path: '', query: { _fields: 'name,namespaces' }, signal },
    z.object({ name: z.string(), namespaces: z.array(z.string()) }),
  )
  if (!index.ok) return index
  const shape = z.object({ capabilities: z.union([z.record(z.string(), z.boolean()), z.array(z.unknown())]) })
  const me = await wp.ask({ method: 'GET', path: 'wp/v2/users/me', query: { context: 'edit', _fields: 'capabilities' }, signal }, shape)
  if (!me.ok) return me
  const { capabilities } = me.value
  const may = (name: string): boolean => !Array.isArray(capabilities) && capabilities[name] === true
  const lacks = [
    ...(index.value.namespaces.includes('wc/v3') ? [] : ['WooCommerce is not switched on in this WordPress']),
    ...(may('upload_files') ? [] : ['this user may not upload pictures (upload_files)']),
    ...(may('publish_products') && may('edit_others_products')
      ? []
      : ['this user may not publish products (publish_products, edit_others_products)']),
  ]
  return { ok: true, value: { shop: told(index.value.name, [], 80) || wp.shop, url: address.href, missing: lacks } }
}

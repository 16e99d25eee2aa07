import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Catalog,
  CatalogCapabilities,
  CatalogKind,
  CatalogListing,
  CatalogProblem,
  CatalogReply,
  Connection,
  RemoteListing,
} from '../../core/catalog.ts'
import { decimal } from '../../core/domain/money.ts'
import { shopAddress, told } from './http.ts'
import { paragraphs } from './paragraphs.ts'
import { type Clock, createClient } from './shopify/client.ts'
import { createProduct, findByHandle, findBySku, lookAround } from './shopify/documents.ts'
import { deleteFile, readFiles, searchFiles } from './shopify/file-documents.ts'
import { findPublication, flipAll } from './shopify/flip.ts'
import { priceProblem, readOne, setListing } from './shopify/gallery.ts'
import { findFiles, type Remembered } from './shopify/lookup.ts'
import { userProblem } from './shopify/problems.ts'
import { markOf, numberOf, toListing } from './shopify/product.ts'
import { uploadFile } from './shopify/upload.ts'

export const shopifyKind: CatalogKind = {
  kind: 'shopify',
  label: 'Shopify',
  about: 'Products, pictures, clips and opening times in a Shopify shop, through its Admin API.',
  tested: 'real schema and a stand-in',
  fields: [
    {
      name: 'shop',
      label: 'Shop',
      type: 'text',
      required: true,
      hint: 'The address that ends in .myshopify.com: Shopify admin, Settings, Domains.',
      example: 'my-stall.myshopify.com',
      choices: null,
    },
    {
      name: 'clientId',
      label: 'Client ID',
      type: 'text',
      required: false,
      hint: 'Of the app that you made for this in the Dev Dashboard and installed in the shop. It needs the permissions write_products, write_files, write_publications, write_inventory and read_locations.',
      example: null,
      choices: null,
    },
    {
      name: 'clientSecret',
      label: 'Client secret',
      type: 'secret',
      required: false,
      hint: 'Beside the client ID.',
      example: null,
      choices: null,
    },
    {
      name: 'token',
      label: 'Admin API token',
      type: 'secret',
      required: false,
      hint: 'Only for a custom app from before 2026: its token starts with shpat_. Then leave client ID and secret empty.',
      example: null,
      choices: null,
    },
    {
      name: 'channel',
      label: 'Sales channel',
      type: 'text',
      required: false,
      hint: 'Where products are shown and hidden. Empty: the online store.',
      example: 'Online Store',
      choices: null,
    },
  ],
}

const CAPABILITIES: CatalogCapabilities = {
  // Shopify refuses a second picture of one name; clips are only found again by theirs.
  dedupe: 'lookup',
  settleMs: 60_000,
  scheduleOpen: true,
  video: true,
  altText: true,
  price: true,
  stock: true,
  formats: ['image/jpeg', 'image/webp', 'video/mp4'],
  maxBytes: 1_000_000_000,
  maxMegapixels: 20,
  maxPerProduct: 250,
  recipes: [{ name: 'shop-3000', longestSide: 3000, aspect: 'keep', format: 'jpeg', quality: 88 }],
  clipChannel: 'shopify',
}

const SCOPES: Record<string, string> = {
  write_products: 'write_products (products and their galleries)',
  write_files: 'write_files (pictures and clips)',
  write_publications: 'write_publications (show, hide and schedule)',
  write_inventory: 'write_inventory (stock)',
  read_locations: 'read_locations (where stock is counted)',
}

const REAL: Clock = {
  now: Date.now,
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
}

const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })
const wrong = (message: string): CatalogReply<never> => no({ class: 'permanent', code: 'connection', message })

/** A Shopify shop as a catalog. Sends nothing until it is asked for something. */
export function openShopify(
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  deps: { clock?: Clock; timeoutMs?: number } = {},
): CatalogReply<Catalog> {
  const { config, name } = connection
  const typed = (config['shop'] ?? '').trim()
  const address = shopAddress(/^[a-z0-9-]+$/i.test(typed) ? `${typed}.myshopify.com` : typed)
  if (!address.ok) return address
  const url = new URL('/', address.value)
  // Keys must not go to an address that only looks like the shop's.
  if (url.protocol === 'https:' && !url.hostname.endsWith('.myshopify.com')) {
    return wrong(
      `Expected the shop's address that ends in .myshopify.com, got ${told(url.host)}. It stands in Shopify under Settings, Domains.`,
    )
  }
  const token = secrets['token']?.trim() ?? ''
  const clientId = config['clientId']?.trim() ?? ''
  const clientSecret = secrets['clientSecret']?.trim() ?? ''
  if (token === '' && (clientId === '' || clientSecret === '')) {
    return wrong('Expected a client ID with its secret, or the token of an older custom app: enter one of both.')
  }
  const client = createClient(url, token === '' ? { clientId, clientSecret } : { token }, deps.clock ?? REAL, deps.timeoutMs ?? 60_000)
  const remembered: Remembered = new Map()
  const named = config['channel']?.trim() || null
  let channel: { id: string; future: boolean } | null = null
  const publication = async (signal: AbortSignal): Promise<CatalogReply<{ id: string; future: boolean }>> => {
    if (channel !== null) return { ok: true, value: channel }
    const found = await findPublication(client, named, signal)
    if (found.ok) channel = found.value
    return found
  }
  const read = async (remoteId: string, signal: AbortSignal): Promise<CatalogReply<RemoteListing | null>> => {
    const at = await publication(signal)
    if (!at.ok) return at
    const one = await readOne(client, remoteId, at.value.id, signal)
    if (!one.ok) return one
    return { ok: true, value: one.value === null ? null : toListing(one.value.product, one.value.currency, at.value.id, []) }
  }

  return {
    ok: true,
    value: {
      name,
      kind: 'shopify',
      capabilities: () => CAPABILITIES,

      async test(signal) {
        const seen = await client.ask(lookAround, {}, signal)
        if (!seen.ok) return seen
        const has = new Set(seen.value.currentAppInstallation.accessScopes.map((scope) => scope.handle))
        const missing = Object.keys(SCOPES).filter((scope) => !has.has(scope) && !has.has(scope.replace('read_', 'write_')))
        if (missing.length === 0) {
          const at = await publication(signal)
          if (!at.ok) return at
        }
        return {
          ok: true,
          value: { shop: told(seen.value.shop.name), url: seen.value.shop.url, missing: missing.map((scope) => SCOPES[scope] ?? scope) },
        }
      },

      async find(ref, signal) {
        if (ref.remoteId !== null) {
          const known = await read(ref.remoteId, signal)
          if (!known.ok || known.value !== null) return known
        }
        if (ref.sku !== null && ref.sku !== '') {
          const bySku = await client.ask(findBySku, { query: `sku:"${ref.sku.replace(/["\\]/g, '\\$&')}"` }, signal)
          if (!bySku.ok) return bySku
          // The search also answers with what only resembles it.
          const same = bySku.value.productVariants.nodes.filter((node) => node.sku === ref.sku)
          const products = [...new Set(same.map((node) => node.product.id))]
          if (products.length > 1) {
            const message = `${products.length} products in Shopify have the SKU ${told(ref.sku, [], 60)}. Give each its own, or remove it here.`
            return no({ class: 'conflict', code: 'sku-twice', message })
          }
          if (products[0] !== undefined) return read(products[0], signal)
        }
        if (ref.handle === '') return { ok: true, value: null }
        const byHandle = await client.ask(findByHandle, { handle: ref.handle }, signal)
        if (!byHandle.ok) return byHandle
        const there = byHandle.value.productByIdentifier
        return there === null ? { ok: true, value: null } : read(there.id, signal)
      },

      async create(listing, _idempotency, signal) {
        const at = await publication(signal)
        if (!at.ok) return at
        const seen = await client.ask(lookAround, {}, signal)
        if (!seen.ok) return seen
        const currency = priceProblem(listing, seen.value.shop.currencyCode)
        if (currency !== null) return no(currency)
        // The handle is asked for by name: Shopify refuses it when it is taken, so a second product cannot come of a lost answer.
        const made = await client.ask(createProduct, { input: newProduct(listing) }, signal)
        if (!made.ok) return made
        const refused = userProblem(made.value.productSet.userErrors)
        if (refused !== null) return no(refused)
        const remoteId = made.value.productSet.product?.id
        const there = remoteId === undefined ? null : await read(remoteId, signal)
        if (there?.ok === true && there.value !== null) return { ok: true, value: there.value }
        // It says that it is made and does not show it: that is looked up.
        const message = 'Shopify says that it made the product, but does not show it. It will be looked up before anything is sent again.'
        return no({ class: 'ambiguous', code: 'created-unseen', message })
      },

      findMedia: (keys, remoteId, signal) => findFiles(client, remembered, keys, remoteId, signal),
      upload: (media, to, _idempotency, signal) => uploadFile(client, remembered, media, to.remoteId, signal),

      async set(change, signal) {
        const at = await publication(signal)
        return at.ok ? setListing(client, change, at.value.id, signal) : at
      },

      async flip(flips, to, at, signal) {
        const where = await publication(signal)
        if (!where.ok) return flips.map(({ productId }) => ({ productId, reply: where }))
        return flipAll(client, where.value, flips, to, at, signal)
      },

      async removeMedia({ remoteId, key }, signal) {
        const seen = await client.ask(readFiles, { ids: [remoteId] }, signal)
        if (!seen.ok) return seen
        const [file] = seen.value.nodes
        if (file === null || file === undefined) return { ok: true, value: null }
        const mark = markOf(file)
        if (mark === null || !key.startsWith(mark)) {
          return no({ class: 'conflict', code: 'not-ours', message: 'This file in Shopify does not carry our mark. It was left alone.' })
        }
        // A file does not say who shows it; the search does. If it finds the file as used and as unused, it does not understand the question.
        const id = numberOf(remoteId)
        const unused = await client.ask(searchFiles, { query: `id:${id} used_in:none`, control: `id:${id} used_in:product` }, signal)
        if (!unused.ok) return unused
        const isUnused = unused.value.found.nodes.some((node) => node.id === remoteId) && unused.value.control.nodes.length === 0
        if (!isUnused)
          return no({
            class: 'conflict',
            code: 'in-use',
            message: 'Shopify shows this file somewhere, or does not say. It was left alone.',
          })
        const deleted = await client.ask(deleteFile, { ids: [remoteId] }, signal)
        if (!deleted.ok) return deleted
        const refused = userProblem(deleted.value.fileDelete.userErrors)
        if (refused !== null && refused.class !== 'conflict') return no(refused)
        const after = await client.ask(readFiles, { ids: [remoteId] }, signal)
        if (!after.ok) return after
        const left = after.value.nodes[0] ?? null
        if (left === null) return { ok: true, value: null }
        return no({
          class: 'retryable',
          code: 'still-there',
          message: 'Shopify says that it removed the file, and still has it. It will be tried again.',
        })
      },
    },
  }
}

/** Hidden, with one variant: `productSet` wants its only option named, as Shopify names it for products without options. */
const newProduct = (listing: CatalogListing) => ({
  title: listing.title,
  handle: listing.handle,
  descriptionHtml: paragraphs(listing.description),
  status: 'DRAFT',
  productOptions: [{ name: 'Title', values: [{ name: 'Default Title' }] }],
  variants: [
    {
      optionValues: [{ optionName: 'Title', name: 'Default Title' }],
      ...(listing.price === null ? {} : { price: decimal(listing.price) }),
      inventoryItem: { ...(listing.sku === null ? {} : { sku: listing.sku }), tracked: listing.stock !== null },
    },
  ],
})

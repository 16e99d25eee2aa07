import { z } from 'zod'
import type { Catalog, CatalogCapabilities, CatalogKind, CatalogReply, Connection } from '../../core/catalog.ts'
import { flipAll } from './flip.ts'
import { productPage, shopAddress, told } from './http.ts'
import { createMedusa, type Medusa } from './medusa/client.ts'
import { findFiles, type Memo, removeFile, uploadFile } from './medusa/files.ts'
import { flipping } from './medusa/flip.ts'
import { refusal } from './medusa/problems.ts'
import { createProduct, findProduct, setProduct } from './medusa/product.ts'
import { readSettings, type Settings } from './medusa/settings.ts'
import { type Product, toListing } from './medusa/shapes.ts'

export const medusaKind: CatalogKind = {
  kind: 'medusa',
  label: 'Medusa',
  about:
    'Products and pictures in a Medusa shop (version 2), through its Admin API. Pictures only; opening and closing is done by this computer.',
  tested: 'real server',
  fields: [
    {
      name: 'url',
      label: 'Address of the server',
      type: 'url',
      required: true,
      hint: 'Where Medusa itself runs, not the storefront.',
      example: 'https://api.shop.example',
      choices: null,
    },
    {
      name: 'apiKey',
      label: 'Secret API key',
      type: 'secret',
      required: true,
      hint: 'Medusa admin, Settings, Secret API keys. It is shown once, and begins with sk_.',
      example: 'sk_…',
      choices: null,
    },
    {
      name: 'salesChannel',
      label: 'Sales channel',
      type: 'text',
      required: false,
      hint: 'Name of the channel that new products are sold in. Empty: the default one of the store.',
      example: 'Online store',
      choices: null,
    },
    {
      name: 'location',
      label: 'Stock location',
      type: 'text',
      required: false,
      hint: 'Name of the place where stock is counted. Empty: the default one of the store, or the only one.',
      example: 'Stall',
      choices: null,
    },
    {
      name: 'currency',
      label: 'Currency of prices',
      type: 'text',
      required: false,
      hint: 'Three letters. Empty: the default one of the store. Prices in other currencies stay as they are there.',
      example: 'EUR',
      choices: null,
    },
    {
      name: 'page',
      label: 'Address of a product page',
      type: 'url',
      required: false,
      hint: 'How your storefront addresses a product, with {handle} in place of its name: links and QR codes lead there.',
      example: 'https://shop.example/products/{handle}',
      choices: null,
    },
  ],
}

const CAPABILITIES: CatalogCapabilities = {
  // Products are made once, by their handle. Files cannot be looked up: one whose answer was lost stays in the storage, unseen.
  dedupe: 'none',
  settleMs: 60_000,
  scheduleOpen: false,
  video: false,
  altText: false,
  price: true,
  stock: true,
  formats: ['image/jpeg', 'image/webp'],
  // Medusa itself has no limit and holds each file in memory; the servers before it usually have one.
  maxBytes: 20_000_000,
  maxMegapixels: null,
  maxPerProduct: 50,
  recipes: [{ name: 'shop-3000', longestSide: 3000, aspect: 'keep', format: 'jpeg', quality: 88 }],
  clipChannel: null,
}

const wrong = (message: string) => refusal('permanent', 'connection', message)

/** A Medusa shop as a catalog. Sends nothing until it is asked for something. */
export function openMedusa(
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  deps: { timeoutMs?: number; settleMs?: number } = {},
): CatalogReply<Catalog> {
  const { config, name } = connection
  const address = shopAddress(config['url'] ?? '')
  if (!address.ok) return address
  // The dashboard's own address is what people have at hand.
  address.value.pathname = address.value.pathname.replace(/\/(app|admin)\/$/, '/')
  const apiKey = secrets['apiKey']?.trim() ?? ''
  if (apiKey.startsWith('pk_'))
    return wrong('This is a publishable key, for storefronts. Expected a secret API key, which begins with sk_.')
  if (!/^[\x21-\x7e]+$/.test(apiKey))
    return wrong('Expected a secret API key of plain letters, digits and signs (Medusa admin, Settings, Secret API keys).')
  const pages = productPage(config['page'], '{handle}')
  if (!pages.ok) return pages
  const page = pages.value
  const currency = config['currency']?.trim() || null
  if (currency !== null && !/^[a-z]{3}$/i.test(currency))
    return wrong(`Expected a currency of three letters, like EUR, got ${told(currency)}.`)
  const choice = { salesChannel: config['salesChannel']?.trim() || null, location: config['location']?.trim() || null, currency }

  const medusa = createMedusa(address.value, apiKey, deps.timeoutMs ?? 60_000)
  const memo: Memo = new Map()
  let learned: Settings | null = null
  const settings = async (signal: AbortSignal): Promise<CatalogReply<Settings>> => {
    if (learned !== null) return { ok: true, value: learned }
    const read = await readSettings(medusa, choice, signal)
    if (read.ok) learned = read.value
    return read
  }
  const listed = (reply: CatalogReply<Product>, { currency, location }: Settings) =>
    reply.ok ? { ok: true as const, value: toListing(reply.value, { currency, location: location?.id ?? null, page }) } : reply

  return {
    ok: true,
    value: {
      name,
      kind: 'medusa',
      capabilities: () => ({ ...CAPABILITIES, ...(deps.settleMs === undefined ? {} : { settleMs: deps.settleMs }) }),

      async test(signal) {
        learned = null
        const read = await settings(signal)
        if (!read.ok) return read
        const lacks = await lacking(medusa, read.value, signal)
        if (!lacks.ok) return lacks
        return { ok: true, value: { shop: read.value.name, url: page === null ? null : new URL('/', page).href, missing: lacks.value } }
      },

      async find(ref, signal) {
        const known = await settings(signal)
        if (!known.ok) return known
        const found = await findProduct(medusa, ref, signal)
        if (!found.ok) return found
        return found.value === null ? { ok: true, value: null } : listed({ ok: true, value: found.value }, known.value)
      },

      async create(listing, _idempotency, signal) {
        const known = await settings(signal)
        return known.ok ? listed(await createProduct(medusa, known.value, listing, signal), known.value) : known
      },

      findMedia: (keys, remoteId, signal) => findFiles(medusa, memo, keys, remoteId, signal),
      upload: (media, to, _idempotency, signal) => uploadFile(medusa, memo, media, to, signal),

      async set(change, signal) {
        const known = await settings(signal)
        if (!known.ok) return known
        return listed(await setProduct(medusa, known.value, change, (key) => memo.get(key) ?? [], signal), known.value)
      },

      async flip(flips, to, at, signal) {
        if (at === null) return flipAll(flips, flipping(medusa, to, signal))
        const reply = refusal(
          'permanent',
          'no-schedule',
          'Medusa cannot open products by itself at a given time. Let this computer open them.',
        )
        return flips.map(({ productId }) => ({ productId, reply }))
      },

      removeMedia: (media, signal) => removeFile(medusa, memo, media, signal),
    },
  }
}

/** Each does nothing, and is refused to whoever may not do it. A request for an upload without a file is answered 400 when it is allowed. */
const PROBES = [
  { path: 'products/batch', of: 'change, show and hide products', fine: '' },
  { path: 'uploads', of: 'send pictures', fine: 'invalid_data' },
]

async function lacking(medusa: Medusa, settings: Settings, signal: AbortSignal): Promise<CatalogReply<string[]>> {
  const { salesChannel, location, locations } = settings
  const missing: string[] = []
  for (const { path, of, fine } of PROBES) {
    const may = await medusa.ask({ method: 'POST', path, body: { kind: 'json', value: {} }, probe: true, signal }, z.unknown())
    if (may.ok || may.problem.code === fine) continue
    if (may.problem.code !== 'forbidden') return may
    missing.push(`a role for the owner of this key that may ${of}`)
  }
  if (salesChannel.disabled) missing.push(`the sales channel “${salesChannel.name}” is switched off`)
  if (location === null)
    missing.push(
      locations.length === 0
        ? 'a stock location, to count stock in (Settings, Locations)'
        : `which stock location counts: ${locations.map((one) => `“${one}”`).join(', ')}`,
    )
  else if (!settings.locationServesChannel)
    missing.push(`the stock location “${location.name}” in the sales channel “${salesChannel.name}”, so that what lies there can be bought`)
  return { ok: true, value: missing }
}

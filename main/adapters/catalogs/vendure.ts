import type { Catalog, CatalogCapabilities, CatalogKind, CatalogReply, Connection, RemoteListing } from '../../core/catalog.ts'
import { flipAll } from './flip.ts'
import { productPage, shopAddress, told } from './http.ts'
import { type Channel, createClient } from './vendure/client.ts'
import { findNamed, permissionProbes, type VendureProduct } from './vendure/documents.ts'
import { flipping } from './vendure/flip.ts'
import { createLane } from './vendure/lane.ts'
import { createListing, readOne, type Seen, setListing } from './vendure/listing.ts'
import { findMedia, removeMedia, uploadMedia } from './vendure/media.ts'
import { pictureOf } from './vendure/picture.ts'
import { refusal } from './vendure/problems.ts'
import { toListing } from './vendure/product.ts'

export const vendureKind: CatalogKind = {
  kind: 'vendure',
  label: 'Vendure',
  about: 'Products, pictures and clips in a Vendure shop, through its Admin API. Opening and closing is done by this computer.',
  tested: 'real server',
  fields: [
    {
      name: 'url',
      label: 'Address of the server',
      type: 'url',
      required: true,
      hint: 'Where Vendure runs. If its Admin API is not at /admin-api, enter the whole address of the API.',
      example: 'https://shop.example',
      choices: null,
    },
    {
      name: 'apiKey',
      label: 'API key',
      type: 'secret',
      required: false,
      hint: 'Vendure dashboard, Settings, API keys. Its role needs ReadCatalog, UpdateCatalog and CreateCatalog; with DeleteAsset, second copies that a lost answer left are tidied up. An administrator of its own, below, is answered much faster.',
      example: null,
      choices: null,
    },
    {
      name: 'user',
      label: 'User name of an administrator',
      type: 'text',
      required: false,
      hint: 'In place of an API key: an administrator for Dropcard alone, with a role of the permissions above. Vendure checks a password once, and a key anew with each question, at a cost.',
      example: 'dropcard@shop.example',
      choices: null,
    },
    {
      name: 'password',
      label: 'Password',
      type: 'secret',
      required: false,
      hint: 'Of that administrator. Kept as safely as a key; sent to the server once at each start.',
      example: null,
      choices: null,
    },
    {
      name: 'token',
      label: 'Bearer token',
      type: 'secret',
      required: false,
      hint: 'The token of a session that exists already. Then leave the API key, user name and password empty.',
      example: null,
      choices: null,
    },
    {
      name: 'channel',
      label: 'Channel token',
      type: 'text',
      required: false,
      hint: 'Vendure dashboard, Settings, Channels. Empty: the default channel.',
      example: null,
      choices: null,
    },
    {
      name: 'page',
      label: 'Address of a product page',
      type: 'url',
      required: false,
      hint: 'How your storefront addresses a product, with {slug} in place of its name: links and QR codes lead there.',
      example: 'https://shop.example/products/{slug}',
      choices: null,
    },
  ],
}

const CAPABILITIES: CatalogCapabilities = {
  dedupe: 'lookup',
  settleMs: 60_000,
  scheduleOpen: false,
  video: true,
  altText: false,
  price: true,
  stock: true,
  formats: ['image/jpeg', 'image/webp', 'video/mp4'],
  // Vendure's default for uploads; what a server allows beyond it cannot be asked.
  maxBytes: 20_971_520,
  maxMegapixels: null,
  maxPerProduct: 100,
  recipes: [{ name: 'shop-3000', longestSide: 3000, aspect: 'keep', format: 'jpeg', quality: 88 }],
  clipChannel: 'woocommerce',
}

/** How long the hour of a drop waits for an upload that is under way, milliseconds. */
const PATIENCE_MS = 800

const wrong = (message: string) => refusal('permanent', 'connection', message)

/** A Vendure shop as a catalog. Sends nothing until it is asked for something. */
export function openVendure(
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  deps: { timeoutMs?: number; settleMs?: number } = {},
): CatalogReply<Catalog> {
  const { config, name } = connection
  const address = shopAddress(config['url'] ?? '')
  if (!address.ok) return address
  const endpoint = new URL(address.value)
  endpoint.pathname = endpoint.pathname === '/' ? '/admin-api' : endpoint.pathname.replace(/\/+$/, '')
  const apiKey = secrets['apiKey']?.trim() ?? ''
  const token = secrets['token']?.trim() ?? ''
  const user = config['user']?.trim() ?? ''
  const password = secrets['password'] ?? ''
  if (apiKey === '' && token === '' && (user === '' || password === ''))
    return wrong('Expected an API key (Vendure dashboard, Settings, API keys), or the user name and password of an administrator.')
  const channelToken = config['channel']?.trim() || null
  if (![apiKey, token, channelToken ?? ''].every((value) => /^[\x20-\x7e]*$/.test(value)))
    return wrong(
      'Expected keys of plain letters, digits and signs: one of them holds others, perhaps a space or a dash from a copied text.',
    )
  const credentials = apiKey !== '' ? { apiKey } : token !== '' ? { token } : { user, password }
  const pages = productPage(config['page'], '{slug}')
  if (!pages.ok) return pages
  const page = pages.value
  const client = createClient(endpoint, credentials, channelToken, deps.timeoutMs ?? 60_000)
  const lane = createLane(PATIENCE_MS)
  let seen: Seen | null = null
  const listingOf = (product: VendureProduct, channel: Channel): RemoteListing => toListing(product, channel, page)

  return {
    ok: true,
    value: {
      name,
      kind: 'vendure',
      capabilities: () => ({
        ...CAPABILITIES,
        ...(client.known()?.byHash === true ? { dedupe: 'server-key' as const } : {}),
        ...(deps.settleMs === undefined ? {} : { settleMs: deps.settleMs }),
      }),

      async test(signal) {
        const channel = await client.channel(signal)
        if (!channel.ok) return channel
        const missing: string[] = []
        for (const { needs, of, document } of permissionProbes) {
          const may = await client.ask(document, {}, signal)
          if (!may.ok && may.problem.class !== 'auth') return may
          if (!may.ok) missing.push(`${needs} (to ${of})`)
        }
        return { ok: true, value: { shop: channel.value.name, url: page === null ? null : new URL('/', page).href, missing } }
      },

      async find(ref, signal) {
        const channel = await client.channel(signal)
        if (!channel.ok) return channel
        const read = async (remoteId: string): Promise<CatalogReply<RemoteListing | null>> => {
          const one = await readOne(client, remoteId, signal)
          if (!one.ok) return one
          if (one.value !== null) seen = { product: one.value, at: Date.now() }
          return { ok: true, value: one.value === null ? null : listingOf(one.value, channel.value) }
        }
        if (ref.remoteId !== null) {
          const known = await read(ref.remoteId)
          if (!known.ok || known.value !== null) return known
        }
        const sku = ref.sku ?? ''
        if (sku === '' && ref.handle === '') return { ok: true, value: null }
        const names = { sku, slug: ref.handle, bySku: sku !== '', bySlug: ref.handle !== '' }
        const found = await client.ask(findNamed, names, signal)
        if (!found.ok) return found
        const same = found.value.productVariants?.items.filter((variant) => variant.sku === sku) ?? []
        const products = [...new Set(same.map((variant) => variant.productId))]
        if (products.length > 1) {
          const message = `${products.length} products in Vendure have the SKU ${told(sku, [], 60)}. Give each its own, or remove it here.`
          return refusal('conflict', 'sku-twice', message)
        }
        const [owner] = products
        const { product = null } = found.value
        if (owner !== undefined && owner !== product?.id) return read(owner)
        return { ok: true, value: product === null ? null : listingOf(product, channel.value) }
      },

      create: (listing, _idempotency, signal) =>
        lane.inTurn(async () => {
          const channel = await client.channel(signal)
          if (!channel.ok) return channel
          const made = await createListing(client, channel.value, listing, signal)
          return made.ok ? { ok: true, value: listingOf(made.value, channel.value) } : made
        }),

      picture: (remoteId, signal) => pictureOf(client, endpoint, remoteId, signal),
      findMedia: (keys, remoteId, signal) => findMedia(client, keys, remoteId, signal),
      upload: (media, to, _idempotency, signal) => lane.inTurn(() => uploadMedia(client, media, to, signal)),

      set: (change, signal) =>
        lane.inTurn(async () => {
          const channel = await client.channel(signal)
          if (!channel.ok) return channel
          const last = seen
          seen = null
          const set = await setListing(client, channel.value, change, last, signal)
          return set.ok ? { ok: true, value: listingOf(set.value, channel.value) } : set
        }),

      async flip(flips, to, at, signal) {
        if (at !== null) {
          const reply = refusal(
            'permanent',
            'no-schedule',
            'Vendure cannot open products by itself at a given time. Let this computer open them.',
          )
          return flips.map(({ productId }) => ({ productId, reply }))
        }
        return lane.soon(() => flipAll(flips, flipping(client, to, signal)))
      },

      removeMedia: (media, signal) => lane.inTurn(() => removeMedia(client, media, signal)),
    },
  }
}

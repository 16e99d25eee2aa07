import { openAsBlob } from 'node:fs'
import { z } from 'zod'
import type { Catalog, CatalogCapabilities, CatalogKind, CatalogProblem, CatalogReply, Connection } from '../../core/catalog.ts'
import { shopAddress, told } from './http.ts'
import { createSquare } from './square/client.ts'
import { findImages, isShown, readImages } from './square/images.ts'
import { flipItems, keyFor, missingItem, readItem, readListing, readStock, writeStock } from './square/items.ts'
import { changed, image, keyOf, nameOf, newItem, skuOf, toListing, toMedia } from './square/objects.ts'

export const squareKind: CatalogKind = {
  kind: 'square',
  label: 'Square',
  about: 'Items and their pictures in Square, for the till and Square Online. Pictures only; opening and closing is done by this computer.',
  tested: 'stand-in',
  fields: [
    {
      name: 'token',
      label: 'Access token',
      type: 'secret',
      required: true,
      hint: 'Square Developer Console, your application, Credentials. It needs ITEMS_READ, ITEMS_WRITE and MERCHANT_PROFILE_READ; for stock also INVENTORY_READ and INVENTORY_WRITE.',
      example: null,
      choices: null,
    },
    {
      name: 'environment',
      label: 'Environment',
      type: 'choice',
      required: true,
      hint: 'Sandbox is for trying things out; it needs its own token.',
      example: null,
      choices: [
        { value: 'production', label: 'Production' },
        { value: 'sandbox', label: 'Sandbox' },
      ],
    },
    {
      name: 'location',
      label: 'Location ID',
      type: 'text',
      required: false,
      hint: 'Where stock is counted. Empty: stock is left alone.',
      example: null,
      choices: null,
    },
  ],
}

const HOSTS: Record<string, string> = { production: 'https://connect.squareup.com/', sandbox: 'https://connect.squareupsandbox.com/' }

const CAPABILITIES: CatalogCapabilities = {
  dedupe: 'server-key',
  settleMs: 60_000,
  scheduleOpen: false,
  video: false,
  altText: true,
  price: true,
  stock: false,
  formats: ['image/jpeg'],
  maxBytes: 15_000_000,
  maxMegapixels: null,
  maxPerProduct: 250,
  recipes: [{ name: 'shop-3000', longestSide: 3000, aspect: 'keep', format: 'jpeg', quality: 88 }],
  clipChannel: null,
}

const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })
const wrong = (message: string): CatalogReply<never> => no({ class: 'permanent', code: 'connection', message })
/** A Square account as a catalog. Sends nothing, and loads nothing of the SDK, until it is asked for something. */
export function openSquare(
  connection: Connection,
  secrets: Readonly<Record<string, string>>,
  deps: { timeoutMs?: number } = {},
): CatalogReply<Catalog> {
  const { config, name } = connection
  const token = secrets['token']?.trim() ?? ''
  if (token === '') return wrong('Expected the access token of Square.')
  const environment = config['environment'] ?? 'production'
  // An address instead of a name is for tests: it must be on this machine.
  const address = shopAddress(HOSTS[environment] ?? environment)
  if (!address.ok || (HOSTS[environment] === undefined && address.value.protocol !== 'http:')) {
    return wrong(`Expected production or sandbox as the environment of Square, got ${told(environment, [], 60)}.`)
  }
  const square = createSquare(address.value, token, deps.timeoutMs ?? 60_000)
  const location = config['location']?.trim() || null
  /** How often Square gave back something that was deleted since, by key or handle: the next one is asked for under another idempotency key. */
  const stale = new Map<string, number>()

  return {
    ok: true,
    value: {
      name,
      kind: 'square',
      capabilities: () => ({ ...CAPABILITIES, stock: location !== null }),

      async test(signal) {
        const status = await square.ask(
          false,
          signal,
          (client) => client.oAuth.retrieveTokenStatus(),
          z.object({ scopes: z.array(z.string()).nullish() }),
        )
        if (!status.ok) return status
        const who = z.object({ merchant: z.object({ businessName: z.string().nullish() }) })
        const merchant = await square.ask(false, signal, (client) => client.merchants.get({ merchantId: 'me' }), who)
        const wanted = ['ITEMS_READ', 'ITEMS_WRITE', ...(location === null ? [] : ['INVENTORY_READ', 'INVENTORY_WRITE'])]
        const { scopes } = status.value
        const missing = scopes === null || scopes === undefined ? [] : wanted.filter((scope) => !scopes.includes(scope))
        if (!merchant.ok && merchant.problem.code !== 'INSUFFICIENT_SCOPES') return merchant
        const shop = merchant.ok ? told(merchant.value.merchant.businessName ?? 'Square') : 'Square'
        return { ok: true, value: { shop, url: null, missing } }
      },

      async find(ref, signal) {
        if (ref.remoteId !== null) {
          const known = await readListing(square, ref.remoteId, location, signal)
          if (!known.ok || known.value !== null) return known
        }
        if (ref.handle === '' && ref.sku === null) return { ok: true, value: null }
        const sku = skuOf(ref)
        const found = await square.ask(
          false,
          signal,
          (client) =>
            client.catalog.search({
              objectTypes: ['ITEM_VARIATION'],
              query: { exactQuery: { attributeName: 'sku', attributeValue: sku } },
              limit: 10,
            }),
          z.object({
            objects: z
              .array(z.object({ itemVariationData: z.object({ sku: z.string().nullish(), itemId: z.string().nullish() }) }))
              .nullish(),
          }),
        )
        if (!found.ok) return found
        const same = (found.value.objects ?? []).flatMap(({ itemVariationData: one }) =>
          one.sku === sku && one.itemId ? [one.itemId] : [],
        )
        const [first, second] = [...new Set(same)]
        if (second !== undefined) {
          return no({
            class: 'conflict',
            code: 'sku-twice',
            message: `Several items in Square have the SKU ${told(sku, [], 60)}. Give each its own.`,
          })
        }
        return first === undefined ? { ok: true, value: null } : readListing(square, first, location, signal)
      },

      async create(listing, idempotency, signal) {
        const object = newItem(listing)
        const made = await square.ask(
          true,
          signal,
          (client) =>
            client.catalog.object.upsert({ idempotencyKey: keyFor('create', idempotency, String(stale.get(listing.handle) ?? 0)), object }),
          z.object({ catalogObject: z.object({ id: z.string() }) }),
        )
        if (!made.ok) return made
        const there = await readListing(square, made.value.catalogObject.id, location, signal)
        if (there.ok && there.value !== null) return { ok: true, value: there.value }
        if (there.ok) stale.set(listing.handle, (stale.get(listing.handle) ?? 0) + 1)
        const message = 'Square says that it made the item, but does not show it. It will be looked up before anything is sent again.'
        return no({ class: 'ambiguous', code: 'created-unseen', message })
      },

      findMedia: (keys, remoteId, signal) => findImages(square, keys, remoteId, signal),

      async upload(media, to, idempotency, signal) {
        if (media.kind !== 'image' || media.type !== 'image/jpeg') {
          return no({ class: 'permanent', code: 'format', message: 'Square takes pictures only, as JPEG. Leave clips out.' })
        }
        if (media.bytes > CAPABILITIES.maxBytes) {
          return no({
            class: 'permanent',
            code: 'too-large',
            message: `Square takes 15 MB a picture, this one has ${(media.bytes / 1e6).toFixed(1)} MB.`,
          })
        }
        const file = await openAsBlob(media.path, { type: media.type }).catch(() => null)
        if (file === null || file.size !== media.bytes) {
          return no({
            class: 'permanent',
            code: 'file',
            message: `Expected ${media.bytes} bytes in ${media.path}, found ${file?.size ?? 'no file'}. Render it again.`,
          })
        }
        const request = {
          idempotencyKey: keyFor('image', to.remoteId, media.key, idempotency, String(stale.get(media.key) ?? 0)),
          image: { type: 'IMAGE' as const, id: '#image', imageData: { name: nameOf(media.key), caption: media.alt } },
        }
        const imageFile = new File([file], `${media.key.slice(0, 16)}.jpg`, { type: media.type })
        const sent = await square.ask(true, signal, (client) => client.catalog.images.create({ request, imageFile }), z.object({ image }))
        if (!sent.ok && sent.problem.code !== 'IDEMPOTENCY_KEY_REUSED') return sent
        // The key was used for a picture with another text: then the picture is there.
        if (!sent.ok) {
          const found = await findImages(square, [media.key], to.remoteId, signal)
          const [one] = found.ok ? found.value : []
          return found.ok && one !== undefined ? { ok: true, value: one } : found.ok ? sent : found
        }
        const read = await readImages(square, [sent.value.image.id], signal)
        if (!read.ok) return { ok: true, value: toMedia(sent.value.image, false) }
        const [there] = read.value
        if (there !== undefined && keyOf(there) === media.key) return { ok: true, value: toMedia(there, false) }
        stale.set(media.key, (stale.get(media.key) ?? 0) + 1)
        const message = 'Square says that it has the picture, and does not have it any more. It will be sent again.'
        return no({ class: 'retryable', code: 'image-gone', message })
      },

      async set(change, signal) {
        const before = await readItem(square, change.remoteId, signal)
        if (!before.ok) return before
        if (before.value === null) return no(missingItem)
        const stock = await readStock(square, before.value.item, location, signal)
        if (!stock.ok) return stock
        if (change.base !== null && toListing(before.value.item, before.value.images, stock.value).revision !== change.base) {
          const message = `${told(before.value.item.itemData.name ?? '')} was changed in Square in the meantime. Look at the difference.`
          return no({ class: 'conflict', code: 'changed', message })
        }
        const { listing, text } = change
        const variations = before.value.item.itemData.variations ?? []
        if (text && (listing.price !== null || listing.stock !== null) && variations.length !== 1) {
          const message = `${told(listing.title)} has ${variations.length} variations in Square. Set their prices there, and leave them empty here.`
          return no({ class: 'conflict', code: 'variations', message })
        }
        const own = [...change.gallery.map((one) => one.remoteId), ...change.keep]
        const others = before.value.images.filter((one) => !own.includes(one.id) && keyOf(one) === null).map((one) => one.id)
        const object = changed(before.value.object, listing, text, [...own, ...others])
        // The version makes the key the key of this one change.
        const idempotencyKey = keyFor(
          'set',
          change.remoteId,
          String(before.value.item.version),
          JSON.stringify([listing.title, listing.description, listing.price, text, own, others]),
        )
        const written = await square.ask(true, signal, (client) => client.catalog.object.upsert({ idempotencyKey, object }), z.object({}))
        if (!written.ok) return written
        if (text && listing.stock !== null && location !== null && stock.value !== listing.stock) {
          const counted = await writeStock(square, before.value.item, location, listing.stock, signal)
          if (!counted.ok) return counted
        }
        const after = await readListing(square, change.remoteId, location, signal)
        if (!after.ok) return after
        return after.value === null ? no(missingItem) : { ok: true, value: after.value }
      },

      flip: (flips, to, at, signal) => flipItems(square, flips, to, at, signal),

      async removeMedia({ remoteId, key }, signal) {
        const read = await readImages(square, [remoteId], signal)
        if (!read.ok) return read
        const [there] = read.value
        if (there === undefined) return { ok: true, value: null }
        if (keyOf(there) !== key)
          return no({ class: 'conflict', code: 'not-ours', message: 'This picture in Square does not carry our mark. It was left alone.' })
        const used = await isShown(square, remoteId, signal)
        if (!used.ok) return used
        if (used.value)
          return no({ class: 'conflict', code: 'in-use', message: 'An item in Square shows this picture. It was left alone.' })
        const deleted = await square.ask(true, signal, (client) => client.catalog.object.delete({ objectId: remoteId }), z.object({}))
        return deleted.ok || deleted.problem.code === 'NOT_FOUND' ? { ok: true, value: null } : deleted
      },
    },
  }
}

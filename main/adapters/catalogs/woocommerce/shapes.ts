import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { CatalogListing, RemoteListing, RemoteMedia } from '../../../core/catalog.ts'
import { decimal, moneyOf } from '../../../core/domain/money.ts'
import { paragraphs } from '../paragraphs.ts'

/** What is read of a product: https://woocommerce.github.io/woocommerce-rest-api-docs/#product-properties */
export const product = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  slug: z.string(),
  permalink: z.string().nullish(),
  type: z.string(),
  status: z.string(),
  sku: z.string().nullish(),
  date_created_gmt: z.string().nullish(),
  regular_price: z.string().nullish(),
  manage_stock: z.union([z.boolean(), z.string()]).nullish(),
  stock_quantity: z.number().nullish(),
  images: z.array(z.object({ id: z.number().int() })),
})
export type Product = z.infer<typeof product>

/** What is read of a file: https://developer.wordpress.org/rest-api/reference/media/ */
export const attachment = z.object({
  id: z.number().int().positive(),
  slug: z.string(),
  post: z.number().int().nullish(),
  mime_type: z.string().nullish(),
  // PHP writes an empty list where there is nothing.
  media_details: z
    .union([
      z.object({ width: z.number().nullish(), height: z.number().nullish(), original_image: z.string().nullish() }),
      z.array(z.unknown()),
    ])
    .nullish(),
})
export type Attachment = z.infer<typeof attachment>

/** WordPress tells doubles of a slug apart by a number behind it; so many of them are looked for. */
const TWINS = 4
const SLUG = /^([0-9a-f]{64})(?:-[1-9]\d{0,3})?$/
export const keyOf = (slug: string): string | null => SLUG.exec(slug)?.[1] ?? null
/** Slugs a file with this key may have. */
export const slugsOf = (key: string): string[] => [key, ...Array.from({ length: TWINS }, (_, n) => `${key}-${n + 1}`)]

/** A file without a size in pixels is one that WordPress could not finish reading: it is no use to anybody. */
export function toMedia(file: Attachment, attached: boolean): RemoteMedia {
  const size = sizeOf(file)
  return { remoteId: String(file.id), key: keyOf(file.slug), kind: 'image', state: size === null ? 'failed' : 'ready', attached }
}

export function sizeOf(file: Attachment): { width: number; height: number } | null {
  const details = file.media_details
  if (details === null || details === undefined || Array.isArray(details)) return null
  const { width, height } = details
  return width && height && width > 0 && height > 0 ? { width, height } : null
}

/** `keys`: of the pictures that are ours, by id, as far as they are known. */
export function toListing(it: Product, currency: string, keys: ReadonlyMap<number, string>): RemoteListing {
  const stock = it.manage_stock === true && typeof it.stock_quantity === 'number' ? it.stock_quantity : null
  const revision = JSON.stringify([it.name, it.regular_price ?? '', stock, it.images.map((one) => one.id)])
  return {
    remoteId: String(it.id),
    url: it.status === 'publish' && /^https?:\/\//.test(it.permalink ?? '') ? (it.permalink ?? null) : null,
    revision: createHash('sha256').update(revision).digest('hex').slice(0, 32),
    visible: it.status === 'publish',
    opensAt: it.status === 'future' ? instantOf(it.date_created_gmt) : null,
    title: plain(it.name),
    price: moneyOf(it.regular_price ?? '', currency),
    stock,
    media: it.images.map(({ id }) => ({ remoteId: String(id), key: keys.get(id) ?? null, kind: 'image', state: 'ready', attached: true })),
  }
}

function instantOf(gmt: string | null | undefined): string | null {
  const at = Date.parse(`${gmt}Z`)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** WordPress stores names of users who may not write HTML with these five escaped. */
const plain = (name: string): string =>
  name
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll(/&#0?39;/g, "'")
    .replaceAll('&amp;', '&')

/** The words of a listing as a product takes them. What is not known is left out, so that the shop's own stays. */
export const wordsOf = (listing: CatalogListing): Record<string, unknown> => ({
  name: listing.title,
  description: paragraphs(listing.description),
  ...(listing.price === null ? {} : { regular_price: decimal(listing.price) }),
  ...(listing.stock === null ? {} : { manage_stock: true, stock_quantity: listing.stock }),
})

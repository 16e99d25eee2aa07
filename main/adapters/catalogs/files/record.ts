import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { CatalogListing, CatalogMedia, RemoteListing } from '../../../core/catalog.ts'
import { decimal } from '../../../core/domain/money.ts'

const file = z.object({
  /** `<64 hex digits of its SHA-256>.<extension>`, in `media/`. */
  file: z.string().regex(/^[0-9a-f]{64}\.(jpg|webp|mp4)$/),
  alt: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  bytes: z.number().int().positive(),
})
export type FileRecord = z.infer<typeof file>

/** `listings/<handle>.json`: what a shop, or whatever imports into one, can read about one listing. */
export const record = z.object({
  format: z.literal('dropcard-listing'),
  version: z.literal(1),
  productId: z.string(),
  handle: z.string(),
  title: z.string(),
  description: z.string(),
  sku: z.string().nullable(),
  /** `amount` says the same as `minor`, as a plain decimal. */
  price: z.object({ minor: z.number().int().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/), amount: z.string() }).nullable(),
  stock: z.number().int().nullable(),
  media: z.array(file),
  updatedAt: z.string(),
})
export type ListingFile = z.infer<typeof record>

const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'video/mp4': 'mp4' } as const
export const fileName = (media: Pick<CatalogMedia, 'key' | 'type'>): string => `${media.key}.${EXTENSIONS[media.type]}`
/** The names a file with this key may have. */
export const namesOf = (key: string): string[] => [`${key}.jpg`, `${key}.mp4`]
export const keyOf = (name: string): string | null => /^([0-9a-f]{64})\.(?:jpg|webp|mp4)$/.exec(name)?.[1] ?? null
export const kindOf = (name: string): 'image' | 'clip' => (name.endsWith('.mp4') ? 'clip' : 'image')

export const fileRecord = (media: CatalogMedia): FileRecord => ({
  file: fileName(media),
  alt: media.alt,
  width: media.width,
  height: media.height,
  bytes: media.bytes,
})

export function recordOf(listing: CatalogListing, handle: string, media: FileRecord[]): ListingFile {
  const { productId, title, description, sku, stock, updatedAt } = listing
  const price = listing.price === null ? null : { ...listing.price, amount: decimal(listing.price) }
  return { format: 'dropcard-listing', version: 1, productId, handle, title, description, sku, price, stock, media, updatedAt }
}

export function toListing(it: ListingFile, isVisible: boolean, url: string | null): RemoteListing {
  const { title, description, stock, media } = it
  const price = it.price === null ? null : { minor: it.price.minor, currency: it.price.currency }
  const what = JSON.stringify([title, description, price?.minor, price?.currency, stock, media.map((one) => [one.file, one.alt])])
  return {
    remoteId: it.handle,
    url: isVisible ? url : null,
    revision: createHash('sha256').update(what).digest('hex').slice(0, 32),
    visible: isVisible,
    opensAt: null,
    title,
    price,
    stock,
    media: media.map((one) => ({ remoteId: one.file, key: keyOf(one.file), kind: kindOf(one.file), state: 'ready', attached: true })),
  }
}

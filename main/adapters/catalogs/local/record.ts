import { createHash } from 'node:crypto'
import { z } from 'zod'
import { instant } from '../../../contract/ids.ts'
import type { CatalogListing, CatalogMedia } from '../../../core/catalog.ts'
import { cleanText } from './html.ts'

/**
 * What the local catalog knows of its listings. No paths are stored; file names follow from key, width and type, so a doctored state cannot point
 * anywhere else. Texts are kept as they were given; `shownAs` makes them fit for pages.
 */

const key = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
const pixels = z.number().int().positive()
const imageType = z.enum(['image/jpeg', 'image/webp'])
const source = z.strictObject({ key, width: pixels, height: pixels, bytes: z.number().int().positive(), type: imageType })

const media = z.strictObject({
  key,
  kind: z.enum(['image', 'clip']),
  type: z.enum(['image/jpeg', 'image/webp', 'video/mp4']),
  width: pixels,
  height: pixels,
  bytes: z.number().int().positive(),
  alt: z.string(),
  /** Smaller renditions, ascending by width. */
  sources: z.array(source),
  poster: source.nullable(),
  durationUs: z.number().int().nonnegative().nullable(),
})
export type MediaRecord = z.infer<typeof media>
/** One file of a listing. */
export type FileRecord = Pick<MediaRecord, 'key' | 'width' | 'type' | 'bytes'>

export const listingRecord = z.strictObject({
  productId: z.string().min(1),
  /** The folder of its page, `products/<handle>/`, and its remote id: never changes, for links and printed codes lead there. */
  handle: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/, 'expected lower-case letters, digits and hyphens'),
  title: z.string(),
  description: z.string(),
  sku: z.string().nullable(),
  price: z
    .strictObject({ minor: z.number().int().nonnegative(), currency: z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code') })
    .nullable(),
  stock: z.number().int().nullable(),
  visible: z.boolean(),
  media: z.array(media),
  updatedAt: z.string(),
  /** When it was first shown. */
  publishedAt: instant.nullable(),
})
export type ListingRecord = z.infer<typeof listingRecord>

export const shopRecord = z.strictObject({
  title: z.string(),
  drops: z.array(
    z.strictObject({
      id: z.string().min(1),
      title: z.string(),
      opensAt: z.iso.datetime(),
      closesAt: z.iso.datetime().nullable(),
      zone: z.string(),
      products: z.array(z.string()),
    }),
  ),
})
export type ShopRecord = z.infer<typeof shopRecord>
export type DropRecord = ShopRecord['drops'][number]

/** Public name of a media file: content-addressed, so a file never changes under its name. */
export const mediaName = (file: Pick<FileRecord, 'key' | 'width' | 'type'>): string =>
  `${file.key.slice(0, 24)}-${file.width}.${EXTENSIONS[file.type]}`
const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'video/mp4': 'mp4' } as const
export const MEDIA_NAME = /^[0-9a-f]{24}-\d+\.(?:jpg|webp|mp4)$/

/** Every file of a listing, and where it is kept. */
export const filesOf = (entry: Pick<ListingRecord, 'media'>): { shelf: 'media' | 'small'; file: FileRecord }[] =>
  entry.media.flatMap((one) => [
    { shelf: 'media' as const, file: one },
    ...[...one.sources, ...(one.poster === null ? [] : [one.poster])].map((file) => ({ shelf: 'small' as const, file })),
  ])

/** Changes with everything a person sets: texts, price, stock, pictures and their order. Not with visibility. */
export const revisionOf = (entry: ListingRecord): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        entry.title,
        entry.description,
        entry.sku,
        entry.price === null ? null : [entry.price.minor, entry.price.currency],
        entry.stock,
        entry.media.map((one) => [one.key, one.alt]),
      ]),
    )
    .digest('hex')
    .slice(0, 32)

/** A new listing: hidden, without pictures, under a handle nobody has. Throws a ZodError when it breaks the format. */
export function newRecord(entry: CatalogListing, others: readonly ListingRecord[]): ListingRecord {
  const handle = freeHandle(slug(entry.handle, entry.productId), entry.productId, others)
  return listingRecord.parse({ ...wordsOf(entry), handle, visible: false, media: [], publishedAt: null } satisfies ListingRecord)
}

/** A listing with what it shall say and show now; its address and visibility stay. Throws a ZodError when it breaks the format. */
export const changedRecord = (before: ListingRecord, entry: CatalogListing, gallery: MediaRecord[]): ListingRecord =>
  listingRecord.parse({ ...before, ...wordsOf(entry), media: gallery } satisfies ListingRecord)

const wordsOf = (entry: CatalogListing) => ({
  productId: entry.productId,
  title: entry.title,
  description: entry.description,
  sku: entry.sku,
  price: entry.price,
  stock: entry.stock,
  updatedAt: entry.updatedAt,
})

/** `sizes`: bytes of each file as copied, by key. */
export function mediaRecord(picture: CatalogMedia, sizes: ReadonlyMap<string, number>): MediaRecord {
  const sized = (file: CatalogMedia['sources'][number]) => ({
    key: file.key,
    width: file.width,
    height: file.height,
    bytes: sizes.get(file.key) ?? 0,
    type: file.type,
  })
  return {
    key: picture.key,
    kind: picture.kind,
    type: picture.type,
    width: picture.width,
    height: picture.height,
    bytes: sizes.get(picture.key) ?? picture.bytes,
    alt: picture.alt,
    sources: picture.sources.map(sized).sort((a, b) => a.width - b.width),
    poster: picture.poster === null ? null : sized({ ...picture.poster, type: 'image/jpeg' }),
    durationUs: picture.durationUs,
  }
}

/** The same with texts that every page and feed can hold. */
export const shownAs = (entry: ListingRecord): ListingRecord => ({
  ...entry,
  title: cleanText(entry.title).trim() || 'Untitled',
  description: cleanText(entry.description).trim(),
  sku: entry.sku === null ? null : cleanText(entry.sku).trim() || null,
  media: entry.media.map((one) => ({ ...one, alt: cleanText(one.alt).trim() })),
})

/** A folder name on every file system: lower case, no reserved device names, never empty. `seed` tells apart what would be the same. */
export function slug(name: string, seed: string): string {
  const safe = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/^-+|-+$/g, '')
  if (safe === '') return `product-${mark(seed)}`
  return /^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(safe) ? `${safe}-${mark(seed)}` : safe
}

function freeHandle(wanted: string, productId: string, others: readonly ListingRecord[]): string {
  const taken = new Set(others.map((other) => other.handle))
  for (const handle of [wanted, `${wanted}-${mark(productId)}`]) if (!taken.has(handle)) return handle
  return `${wanted}-${createHash('sha256').update(productId).digest('hex').slice(0, 16)}`
}

export const mark = (seed: string): string => createHash('sha256').update(seed).digest('hex').slice(0, 6)

export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'top level'}: ${issue.message}`
}

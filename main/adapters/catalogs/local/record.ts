import { createHash } from 'node:crypto'
import { z } from 'zod'
import { instant } from '../../../contract/ids.ts'
import type { CatalogListing, CatalogMedia } from '../../../core/ports.ts'
import { cleanText } from './html.ts'

/**
 * `catalog.json`, the state of the local catalog: what is listed, and with which files. No paths are stored;
 * file names follow from key, width and type, so a doctored file cannot point anywhere else.
 */
const SCHEMA = 1

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

const listing = z.strictObject({
  productId: z.string().min(1),
  /** The folder of its page: `products/<handle>/`. */
  handle: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/, 'expected lower-case letters, digits and hyphens'),
  /** The handle that was asked for; differs from `handle` when another listing had it first. */
  wanted: z.string(),
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
  /** When it first came into this catalog. */
  publishedAt: instant,
})
export type ListingRecord = z.infer<typeof listing>

const state = z.strictObject({
  schema: z.literal(SCHEMA),
  shop: z.strictObject({ title: z.string() }),
  listings: z.array(listing),
})
export type CatalogState = z.infer<typeof state>

export const emptyState = (): CatalogState => ({ schema: SCHEMA, shop: { title: 'Shop' }, listings: [] })

/** Parses `catalog.json`; `problem` says in words why it cannot be used. */
export function parseState(text: string): { ok: true; state: CatalogState } | { ok: false; problem: string } {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    return { ok: false, problem: text.trim() === '' ? 'it is empty' : 'it is not complete JSON' }
  }
  const version = z.object({ schema: z.number().int() }).safeParse(raw)
  if (version.success && version.data.schema > SCHEMA) {
    return { ok: false, problem: `it was written by a newer Dropcard (format ${version.data.schema}, this one knows ${SCHEMA})` }
  }
  const parsed = state.safeParse(raw)
  if (!parsed.success) return { ok: false, problem: `expected the format of a Dropcard catalog: ${firstIssue(parsed.error)}` }
  const twice =
    repeated(parsed.data.listings.map((entry) => entry.productId)) ?? repeated(parsed.data.listings.map((entry) => entry.handle))
  return twice === null ? { ok: true, state: parsed.data } : { ok: false, problem: `"${twice}" is listed twice` }
}

export const serializeState = (value: CatalogState): string => `${JSON.stringify(value, null, 1)}\n`

/** A media file to have in `media/`, and where its bytes come from. */
type WantedFile = { key: string; path: string; name: string; bytes: number | null; type: MediaRecord['type'] }

/** Name of a media file: content-addressed, so a file never changes under its name. */
export const mediaName = (file: { key: string; width: number; type: MediaRecord['type'] }): string =>
  `${file.key.slice(0, 24)}-${file.width}.${EXTENSIONS[file.type]}`
const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'video/mp4': 'mp4' } as const
export const MEDIA_NAME = /^[0-9a-f]{24}-\d+\.(?:jpg|webp|mp4)$/

/** Every file a listing refers to, by name, with its size. */
export function filesOf(entry: MediaRecord): { name: string; key: string; bytes: number }[] {
  return [entry, ...entry.sources, ...(entry.poster === null ? [] : [entry.poster])].map((file) => ({
    name: mediaName(file),
    key: file.key,
    bytes: file.bytes,
  }))
}

/** The files a listing brings along, each name once. Sizes of smaller renditions are not told by the port: null. */
export function wantedFiles(entry: CatalogListing): WantedFile[] {
  const files = entry.media.flatMap((picture) => [
    ...picture.sources.map((small) => ({ ...small, bytes: null })),
    ...(picture.poster === null ? [] : [{ ...picture.poster, bytes: null, type: 'image/jpeg' as const }]),
    picture,
  ])
  const byName = new Map(files.map((file) => [mediaName(file), file]))
  return [...byName].map(([name, { key, path, bytes, type }]) => ({ key, path, name, bytes, type }))
}

/**
 * The record of a listing: cleaned text, a handle nobody else has, sizes as copied.
 * `sizes` maps media names to bytes. Throws a ZodError when the listing breaks the format: the caller turns it into a problem.
 */
export function toRecord(entry: CatalogListing, others: ListingRecord[], sizes: Map<string, number>, publishedAt: string): ListingRecord {
  const wanted = slug(entry.handle, entry.productId)
  return listing.parse({
    productId: entry.productId,
    handle: freeHandle(wanted, entry.productId, others),
    wanted,
    title: cleanText(entry.title).trim() || 'Untitled',
    description: cleanText(entry.description).trim(),
    sku: entry.sku === null ? null : cleanText(entry.sku).trim() || null,
    price: entry.price,
    stock: entry.stock,
    visible: entry.visible,
    media: entry.media.map((picture) => toMediaRecord(picture, sizes)),
    updatedAt: entry.updatedAt,
    publishedAt,
  } satisfies ListingRecord)
}

function toMediaRecord(picture: CatalogMedia, sizes: Map<string, number>): MediaRecord {
  const sized = <T extends { key: string; width: number; height: number; type: MediaRecord['type'] }>({ key, width, height, type }: T) => ({
    key,
    width,
    height,
    bytes: sizes.get(mediaName({ key, width, type })) ?? 0,
    type: type === 'image/webp' ? ('image/webp' as const) : ('image/jpeg' as const),
  })
  return {
    key: picture.key,
    kind: picture.kind,
    type: picture.type,
    width: picture.width,
    height: picture.height,
    bytes: picture.bytes,
    alt: cleanText(picture.alt).trim(),
    sources: picture.sources.map(sized).sort((a, b) => a.width - b.width),
    poster: picture.poster === null ? null : sized({ ...picture.poster, type: 'image/jpeg' }),
    durationUs: picture.durationUs,
  }
}

/** A folder name on every file system: lower case, no reserved device names, never empty. */
function slug(handle: string, productId: string): string {
  const safe = handle
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 80)
    .replace(/^-+|-+$/g, '')
  if (safe === '') return `product-${mark(productId)}`
  return /^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(safe) ? `${safe}-${mark(productId)}` : safe
}

function freeHandle(wanted: string, productId: string, others: ListingRecord[]): string {
  const taken = new Set(others.filter((other) => other.productId !== productId).map((other) => other.handle))
  const before = others.find((other) => other.productId === productId)
  if (before !== undefined && before.wanted === wanted) return before.handle
  for (const handle of [wanted, `${wanted}-${mark(productId)}`]) if (!taken.has(handle)) return handle
  return `${wanted}-${createHash('sha256').update(productId).digest('hex').slice(0, 16)}`
}

const mark = (productId: string): string => createHash('sha256').update(productId).digest('hex').slice(0, 6)

const repeated = (values: string[]): string | null => values.find((value, index) => values.indexOf(value) !== index) ?? null

export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'top level'}: ${issue.message}`
}

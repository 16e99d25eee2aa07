import { z } from 'zod'
import type { CatalogListing, CatalogMedia } from '../catalog.ts'
import type { Intent, MediaMark, Standing } from '../domain/publishing.ts'
import type { Reader, Tx } from './db.ts'

/**
 * States of a publication. `rendering`: its files are being made · `sending` · `published`: there, and as visible as it shall be · `hidden`: taken off,
 * or staged for a drop · `hiding`: to be taken off · `conflict`: somebody changed it in the shop, a person decides · `failed`: final until asked again.
 */
const states = ['rendering', 'sending', 'published', 'hidden', 'hiding', 'conflict', 'failed'] as const
type PublicationState = (typeof states)[number]

const key = z.string().regex(/^[0-9a-f]{64}$/)
const image = z.strictObject({
  key,
  path: z.string(),
  width: z.number(),
  height: z.number(),
  type: z.enum(['image/jpeg', 'image/webp']),
})
const frozenMedia = z.strictObject({
  key,
  path: z.string(),
  kind: z.enum(['image', 'clip']),
  width: z.number(),
  height: z.number(),
  bytes: z.number(),
  type: z.enum(['image/jpeg', 'image/webp', 'video/mp4']),
  alt: z.string(),
  sources: z.array(image),
  poster: z.strictObject({ key, path: z.string(), width: z.number(), height: z.number() }).nullable(),
  durationUs: z.number().nullable(),
})
const frozenListing = z.strictObject({
  productId: z.string(),
  handle: z.string(),
  title: z.string(),
  description: z.string(),
  sku: z.string().nullable(),
  price: z.strictObject({ minor: z.number().int(), currency: z.string() }).nullable(),
  stock: z.number().int().nullable(),
  media: z.array(frozenMedia),
  updatedAt: z.string(),
})

/** What is kept: paths relative to the library. */
export const freeze = (listing: CatalogListing): string => JSON.stringify(frozenListing.parse(listing))

/** Every file of a listing: keys and paths. */
export const filesOf = (media: readonly CatalogMedia[]): { key: string; path: string }[] =>
  media.flatMap((one) => [one, ...one.sources, ...(one.poster === null ? [] : [one.poster])]).map(({ key, path }) => ({ key, path }))

/** @param at turns a stored path into one of this machine */
export function thaw(text: string, at: (path: string) => string): CatalogListing {
  const listing = frozenListing.parse(JSON.parse(text))
  return {
    ...listing,
    media: listing.media.map((one) => ({
      ...one,
      path: at(one.path),
      sources: one.sources.map((source) => ({ ...source, path: at(source.path) })),
      poster: one.poster === null ? null : { ...one.poster, path: at(one.poster.path) },
    })),
  }
}

const words = z.array(z.string())
export const differencesIn = (text: string | null): string[] => (text === null ? [] : words.parse(JSON.parse(text)))

const intent = z.strictObject({ life: z.string() })
const creation = z.union([z.literal('ours'), z.literal('theirs'), intent])

export type Publication = {
  state: PublicationState | null
  wanted: 'live' | 'hidden'
  frozen: string | null
  fingerprint: string
  base: string | null
  /** Fingerprint of what the shop was last seen to show. */
  shown: string | null
  url: string | null
  because: string | null
  /** What was found to be different in the shop, in words; empty where it is no conflict. */
  difference: string[]
  /** The product was made by us, so that its words are ours to set. */
  made: boolean
  keep: string[]
  /** Noted before the listing is set; taken away when a fresh read shows it as wanted. */
  setting: Intent | null
  /** Noted before the listing is shown or hidden; taken away when no request of that kind can be acted on any more. */
  showing: Intent | null
  standing: Standing
}

export async function publicationOf(read: Reader, catalog: string, productId: string): Promise<Publication | null> {
  const row = await read
    .selectFrom('publication')
    .selectAll()
    .where('catalog', '=', catalog)
    .where('product_id', '=', productId)
    .executeTakeFirst()
  if (row === undefined) return null
  const marks = await read
    .selectFrom('publication_media')
    .selectAll()
    .where('catalog', '=', catalog)
    .where('product_id', '=', productId)
    .execute()
  const made = row.creation === null ? null : creation.parse(JSON.parse(row.creation))
  return {
    state: states.find((one) => one === row.state) ?? null,
    wanted: row.wanted === 'hidden' ? 'hidden' : 'live',
    frozen: row.frozen,
    fingerprint: row.fingerprint,
    base: row.base,
    shown: row.shown,
    url: row.url,
    because: row.because,
    difference: differencesIn(row.difference),
    made: made === 'ours' || typeof made === 'object',
    keep: z.array(z.string()).parse(JSON.parse(row.keep)),
    setting: row.setting === null ? null : intent.parse(JSON.parse(row.setting)),
    showing: row.showing === null ? null : intent.parse(JSON.parse(row.showing)),
    standing: {
      remoteId: row.remote_id,
      creation: typeof made === 'object' ? made : null,
      looked: row.looked === 1,
      media: new Map(
        marks.map((mark): [string, MediaMark] => [mark.key, { state: stateOf(mark.state), remoteId: mark.remote_id, life: mark.life }]),
      ),
    },
  }
}

const stateOf = (text: string): MediaMark['state'] => (text === 'there' || text === 'processing' ? text : 'intended')

/** Why nothing is sent to this shop until a person has looked; null = it is not paused. */
export async function pausedBecause(read: Reader, catalog: string): Promise<string | null> {
  const row = await read.selectFrom('connection').select('paused').where('name', '=', catalog).executeTakeFirst()
  return row?.paused ?? null
}

/** Notes the intent to show or hide these. One that was noted before stays: what was begun under it may still be acted on. */
export async function noteShowing(tx: Tx, catalog: string, productIds: readonly string[], life: string): Promise<void> {
  if (productIds.length === 0) return
  await tx
    .updateTable('publication')
    .set({ showing: JSON.stringify({ life }) })
    .where('catalog', '=', catalog)
    .where('product_id', 'in', [...productIds])
    .where('showing', 'is', null)
    .execute()
}

/** No request under this intent can be acted on any more. */
export async function forgetShowing(tx: Tx, catalog: string, productIds: readonly string[], life: string): Promise<void> {
  if (productIds.length === 0) return
  await tx
    .updateTable('publication')
    .set({ showing: null })
    .where('catalog', '=', catalog)
    .where('product_id', 'in', [...productIds])
    .where('showing', '=', JSON.stringify({ life }))
    .execute()
}

/** Notes the intent to send a file, or what became of it. `null` takes the mark away. */
export async function markMedia(
  tx: Tx,
  at: { catalog: string; productId: string },
  mediaKey: string,
  mark: (MediaMark & { unsure?: boolean }) | null,
  now: number,
): Promise<void> {
  const own = { catalog: at.catalog, product_id: at.productId, key: mediaKey }
  if (mark === null) {
    await tx
      .deleteFrom('publication_media')
      .where('catalog', '=', own.catalog)
      .where('product_id', '=', own.product_id)
      .where('key', '=', mediaKey)
      .execute()
    return
  }
  const row = { state: mark.state, remote_id: mark.remoteId, intent_at: now, life: mark.life }
  const unsure = mark.unsure === true ? { unsure: 1 } : {}
  await tx
    .insertInto('publication_media')
    .values({ ...own, ...row, ...unsure })
    .onConflict((on) => on.columns(['catalog', 'product_id', 'key']).doUpdateSet({ ...row, ...unsure }))
    .execute()
}

import { z } from 'zod'
import { type AssetId, assetId } from './ids.ts'

/**
 * What can be asked of `media://asset/<assetId>/<rendition>`. Ids, never paths, so there is no traversal to guard.
 *
 * - `thumb`: JPEG, longest side 480 px · `preview`: JPEG, longest side 2048 px · `original`: the stored file, photos only, 100 % zoom
 * - `proxy`: MP4 (H.264, faststart) that every Chromium plays, clips only
 */
export const rendition = z.enum(['thumb', 'preview', 'original', 'proxy'])
export type RenditionName = z.infer<typeof rendition>

export const mediaUrl = (id: AssetId, name: RenditionName): string => `media://asset/${id}/${name}`

/** Parses a media URL; null for anything that is not exactly one. */
export function parseMediaUrl(url: string): { assetId: AssetId; rendition: RenditionName } | null {
  const match = /^media:\/\/asset\/([0-9a-f]{64})\/([a-z]+)$/.exec(url)
  const id = assetId.safeParse(match?.[1])
  const name = rendition.safeParse(match?.[2])
  return id.success && name.success ? { assetId: id.data, rendition: name.data } : null
}

/** Thumbnails in one answer: a screenful takes a few requests instead of one each, of which every one costs the window some milliseconds. */
export const mostThumbs = 12

/** The thumbnails of these, packed (see packed.ts). */
export const thumbsUrl = (ids: readonly AssetId[]): string => `media://thumbs/${ids.join(',')}`

/** The ids of such an address; null for anything that is not exactly one. */
export function parseThumbsUrl(url: string): AssetId[] | null {
  const list = /^media:\/\/thumbs\/([0-9a-f,]+)$/.exec(url)?.[1]?.split(',')
  if (list === undefined || list.length > mostThumbs) return null
  const ids = list.map((id) => assetId.safeParse(id))
  return ids.every((id) => id.success) ? ids.map((id) => id.data) : null
}

const peekToken = /^media:\/\/peek\/([0-9a-f]{64})$/

/** The preview inside a file that is still on a card, see `card.peek`. */
export const peekUrl = (token: string): string => `media://peek/${token}`

/** The token of a peek URL; null for anything that is not exactly one. */
export const parsePeekUrl = (url: string): string | null => peekToken.exec(url)?.[1] ?? null

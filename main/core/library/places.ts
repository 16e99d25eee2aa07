import { join } from 'node:path'
import type { AssetId } from '../../contract/ids.ts'
import type { RenditionName } from '../../contract/media-url.ts'

/** Where things live inside a library. Rows hold paths relative to the library, so that it can be moved. */
export const places = {
  originals: 'originals',
  manifests: 'manifests',
  trash: 'trash',
  catalog: 'catalog',
  catalogState: 'catalog-state',
  outbox: 'outbox',
  posters: 'posters',
  cache: (id: AssetId | string, name: Exclude<RenditionName, 'original'>): string =>
    join('cache', id.slice(0, 2), `${id}-${name}.${name === 'proxy' ? 'mp4' : 'jpg'}`),
  rendition: (id: AssetId | string, recipe: string, format: 'jpeg' | 'webp'): string =>
    join('renditions', id.slice(0, 2), `${id}-${recipe}.${format === 'jpeg' ? 'jpg' : format}`),
  clip: (clipId: string, channel: string): string => join('renditions', 'clips', `${clipId}-${channel}.mp4`),
  clipPoster: (clipId: string, channel: string): string => join('renditions', 'clips', `${clipId}-${channel}.jpg`),
  /** Where exported clips go when no other folder was named: exports/<channel>. */
  exports: 'exports',
  /** Made and checked, not yet where it was asked for. */
  clipStaged: join('renditions', 'exports'),
  staged: (exportId: string): string => join('renditions', 'exports', `${exportId}.mp4`),
  clipMasters: join('cache', 'masters'),
  clipMaster: (key: string): string => join('cache', 'masters', `${key}.mp4`),
} as const

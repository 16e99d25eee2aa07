import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { PhotoRecipe } from '../../../workers/protocol.ts'
import type { CatalogListing, CatalogMedia } from '../ports.ts'
import type { Reader } from './db.ts'
import type { ProductRow } from './products.ts'

/** The channel whose rules a clip in a shop gallery follows. */
export const shopChannel = 'woocommerce'

export type Needed = { photos: { asset: string; recipe: PhotoRecipe }[]; clips: string[] }

/** What has to be rendered before this listing can be sent. */
export async function needed(read: Reader, product: ProductRow, recipes: readonly PhotoRecipe[], video: boolean): Promise<Needed> {
  const photos: Needed['photos'] = []
  for (const asset of product.assets) {
    for (const recipe of recipes) {
      const known = await read
        .selectFrom('rendition')
        .select('key')
        .where('asset_id', '=', asset)
        .where('recipe', '=', recipe.name)
        .executeTakeFirst()
      if (known === undefined) photos.push({ asset, recipe })
    }
  }
  const clips: string[] = []
  for (const clip of video ? product.clips : []) {
    const known = await read
      .selectFrom('clip_rendition')
      .select('key')
      .where('clip_id', '=', clip)
      .where('channel', '=', shopChannel)
      .executeTakeFirst()
    if (known === undefined) clips.push(clip)
  }
  return { photos, clips }
}

const mime = { jpeg: 'image/jpeg', webp: 'image/webp' } as const

/** The complete listing as it would be sent now, from the renditions that exist; photos first, then clips. */
export async function listing(
  read: Reader,
  dir: string,
  product: ProductRow,
  recipes: readonly PhotoRecipe[],
  mostMedia: number,
): Promise<CatalogListing> {
  const media: CatalogMedia[] = []
  for (const [index, asset] of product.assets.entries()) {
    const rows = await read.selectFrom('rendition').selectAll().where('asset_id', '=', asset).execute()
    const sources = recipes
      .flatMap((recipe) =>
        rows
          .filter((row) => row.recipe === recipe.name)
          .map((row) => ({
            key: row.key,
            path: join(dir, row.path),
            width: row.width,
            height: row.height,
            bytes: row.bytes,
            type: mime[recipe.format],
          })),
      )
      .sort((a, b) => a.width - b.width)
    const main = sources.at(-1)
    if (main === undefined) continue
    media.push({
      ...main,
      kind: 'image',
      alt: `${product.title}, picture ${index + 1}`,
      sources: sources.map(({ bytes: _, ...source }) => source),
      poster: null,
      durationUs: null,
    })
  }
  for (const clip of product.clips) {
    const row = await read
      .selectFrom('clip_rendition')
      .selectAll()
      .where('clip_id', '=', clip)
      .where('channel', '=', shopChannel)
      .executeTakeFirst()
    if (row === undefined) continue
    const poster =
      row.poster_key === null || row.poster_path === null || row.poster_width === null || row.poster_height === null
        ? null
        : { key: row.poster_key, path: join(dir, row.poster_path), width: row.poster_width, height: row.poster_height }
    media.push({
      key: row.key,
      path: join(dir, row.path),
      kind: 'clip',
      width: row.width,
      height: row.height,
      bytes: row.bytes,
      type: 'video/mp4',
      alt: `${product.title}, clip`,
      sources: [],
      poster,
      durationUs: row.duration_us,
    })
  }
  return {
    productId: product.id,
    handle: product.handle,
    title: product.title,
    description: '',
    sku: null,
    price: null,
    stock: null,
    visible: true,
    media: media.slice(0, mostMedia),
    updatedAt: product.updatedAt,
  }
}

/** Same fingerprint = the shop already has exactly this. */
export const fingerprint = (what: CatalogListing): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        what.handle,
        what.title,
        what.description,
        what.sku,
        what.price,
        what.stock,
        what.visible,
        what.media.map((one) => [one.key, one.alt, one.sources.map((source) => source.key), one.poster?.key ?? null]),
      ]),
    )
    .digest('hex')

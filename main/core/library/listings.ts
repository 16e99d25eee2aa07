import { createHash } from 'node:crypto'
import type { PhotoRecipe } from '../../../workers/protocol.ts'
import type { CatalogCapabilities, CatalogListing, CatalogMedia, Money } from '../catalog.ts'
import type { Reader } from './db.ts'
import type { ProductRow } from './products.ts'

export type Needed = { photos: { asset: string; recipe: PhotoRecipe }[]; clips: string[] }

/** What has to be rendered before this listing can be sent. */
export async function needed(read: Reader, product: ProductRow, { recipes, clipChannel }: CatalogCapabilities): Promise<Needed> {
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
  for (const clip of clipChannel === null ? [] : product.clips) {
    const known = await read
      .selectFrom('clip_rendition')
      .select('key')
      .where('clip_id', '=', clip)
      .where('channel', '=', clipChannel)
      .executeTakeFirst()
    if (known === undefined) clips.push(clip)
  }
  return { photos, clips }
}

const mime = { jpeg: 'image/jpeg', webp: 'image/webp' } as const

/** The complete listing as it would be sent now, from the renditions that exist; photos first, then clips. Paths relative to the library. */
export async function listing(
  read: Reader,
  product: ProductRow,
  catalog: string,
  { recipes, clipChannel }: CatalogCapabilities,
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
            path: row.path,
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
  for (const clip of clipChannel === null ? [] : product.clips) {
    const row = await read
      .selectFrom('clip_rendition')
      .selectAll()
      .where('clip_id', '=', clip)
      .where('channel', '=', clipChannel)
      .executeTakeFirst()
    if (row === undefined) continue
    const poster =
      row.poster_key === null || row.poster_path === null || row.poster_width === null || row.poster_height === null
        ? null
        : { key: row.poster_key, path: row.poster_path, width: row.poster_width, height: row.poster_height }
    media.push({
      key: row.key,
      path: row.path,
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
  const sale = await onSale(read, product.id, catalog)
  return {
    productId: product.id,
    handle: product.handle,
    title: product.title,
    description: product.description,
    sku: product.sku,
    price: sale?.price ?? product.price,
    stock: sale?.stock ?? product.stock,
    media,
    updatedAt: product.updatedAt,
  }
}

/** Price and stock of a drop that is to come or open; null when there is none. */
async function onSale(read: Reader, product: string, catalog: string): Promise<{ price: Money | null; stock: number | null } | null> {
  const row = await read
    .selectFrom('drop_product')
    .innerJoin('drop_catalog', 'drop_catalog.drop_id', 'drop_product.drop_id')
    .select(['price_minor', 'currency', 'stock'])
    .where('product_id', '=', product)
    .where('drop_catalog.catalog', '=', catalog)
    .where('drop_catalog.state', 'in', ['planned', 'open'])
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    price: row.price_minor === null || row.currency === null ? null : { minor: row.price_minor, currency: row.currency },
    stock: row.stock,
  }
}

/** What of a gallery this shop takes, hero first; `left`: what it does not, with the rule, in words. */
export function mediaThatFits(media: readonly CatalogMedia[], can: CatalogCapabilities): { media: CatalogMedia[]; left: string[] } {
  const left: string[] = []
  const most = (one: CatalogMedia): number => (one.kind === 'clip' ? (can.maxClipBytes ?? can.maxBytes) : can.maxBytes)
  const fits = media.filter((one, index) => {
    const what = one.kind === 'clip' ? 'a clip' : `picture ${index + 1}`
    const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
    const why = !can.formats.includes(one.type)
      ? `this shop takes no ${one.type.split('/')[1] ?? one.type}`
      : one.bytes > most(one)
        ? `${mb(one.bytes)}, this shop takes ${mb(most(one))}`
        : one.kind === 'image' && can.maxMegapixels !== null && one.width * one.height > can.maxMegapixels * 1e6
          ? `${((one.width * one.height) / 1e6).toFixed(0)} megapixels, this shop takes ${can.maxMegapixels}`
          : null
    if (why !== null) left.push(`${what} is left out: ${why}`)
    return why === null
  })
  const over = fits.length - can.maxPerProduct
  if (over > 0) left.push(`${over} ${over === 1 ? 'is' : 'are'} left out: this shop takes ${can.maxPerProduct} a listing`)
  return { media: fits.slice(0, can.maxPerProduct), left }
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
        what.media.map((one) => [one.key, one.alt, one.sources.map((source) => source.key), one.poster?.key ?? null]),
      ]),
    )
    .digest('hex')

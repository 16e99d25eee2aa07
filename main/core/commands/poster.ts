import { join } from 'node:path'
import type { DropId, ProductId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import { priceTag } from '../domain/money.ts'
import { slug } from '../domain/name.ts'
import { sayInstant } from '../domain/zoned.ts'
import { AppError } from '../errors.ts'
import { places } from '../library/places.ts'
import type { CommandContext } from './context.ts'
import { openCatalog } from './publish.ts'

type Sheet = { name: string; title: string; lines: string[]; qr: string }

/** Posters for the stall: a code that leads to a listing, or to the page of a drop. */
export const posterCommands = (ctx: CommandContext): Pick<Handlers, 'poster.make'> => ({
  'poster.make': async ({ catalog, productId, dropId }) => {
    const shop = await openCatalog(ctx, catalog)
    if ((productId === null) === (dropId === null)) throw new AppError('invalid-input', 'A poster is for a product or for a drop')
    const sheet = productId !== null ? await ofProduct(ctx, catalog, productId) : await ofDrop(ctx, catalog, shop.kind, dropId)
    const outPath = join(ctx.library.dir, places.posters, `${sheet.name}.pdf`)
    const { name: _, ...words } = sheet
    const reply = await ctx.pool.run('crop.poster', { ...words, foot: sheet.qr, outPath }, { signal: new AbortController().signal })
    if (reply.kind === 'done') return { path: reply.out.path, address: sheet.qr }
    throw new AppError('unavailable', reply.kind === 'refused' ? `No poster: ${reply.because}` : 'It was stopped')
  },
})

const isPublic = (url: string | null): url is string => url !== null && /^https?:/.test(url)
const noAddress = (): AppError =>
  new AppError('unavailable', 'It has no public address yet, so a code would lead nowhere', {
    next: 'Publish it to a shop with a web address, then make the poster.',
  })

async function ofProduct(ctx: CommandContext, catalog: string, id: ProductId): Promise<Sheet> {
  const row = await ctx.library.db
    .selectFrom('publication')
    .innerJoin('product', 'product.id', 'publication.product_id')
    .select(['product.title', 'product.handle', 'product.price_minor', 'product.currency', 'publication.url'])
    .where('publication.catalog', '=', catalog)
    .where('publication.product_id', '=', id)
    .executeTakeFirst()
  if (row === undefined || !isPublic(row.url)) throw noAddress()
  const price = row.price_minor === null || row.currency === null ? [] : [priceTag({ minor: row.price_minor, currency: row.currency })]
  return { name: `${row.handle}-${catalog}`, title: row.title, lines: price, qr: row.url }
}

async function ofDrop(ctx: CommandContext, catalog: string, kind: string, id: DropId | null): Promise<Sheet> {
  const { db } = ctx.library
  const drop = await db
    .selectFrom('sale_drop')
    .selectAll()
    .where('id', '=', id ?? '')
    .executeTakeFirst()
  if (drop === undefined) throw new AppError('not-found', 'This drop is not in the library')
  const rows = await db
    .selectFrom('publication')
    .innerJoin('drop_product', 'drop_product.product_id', 'publication.product_id')
    .select('publication.url')
    .where('drop_product.drop_id', '=', drop.id)
    .where('publication.catalog', '=', catalog)
    .orderBy('drop_product.position')
    .execute()
  const [first] = rows.map((row) => row.url).filter(isPublic)
  // The storefront of a folder has a page for the drop itself; elsewhere a drop of one listing leads to that.
  const qr =
    first === undefined ? null : kind === 'local' ? new URL(`../../drops/${drop.id}/`, first).href : rows.length === 1 ? first : null
  if (qr === null) {
    if (first === undefined) throw noAddress()
    throw new AppError('unavailable', 'This shop has no page for a drop of several products', { next: 'Make one poster for each product.' })
  }
  const until = drop.closes_at === null ? [] : [`until ${sayInstant(drop.closes_at, drop.zone)}`]
  return { name: `${slug(drop.title)}-${drop.id}`, title: drop.title, lines: [sayInstant(drop.opens_at, drop.zone), ...until], qr }
}

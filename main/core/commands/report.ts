import { productId } from '../../contract/ids.ts'
import { type Receipt, receipt } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { csvCell } from '../domain/csv.ts'
import { AppError } from '../errors.ts'
import type { Reader } from '../library/db.ts'
import { thaw } from '../library/publications.ts'
import { shotFor } from '../library/shot-for.ts'
import type { CommandContext } from './context.ts'

/** What was shot, picked, published and when, of one drop or of everything. */
export const reportCommands = (ctx: CommandContext): Pick<Handlers, 'report.receipt' | 'report.csv'> => ({
  'report.receipt': ({ dropId }) => receiptOf(ctx.library.db, dropId),
  'report.csv': async ({ dropId }) => {
    const { lines } = await receiptOf(ctx.library.db, dropId)
    const head = ['product', 'sku', 'catalog', 'state', 'images', 'clips', 'live at', 'minutes from card to live', 'address']
    const rows = lines.map((line) =>
      [line.title, line.sku, line.catalog, line.state, line.images, line.clips, line.liveAt, line.minutesFromCard, line.url]
        .map(csvCell)
        .join(','),
    )
    return { text: `${[head.join(','), ...rows].join('\r\n')}\r\n` }
  },
})

async function receiptOf(read: Reader, dropId: string | null): Promise<Receipt> {
  const drop =
    dropId === null ? null : ((await read.selectFrom('sale_drop').selectAll().where('id', '=', dropId).executeTakeFirst()) ?? undefined)
  if (drop === undefined) throw new AppError('not-found', 'This drop is not in the library')
  const ids =
    drop === null
      ? null
      : (await read.selectFrom('drop_product').select('product_id').where('drop_id', '=', drop.id).execute()).map((row) => row.product_id)
  const mine = <T extends { product_id: string }>(rows: T[]): T[] =>
    ids === null ? rows : rows.filter((row) => ids.includes(row.product_id))
  const sent = mine(
    await read
      .selectFrom('publication')
      .innerJoin('product', 'product.id', 'publication.product_id')
      .select([
        'publication.product_id',
        'product.title',
        'product.sku',
        'publication.catalog',
        'publication.state',
        'publication.frozen',
        'publication.url',
        'publication.live_at',
      ])
      .orderBy('product.created_at')
      .execute(),
  )
  const homes = mine(
    await read
      .selectFrom('product_asset')
      .innerJoin('asset', 'asset.id', 'product_asset.asset_id')
      .select(['product_asset.product_id', 'asset.id', 'asset.name', 'asset.added_at'])
      .execute(),
  )
  const firstIn = new Map<string, string>()
  for (const home of homes) {
    const known = firstIn.get(home.product_id)
    if (known === undefined || home.added_at < known) firstIn.set(home.product_id, home.added_at)
  }
  const lines = sent.map((row) => {
    const media = row.frozen === null ? [] : thaw(row.frozen, (path) => path).media
    const images = media.filter((one) => one.kind === 'image').length
    const from = firstIn.get(row.product_id)
    return {
      productId: productId.parse(row.product_id),
      title: row.title,
      sku: row.sku,
      catalog: row.catalog,
      state: row.state,
      images,
      clips: media.length - images,
      url: row.url,
      liveAt: row.live_at,
      minutesFromCard:
        row.live_at === null || from === undefined ? null : Math.round(((Date.parse(row.live_at) - Date.parse(from)) / 60_000) * 10) / 10,
    }
  })
  const live = sent.filter((row) => row.state === 'published')
  const reuse = [...Map.groupBy(homes, (home) => home.id)].flatMap(([id, rows]) => {
    const listings = new Set(rows.map((row) => row.product_id))
    const channels = new Set(live.filter((row) => listings.has(row.product_id)).map((row) => row.catalog))
    return channels.size === 0 ? [] : [{ assetId: id, name: rows[0]?.name ?? '', listings: listings.size, channels: channels.size }]
  })
  const count = async (table: 'asset' | 'standing'): Promise<number> => {
    const row =
      table === 'asset'
        ? await read
            .selectFrom('asset')
            .select((e) => e.fn.countAll<number>().as('n'))
            .executeTakeFirstOrThrow()
        : await read
            .selectFrom('standing')
            .select((e) => e.fn.countAll<number>().as('n'))
            .where('decision', '=', 'pick')
            .executeTakeFirstOrThrow()
    return row.n
  }
  return receipt.parse({
    title: drop === null ? 'Everything' : drop.title,
    from: [...firstIn.values()].toSorted()[0] ?? null,
    shot: ids === null ? await count('asset') : (await shotFor(read, new Set(ids))).size,
    picked: drop === null ? await count('standing') : homes.length,
    published: new Set(live.map((row) => row.product_id)).size,
    lines,
    reuse,
  })
}

import { createHash } from 'node:crypto'
import { productId } from '../../contract/ids.ts'
import type { ImportPlan } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { slug } from '../domain/name.ts'
import { readSheet, type SheetLine, writeSheet } from '../domain/product-sheet.ts'
import { AppError } from '../errors.ts'
import type { Reader, Tx } from '../library/db.ts'
import type { CommandContext } from './context.ts'
import { productViews } from './product.ts'

/** SKU, title, description, price and stock: typed, or from a sheet. */
export const productWordsCommands = (ctx: CommandContext): Pick<Handlers, 'product.edit' | 'product.import' | 'product.sheet'> => ({
  'product.edit': async ({ productId: id, title, description, sku, price, stock }) => {
    await ctx.write(async (tx) => {
      if (sku !== undefined && sku !== null) {
        const other = await tx.selectFrom('product').select('title').where('sku', '=', sku).where('id', '<>', id).executeTakeFirst()
        if (other !== undefined)
          throw new AppError('conflict', `“${other.title}” has the SKU ${sku} already`, { next: 'Give each product its own SKU.' })
      }
      const done = await tx
        .updateTable('product')
        .set({
          updated_at: ctx.now(),
          ...(title === undefined ? {} : { title }),
          ...(description === undefined ? {} : { description }),
          ...(sku === undefined ? {} : { sku }),
          ...(price === undefined ? {} : { price_minor: price?.minor ?? null, currency: price?.currency ?? null }),
          ...(stock === undefined ? {} : { stock }),
        })
        .where('id', '=', id)
        .executeTakeFirst()
      if (done.numUpdatedRows === 0n) throw new AppError('not-found', 'This listing is not in the library any more')
      return { out: undefined }
    })
    ctx.emit('products.changed', {})
    const found = (await productViews(ctx.library.db)).find((one) => one.id === id)
    if (found === undefined) throw new AppError('not-found', 'This listing has no pictures any more')
    return found
  },
  'product.import': async ({ text, currency, apply }) => {
    const sheet = readSheet(text, currency)
    if (sheet.columns['sku'] === undefined && sheet.columns['title'] === undefined)
      throw new AppError('invalid-input', 'No column of this sheet is called SKU or title', {
        next: 'Its first line must name the columns, for example: SKU,Title,Price,Stock',
      })
    const plan = async (read: Reader, tx: Tx | null): Promise<ImportPlan> => {
      const lines: ImportPlan['lines'] = []
      for (const line of sheet.lines) lines.push(await take(read, tx, line, ctx.now()))
      return { lines, columns: sheet.columns, ignored: sheet.ignored }
    }
    if (!apply) return plan(ctx.library.db, null)
    const done = await ctx.write(async (tx) => ({ out: await plan(tx, tx) }))
    ctx.emit('products.changed', {})
    return done
  },
  'product.sheet': async () => ({ text: writeSheet(await productViews(ctx.library.db)) }),
})

/** What one line does; with `tx` it does it. By SKU, else by title. */
async function take(read: Reader, tx: Tx | null, line: SheetLine, now: string): Promise<ImportPlan['lines'][number]> {
  const said = { line: line.line, sku: line.sku, title: line.title ?? line.sku ?? '' }
  if (line.because !== null) return { ...said, does: 'refused', because: line.because }
  const bySku = line.sku === null ? undefined : await read.selectFrom('product').selectAll().where('sku', '=', line.sku).executeTakeFirst()
  const byTitle =
    bySku ??
    (line.title === null
      ? undefined
      : await read.selectFrom('product').selectAll().where('title', '=', line.title).where('sku', 'is', null).executeTakeFirst())
  const row = bySku ?? byTitle
  const values = {
    ...(line.title === null ? {} : { title: line.title.slice(0, 200) }),
    ...(line.sku === null ? {} : { sku: line.sku.slice(0, 100) }),
    ...(line.description === null ? {} : { description: line.description.slice(0, 20_000) }),
    ...(line.price === null ? {} : { price_minor: line.price.minor, currency: line.price.currency }),
    ...(line.stock === null ? {} : { stock: line.stock }),
  }
  if (row !== undefined) {
    const differs = Object.entries(values).some(([name, value]) => Object.entries(row).find(([known]) => known === name)?.[1] !== value)
    if (differs && tx !== null)
      await tx
        .updateTable('product')
        .set({ ...values, updated_at: now })
        .where('id', '=', row.id)
        .execute()
    return { ...said, does: differs ? 'change' : 'same', because: null }
  }
  if (tx !== null) {
    const origin = `sheet-${line.sku ?? line.title ?? ''}`
    const id = productId.parse(`p-${createHash('sha256').update(origin).digest('hex').slice(0, 16)}`)
    const base = slug(said.title)
    const taken = await tx.selectFrom('product').select('id').where('handle', '=', base).executeTakeFirst()
    await tx
      .insertInto('product')
      .values({
        id,
        handle: taken === undefined ? base : `${base}-${id.slice(2, 8)}`,
        made_from: origin,
        created_at: now,
        updated_at: now,
        ...values,
        title: said.title.slice(0, 200),
      })
      .onConflict((on) => on.column('id').doUpdateSet({ ...values, updated_at: now }))
      .execute()
  }
  return { ...said, does: 'new', because: null }
}

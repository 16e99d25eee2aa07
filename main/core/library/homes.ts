import { z } from 'zod'
import type { Tx } from './db.ts'

/** The product a picked photo or clip is in, and its place there; a place of null = behind the others. */
const home = z.strictObject({ product: z.string(), position: z.number().int().nullable() })
export type Home = z.infer<typeof home>

/** What is kept of it in the history. */
export const homeText = z.preprocess((text) => (typeof text === 'string' ? JSON.parse(text) : text), home.nullable())

/**
 * Puts photos and clips into products, one row of history for each that really moves; says which ones. null = into none: what is picked finds its
 * way by itself then (see draft). Part of an act, see decisions.ts. What a picture shows goes along.
 */
export async function moveHomes(tx: Tx, batch: string, wanted: ReadonlyMap<string, Home | null>, now: string): Promise<string[]> {
  const moved: string[] = []
  for (const [asset, to] of wanted) {
    const was = await tx
      .selectFrom('product_asset')
      .select(['product_id', 'position', 'role'])
      .where('asset_id', '=', asset)
      .executeTakeFirst()
    if ((was?.product_id ?? null) === (to?.product ?? null)) continue
    await tx.deleteFrom('product_asset').where('asset_id', '=', asset).execute()
    const value: Home | null = to === null ? null : { ...to, position: await placeIn(tx, to) }
    if (value !== null) {
      const row = { product_id: value.product, asset_id: asset, position: value.position ?? 0, role: was?.role ?? null }
      await tx.insertInto('product_asset').values(row).execute()
    }
    const previous: Home | null = was === undefined ? null : { product: was.product_id, position: was.position }
    const told = { batch, asset_id: asset, field: 'product', value: JSON.stringify(value), previous: JSON.stringify(previous) }
    await tx.insertInto('rating').values(told).execute()
    for (const id of [value?.product, previous?.product])
      if (id !== undefined) await tx.updateTable('product').set({ updated_at: now }).where('id', '=', id).execute()
    moved.push(asset)
  }
  return moved
}

/** Makes room at a place, or finds the one behind the others. */
async function placeIn(tx: Tx, { product, position }: Home): Promise<number> {
  if (position === null) {
    const last = await tx
      .selectFrom('product_asset')
      .select((e) => e.fn.max('position').as('at'))
      .where('product_id', '=', product)
      .executeTakeFirst()
    return (last?.at ?? -1) + 1
  }
  await tx
    .updateTable('product_asset')
    .set((e) => ({ position: e('position', '+', 1) }))
    .where('product_id', '=', product)
    .where('position', '>=', position)
    .execute()
  return position
}

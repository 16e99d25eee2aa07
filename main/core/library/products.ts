import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { stem } from '../domain/card.ts'
import { draftTitle, nearestInTime } from '../domain/draft.ts'
import { shownName, slug } from '../domain/name.ts'
import type { Reader, Tx } from './db.ts'
import { decisions } from './decisions.ts'

export type ProductRow = { id: string; handle: string; title: string; assets: string[]; clips: string[]; updatedAt: string }

/**
 * Keeps the draft listings in step with the picks: each picked stack is one draft, picked clips go to the draft nearest in time.
 * A title that a person typed stays; an asset that is no longer picked leaves its listing.
 */
export async function draft(tx: Tx, now: string): Promise<void> {
  const made = await decisions(tx)
  const removed = new Set((await tx.selectFrom('removal').select('asset_id').execute()).map((row) => row.asset_id))
  const picked = new Set([...made].filter(([id, what]) => what === 'pick' && !removed.has(id)).map(([id]) => id))
  for (const row of await tx.selectFrom('product_asset').select(['product_id', 'asset_id']).execute()) {
    if (!picked.has(row.asset_id))
      await tx.deleteFrom('product_asset').where('product_id', '=', row.product_id).where('asset_id', '=', row.asset_id).execute()
  }
  const placed = new Set((await tx.selectFrom('product_asset').select('asset_id').execute()).map((row) => row.asset_id))
  const open = await tx
    .selectFrom('asset')
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .leftJoin('stack_member', 'stack_member.asset_id', 'asset.id')
    .select([
      'asset.id',
      'asset.kind',
      'asset.name',
      'asset.modified_ms',
      'analysis.captured_at',
      'analysis.state',
      'stack_member.stack_id',
      'stack_member.rank',
    ])
    .orderBy('analysis.captured_at')
    .orderBy('asset.name')
    .orderBy('asset.id')
    .execute()
  const time = (row: (typeof open)[number]): number => Date.parse(`${row.captured_at ?? ''}Z`) || row.modified_ms
  const photos = open.filter((row) => row.kind === 'photo' && picked.has(row.id) && !placed.has(row.id))
  // Listings in shooting order; within a stack the best frame first.
  const byStack = Map.groupBy(photos, (photo) => photo.stack_id ?? photo.id)
  for (const photo of [...byStack.values()].flatMap((stack) => stack.toSorted((a, b) => (a.rank ?? 1) - (b.rank ?? 1)))) {
    const mates = open.filter((row) => row.stack_id !== null && row.stack_id === photo.stack_id).map((row) => row.id)
    const known =
      mates.length === 0
        ? undefined
        : await tx.selectFrom('product_asset').select('product_id').where('asset_id', 'in', mates).executeTakeFirst()
    const product =
      known?.product_id ?? (await create(tx, draftTitle(photo.captured_at, stem(shownName(photo.name))), photo.stack_id ?? photo.id, now))
    await append(tx, product, photo.id)
  }
  const times: { product: string; at: number }[] = []
  const homes = await tx.selectFrom('product_asset').select(['product_id', 'asset_id']).execute()
  for (const home of homes) {
    const row = open.find((one) => one.id === home.asset_id)
    if (row?.kind === 'photo') times.push({ product: home.product_id, at: time(row) })
  }
  for (const clip of open.filter((row) => row.kind === 'clip' && picked.has(row.id) && !placed.has(row.id))) {
    const home =
      nearestInTime(time(clip), times) ??
      (await create(tx, draftTitle(clip.captured_at, stem(shownName(clip.name))), clip.stack_id ?? clip.id, now))
    await append(tx, home, clip.id)
  }
}

async function create(tx: Tx, title: string, from: string, now: string): Promise<string> {
  const known = await tx.selectFrom('product').select('id').where('made_from', '=', from).executeTakeFirst()
  if (known !== undefined) return known.id
  const id = `p-${createHash('sha256').update(from).digest('hex').slice(0, 16)}`
  const base = slug(title)
  const taken = await tx.selectFrom('product').select('id').where('handle', '=', base).executeTakeFirst()
  await tx
    .insertInto('product')
    .values({
      id,
      handle: taken === undefined ? base : `${base}-${id.slice(2, 8)}`,
      title,
      made_from: from,
      created_at: now,
      updated_at: now,
    })
    .execute()
  return id
}

async function append(tx: Tx, product: string, asset: string): Promise<void> {
  const last = await tx
    .selectFrom('product_asset')
    .select((e) => e.fn.max('position').as('at'))
    .where('product_id', '=', product)
    .executeTakeFirst()
  await tx
    .insertInto('product_asset')
    .values({ product_id: product, asset_id: asset, position: (last?.at ?? -1) + 1 })
    .onConflict((on) => on.doNothing())
    .execute()
}

/** Listings in order of making, photos hero first; `clips` are the best clip of each picked take. */
export async function products(read: Reader): Promise<ProductRow[]> {
  const rows = await read
    .selectFrom('product')
    .select(['id', 'handle', 'title', 'updated_at'])
    .orderBy('created_at')
    .orderBy(sql`product.rowid`)
    .execute()
  const lines = await read
    .selectFrom('product_asset')
    .innerJoin('asset', 'asset.id', 'product_asset.asset_id')
    .leftJoin('clip', (join) => join.onRef('clip.asset_id', '=', 'asset.id').on('clip.place', '=', 0))
    .select(['product_asset.product_id', 'asset.id', 'asset.kind', 'clip.id as clip'])
    .orderBy('product_asset.position')
    .execute()
  return rows.map((row) => {
    const own = lines.filter((line) => line.product_id === row.id)
    return {
      id: row.id,
      handle: row.handle,
      title: row.title,
      updatedAt: row.updated_at,
      assets: own.filter((line) => line.kind === 'photo').map((line) => line.id),
      clips: own.flatMap((line) => (line.kind === 'clip' && line.clip !== null ? [line.clip] : [])),
    }
  })
}

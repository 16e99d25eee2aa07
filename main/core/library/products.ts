import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Money } from '../catalog.ts'
import { stem } from '../domain/card.ts'
import { draftTitle, nearestInTime } from '../domain/draft.ts'
import { shownName, slug } from '../domain/name.ts'
import { AppError } from '../errors.ts'
import { inChunks } from './chunks.ts'
import { bestPlace } from './clips.ts'
import type { Reader, Tx } from './db.ts'

export type ProductRow = {
  id: string
  handle: string
  title: string
  description: string
  sku: string | null
  price: Money | null
  stock: number | null
  assets: string[]
  clips: string[]
  updatedAt: string
}

/**
 * Keeps the draft listings in step with the picks: each picked stack is one draft, picked clips go to the draft nearest in time.
 * A title that a person typed stays; an asset that is no longer picked leaves its listing.
 * Reads and writes in sets, never one asset at a time: it runs inside every decision.
 */
export async function draft(tx: Tx, now: string): Promise<void> {
  const picked = await picks(tx)
  const homes = await tx.selectFrom('product_asset').select(['product_id', 'asset_id', 'position']).execute()
  const left = homes.filter((home) => !picked.has(home.asset_id)).map((home) => home.asset_id)
  await inChunks(left, (ids) => tx.deleteFrom('product_asset').where('asset_id', 'in', ids).execute())
  const kept = homes.filter((home) => picked.has(home.asset_id))
  const placed = new Set(kept.map((home) => home.asset_id))
  const waiting = await shots(
    tx,
    [...picked].filter((id) => !placed.has(id)),
  )
  if (waiting.length === 0) return
  const desk = await openDesk(tx, kept, now)
  // Listings in shooting order; within a stack the best frame first.
  const stacks = Map.groupBy(
    waiting.filter((shot) => shot.kind === 'photo'),
    (shot) => shot.stack ?? shot.id,
  )
  const mates = await matesOf(tx, [...stacks.keys()])
  for (const [key, stack] of stacks) {
    const known = (mates.get(key) ?? []).map((id) => desk.homeOf.get(id)).find((id) => id !== undefined)
    for (const shot of stack.toSorted((a, b) => (a.rank ?? 1) - (b.rank ?? 1))) desk.append(known ?? desk.productFor(shot), shot.id)
  }
  const clips = waiting.filter((shot) => shot.kind === 'clip')
  const photos = clips.length === 0 ? [] : (await shots(tx, [...desk.homeOf.keys()])).filter((shot) => shot.kind === 'photo')
  const times = photos.map((shot) => ({ product: desk.homeOf.get(shot.id) ?? '', at: shot.at }))
  for (const clip of clips) desk.append(nearestInTime(clip.at, times) ?? desk.productFor(clip), clip.id)
  await desk.save()
}

/** Assets whose newest decision is a pick, and that were not removed. */
async function picks(read: Reader): Promise<Set<string>> {
  const rows = await read
    .selectFrom('decision as d')
    .leftJoin('removal', 'removal.asset_id', 'd.asset_id')
    .select('d.asset_id')
    .where('d.decision', '=', 'pick')
    .where('removal.asset_id', 'is', null)
    .where('d.seq', '=', (e) =>
      e
        .selectFrom('decision as last')
        .select((m) => m.fn.max('last.seq').as('seq'))
        .whereRef('last.asset_id', '=', 'd.asset_id'),
    )
    .execute()
  return new Set(rows.map((row) => row.asset_id))
}

type Shot = { id: string; kind: string; name: string; capturedAt: string | null; at: number; stack: string | null; rank: number | null }

/** These assets in shooting order. */
async function shots(read: Reader, ids: readonly string[]): Promise<Shot[]> {
  const found = await inChunks(ids, (some) =>
    read
      .selectFrom('asset')
      .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
      .leftJoin('stack_member', 'stack_member.asset_id', 'asset.id')
      .select([
        'asset.id',
        'asset.kind',
        'asset.name',
        'asset.modified_ms',
        'analysis.captured_at',
        'stack_member.stack_id',
        'stack_member.rank',
      ])
      .where('asset.id', 'in', some)
      .execute(),
  )
  const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  return found
    .toSorted((a, b) => text(a.captured_at ?? '', b.captured_at ?? '') || text(a.name, b.name) || text(a.id, b.id))
    .map((row) => ({
      id: row.id,
      kind: row.kind,
      name: row.name,
      capturedAt: row.captured_at,
      at: Date.parse(`${row.captured_at ?? ''}Z`) || row.modified_ms,
      stack: row.stack_id,
      rank: row.rank,
    }))
}

/** Every member of these stacks, by stack. */
async function matesOf(read: Reader, stacks: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await inChunks(stacks, (some) =>
    read.selectFrom('stack_member').select(['asset_id', 'stack_id']).where('stack_id', 'in', some).execute(),
  )
  const members = new Map<string, string[]>()
  for (const row of rows) members.set(row.stack_id, [...(members.get(row.stack_id) ?? []), row.asset_id])
  return members
}

type Desk = {
  homeOf: Map<string, string>
  productFor(shot: Shot): string
  append(product: string, asset: string): void
  save(): Promise<void>
}

/** Where new listings and their lines are gathered, to be written at once. */
async function openDesk(tx: Tx, homes: readonly { product_id: string; asset_id: string; position: number }[], now: string): Promise<Desk> {
  const known = await tx.selectFrom('product').select(['id', 'handle', 'made_from']).execute()
  const byOrigin = new Map(known.map((row) => [row.made_from, row.id]))
  const handles = new Set(known.map((row) => row.handle))
  const next = new Map<string, number>()
  for (const home of homes) next.set(home.product_id, Math.max(next.get(home.product_id) ?? 0, home.position + 1))
  const homeOf = new Map(homes.map((home) => [home.asset_id, home.product_id]))
  const products: { id: string; handle: string; title: string; made_from: string; created_at: string; updated_at: string }[] = []
  const lines: { product_id: string; asset_id: string; position: number }[] = []
  return {
    homeOf,
    productFor(shot) {
      const from = shot.stack ?? shot.id
      const there = byOrigin.get(from)
      if (there !== undefined) return there
      const id = `p-${createHash('sha256').update(from).digest('hex').slice(0, 16)}`
      const title = draftTitle(shot.capturedAt, stem(shownName(shot.name)))
      const base = slug(title)
      const handle = handles.has(base) ? `${base}-${id.slice(2, 8)}` : base
      handles.add(handle)
      byOrigin.set(from, id)
      products.push({ id, handle, title, made_from: from, created_at: now, updated_at: now })
      return id
    },
    append(product, asset) {
      const position = next.get(product) ?? 0
      next.set(product, position + 1)
      homeOf.set(asset, product)
      lines.push({ product_id: product, asset_id: asset, position })
    },
    async save() {
      await inChunks(products, (some) => tx.insertInto('product').values(some).execute())
      await inChunks(lines, (some) =>
        tx
          .insertInto('product_asset')
          .values(some)
          .onConflict((on) => on.doNothing())
          .execute(),
      )
    },
  }
}

/** A new listing, titled like a draft made from this asset. @param origin what tells it from every other @returns its id */
export async function createFrom(tx: Tx, asset: string, origin: string, now: string): Promise<string> {
  const [shot] = await shots(tx, [asset])
  if (shot === undefined) throw new AppError('not-found', 'This photo or clip is not in the library')
  const desk = await openDesk(tx, [], now)
  const id = desk.productFor({ ...shot, stack: origin })
  await desk.save()
  return id
}

/** Listings in order of making, photos hero first; `clips` are the best clip of each picked take. @param only this one */
export async function products(read: Reader, only: string | null = null): Promise<ProductRow[]> {
  const rows = await read
    .selectFrom('product')
    .selectAll()
    .$if(only !== null, (query) => query.where('id', '=', only ?? ''))
    .orderBy('created_at')
    .orderBy(sql`product.rowid`)
    .execute()
  const lines = await read
    .selectFrom('product_asset')
    .innerJoin('asset', 'asset.id', 'product_asset.asset_id')
    .leftJoin('clip', (join) => join.onRef('clip.asset_id', '=', 'asset.id').on('clip.place', '=', bestPlace('asset.id')))
    .select(['product_asset.product_id', 'asset.id', 'asset.kind', 'clip.id as clip'])
    .$if(only !== null, (query) => query.where('product_asset.product_id', '=', only ?? ''))
    .orderBy('product_asset.position')
    .execute()
  const byProduct = Map.groupBy(lines, (line) => line.product_id)
  return rows.map((row) => {
    const own = byProduct.get(row.id) ?? []
    return {
      id: row.id,
      handle: row.handle,
      title: row.title,
      updatedAt: row.updated_at,
      description: row.description,
      sku: row.sku,
      price: row.price_minor === null || row.currency === null ? null : { minor: row.price_minor, currency: row.currency },
      stock: row.stock,
      assets: own.filter((line) => line.kind === 'photo').map((line) => line.id),
      clips: own.flatMap((line) => (line.kind === 'clip' && line.clip !== null ? [line.clip] : [])),
    }
  })
}

import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { type ClipChoice, type Comparison, type Decision, decision, type Label, label, rating } from '../../contract/views.ts'
import { type ActPart, actWords } from '../domain/act.ts'
import { AppError } from '../errors.ts'
import { appendChoices, choicesOf } from './clip-choices.ts'
import { type OwnRange, ownRanges, ownRangesText, setOwnRanges } from './clips.ts'
import type { Reader, Tx } from './db.ts'
import { type Home, homeText, moveHomes } from './homes.ts'
import { appendPreference, preferencesOf } from './preferences.ts'

/** What one act asks for. Decisions, stars and labels of many photos at once are one act, and one undo. */
export type Wanted = {
  decisions?: ReadonlyMap<string, Decision>
  /** null = take the stars away. */
  ratings?: ReadonlyMap<string, number | null>
  labels?: ReadonlyMap<string, Label | null>
  /** By clip, not by asset. */
  choices?: ReadonlyMap<string, ClipChoice>
  /** A person's own in and out points, by take. */
  ranges?: ReadonlyMap<string, readonly OwnRange[]>
  /** The product each of them is in. */
  homes?: ReadonlyMap<string, Home | null>
  /** One photo over another; holds as long as the act does. */
  preference?: Comparison
}

/** The decision of every asset that has one. */
export async function decisions(read: Reader): Promise<Map<string, Decision>> {
  const rows = await read.selectFrom('standing').select(['asset_id', 'decision']).where('decision', '<>', 'undecided').execute()
  return new Map(rows.map((row) => [row.asset_id, decision.parse(row.decision)]))
}

/**
 * Does one act: appends one row per asset and field whose value really changes, and says which assets those are. Earlier rows are never touched.
 * @param by `human`, `suggestion`, or what else made it
 */
export async function act(tx: Tx, wanted: Wanted, by: string, now: string): Promise<string[]> {
  const id = randomUUID()
  const changed = await append(tx, id, wanted, by, now, null)
  if (changed.length === 0) return []
  // What was undone before cannot be done again any more.
  await sql`update act set undone = 2 where kind = 'do' and undone = 1`.execute(tx)
  await tx.insertInto('act').values({ id, kind: 'do', of: null, made_by: by, at: now }).execute()
  return changed
}

async function append(tx: Tx, id: string, wanted: Wanted, by: string, now: string, undoes: string | null): Promise<string[]> {
  const changed = new Set<string>()
  // The batch goes over as one JSON text: one statement for one photo or for ten thousand.
  const text = (of: ReadonlyMap<string, unknown>): string => JSON.stringify([...of])
  if (wanted.decisions !== undefined && wanted.decisions.size > 0) {
    const { rows } = await sql<{ asset_id: string }>`
      insert into decision (batch, asset_id, decision, previous, made_by, undoes, at)
      select ${id}, j.value->>0, j.value->>1, coalesce(s.decision, 'undecided'), ${by}, ${undoes}, ${now}
      from json_each(${text(wanted.decisions)}) as j left join standing as s on s.asset_id = j.value->>0
      where coalesce(s.decision, 'undecided') <> j.value->>1
      returning asset_id`.execute(tx)
    for (const row of rows) changed.add(row.asset_id)
    await sql`
      insert into standing (asset_id, decision) select asset_id, decision from decision where batch = ${id}
      on conflict (asset_id) do update set decision = excluded.decision`.execute(tx)
  }
  for (const [field, values] of [['rating', wanted.ratings] as const, ['label', wanted.labels] as const]) {
    if (values === undefined || values.size === 0) continue
    const column = sql.ref(field)
    const { rows } = await sql<{ asset_id: string }>`
      insert into rating (batch, asset_id, field, value, previous)
      select ${id}, j.value->>0, ${field}, cast(j.value->>1 as text), cast(s.${column} as text)
      from json_each(${text(values)}) as j left join standing as s on s.asset_id = j.value->>0
      where s.${column} is not j.value->>1
      returning asset_id`.execute(tx)
    for (const row of rows) changed.add(row.asset_id)
    const value = field === 'rating' ? sql`cast(value as integer)` : sql`value`
    await sql`
      insert into standing (asset_id, ${column}) select asset_id, ${value} from rating where batch = ${id} and field = ${field}
      on conflict (asset_id) do update set ${column} = excluded.${column}`.execute(tx)
  }
  if (wanted.homes !== undefined) for (const one of await moveHomes(tx, id, wanted.homes, now)) changed.add(one)
  if (wanted.preference !== undefined) for (const one of await appendPreference(tx, id, wanted.preference, now)) changed.add(one)
  if (wanted.choices !== undefined) for (const take of await appendChoices(tx, id, wanted.choices, now)) changed.add(take)
  for (const [take, ranges] of wanted.ranges ?? []) {
    const [previous, value] = [JSON.stringify(await ownRanges(tx, take)), JSON.stringify(ranges)]
    if (previous === value) continue
    await setOwnRanges(tx, take, ranges)
    await tx.insertInto('rating').values({ batch: id, asset_id: take, field: 'range', value, previous }).execute()
    changed.add(take)
  }
  return [...changed]
}

/** `compared`: what the last of them had said of two photos, if it was about that. */
export type Undone = { changed: string[]; what: string | null; compared: Comparison | null }

/** Puts back what the newest act that holds had changed; with `through`, all acts down to that one. */
export const undo = (tx: Tx, through: string | null, now: string): Promise<Undone> => turn(tx, 'undo', through, now)

/** Does again what was undone last; with `through`, all up to that one. */
export const redo = (tx: Tx, through: string | null, now: string): Promise<Undone> => turn(tx, 'redo', through, now)

async function turn(tx: Tx, kind: 'undo' | 'redo', through: string | null, now: string): Promise<Undone> {
  const query = tx
    .selectFrom('act')
    .select(['id', 'seq'])
    .where('kind', '=', 'do')
    .where('undone', '=', kind === 'undo' ? 0 : 1)
    .orderBy('seq', kind === 'undo' ? 'desc' : 'asc')
  if (through === null) {
    const next = await query.executeTakeFirst()
    return next === undefined ? { changed: [], what: null, compared: null } : turnOne(tx, kind, next.id, now)
  }
  const acts = await query.execute()
  const last = acts.findIndex((one) => one.id === through)
  if (last < 0)
    throw new AppError('not-found', kind === 'undo' ? 'This was undone already' : 'This cannot be done again any more', {
      next: 'Look at the history again.',
    })
  const changed = new Set<string>()
  let [what, compared]: [string | null, Comparison | null] = [null, null]
  for (const one of acts.slice(0, last + 1)) {
    const turned = await turnOne(tx, kind, one.id, now)
    for (const asset of turned.changed) changed.add(asset)
    ;({ what, compared } = turned)
  }
  return { changed: [...changed], what: last === 0 ? what : `${last + 1} steps`, compared }
}

async function turnOne(tx: Tx, kind: 'undo' | 'redo', target: string, now: string): Promise<Undone> {
  const decided = await tx.selectFrom('decision').select(['asset_id', 'decision', 'previous']).where('batch', '=', target).execute()
  const rated = await tx.selectFrom('rating').select(['asset_id', 'field', 'value', 'previous']).where('batch', '=', target).execute()
  const chosen = await choicesOf(tx, [target])
  const to = (row: { value: string | null; previous: string | null }): string | null => (kind === 'undo' ? row.previous : row.value)
  const number = (value: string | null): number | null => (value === null ? null : rating.parse(Number(value)))
  const wanted: Wanted = {
    decisions: new Map(decided.map((row) => [row.asset_id, decision.parse(kind === 'undo' ? row.previous : row.decision)])),
    ratings: new Map(rated.flatMap((row) => (row.field === 'rating' ? [[row.asset_id, number(to(row))]] : []))),
    labels: new Map(rated.flatMap((row) => (row.field === 'label' ? [[row.asset_id, label.nullable().parse(to(row))]] : []))),
    homes: homesOf(
      rated.flatMap((row) => (row.field === 'product' ? [[row.asset_id, homeText.parse(to(row))] as const] : [])),
      kind,
    ),
    ranges: new Map(rated.flatMap((row) => (row.field === 'range' ? [[row.asset_id, ownRangesText.parse(to(row))]] : []))),
    choices: new Map(chosen.map((row) => [row.clip_id, kind === 'undo' ? row.previous : row.choice])),
  }
  const id = randomUUID()
  const compared = (await preferencesOf(tx, [target])).get(target)?.said ?? null
  const changed = new Set(await append(tx, id, wanted, 'human', now, kind === 'undo' ? target : null))
  if (compared !== null) for (const one of [compared.winner, compared.loser]) changed.add(one)
  await tx.insertInto('act').values({ id, kind, of: target, made_by: 'human', at: now }).execute()
  await tx
    .updateTable('act')
    .set({ undone: kind === 'undo' ? 1 : 0 })
    .where('id', '=', target)
    .execute()
  return { changed: [...changed], what: (await wordsOf(tx, [target])).get(target)?.what ?? null, compared }
}

/** Put back in the order in which they left, last first, so that each finds its old place as it was. */
const homesOf = (moves: readonly (readonly [string, Home | null])[], kind: 'undo' | 'redo'): Map<string, Home | null> =>
  new Map(kind === 'undo' ? moves.toReversed() : moves)

type Words = { what: string; count: number }

/** What acts did, in words, and to how many. */
async function wordsOf(read: Reader, acts: readonly string[]): Promise<Map<string, Words>> {
  const parts = new Map<string, ActPart[]>(acts.map((id) => [id, []]))
  const touched = new Map<string, Set<string>>(acts.map((id) => [id, new Set()]))
  const add = (batch: string, asset: string, field: ActPart['field'], value: string | null): void => {
    touched.get(batch)?.add(asset)
    const known = parts.get(batch)?.find((part) => part.field === field && part.value === value)
    if (known === undefined) parts.get(batch)?.push({ field, value, count: 1 })
    else known.count += 1
  }
  const decided = await read
    .selectFrom('decision')
    .select(['batch', 'asset_id', 'decision'])
    .where('batch', 'in', [...acts])
    .execute()
  for (const row of decided) add(row.batch, row.asset_id, 'decision', row.decision)
  const rated = await read
    .selectFrom('rating')
    .select(['batch', 'asset_id', 'field', 'value'])
    .where('batch', 'in', [...acts])
    .execute()
  const into = rated.flatMap((row) => (row.field === 'product' ? [homeText.parse(row.value)?.product ?? ''] : []))
  const products = into.length === 0 ? [] : await read.selectFrom('product').select(['id', 'title']).where('id', 'in', into).execute()
  const titles = new Map(products.map((row) => [row.id, row.title]))
  for (const row of rated) {
    if (row.field === 'product') add(row.batch, row.asset_id, 'product', titles.get(homeText.parse(row.value)?.product ?? '') ?? null)
    else add(row.batch, row.asset_id, row.field === 'label' || row.field === 'range' ? row.field : 'rating', row.value)
  }
  const chosen = await choicesOf(read, acts)
  for (const row of chosen) add(row.batch, row.clip_id, 'clip-choice', row.choice)
  const compared = await preferencesOf(read, acts)
  const alone = [...touched].flatMap(([batch, assets]) => {
    const [asset] = assets
    return assets.size === 1 && asset !== undefined ? [[batch, asset] as const] : []
  })
  const rows = await read
    .selectFrom('asset')
    .select(['id', 'name'])
    .where('id', 'in', sql<string>`(select value from json_each(${JSON.stringify(alone.map(([, asset]) => asset))}))`)
    .execute()
  const names = new Map([...rows.map((row) => [row.id, row.name] as const), ...chosen.map((row) => [row.clip_id, row.name] as const)])
  const only = new Map(alone.map(([batch, asset]) => [batch, names.get(asset) ?? null]))
  return new Map(
    acts.map((id) => {
      const pair = compared.get(id)
      if (pair !== undefined) return [id, { what: `${pair.names[0]} preferred to ${pair.names[1]}`, count: 2 }]
      return [id, { what: actWords(parts.get(id) ?? [], only.get(id) ?? null), count: touched.get(id)?.size ?? 0 }]
    }),
  )
}

export type ActRow = { id: string; at: string; by: string; what: string; count: number; undone: boolean }

/** Acts that hold and acts that can be done again, newest first. */
export async function history(read: Reader, limit: number): Promise<ActRow[]> {
  const acts = await read
    .selectFrom('act')
    .select(['id', 'at', 'made_by', 'undone'])
    .where('kind', '=', 'do')
    .where('undone', '<', 2)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
  if (acts.length === 0) return []
  const words = await wordsOf(
    read,
    acts.map((one) => one.id),
  )
  return acts.map((one) => ({
    id: one.id,
    at: one.at,
    by: one.made_by === 'human' ? 'person' : one.made_by,
    what: words.get(one.id)?.what ?? '',
    count: words.get(one.id)?.count ?? 0,
    undone: one.undone === 1,
  }))
}

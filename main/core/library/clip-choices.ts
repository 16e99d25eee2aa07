import { sql } from 'kysely'
import { type ClipChoice, clipChoice } from '../../contract/views.ts'
import type { Reader, Tx } from './db.ts'

/** What holds now, of clips that somebody said something about. */
export async function choices(read: Reader, clips: readonly string[] | null = null): Promise<Map<string, ClipChoice>> {
  let query = read.selectFrom('clip_standing').selectAll().where('choice', '<>', 'undecided')
  if (clips !== null) query = query.where('clip_id', 'in', sql<string>`(select value from json_each(${JSON.stringify(clips)}))`)
  return new Map((await query.execute()).map((row) => [row.clip_id, clipChoice.parse(row.choice)]))
}

/** Appends one row per clip whose choice really changes; says which takes they are of. Part of an act, see decisions.ts. */
export async function appendChoices(tx: Tx, batch: string, wanted: ReadonlyMap<string, ClipChoice>, now: string): Promise<string[]> {
  if (wanted.size === 0) return []
  const { rows } = await sql<{ clip_id: string }>`
    insert into clip_choice (batch, clip_id, choice, previous, at)
    select ${batch}, clip.id, j.value->>1, coalesce(s.choice, 'undecided'), ${now}
    from json_each(${JSON.stringify([...wanted])}) as j join clip on clip.id = j.value->>0 left join clip_standing as s on s.clip_id = clip.id
    where coalesce(s.choice, 'undecided') <> j.value->>1
    returning clip_id`.execute(tx)
  if (rows.length === 0) return []
  await sql`
    insert into clip_standing (clip_id, choice) select clip_id, choice from clip_choice where batch = ${batch}
    on conflict (clip_id) do update set choice = excluded.choice`.execute(tx)
  const takes = await tx
    .selectFrom('clip')
    .innerJoin('clip_choice', 'clip_choice.clip_id', 'clip.id')
    .select('clip.asset_id')
    .distinct()
    .where('clip_choice.batch', '=', batch)
    .execute()
  return takes.map((row) => row.asset_id)
}

/** What an act said about clips. */
export async function choicesOf(
  read: Reader,
  acts: readonly string[],
): Promise<{ batch: string; clip_id: string; choice: ClipChoice; previous: ClipChoice; name: string }[]> {
  const rows = await read
    .selectFrom('clip_choice')
    .innerJoin('clip', 'clip.id', 'clip_choice.clip_id')
    .innerJoin('asset', 'asset.id', 'clip.asset_id')
    .select(['clip_choice.batch', 'clip_choice.clip_id', 'clip_choice.choice', 'clip_choice.previous', 'asset.name'])
    .where('clip_choice.batch', 'in', [...acts])
    .execute()
  return rows.map((row) => ({ ...row, choice: clipChoice.parse(row.choice), previous: clipChoice.parse(row.previous) }))
}

import { sql } from 'kysely'
import { type Decision, decision } from '../../contract/views.ts'
import type { Db, Reader, Tx } from './db.ts'

/** The newest decision of every asset that has one. */
export async function decisions(read: Reader): Promise<Map<string, Decision>> {
  const rows = await read
    .selectFrom('decision as d')
    .select(['d.asset_id', 'd.decision'])
    .where('d.seq', '=', (e) =>
      e
        .selectFrom('decision as last')
        .select((m) => m.fn.max('last.seq').as('seq'))
        .whereRef('last.asset_id', '=', 'd.asset_id'),
    )
    .execute()
  return new Map(rows.map((row) => [row.asset_id, decision.parse(row.decision)]))
}

/** Appends one row per asset whose decision really changes; returns those. Earlier rows are never touched. */
export async function decide(
  tx: Tx,
  batch: string,
  wanted: ReadonlyMap<string, Decision>,
  by: 'human' | 'suggestion',
  now: string,
  undoes: string | null = null,
): Promise<string[]> {
  const before = await decisions(tx)
  const changed: string[] = []
  for (const [asset, next] of wanted) {
    const previous = before.get(asset) ?? 'undecided'
    if (previous === next) continue
    await tx.insertInto('decision').values({ batch, asset_id: asset, decision: next, previous, made_by: by, undoes, at: now }).execute()
    changed.push(asset)
  }
  return changed
}

/** Puts back what the newest batch that is not undone yet changed. Undo is itself a batch, and is not undone by the next undo. */
export async function undo(db: Db, batch: string, now: string): Promise<{ changed: string[]; what: string | null }> {
  return db.transaction().execute(async (tx) => {
    const last = await sql<{ batch: string }>`
      select batch from decision
      where undoes is null and batch not in (select undoes from decision where undoes is not null)
      order by seq desc limit 1`.execute(tx)
    const target = last.rows[0]?.batch
    if (target === undefined) return { changed: [], what: null }
    const rows = await tx.selectFrom('decision').select(['asset_id', 'decision', 'previous']).where('batch', '=', target).execute()
    const changed = await decide(tx, batch, new Map(rows.map((row) => [row.asset_id, decision.parse(row.previous)])), 'human', now, target)
    // A batch that changes nothing any more is still undone, or the next undo would stop at it for ever.
    if (changed.length === 0) {
      const row = rows[0]
      if (row !== undefined)
        await tx
          .insertInto('decision')
          .values({
            batch,
            asset_id: row.asset_id,
            decision: row.previous,
            previous: row.previous,
            made_by: 'human',
            undoes: target,
            at: now,
          })
          .execute()
    }
    const kinds = new Set(rows.map((row) => row.decision))
    return { changed, what: `${[...kinds].join(' and ')} of ${rows.length === 1 ? '1 photo' : `${rows.length} photos`}` }
  })
}

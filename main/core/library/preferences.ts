import { type Comparison, comparison } from '../../contract/views.ts'
import type { Reader, Tx } from './db.ts'

/** One comparison of two photos. `act`: when it was said, in the order of all acts. */
type Preferred = Comparison & { at: string; act: number }

/** Comparisons that hold, oldest first; of one pair of photos only the newest. `after`: forgotten up to this row. */
export async function preferences(read: Reader, after: number): Promise<Preferred[]> {
  const rows = await read
    .selectFrom('preference as p')
    .innerJoin('act', 'act.id', 'p.batch')
    .select(['p.winner', 'p.loser', 'p.source', 'p.at', 'act.seq as act'])
    .where('p.seq', '>', after)
    .where('act.undone', '=', 0)
    .orderBy('p.seq')
    .execute()
  const newest = new Map<string, Preferred>()
  for (const row of rows) {
    const pair = [row.winner, row.loser].toSorted().join()
    newest.delete(pair)
    const { at, act, ...said } = row
    newest.set(pair, { ...comparison.parse(said), at, act })
  }
  return [...newest.values()]
}

/** Part of an act, see decisions.ts. Writes nothing when the same was said of the two last. */
export async function appendPreference(tx: Tx, batch: string, { winner, loser, source }: Comparison, now: string): Promise<string[]> {
  const last = await tx
    .selectFrom('preference as p')
    .innerJoin('act', 'act.id', 'p.batch')
    .select('p.winner')
    .where('act.undone', '=', 0)
    .where('p.winner', 'in', [winner, loser])
    .where('p.loser', 'in', [winner, loser])
    .orderBy('p.seq', 'desc')
    .executeTakeFirst()
  if (last?.winner === winner) return []
  await tx.insertInto('preference').values({ batch, winner, loser, source, at: now }).execute()
  return [winner]
}

/** What acts said of two photos, by act, with the names of winner and loser. */
export async function preferencesOf(
  read: Reader,
  acts: readonly string[],
): Promise<Map<string, { said: Comparison; names: [winner: string, loser: string] }>> {
  const rows = await read
    .selectFrom('preference as p')
    .innerJoin('asset as w', 'w.id', 'p.winner')
    .innerJoin('asset as l', 'l.id', 'p.loser')
    .select(['p.batch', 'p.winner', 'p.loser', 'p.source', 'w.name as winnerName', 'l.name as loserName'])
    .where('p.batch', 'in', [...acts])
    .execute()
  return new Map(
    rows.map(({ batch, winner, loser, source, winnerName, loserName }) => [
      batch,
      { said: comparison.parse({ winner, loser, source }), names: [winnerName, loserName] },
    ]),
  )
}

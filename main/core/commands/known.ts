import { sql } from 'kysely'
import { AppError } from '../errors.ts'
import type { Tx } from '../library/db.ts'

/** @throws AppError not-found when some of these assets are not in the library */
export async function known(tx: Tx, ids: readonly string[]): Promise<void> {
  const { rows } = await sql<{ missing: number }>`
    select count(*) as missing from json_each(${JSON.stringify(ids)}) as j where not exists (select 1 from asset where asset.id = j.value)`.execute(
    tx,
  )
  const missing = rows[0]?.missing ?? 0
  if (missing > 0)
    throw new AppError('not-found', `${missing} of these photos are not in the library`, { next: 'Reload the view, then decide again.' })
}

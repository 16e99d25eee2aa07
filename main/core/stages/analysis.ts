import type { Insertable } from 'kysely'
import type { Tx } from '../library/db.ts'
import type { Schema } from '../library/schema.ts'

type Row = Omit<Insertable<Schema['analysis']>, 'asset_id' | 'state'>

/** What a photo or clip showed when it was looked at; the newest look counts. */
export async function analysed(tx: Tx, id: string, found: Row): Promise<void> {
  const row = { state: 'ready', ...found }
  await tx
    .insertInto('analysis')
    .values({ asset_id: id, ...row })
    .onConflict((on) => on.column('asset_id').doUpdateSet(row))
    .execute()
}

const nothing = {
  captured_at: null,
  camera: null,
  width: null,
  height: null,
  duration_us: null,
  info: '{}',
  phash: null,
  embedding: null,
  has_thumb: 0,
}

/** Keeps the asset, says why there is nothing to show of it. What an earlier look found stays. */
export async function refuse(tx: Tx, id: string, because: string): Promise<void> {
  await tx
    .insertInto('analysis')
    .values({ asset_id: id, state: 'refused', because, ...nothing })
    .onConflict((on) => on.doNothing())
    .execute()
}

import { join } from 'node:path'
import { assetId } from '../../contract/ids.ts'
import { assetKind, type TrashView } from '../../contract/views.ts'
import { isThere } from '../library/trash.ts'
import type { CommandContext } from './context.ts'
import { sideBySide } from './side-by-side.ts'

/** What was removed on purpose and can still be brought back, and how much cannot. */
export async function trashList({ library: { db, dir } }: Pick<CommandContext, 'library'>): Promise<TrashView> {
  const rows = await db
    .selectFrom('removal')
    .innerJoin('asset', 'asset.id', 'removal.asset_id')
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .select(['asset.id', 'asset.kind', 'asset.name', 'asset.bytes', 'asset.stored', 'removal.at', 'analysis.has_thumb'])
    .where('removal.trashed', '!=', '')
    .orderBy('removal.at', 'desc')
    .orderBy('asset.name')
    .orderBy('asset.id')
    .execute()
  const riders = new Map(
    (
      await db
        .selectFrom('sidecar')
        .innerJoin('removal', 'removal.asset_id', 'sidecar.asset_id')
        .select(['sidecar.asset_id', (e) => e.fn.countAll<number>().as('n'), (e) => e.fn.sum<number>('sidecar.bytes').as('bytes')])
        .groupBy('sidecar.asset_id')
        .execute()
    ).map((row) => [row.asset_id, row]),
  )
  const { n } = await db
    .selectFrom('removal')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('trashed', '=', '')
    .executeTakeFirstOrThrow()
  const there: boolean[] = []
  await sideBySide(rows, 8, async (row, index) => {
    there[index] = await isThere(join(dir, row.stored))
  })
  return {
    trash: rows.map((row, index) => ({
      id: assetId.parse(row.id),
      kind: assetKind.parse(row.kind),
      name: row.name,
      removedAt: row.at,
      bytes: row.bytes + (riders.get(row.id)?.bytes ?? 0),
      companions: riders.get(row.id)?.n ?? 0,
      hasThumb: row.has_thumb === 1,
      because: there[index] === true ? null : 'its file is not in the trash folder any more',
    })),
    deleted: n,
  }
}

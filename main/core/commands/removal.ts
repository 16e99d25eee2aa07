import { type AssetId, assetId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import { describe } from '../errors.ts'
import { draft } from '../library/products.ts'
import { deletePictures, deleteTrashed, filesInTrash, trashPlace } from '../library/trash.ts'
import { groupSoon } from '../stages/group.ts'
import type { CommandContext } from './context.ts'
import { trashList } from './trash-list.ts'
import { begun, bringHome, followInto, inTrash, mendTrash, type TrashRow } from './trash-moves.ts'

/**
 * Trash, not deletion: an original and its companions lie in the library's own trash folder until they are restored, or deleted for good.
 * The library is written first and the files follow, so that whatever a crash leaves half done is finished from what the library says.
 */
export const removalCommands = (ctx: CommandContext): Pick<Handlers, 'asset.remove' | 'asset.restore' | 'trash.list' | 'trash.empty'> => {
  const { db, dir } = ctx.library
  /** One after the other: two of them must not move the same files. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = last.then(async () => {
      await mendTrash(ctx)
      return act()
    })
    last = mine.catch(() => undefined)
    return mine
  }
  const announce = (ids: AssetId[]): void => {
    if (ids.length === 0) return
    ctx.emit('assets.changed', { assetIds: ids })
    ctx.emit('products.changed', {})
  }
  /** Listings and stacks follow once, however many there were; the files are all where the library says. */
  const settle = (): Promise<void> =>
    ctx.write(async (tx) => {
      await begun(tx, false)
      await draft(tx, ctx.now())
      return { out: undefined, next: [groupSoon] }
    })

  const remove = async (ids: readonly AssetId[]): Promise<AssetId[]> => {
    const rows = await db
      .selectFrom('asset')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .select(['asset.id', 'asset.stored'])
      .where('asset.id', 'in', ids)
      .where('removal.asset_id', 'is', null)
      .execute()
    if (rows.length === 0) return []
    const going: TrashRow[] = rows.map((row) => ({ id: assetId.parse(row.id), home: row.stored, trashed: trashPlace(row.id, row.stored) }))
    const at = ctx.now()
    await ctx.write(async (tx) => {
      await begun(tx, true)
      for (const row of going) await inTrash(tx, row, at)
      return { out: undefined }
    })
    const { moved, failed } = await followInto(ctx, going)
    await settle()
    announce(moved)
    if (failed !== null) throw failed
    return moved
  }

  const restore = async (ids: readonly AssetId[]): Promise<{ restored: AssetId[]; left: { assetId: AssetId; because: string }[] }> => {
    const rows = await db
      .selectFrom('removal')
      .innerJoin('asset', 'asset.id', 'removal.asset_id')
      .select(['asset.id', 'asset.name', 'asset.stored', 'removal.trashed', 'removal.at'])
      .where('asset.id', 'in', ids)
      .execute()
    const restored: AssetId[] = []
    const left: { assetId: AssetId; because: string }[] = []
    for (const row of rows) {
      const id = assetId.parse(row.id)
      const because =
        row.trashed === '' ? 'it was deleted for good' : await bringHome(ctx, { ...row, id, home: row.trashed }).catch(describe)
      if (because === null) restored.push(id)
      else left.push({ assetId: id, because })
    }
    if (restored.length > 0) await settle()
    announce(restored)
    return { restored, left }
  }

  const empty = async (
    ids: readonly AssetId[] | null,
  ): Promise<{ deleted: AssetId[]; bytes: number; left: { assetId: AssetId; because: string }[] }> => {
    const { trash } = await trashList(ctx)
    const wanted = new Set(ids)
    const going = trash.filter((one) => ids === null || wanted.has(one.id))
    const found = await filesInTrash(dir)
    const homes = new Map(
      (await db.selectFrom('removal').select(['asset_id', 'trashed']).execute()).map((row) => [row.asset_id, row.trashed]),
    )
    const mark = (id: string, trashed: string) =>
      ctx.write(async (tx) => ({ out: await tx.updateTable('removal').set({ trashed }).where('asset_id', '=', id).execute() }))
    await ctx.write(async (tx) => {
      await begun(tx, true)
      for (const { id } of going) await tx.updateTable('removal').set({ trashed: '' }).where('asset_id', '=', id).execute()
      return { out: undefined }
    })
    const deleted: AssetId[] = []
    const left: { assetId: AssetId; because: string }[] = []
    let bytes = 0
    for (const { id, bytes: size } of going) {
      try {
        await deleteTrashed(dir, found.get(id) ?? [])
        await deletePictures(dir, id)
        deleted.push(id)
        bytes += size
      } catch (error) {
        await mark(id, homes.get(id) ?? '')
        left.push({ assetId: id, because: describe(error) })
      }
    }
    await ctx.write(async (tx) => {
      await begun(tx, false)
      for (const id of deleted)
        await tx
          .deleteFrom('copy')
          .where('asset_id', '=', id)
          .where('path', 'in', found.get(id) ?? [''])
          .execute()
      return { out: undefined }
    })
    announce(deleted)
    return { deleted, bytes, left }
  }

  return {
    'asset.remove': ({ assetIds }) => inTurn(async () => ({ removed: await remove(assetIds) })),
    'asset.restore': ({ assetIds }) => inTurn(() => restore(assetIds)),
    'trash.list': () => inTurn(() => trashList(ctx)),
    'trash.empty': ({ assetIds }) => inTurn(() => empty(assetIds)),
  }
}

import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type AssetId, assetId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import { systemError } from '../errors.ts'
import { places } from '../library/places.ts'
import { draft } from '../library/products.ts'
import { groupSoon } from '../stages/group.ts'
import type { CommandContext } from './context.ts'

/** A missing original has nothing to move: its row may go all the same. */
async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to).catch((error: unknown) => {
    const known = systemError(error, 'The original')
    if (known?.code !== 'not-found') throw known ?? error
  })
}

/** Trash, not deletion: the original stays in the library's own trash folder under its content's name until it is restored. */
export const removalCommands = (ctx: CommandContext): Pick<Handlers, 'asset.remove' | 'asset.restore'> => {
  const { db, dir } = ctx.library
  const announce = (ids: AssetId[]): void => {
    ctx.emit('assets.changed', { assetIds: ids })
    ctx.emit('products.changed', {})
  }
  return {
    'asset.remove': async ({ assetIds }) => {
      const rows = await db
        .selectFrom('asset')
        .leftJoin('removal', 'removal.asset_id', 'asset.id')
        .select(['asset.id', 'asset.stored'])
        .where('asset.id', 'in', assetIds)
        .where('removal.asset_id', 'is', null)
        .execute()
      const removed: AssetId[] = []
      for (const row of rows) {
        const trashed = join(places.trash, row.id.slice(0, 2), `${row.id}${row.stored.slice(row.stored.lastIndexOf('.'))}`)
        await move(join(dir, row.stored), join(dir, trashed))
        await ctx.write(async (tx) => {
          await tx.insertInto('removal').values({ asset_id: row.id, trashed, at: ctx.now() }).execute()
          await draft(tx, ctx.now())
          return { out: undefined, next: [groupSoon] }
        })
        removed.push(assetId.parse(row.id))
      }
      announce(removed)
      return { removed }
    },
    'asset.restore': async ({ assetIds }) => {
      const rows = await db
        .selectFrom('removal')
        .innerJoin('asset', 'asset.id', 'removal.asset_id')
        .select(['asset.id', 'asset.stored', 'removal.trashed'])
        .where('asset.id', 'in', assetIds)
        .execute()
      const restored: AssetId[] = []
      for (const row of rows) {
        await move(join(dir, row.trashed), join(dir, row.stored))
        await ctx.write(async (tx) => {
          await tx.deleteFrom('removal').where('asset_id', '=', row.id).execute()
          await draft(tx, ctx.now())
          return { out: undefined, next: [groupSoon] }
        })
        restored.push(assetId.parse(row.id))
      }
      announce(restored)
      return { restored }
    },
  }
}

import { randomUUID } from 'node:crypto'
import { type AssetId, assetId } from '../../contract/ids.ts'
import type { Decision } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import { decide, decisions, undo } from '../library/decisions.ts'
import { draft } from '../library/products.ts'
import type { CommandContext } from './context.ts'

export const decisionCommands = (ctx: CommandContext): Pick<Handlers, 'decision.set' | 'decision.accept' | 'decision.undo'> => {
  const announce = (changed: AssetId[]): void => {
    if (changed.length === 0) return
    ctx.emit('assets.changed', { assetIds: changed })
    ctx.emit('products.changed', {})
  }
  return {
    'decision.set': async ({ sets }) => {
      const wanted = new Map<AssetId, Decision>(sets.flatMap(({ assetIds, decision }) => assetIds.map((id) => [id, decision] as const)))
      const changed = await ctx.write(async (tx) => {
        const known = new Set((await tx.selectFrom('asset').select('id').execute()).map((row) => row.id))
        const missing = [...wanted.keys()].filter((id) => !known.has(id))
        if (missing.length > 0) {
          throw new AppError('not-found', `${missing.length} of these photos are not in the library`, {
            next: 'Reload the view, then decide again.',
          })
        }
        const ids = await decide(tx, randomUUID(), wanted, 'human', ctx.now())
        await draft(tx, ctx.now())
        return { out: ids.map((id) => assetId.parse(id)) }
      })
      announce(changed)
      return { changed }
    },
    'decision.accept': async ({ assetIds }) => {
      const proposals = await ctx.library.db
        .selectFrom('stack_member')
        .select(['asset_id', 'suggestion'])
        .where('suggestion', 'in', ['pick', 'reject'])
        .execute()
      const made = await decisions(ctx.library.db)
      const gone = new Set((await ctx.library.db.selectFrom('removal').select('asset_id').execute()).map((row) => row.asset_id))
      const asked = assetIds === null ? null : new Set<string>(assetIds)
      const wanted = new Map<string, Decision>()
      for (const row of proposals) {
        // A decision that a person made is never changed by a suggestion.
        if (made.has(row.asset_id) || gone.has(row.asset_id) || (asked !== null && !asked.has(row.asset_id))) continue
        wanted.set(row.asset_id, row.suggestion === 'pick' ? 'pick' : 'reject')
      }
      const changed = await ctx.write(async (tx) => {
        const ids = await decide(tx, randomUUID(), wanted, 'suggestion', ctx.now())
        await draft(tx, ctx.now())
        return { out: ids }
      })
      announce(changed.map((id) => assetId.parse(id)))
      const of = (what: Decision): AssetId[] => changed.filter((id) => wanted.get(id) === what).map((id) => assetId.parse(id))
      return { picked: of('pick'), rejected: of('reject') }
    },
    'decision.undo': async () => {
      const { changed, what } = await undo(ctx.library.db, randomUUID(), ctx.now())
      if (changed.length > 0) {
        await ctx.write(async (tx) => {
          await draft(tx, ctx.now())
          return { out: undefined }
        })
      }
      const ids = changed.map((id) => assetId.parse(id))
      announce(ids)
      return { changed: ids, what }
    },
  }
}

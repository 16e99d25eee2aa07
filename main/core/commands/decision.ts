import { type AssetId, actId, assetId } from '../../contract/ids.ts'
import type { Comparison, Decision } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import { settleApprovals } from '../library/clip-exports.ts'
import { act, decisions, history, redo, undo } from '../library/decisions.ts'
import { draft } from '../library/products.ts'
import { learnSoon } from '../stages/learn.ts'
import { learnClipsSoon } from '../stages/learn-clips.ts'
import { marksAfter } from '../stages/marks-sync.ts'
import { stopCalledOff } from './clip-review.ts'
import type { CommandContext } from './context.ts'
import { known } from './known.ts'

type Turned = { changed: AssetId[]; what: string | null; compared: Comparison | null }

export const decisionCommands = (
  ctx: CommandContext,
): Pick<Handlers, 'review.prefer' | 'decision.set' | 'decision.accept' | 'decision.undo' | 'decision.redo' | 'decision.history'> => {
  const announce = (changed: AssetId[]): void => {
    if (changed.length === 0) return
    ctx.emit('assets.changed', { assetIds: changed })
    ctx.emit('products.changed', {})
  }
  const turn = async (back: typeof undo, through: string | null): Promise<Turned> => {
    const { changed, what, compared } = await ctx.write(async (tx) => {
      const turned = await back(tx, through, ctx.now())
      if (turned.changed.length > 0) await draft(tx, ctx.now())
      const next =
        turned.changed.length > 0 ? [learnSoon, learnClipsSoon, ...(await settleApprovals(tx, ctx.now())), ...(await marksAfter(tx))] : []
      return { out: turned, next }
    })
    const ids = changed.map((id) => assetId.parse(id))
    announce(ids)
    if (ids.length > 0) {
      await stopCalledOff(ctx)
      ctx.emit('clips.changed', {})
      ctx.emit('exports.changed', {})
    }
    return { changed: ids, what, compared }
  }
  return {
    'review.prefer': async (said) => {
      if (said.winner === said.loser)
        throw new AppError('invalid-input', 'A photo cannot be better than itself', { next: 'Name two different photos.' })
      const kept = await ctx.write(async (tx) => {
        await known(tx, [said.winner, said.loser])
        const ids = await act(tx, { preference: said }, 'human', ctx.now())
        return { out: ids.length > 0, next: ids.length > 0 ? [learnSoon] : [] }
      })
      return { kept }
    },
    'decision.set': async ({ sets }) => {
      const wanted = new Map<AssetId, Decision>(sets.flatMap(({ assetIds, decision }) => assetIds.map((id) => [id, decision] as const)))
      const changed = await ctx.write(async (tx) => {
        await known(tx, [...wanted.keys()])
        const ids = await act(tx, { decisions: wanted }, 'human', ctx.now())
        if (ids.length > 0) await draft(tx, ctx.now())
        return { out: ids.map((id) => assetId.parse(id)), next: ids.length > 0 ? [learnSoon, ...(await marksAfter(tx))] : [] }
      })
      announce(changed)
      return { changed }
    },
    'decision.accept': async ({ assetIds }) => {
      const proposals = await ctx.library.db
        .selectFrom('stack_member')
        .leftJoin('removal', 'removal.asset_id', 'stack_member.asset_id')
        .select(['stack_member.asset_id', 'suggestion'])
        .where('suggestion', 'in', ['pick', 'reject'])
        .where('removal.asset_id', 'is', null)
        .execute()
      const made = await decisions(ctx.library.db)
      const asked = assetIds === null ? null : new Set<string>(assetIds)
      const wanted = new Map<string, Decision>()
      for (const row of proposals) {
        // A decision that was made is never changed by a suggestion.
        if (made.has(row.asset_id) || (asked !== null && !asked.has(row.asset_id))) continue
        wanted.set(row.asset_id, row.suggestion === 'pick' ? 'pick' : 'reject')
      }
      const changed = await ctx.write(async (tx) => {
        const ids = await act(tx, { decisions: wanted }, 'suggestion', ctx.now())
        if (ids.length > 0) await draft(tx, ctx.now())
        return { out: ids.map((id) => assetId.parse(id)), next: ids.length > 0 ? await marksAfter(tx) : [] }
      })
      announce(changed)
      const of = (what: Decision): AssetId[] => changed.filter((id) => wanted.get(id) === what)
      return { picked: of('pick'), rejected: of('reject') }
    },
    'decision.undo': ({ through }) => turn(undo, through),
    'decision.redo': ({ through }) => turn(redo, through),
    'decision.history': async ({ limit }) => (await history(ctx.library.db, limit)).map((one) => ({ ...one, id: actId.parse(one.id) })),
  }
}

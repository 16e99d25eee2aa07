import { type AssetId, assetId } from '../../contract/ids.ts'
import type { Label } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { act } from '../library/decisions.ts'
import { marksAfter } from '../stages/marks-sync.ts'
import type { CommandContext } from './context.ts'
import { known } from './known.ts'

export const ratingCommands = (ctx: CommandContext): Pick<Handlers, 'rating.set'> => ({
  'rating.set': async ({ sets }) => {
    const ratings = new Map<AssetId, number | null>()
    const labels = new Map<AssetId, Label | null>()
    for (const { assetIds, rating, label } of sets)
      for (const id of assetIds) {
        if (rating !== undefined) ratings.set(id, rating)
        if (label !== undefined) labels.set(id, label)
      }
    const changed = await ctx.write(async (tx) => {
      await known(tx, [...new Set([...ratings.keys(), ...labels.keys()])])
      const ids = await act(tx, { ratings, labels }, 'human', ctx.now())
      return { out: ids.map((id) => assetId.parse(id)), next: ids.length > 0 ? await marksAfter(tx) : [] }
    })
    if (changed.length > 0) ctx.emit('assets.changed', { assetIds: changed })
    return { changed }
  },
})

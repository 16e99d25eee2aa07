import type { AssetId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import { settleApprovals } from '../library/clip-exports.ts'
import { clipViews, type OwnRange, ownClipId, ownRanges } from '../library/clips.ts'
import type { Tx } from '../library/db.ts'
import { act } from '../library/decisions.ts'
import { draft } from '../library/products.ts'
import type { CommandContext } from './context.ts'

/** Shorter than this is a slip of the finger, not a clip. */
const shortestUs = 500_000

export const clipCommands = (ctx: CommandContext): Pick<Handlers, 'clip.set'> => ({
  'clip.set': async ({ assetId: id, clipId, range }) => {
    await ctx.write(async (tx) => {
      const length = await lengthOf(tx, id)
      if (range !== null) check(range, length)
      const old = clipId === null ? undefined : await tx.selectFrom('clip').selectAll().where('id', '=', clipId).executeTakeFirst()
      if (clipId !== null && old?.asset_id !== id)
        throw new AppError('not-found', 'This clip is not there any more', { next: 'Close the take and open it again.' })
      // What the machine found stays as it was found; a person's own clip stands beside it and before it.
      const kept = (await ownRanges(tx, id)).filter((one) => ownClipId(id, one) !== clipId)
      const first: OwnRange[] = range === null ? [] : [[range.inUs, range.outUs]]
      const rest = kept.filter((one) => first.every((other) => ownClipId(id, one) !== ownClipId(id, other)))
      await act(tx, { ranges: new Map([[id, [...first, ...rest]]]) }, 'human', ctx.now())
      await draft(tx, ctx.now())
      return { out: undefined, next: await settleApprovals(tx, ctx.now()) }
    })
    ctx.emit('exports.changed', {})
    ctx.emit('assets.changed', { assetIds: [id] })
    ctx.emit('products.changed', {})
    return { clips: await clipViews(ctx.library.db, id) }
  },
})

async function lengthOf(tx: Tx, id: AssetId): Promise<number> {
  const take = await tx
    .selectFrom('asset')
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .select(['asset.kind', 'analysis.duration_us'])
    .where('asset.id', '=', id)
    .executeTakeFirst()
  if (take === undefined) throw new AppError('not-found', 'This clip is not in the library')
  if (take.kind !== 'clip') throw new AppError('invalid-input', 'Only a clip has an in and an out; this is a photo')
  if (take.duration_us === null)
    throw new AppError('unavailable', 'How long this clip is, is not known yet', {
      next: 'Try again once it was looked at.',
      retryable: true,
    })
  return take.duration_us
}

function check({ inUs, outUs }: { inUs: number; outUs: number }, length: number): void {
  if (inUs < 0 || outUs > length)
    throw new AppError('invalid-input', `Expected a range inside of the take (0 to ${length} µs), but ${inUs} to ${outUs} was given`)
  if (outUs - inUs < shortestUs)
    throw new AppError('invalid-input', `A clip is at least half a second long; this one is ${((outUs - inUs) / 1e6).toFixed(2)} s`, {
      next: 'Move the in or the out point.',
    })
}

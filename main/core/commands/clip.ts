import { createHash } from 'node:crypto'
import type { AssetId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import { byPerson, clipViews, replaced } from '../library/clips.ts'
import type { Tx } from '../library/db.ts'
import { draft } from '../library/products.ts'
import type { CommandContext } from './context.ts'

/** Behind every clip that is offered. */
const lastPlace = 1_000_000
/** Shorter than this is a slip of the finger, not a clip. */
const shortestUs = 500_000

/** Another range is another clip: what was rendered of the old one stays what it is. */
const idOf = (asset: string, inUs: number, outUs: number): string =>
  createHash('sha256').update(`${asset}/${byPerson}/${inUs}/${outUs}`).digest('hex').slice(0, 24)

export const clipCommands = (ctx: CommandContext): Pick<Handlers, 'clip.set'> => ({
  'clip.set': async ({ assetId: id, clipId, range }) => {
    await ctx.write(async (tx) => {
      const length = await lengthOf(tx, id)
      if (range !== null) check(range, length)
      const old = clipId === null ? undefined : await tx.selectFrom('clip').selectAll().where('id', '=', clipId).executeTakeFirst()
      if (clipId !== null && old?.asset_id !== id)
        throw new AppError('not-found', 'This clip is not there any more', { next: 'Close the take and open it again.' })
      // What the machine found stays as it was found; a person's own clip stands beside it and before it.
      // A rendition of a replaced one may be under way: its row stays, out of sight.
      if (old?.model === byPerson)
        await tx.updateTable('clip').set({ model: replaced, place: lastPlace }).where('id', '=', old.id).execute()
      if (range !== null) {
        const first = await tx
          .selectFrom('clip')
          .select((e) => e.fn.min('place').as('place'))
          .where('asset_id', '=', id)
          .executeTakeFirst()
        const mine = { model: byPerson, place: Math.min(0, first?.place ?? 0) - 1 }
        const row = { id: idOf(id, range.inUs, range.outUs), asset_id: id, in_us: range.inUs, out_us: range.outUs, measures: '{}', ...mine }
        await tx
          .insertInto('clip')
          .values(row)
          .onConflict((on) => on.column('id').doUpdateSet(mine))
          .execute()
      }
      await draft(tx, ctx.now())
      return { out: undefined }
    })
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

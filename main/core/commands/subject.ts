import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import { chosenPoint, samePoint } from '../library/subjects.ts'
import type { CommandContext } from './context.ts'

export const subjectCommands = (ctx: CommandContext): Pick<Handlers, 'asset.subject'> => ({
  'asset.subject': async ({ assetId: id, at }) => {
    const changed = await ctx.write(async (tx) => {
      const row = await tx
        .selectFrom('asset')
        .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
        .select(['asset.kind', 'analysis.state', 'analysis.because'])
        .where('asset.id', '=', id)
        .executeTakeFirst()
      if (row === undefined) throw new AppError('not-found', 'This photo is not in the library', { next: 'Reload the view.' })
      if (row.kind !== 'photo') throw new AppError('invalid-input', 'Only photos have a subject; this is a clip')
      if (row.state === 'refused')
        throw new AppError(
          'unreadable',
          `This photo cannot be read, so nothing can be measured on it: ${row.because ?? 'the reason is unknown'}`,
        )
      if (samePoint(at, await chosenPoint(tx, id))) return { out: false }
      await tx.deleteFrom('subject_choice').where('asset_id', '=', id).execute()
      if (at !== null)
        await tx
          .insertInto('subject_choice')
          .values({ asset_id: id, ...at, at: ctx.now() })
          .execute()
      return { out: true, next: [{ stage: 'subject.photo', input: { assetId: id } }] }
    })
    if (changed) ctx.emit('assets.changed', { assetIds: [id] })
    return {}
  },
})

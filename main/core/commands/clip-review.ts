import { clipId } from '../../contract/ids.ts'
import type { ClipChoice } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { clipTasting } from '../domain/clip-taste.ts'
import { AppError } from '../errors.ts'
import { choices } from '../library/clip-choices.ts'
import { settleApprovals } from '../library/clip-exports.ts'
import { takeViews } from '../library/clip-takes.ts'
import { storedClipTaste } from '../library/clip-taste.ts'
import { act } from '../library/decisions.ts'
import { exportOf } from '../stages/export-clip.ts'
import { learnClipsSoon } from '../stages/learn-clips.ts'
import type { CommandContext } from './context.ts'

/** Takes, their clips, and what a person says about them. */
export const clipReviewCommands = (ctx: CommandContext): Pick<Handlers, 'clip.takes' | 'clip.choose' | 'clip.taste'> => ({
  'clip.takes': (input) => takeViews(ctx.library.db, input),
  'clip.choose': async ({ sets }) => {
    const wanted = new Map<string, ClipChoice>(sets.flatMap(({ clipIds, choice }) => clipIds.map((id) => [id, choice] as const)))
    const changed = await ctx.write(async (tx) => {
      const there = await tx
        .selectFrom('clip')
        .select('id')
        .where('id', 'in', [...wanted.keys()])
        .execute()
      if (there.length < wanted.size)
        throw new AppError('not-found', `${wanted.size - there.length} of these clips are not there any more`, {
          next: 'Look at the takes again, then choose again.',
        })
      const before = await choices(tx, [...wanted.keys()])
      const ids = [...wanted].filter(([id, choice]) => (before.get(id) ?? 'undecided') !== choice).map(([id]) => id)
      await act(tx, { choices: wanted }, 'human', ctx.now())
      const next = ids.length > 0 ? [...(await settleApprovals(tx, ctx.now())), learnClipsSoon] : []
      return { out: ids, next }
    })
    await stopCalledOff(ctx)
    if (changed.length > 0) {
      ctx.emit('clips.changed', {})
      ctx.emit('exports.changed', {})
    }
    return { changed: changed.map((id) => clipId.parse(id)) }
  },
  'clip.taste': async () => {
    const { isOn, found } = await storedClipTaste(ctx.library.db)
    const isActive = isOn && found !== null && Object.keys(found.factors).length > 0
    return { active: isActive, choices: found?.choices ?? 0, needed: clipTasting.leastChoices, words: isActive ? found.words : [] }
  },
})

/** Ends the making of clips whose approval was taken back. */
export async function stopCalledOff(ctx: Pick<CommandContext, 'library' | 'runner'>): Promise<void> {
  const off = await ctx.library.db
    .selectFrom('clip_export')
    .innerJoin('job', (join) => join.onRef('job.key', '=', 'clip_export.id').on('job.stage', '=', 'export.clip'))
    .select('clip_export.id')
    .where('job.state', 'in', ['queued', 'running'])
    .where('clip_export.state', 'in', ['waiting', 'cancelled'])
    .execute()
  if (off.length === 0) return
  const ids = new Set(off.map((row) => row.id))
  await ctx.runner.cancel((stage, input) => ids.has(exportOf(stage, input) ?? ''))
}

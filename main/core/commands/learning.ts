import type { LearningView } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { type Learned, learned, tasting } from '../domain/taste.ts'
import { forgetClips } from '../library/clip-taste.ts'
import type { Reader } from '../library/db.ts'
import { preferences } from '../library/preferences.ts'
import { groupSoon } from '../stages/group.ts'
import { learnSoon } from '../stages/learn.ts'
import { learnClipsSoon } from '../stages/learn-clips.ts'
import type { CommandContext } from './context.ts'

type Stored = { isOn: boolean; found: Learned | null; at: string | null }

async function stored(read: Reader): Promise<Stored> {
  const row = await read.selectFrom('taste').select(['is_on', 'learned', 'at']).executeTakeFirst()
  const found = row?.learned == null ? null : learned.safeParse(JSON.parse(row.learned))
  return { isOn: row?.is_on !== 0, found: found?.success === true ? found.data : null, at: row?.at ?? null }
}

function view({ isOn, found, at }: Stored): LearningView {
  const isActive = isOn && found?.active === true
  return {
    on: isOn,
    active: isActive,
    picks: found?.picks ?? 0,
    comparisons: found?.comparisons ?? 0,
    needed: tasting.leastPicks,
    pairs: found?.pairs ?? 0,
    agreement: found === null || found.picks < tasting.leastPicks ? null : found.agreement,
    words: found?.active === true ? found.words : [],
    since: found?.since ?? null,
    at,
  }
}

/** What was learned from this seller's own picks: seen, switched, forgotten, carried away. Earlier decisions are never touched. */
export const learningCommands = (
  ctx: CommandContext,
): Pick<Handlers, 'learning.get' | 'learning.set' | 'learning.reset' | 'learning.export'> => {
  const now = async (): Promise<LearningView> => view(await stored(ctx.library.db))
  return {
    'learning.get': now,
    'learning.set': async ({ on }) => {
      await ctx.write(async (tx) => {
        const is_on = on ? 1 : 0
        await tx
          .insertInto('taste')
          .values({ id: 1, is_on, learned: null, at: null })
          .onConflict((at) => at.column('id').doUpdateSet({ is_on }))
          .execute()
        return { out: undefined, next: on ? [learnSoon, learnClipsSoon, groupSoon] : [groupSoon] }
      })
      return now()
    },
    'learning.reset': async () => {
      await ctx.write(async (tx) => {
        const last = await tx
          .selectFrom('decision')
          .select((e) => e.fn.max('seq').as('seq'))
          .executeTakeFirst()
        const compared = await tx
          .selectFrom('preference')
          .select((e) => e.fn.max('seq').as('seq'))
          .executeTakeFirst()
        const empty = { from_seq: Number(last?.seq ?? 0), from_preference: Number(compared?.seq ?? 0), learned: null, at: null }
        await tx
          .insertInto('taste')
          .values({ id: 1, ...empty })
          .onConflict((on) => on.column('id').doUpdateSet(empty))
          .execute()
        await forgetClips(tx)
        return { out: undefined, next: [groupSoon] }
      })
      ctx.emit('clips.changed', {})
      return now()
    },
    'learning.export': async () => {
      const { isOn, found, at } = await stored(ctx.library.db)
      const row = await ctx.library.db.selectFrom('taste').select('from_preference').executeTakeFirst()
      const said = await preferences(ctx.library.db, row?.from_preference ?? 0)
      const comparisons = said.map(({ winner, loser, source, at: when }) => ({ winner, loser, source, at: when }))
      return { format: 'dropcard-learning' as const, on: isOn, learned: found, comparisons, at }
    },
  }
}

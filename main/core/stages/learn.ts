import { z } from 'zod'
import { stackKind } from '../../contract/views.ts'
import { type Learned, learningSteps } from '../domain/taste.ts'
import { type Decided, tastePairs } from '../domain/taste-pairs.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader } from '../library/db.ts'
import { type Frames, framesOf } from '../library/frames.ts'
import { preferences } from '../library/preferences.ts'
import { breathing, groupSoon } from './group.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({})
type Out = { learned: Learned | null }

/** Learning follows decisions at a distance: not while the keys are busy. */
export const learnSoon: NextJob = { stage: 'learn', input: {}, afterMs: 1_500 }

/** The newest decision of each photo, after the last reset: by a person, and by an accepted suggestion. */
async function decidedSince(read: Reader, seq: number): Promise<{ decided: Decided[]; suggested: Set<string> }> {
  const rows = await read
    .selectFrom('decision as d')
    .innerJoin('act', 'act.id', 'd.batch')
    .select(['d.asset_id', 'd.decision', 'd.made_by', 'd.at', 'd.seq', 'act.seq as act'])
    .where('d.seq', '>', seq)
    .where('d.seq', '=', (e) =>
      e
        .selectFrom('decision as last')
        .select((m) => m.fn.max('last.seq').as('seq'))
        .whereRef('last.asset_id', '=', 'd.asset_id'),
    )
    .where('d.decision', 'in', ['pick', 'reject'])
    .orderBy('d.seq')
    .execute()
  return {
    decided: rows.flatMap((row) =>
      row.made_by === 'human'
        ? [
            {
              assetId: row.asset_id,
              decision: row.decision === 'pick' ? ('pick' as const) : ('reject' as const),
              at: row.at,
              seq: row.seq,
              act: row.act,
            },
          ]
        : [],
    ),
    suggested: new Set(rows.filter((row) => row.made_by !== 'human').map((row) => row.asset_id)),
  }
}

async function stacksNow(read: Reader) {
  const rows = await read
    .selectFrom('stack_member')
    .innerJoin('stack', 'stack.id', 'stack_member.stack_id')
    .select(['stack_member.asset_id', 'stack_member.stack_id', 'stack.kind'])
    .orderBy('stack_member.stack_id')
    .orderBy('stack_member.asset_id')
    .execute()
  return [...Map.groupBy(rows, (row) => row.stack_id).values()].map((members) => ({
    kind: stackKind.catch('single').parse(members[0]?.kind),
    members: members.map((row) => row.asset_id),
  }))
}

/** Learns this seller's taste from what he decided himself. Changes ranking and suggestions to come, never a decision. */
export function learnStage(frames: Frames): Stage<z.infer<typeof input>, Out> {
  return {
    name: 'learn',
    lane: 'core',
    input,
    key: () => 'library',
    repeat: 'again',
    attempts: 3,
    lands: 'soon',
    changes: () => [{ of: 'stacks' }],
    async run(_, ctx) {
      const row = await ctx.read.selectFrom('taste').select(['is_on', 'from_seq', 'from_preference']).executeTakeFirst()
      if (row?.is_on === 0) return { kind: 'done', out: { learned: null } }
      const { decided, suggested } = await decidedSince(ctx.read, row?.from_seq ?? 0)
      const compared = await preferences(ctx.read, row?.from_preference ?? 0)
      const here = await frames(ctx.read)
      // Who throws the loser away has said the more that it lost: a photo in the trash goes on teaching by what was compared.
      const known = new Set<string>(here.map(({ id }) => id))
      const gone = await framesOf(
        ctx.read,
        compared.flatMap(({ winner, loser }) => [winner, loser]).filter((id) => !known.has(id)),
      )
      const { pairs, picks, comparisons, since } = tastePairs(here, await stacksNow(ctx.read), decided, suggested, compared, gone)
      const found = await breathing(learningSteps(pairs, picks, since, comparisons), ctx.signal)
      return found === null ? { kind: 'cancelled' } : { kind: 'done', out: { learned: found } }
    },
    async commit(tx, _, { learned }, { now }) {
      // Switched off or forgotten while it ran: what it found does not count any more.
      const row = await tx.selectFrom('taste').select(['is_on', 'learned']).executeTakeFirst()
      if (learned === null || row?.is_on === 0) return []
      const text = JSON.stringify(learned)
      if (row?.learned === text) return []
      await tx
        .insertInto('taste')
        .values({ id: 1, learned: text, at: now })
        .onConflict((on) => on.column('id').doUpdateSet({ learned: text, at: now }))
        .execute()
      return [groupSoon]
    },
    failed: async () => [],
  }
}

import { z } from 'zod'
import { type ChosenClip, type ClipLearned, learnClips } from '../domain/clip-taste.ts'
import type { NextJob } from '../jobs/job.ts'
import { storedMeasures } from '../library/assets.ts'
import { storedClipTaste } from '../library/clip-taste.ts'
import { byPerson, replaced } from '../library/clips.ts'
import type { Reader } from '../library/db.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({})

/** Learning follows choices at a distance: not while the keys are busy. */
export const learnClipsSoon: NextJob = { stage: 'learn.clips', input: {}, afterMs: 1_500 }

/** What holds of the choices made after the last reset, of clips that were found by measuring. */
async function chosenSince(read: Reader, seq: number): Promise<ChosenClip[]> {
  const rows = await read
    .selectFrom('clip_choice')
    .innerJoin('clip', 'clip.id', 'clip_choice.clip_id')
    .innerJoin('clip_standing', 'clip_standing.clip_id', 'clip.id')
    .select(['clip.asset_id', 'clip.measures', 'clip_standing.choice'])
    .distinct()
    .where('clip_choice.seq', '>', seq)
    .where('clip.model', 'not in', [byPerson, replaced])
    .where('clip_standing.choice', 'in', ['approved', 'rejected'])
    .orderBy('clip.asset_id')
    .execute()
  return rows.map((row) => ({
    take: row.asset_id,
    measures: storedMeasures.parse(JSON.parse(row.measures)),
    isApproved: row.choice === 'approved',
  }))
}

/** Learns which parts of a clip this seller weighs more. Changes how clips are weighed from now on, never a choice. */
export const learnClipsStage: Stage<z.infer<typeof input>, ClipLearned | 'off'> = {
  name: 'learn.clips',
  lane: 'core',
  input,
  key: () => 'library',
  repeat: 'again',
  attempts: 3,
  lands: 'soon',
  changes: () => [{ of: 'clips' }],
  async run(_, ctx) {
    const { isOn, fromSeq } = await storedClipTaste(ctx.read)
    return { kind: 'done', out: isOn ? learnClips(await chosenSince(ctx.read, fromSeq)) : 'off' }
  },
  async commit(tx, _, learned, { now }) {
    if (learned === 'off') return []
    const row = { learned: JSON.stringify(learned), at: now }
    await tx
      .insertInto('clip_taste')
      .values({ id: 1, ...row })
      .onConflict((on) => on.column('id').doUpdateSet(row))
      .execute()
    return []
  },
  failed: async () => [],
}

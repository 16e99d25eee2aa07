import { z } from 'zod'
import { assetId } from '../../contract/ids.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Tx } from '../library/db.ts'
import { staleScores } from '../library/subjects.ts'
import { refuse } from './analysis.ts'
import { groupSoon } from './group.ts'
import { scoringStage } from './photo-score.ts'

const rescoreInput = z.strictObject({ assetId, model: z.string() })
type Rescore = z.infer<typeof rescoreInput>

/** A person pointed at another subject and waits: its own lane, so that it does not queue behind a card that is being read. */
export const subjectPhoto = scoringStage({
  name: 'subject.photo',
  lane: 'core',
  input: z.strictObject({ assetId }),
  repeat: 'again',
  pictures: 'missing',
  next: () => [groupSoon],
  async failed(tx, it, because) {
    await keepOld(tx, it.assetId, because)
    return [groupSoon]
  },
})

/**
 * Scores a photo anew with `model`, and asks for the next one that is behind. Only as many wait at a time as there are threads, so photos of
 * a card that comes meanwhile go first. The old score stays until the new one lands; stacks are formed anew once, at the end.
 */
export const rescorePhoto = scoringStage({
  name: 'rescore.photo',
  lane: 'photo',
  input: rescoreInput,
  repeat: 'again',
  pictures: 'missing',
  // A worker that answers with another model than the one wanted (a network that does not run here) would go round for ever.
  next: (tx, it, { out }) => (out.model === it.model ? following(tx, it) : [groupSoon]),
  async failed(tx, it, because, { cancelled }) {
    if (!cancelled) await keepOld(tx, it.assetId, because)
    return cancelled ? [groupSoon] : following(tx, it)
  },
})

async function following(tx: Tx, it: Rescore): Promise<NextJob[]> {
  const next = await staleScores(tx, it.model, it.assetId, 1)
  return next.length > 0 ? next : [groupSoon]
}

/** It was measured once: that stays, with a word about the second time. One that never was is refused. */
async function keepOld(tx: Tx, id: string, because: string): Promise<void> {
  await tx
    .updateTable('analysis')
    .set({ because: `It could not be measured again, so its older score is shown: ${because}` })
    .where('asset_id', '=', id)
    .where('state', '=', 'ready')
    .execute()
  await refuse(tx, id, because)
}

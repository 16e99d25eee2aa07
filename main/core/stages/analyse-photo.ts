import { z } from 'zod'
import { assetId } from '../../contract/ids.ts'
import { refuse } from './analysis.ts'
import { groupSoon } from './group.ts'
import { scoringStage } from './photo-score.ts'

/** One decode per photo: facts, measures, likeness, thumb and preview. */
export const analysePhoto = scoringStage({
  name: 'analyse.photo',
  lane: 'photo',
  input: z.strictObject({ assetId }),
  repeat: 'once',
  pictures: 'all',
  next: () => [groupSoon],
  failed: async (tx, it, because) => {
    await refuse(tx, it.assetId, because)
    return [groupSoon]
  },
})

import type { LearningView } from '../../../main/contract/views.ts'
import type { CallOut } from '../../../renderer/bridge.ts'

const none: LearningView = {
  on: true,
  active: false,
  picks: 0,
  comparisons: 0,
  needed: 30,
  pairs: 0,
  agreement: null,
  words: [],
  since: null,
  at: null,
}

/** A FAKE of what was learned: something, until it is forgotten. */
export function fakeLearning() {
  let found: LearningView = {
    ...none,
    active: true,
    picks: 214,
    comparisons: 12,
    pairs: 860,
    agreement: { shipped: 0.71, learned: 0.84 },
    words: ['brighter pictures', 'closer views', 'neutral colours'],
    since: '2026-03-01T09:00:00.000Z',
    at: '2026-05-01T10:00:00.000Z',
  }
  return {
    'learning.get': () => found,
    'learning.set': ({ on }: { on: boolean }): LearningView => {
      found = { ...found, on, active: on && found.picks >= found.needed }
      return found
    },
    'learning.reset': (): LearningView => {
      found = { ...none, on: found.on }
      return found
    },
    'learning.export': (): CallOut<'learning.export'> => ({
      format: 'dropcard-learning',
      on: found.on,
      at: found.at,
      comparisons: [],
      learned: {
        version: 1,
        weights: { 'look-bright': 6.2, 'look-close': 2.9 },
        middle: { 'look-bright': 0.1, 'look-close': 0.2 },
        picks: found.picks,
        comparisons: found.comparisons,
        pairs: found.pairs,
        agreement: found.agreement ?? { shipped: 0, learned: 0 },
        active: found.active,
        words: found.words,
        since: found.since,
      },
    }),
  }
}

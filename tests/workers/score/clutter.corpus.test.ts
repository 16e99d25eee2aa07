import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { weigh } from '../../../main/core/domain/score.ts'
import { corpus } from '../../support/corpus.ts'
import { score } from './pictures.ts'

const photo = (name: string) => score(join(corpus ?? '', 'live-in-the-wild/Images', name))

describe.skipIf(!corpus)('clutter on real photos', () => {
  test('a hand, a second thing at the edge and an empty backdrop are told apart; only the first two cost', {
    timeout: 60_000,
  }, async () => {
    const said: Record<string, unknown> = {}
    for (const name of ['664.JPG', '650.JPG', '1069.JPG', '699.JPG', '1031.JPG', '747.JPG']) {
      const { measures } = await photo(name)
      const { clutter } = weigh(measures).components
      said[name] = [clutter?.because, (clutter?.points ?? 0) < -1, clutter?.region !== null]
    }
    const clear = ['nothing beside the subject', false, false]
    expect(said).toEqual({
      '664.JPG': ['a hand is in the frame', true, true],
      '650.JPG': ['something else is in the frame at the edge', true, true],
      '1069.JPG': clear,
      '699.JPG': clear,
      '1031.JPG': clear,
      '747.JPG': clear,
    })
  })
})

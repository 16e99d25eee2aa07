import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AssetId, ClipId, ExportId } from '../../../main/contract/ids.ts'
import type { ClipChoice, ClipExportView, ReviewClip, TakeView } from '../../../main/contract/views.ts'
import { painted } from '../../../renderer/clips/choosing.ts'
import { chipWords, clipLabel, leftWords, planWords, takeFacts, underWay } from '../../../renderer/clips/clip-words.ts'
import { clipsOf, kept, type Move, moved } from '../../../renderer/clips/moves.ts'

const asset = 'a'.repeat(64) as AssetId
const clip = (id: string, part: Partial<ReviewClip> = {}): ReviewClip => ({
  id: id as ClipId,
  assetId: asset,
  inUs: 1_200_000,
  outUs: 6_400_000,
  by: 'machine',
  score: 81.6,
  components: {},
  reasons: ['steady hand', 'sharp on the product'],
  choice: 'undecided',
  name: `MVI_0001, ${id}`,
  ...part,
})
const take = (clips: ReviewClip[], part: Partial<TakeView> = {}): TakeView => ({
  assetId: asset,
  name: 'MVI_0001.MP4',
  capturedAt: null,
  durationUs: 62_000_000,
  analysis: 'ready',
  because: null,
  hasThumb: true,
  chapters: [asset],
  productId: null,
  clips,
  left: [],
  ...part,
})

describe('moving between clips', () => {
  const takes = [take([clip('1'), clip('2'), clip('3')]), take([]), take([clip('4')]), take([clip('5'), clip('6'), clip('7')])]
  const walk = (from: string, ...moves: Move[]): (string | null)[] => {
    let at: ClipId | null = from as ClipId
    return moves.map((move) => {
      at = moved(takes, at, move)
      return at
    })
  }

  it('goes along the takes and across them, keeps its column, steps over takes without clips, and stops at the ends', () => {
    expect(walk('2', 'next', 'next', 'next', 'previous')).toEqual(['3', '4', '5', '4'])
    expect(walk('3', 'nextTake', 'nextTake', 'nextTake', 'previousTake', 'previousTake')).toEqual(['4', '5', '5', '4', '1'])
    expect(walk('2', 'previousTake', 'last', 'next', 'first', 'previous')).toEqual(['2', '7', '7', '1', '1'])
    expect([moved([], null, 'next'), moved(takes, null, 'next'), moved(takes, 'gone' as ClipId, 'last')]).toEqual([null, '1', '7'])
  })

  it('always lands on a clip that is there', () => {
    const shape = fc.array(fc.array(fc.constant(0), { maxLength: 4 }), { maxLength: 6 })
    const moves = fc.array(fc.constantFrom<Move>('next', 'previous', 'nextTake', 'previousTake', 'first', 'last'), { maxLength: 20 })
    fc.assert(
      fc.property(shape, moves, (rows, steps) => {
        let n = 0
        const list = rows.map((row) => take(row.map(() => clip(String(n++)))))
        let at = kept(list, null)
        for (const step of steps) at = moved(list, at, step)
        expect(n === 0 ? at === null : clipsOf(list).some(({ id }) => id === at)).toBe(true)
      }),
    )
  })

  it('stays where it is when the list changes, else goes to what is undecided', () => {
    const decided = [take([clip('1', { choice: 'approved' }), clip('2')])]
    expect([
      kept(decided, '1' as ClipId),
      kept(decided, 'gone' as ClipId),
      kept([take([clip('9', { choice: 'rejected' })])], null),
    ]).toEqual(['1', '2', '9'])
  })
})

describe('the words', () => {
  const line = (state: ClipExportView['state'], share: number | null = null): ClipExportView => ({
    id: `e-${state}` as ExportId,
    clipId: '1' as ClipId,
    assetId: asset,
    channel: 'tiktok',
    state,
    share,
    file: null,
    folder: null,
    auto: false,
    because: null,
    notes: [],
    at: '2026-05-03T18:02:11.000Z',
  })

  it('say what a clip, a take, an export and a plan are', () => {
    expect(clipLabel(clip('1'))).toBe('MVI_0001, 1, undecided, 5.2 s, from 0:01.2, score 82, steady hand, sharp on the product')
    expect(clipLabel(clip('1', { by: 'person', score: null, reasons: [], choice: 'approved' }))).toBe(
      'MVI_0001, 1, approved, 5.2 s, from 0:01.2, set by you',
    )
    expect([
      takeFacts(take([clip('1'), clip('2')])),
      takeFacts(take([], { chapters: [asset, asset] })),
      takeFacts(take([], { analysis: 'waiting', durationUs: null })),
    ]).toEqual(['2 clips in 1:02', 'no clip found in 1:02, 2 files of one recording', 'being looked through'])
    expect(leftWords([{ assetId: asset, inUs: 0, outUs: 1_500_000, because: 'shaken' }])).toBe('1 part left out, 1.5 s in all')
    expect([chipWords(line('done'), 'TikTok'), chipWords(line('making', 0.424), 'TikTok'), chipWords(line('waiting'), 'TikTok')]).toEqual([
      'TikTok',
      'TikTok 42 %',
      'TikTok: waits',
    ])
    expect([underWay([line('done')]), underWay([line('making', 0.5), line('queued'), line('done')])]).toEqual([
      null,
      { words: 'Making 2 clips', share: 0.25, open: 2 },
    ])
    const made = { clipId: '1' as ClipId, assetId: asset, channel: 'etsy', name: 'n', file: 'f', seconds: 5, notes: [] }
    const refused = { clipId: null, channel: 'etsy', name: 'n', rule: null, because: 'b', next: null }
    expect([
      planWords({ make: [made], have: [], refused: [refused, refused], folders: [] }),
      planWords({ make: [], have: [], refused: [], folders: [] }),
    ]).toEqual(['1 file will be made; 2 cannot be made.', 'Nothing to make.'])
  })
})

it('paints a choice only where it changes something: other takes stay the same objects', () => {
  const takes = [take([clip('1'), clip('2')]), take([clip('3')])]
  const next = painted(takes, new Set(['2' as ClipId, '3' as ClipId]), (id): ClipChoice => (id === '2' ? 'approved' : 'undecided'))
  expect([next[0]?.clips.map(({ choice }) => choice), next[1] === takes[1]]).toEqual([['undecided', 'approved'], true])
})

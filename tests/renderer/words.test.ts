import { expect, it } from 'vitest'
import { everything } from '../../renderer/cull/filter.ts'
import { parseKept } from '../../renderer/kept.ts'
import { addSample, rateOf, type Sample } from '../../renderer/offload/rate.ts'
import { countsInWords, troubleOf, verdictOf } from '../../renderer/offload/verdict-words.ts'
import type { Kept } from '../../renderer/ui-state.ts'
import { bytes, cameraTime, clock, photosAndClips, points, spaced, tileLabel, timeLeft } from '../../renderer/words.ts'
import { fakeId, fakeLibrary, fakeOffload, fakeReport } from './support/fake-data.ts'

it('writes numbers the way people read them', () => {
  expect([photosAndClips(12, 2), photosAndClips(1, 0), photosAndClips(0, 1), photosAndClips(0, 0)]).toEqual([
    '12 photos and 2 clips',
    '1 photo',
    '1 clip',
    'nothing',
  ])
  expect([bytes(0), bytes(999), bytes(1_500), bytes(123_400_000), bytes(2_352_000_000)]).toEqual([
    '0 bytes',
    '999 bytes',
    '1.5 KB',
    '123 MB',
    '2.4 GB',
  ])
  expect([clock(14_200_000), clock(61_250_000, true), timeLeft(3), timeLeft(31), timeLeft(400)]).toEqual([
    '0:14',
    '1:01.3',
    'a few seconds left',
    'about 35 seconds left',
    'about 7 minutes left',
  ])
  expect([points(7.6), points(-12), points(0.2), spaced('subjectSharpness'), spaced('white-balance')]).toEqual([
    '+8',
    '−12',
    '0',
    'Subject sharpness',
    'White balance',
  ])
  expect([cameraTime('2026-05-03T10:12:44'), cameraTime(null)]).toEqual(['2026-05-03 10:12:44', 'time unknown'])
})

it('names a tile by file, decision, suggestion, score and stack', () => {
  const [first] = fakeLibrary(1).assets
  if (first === undefined) throw new Error('expected an asset')
  expect([
    tileLabel({ ...first, score: 83.4, suggestion: 'pick' }, 6),
    tileLabel({ ...first, score: 83.4, suggestion: 'pick', decision: 'reject' }, 1),
    tileLabel({ ...first, score: null, suggestion: null, kind: 'clip', durationUs: 14_200_000 }, 1),
    tileLabel({ ...first, analysis: 'refused', because: 'It ends early.' }, 1),
  ]).toEqual([
    'IMG_0001.JPG, undecided, suggested pick, score 83, stack of 6',
    'IMG_0001.JPG, rejected, score 83',
    'IMG_0001.JPG, undecided, no score yet, clip of 0:14',
    'IMG_0001.JPG, undecided, cannot be shown: It ends early.',
  ])
})

it('says "safe to erase" only when the engine says so, and otherwise what is missing', () => {
  const good = fakeReport(fakeOffload({}), { isSafe: true })
  const bad = fakeReport(fakeOffload({}), { isSafe: false })
  expect(verdictOf(good)).toMatchObject({ isSafe: true, headline: 'Safe to erase: 214 photos and 24 clips, read back and identical' })
  expect(verdictOf(bad)).toMatchObject({
    isSafe: false,
    headline: 'Not safe to erase: 2 files not copied safely',
    because: bad.safeToErase.because,
  })
  const stopped = { ...good, offload: fakeOffload({ state: 'cancelled' }), safeToErase: { verdict: 'not-safe' as const, because: [] } }
  expect(verdictOf(stopped)).toMatchObject({ isSafe: false, headline: 'Not safe to erase: the offload was cancelled' })
  expect(countsInWords(bad)).toBe('214 copied, 24 already in the library, 1 read back different, 1 failed.')
  expect(troubleOf(bad).map(({ name }) => name)).toEqual(['DCIM/100CANON/IMG_0088.JPG', 'DCIM/100CANON/MVI_0093.MP4'])
  expect(troubleOf(good)).toEqual([])
})

it('measures the rate over the last five seconds and says nothing too early', () => {
  let samples: Sample[] = []
  const seen: (number | null)[] = []
  for (const [at, done] of [
    [0, 0],
    [300, 30],
    [1000, 1000],
    [7000, 61_000],
  ] as const) {
    samples = addSample(samples, { at, bytes: done })
    seen.push(rateOf(samples))
  }
  expect(seen).toEqual([null, null, 1000, null])
})

it('remembers what it kept, field by field, and shrugs at the rest', () => {
  const current = fakeId(1, 2)
  const kept: Kept = {
    theme: 'dark',
    autoAdvance: true,
    tileSize: 240,
    why: false,
    suggestions: false,
    screen: 'cull',
    mode: 'loupe',
    filter: { ...everything, rating: 3, labels: ['red'] },
    sort: { by: 'score', down: true },
    current,
    keys: { preset: 'lightroom', changes: { pick: ['t'] } },
  }
  expect(parseKept(JSON.stringify(kept))).toEqual(kept)
  const defaults = parseKept(null)
  expect(parseKept(JSON.stringify({ theme: 'pink', tileSize: 1e9, why: 'no', current: '../x' }))).toEqual(defaults)
  expect([parseKept('{'), parseKept('7')]).toEqual([defaults, defaults])
})

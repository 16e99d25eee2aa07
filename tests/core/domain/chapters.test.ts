import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chapters, type Recorded } from '../../../main/core/domain/chapters.ts'
import { type Half, livePairs } from '../../../main/core/domain/live-pairs.ts'

const gib4 = 2 ** 32
/** Starts `at` seconds after a fixed hour; null = the file does not say. */
const file = (name: string, at: number | null, seconds: number | null, bytes: number | null = 3e9, folder = 'DCIM/100'): Recorded => ({
  id: `${folder}/${name}`,
  folder,
  name,
  capturedAt: at === null ? null : new Date(Date.UTC(2026, 4, 1, 9) + at * 1000).toISOString(),
  durationUs: seconds === null ? null : seconds * 1e6,
  bytes,
})
const names = (groups: string[][]): string[][] => groups.map((group) => group.map((id) => id.split('/').at(-1) ?? '')).sort()

describe('chapters of one recording', () => {
  test.each<[string, Recorded[], string[][]]>([
    [
      'GoPro, chapter number in front; another recording between them by name',
      [file('GX010123.MP4', 0, 530), file('GX010124.MP4', 1200, 60), file('GX020123.MP4', 530, 530), file('GX030123.MP4', 1060, 12)],
      [['GX010123.MP4', 'GX020123.MP4', 'GX030123.MP4']],
    ],
    [
      'GoPro before HERO6',
      [file('GP010007.MP4', 520, 40), file('GOPR0007.MP4', 0, 520), file('GOPR0008.MP4', 600, 4)],
      [['GOPR0007.MP4', 'GP010007.MP4']],
    ],
    [
      'GoPro, every chapter with the time of the first',
      [file('GH010001.MP4', 0, 530), file('GH020001.MP4', 1, 530)],
      [['GH010001.MP4', 'GH020001.MP4']],
    ],
    ['GoPro, times unknown', [file('GH010001.MP4', null, null), file('GH020001.MP4', null, null)], [['GH010001.MP4', 'GH020001.MP4']]],
    ['GoPro, a chapter is missing', [file('GH010001.MP4', 0, 530), file('GH030001.MP4', 1060, 530)], []],
    ['GoPro, the number came back a day later', [file('GH010001.MP4', 0, 530), file('GH020001.MP4', 90_000, 530)], []],
    [
      'DJI, a part full for its file system, with and without the time in the name',
      [
        file('DJI_0007.MP4', 0, 340, gib4 - 5e6),
        file('DJI_0008.MP4', 341, 30, 4e8),
        file('DJI_20240131120000_0011_D.MP4', 5000, 340, gib4 - 5e6),
        file('DJI_20240131120540_0012_D.MP4', 5340, 30, 4e8),
      ],
      [
        ['DJI_0007.MP4', 'DJI_0008.MP4'],
        ['DJI_20240131120000_0011_D.MP4', 'DJI_20240131120540_0012_D.MP4'],
      ],
    ],
    ['Canon, neighbours that are not full', [file('MVI_0001.MOV', 0, 20, 2e8), file('MVI_0002.MOV', 20, 20, 2e8)], []],
    ['Canon, full, but begun a minute later', [file('MVI_0001.MOV', 0, 300, gib4 - 1e6), file('MVI_0002.MOV', 360, 20, 2e8)], []],
    [
      'AVCHD: no times, 2 GB parts, the last one short',
      [
        file('00000.MTS', null, 900, 2 ** 31 - 4e6),
        file('00001.MTS', null, 900, 2 ** 31 - 4e6),
        file('00002.MTS', null, 10, 3e7),
        file('00003.MTS', null, 10, 3e7),
      ],
      [['00000.MTS', '00001.MTS', '00002.MTS']],
    ],
    ['Sony, full parts in two folders', [file('C0001.MP4', 0, 300, gib4 - 1e6), file('C0002.MP4', 300, 300, 1e9, 'DCIM/101')], []],
    [
      'sizes unknown: the clocks decide for long parts',
      [file('C0001.MP4', 0, 300, null), file('C0002.MP4', 301, 30, null)],
      [['C0001.MP4', 'C0002.MP4']],
    ],
    ['photos and sound are no chapters', [file('IMG_0001.JPG', 0, null, gib4 - 1), file('IMG_0002.JPG', 0, null, gib4 - 1)], []],
  ])('%s', (_, files, wanted) => {
    expect(names(chapters(files))).toEqual(wanted)
    expect(names(chapters(files.toReversed()))).toEqual(wanted)
  })

  test('any names and clocks: no file twice, none invented, at least two in a group, order of input without effect', () => {
    const anyFile = fc.record({
      id: fc.uuid(),
      folder: fc.constantFrom('a', 'b'),
      name: fc.oneof(
        fc.constantFrom('GH010001.MP4', 'GH020001.MP4', 'GOPR0001.MP4', 'GP010001.MP4', 'DJI_0001.MP4', 'DJI_0002.MP4', '00001.MTS'),
        fc.string(),
      ),
      capturedAt: fc.constantFrom(null, 'nonsense', '2026-05-01T09:00:00Z', '2026-05-01T09:05:00Z'),
      durationUs: fc.constantFrom(null, 0, 300_000_000),
      bytes: fc.constantFrom(null, 0, 4_294_000_000),
    })
    fc.assert(
      fc.property(fc.uniqueArray(anyFile, { selector: ({ id }) => id, maxLength: 12 }), (files) => {
        const groups = chapters(files)
        const ids = groups.flat()
        expect(new Set(ids).size).toBe(ids.length)
        expect(files.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
        expect(groups.every((group) => group.length >= 2)).toBe(true)
        expect(chapters(files.toReversed()).sort()).toEqual(groups.sort())
      }),
    )
  })
})

test('Live Photos are paired by identifier, else by stem and second; a longer video, another second or an edited copy stays alone', () => {
  const half = (name: string, rest: Partial<Half> = {}): Half => ({
    id: name,
    folder: '100APPLE',
    name,
    capturedAt: null,
    durationUs: name.endsWith('MOV') ? 2_800_000 : null,
    contentId: null,
    ...rest,
  })
  const pairs = livePairs([
    half('IMG_0001.HEIC', { capturedAt: '2026-05-01T11:00:05.200' }),
    half('IMG_0001.MOV', { capturedAt: '2026-05-01T09:00:05Z' }),
    half('IMG_0002.JPG'),
    half('IMG_0002.MOV'),
    half('IMG_0003.JPG'),
    half('IMG_0003.MOV', { durationUs: 9_000_000 }),
    half('IMG_0004.JPG', { capturedAt: '2026-05-01T11:00:05' }),
    half('IMG_0004.MOV', { capturedAt: '2026-05-01T09:00:45Z' }),
    half('IMG_0005.HEIC', { contentId: 'A' }),
    half('renamed.MOV', { contentId: 'A' }),
    half('IMG_0005.MOV', { contentId: 'B' }),
    half('IMG_E0001.JPG'),
  ])
  expect(pairs).toEqual([
    { stillId: 'IMG_0001.HEIC', movieId: 'IMG_0001.MOV' },
    { stillId: 'IMG_0002.JPG', movieId: 'IMG_0002.MOV' },
    { stillId: 'IMG_0005.HEIC', movieId: 'renamed.MOV' },
  ])
})

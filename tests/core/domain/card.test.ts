import { expect, test } from 'vitest'
import { cardRoots, classify, type Found, looksLikeCard, pair } from '../../../main/core/domain/card.ts'
import { draftTitle, nearestInTime } from '../../../main/core/domain/draft.ts'
import { numbered, safeName, shownName, slug } from '../../../main/core/domain/name.ts'
import { placeOf, shootTime, templateProblem, usualTemplate } from '../../../main/core/domain/place.ts'
import { verdict } from '../../../main/core/domain/verdict.ts'

const found = (path: string, bytes = 10): Found => {
  const at = path.lastIndexOf('/')
  return { source: path, folder: path.slice(0, at), name: path.slice(at + 1), bytes, modifiedMs: 0 }
}

test('companions travel with their photo or clip, and only within their folder', () => {
  const { assets, ignored } = pair(
    [
      '/c/100/IMG_0001.JPG',
      '/c/100/IMG_0001.CR2',
      '/c/100/img_0001.xmp',
      '/c/101/IMG_0001.JPG',
      '/c/100/IMG_0002.CR2',
      '/c/100/MVI_0003.MP4',
      '/c/100/MVI_0003.THM',
      '/c/clip/C0004.MP4',
      '/c/clip/C0004M01.XML',
      '/c/100/SND_0005.WAV',
    ].map((path) => found(path)),
  )
  expect(assets.map((asset) => [asset.source, asset.kind, asset.companions.map((one) => one.name)])).toEqual([
    ['/c/100/IMG_0001.JPG', 'photo', ['IMG_0001.CR2', 'img_0001.xmp']],
    ['/c/100/IMG_0002.CR2', 'photo', []],
    ['/c/100/MVI_0003.MP4', 'clip', ['MVI_0003.THM']],
    ['/c/101/IMG_0001.JPG', 'photo', []],
    ['/c/clip/C0004.MP4', 'clip', ['C0004M01.XML']],
  ])
  expect(ignored.map((one) => one.source)).toEqual(['/c/100/SND_0005.WAV'])
})

test('makers’ own ways of numbering: chapters, proxies, Live Photos, edits and memos', () => {
  const cards: [string[], [string, string[]][]][] = [
    [
      ['GX010128.MP4', 'GX020128.MP4', 'GL010128.LRV', 'GL020128.LRV', 'GX010128.THM', 'GX010129.MP4'],
      [
        ['GX010128.MP4', ['GL010128.LRV:proxy', 'GL020128.LRV:proxy', 'GX010128.THM:thumbnail', 'GX020128.MP4:chapter']],
        ['GX010129.MP4', []],
      ],
    ],
    [['GOPR1234.MP4', 'GP011234.MP4', 'GOPR1234.LRV'], [['GOPR1234.MP4', ['GOPR1234.LRV:proxy', 'GP011234.MP4:chapter']]]],
    [['GP011234.MP4'], [['GP011234.MP4', []]]],
    [
      ['IMG_3589.HEIC', 'IMG_3589.MOV', 'IMG_3606.JPG', 'IMG_E3606.JPG', 'IMG_O3606.AAE'],
      [
        ['IMG_3589.HEIC', ['IMG_3589.MOV:motion']],
        ['IMG_3606.JPG', ['IMG_E3606.JPG:edit', 'IMG_O3606.AAE:metadata']],
      ],
    ],
    [
      ['P1000244.JPG', 'P1000244.MOV'],
      [
        ['P1000244.JPG', []],
        ['P1000244.MOV', []],
      ],
    ],
    [['IMG_0005.JPG', 'SND_0005.WAV'], [['IMG_0005.JPG', ['SND_0005.WAV:memo']]]],
    [['CRW_0101.CRW', 'CRW_0101.THM'], [['CRW_0101.CRW', ['CRW_0101.THM:thumbnail']]]],
    [
      ['img_0001.jpg', 'IMG_0001.JPG'],
      [
        ['IMG_0001.JPG', []],
        ['img_0001.jpg', []],
      ],
    ],
  ]
  for (const [names, expected] of cards) {
    const { assets, ignored } = pair(names.map((name) => found(`/c/100/${name}`)))
    expect([assets.map((asset) => [asset.name, asset.companions.map((one) => `${one.name}:${one.role}`)]), ignored]).toEqual([expected, []])
  }
})

test('a template places every original inside the library, by the shoot’s own day', () => {
  const facts = {
    name: 'IMG_0001.JPG',
    card: 'EOS_DIGITAL',
    camera: 'Canon EOS RP',
    sequence: 7,
    at: new Date('2026-11-21T23:30:05Z'),
    day: new Date('2026-11-21T20:30:05Z'),
  }
  const of = (template: string): string => {
    const { folder, name } = placeOf(template, facts)
    return `${folder}/${name}`
  }
  expect([of(usualTemplate), of('{date:YYYY}/{date:MM-DD}/{camera}/{seq:4}-{stem}'), of('{card}/{date:YYYYMMDD_hhmmss}_{name}')]).toEqual([
    '2026-11-21/EOS_DIGITAL/IMG_0001.JPG',
    '2026/11-21/Canon EOS RP/0007-IMG_0001.JPG',
    'EOS_DIGITAL/20261121_233005_IMG_0001.JPG',
  ])
  expect(placeOf('{card}/{name}', { ...facts, card: '../..', name: '../evil.JPG' })).toEqual({ folder: '_.._', name: '_.._evil.JPG' })
  expect(
    [usualTemplate, '{name}', '{nmae}', '{date}', '../{name}', '{name', '/{name}'].map((one) => templateProblem(one) === null),
  ).toEqual([true, true, false, false, false, false, false])
  const late = shootTime('2026-11-22T01:30:00.000', 0, -600, 3)
  expect([late.at.toISOString(), late.day.toISOString().slice(0, 10)]).toEqual(['2026-11-22T01:20:00.000Z', '2026-11-21'])
  expect(shootTime(null, 1000, 0, 0).at.getTime()).toBe(1000)
})

test('what is not a photo or clip is named with the reason', () => {
  const names = ['._IMG_0001.JPG', '.DS_Store', 'notes.txt', 'noextension', '.JPG', 'IMG_0001.JPG~']
  expect(names.map((name) => classify(name, 5).kind)).toEqual(names.map(() => 'ignored'))
  expect(classify('IMG_0001.JPG', 0)).toMatchObject({ kind: 'ignored', because: expect.stringContaining('empty') })
  expect([looksLikeCard(['DCIM', 'x']), looksLikeCard(['private']), looksLikeCard(['holiday'])]).toEqual([true, true, false])
  expect(cardRoots(['DCIM', 'PRIVATE', 'backup'])).toEqual(['DCIM', 'PRIVATE'])
})

test('names become safe everywhere and stay apart', () => {
  const cases: [string, string][] = [
    ['IMG_0001.JPG', 'IMG_0001.JPG'],
    ['-rf.JPG', '_-rf.JPG'],
    ['CON.JPG', '_CON.JPG'],
    ['..\\..\\evil.JPG', '_.._.._evil.JPG'],
    ['IMG\n0011.JPG', 'IMG_0011.JPG'],
    ['\u202eGPJ.0002_GMI', '_GPJ.0002_GMI'],
    ['IMG_0008.JPG ', 'IMG_0008.JPG'],
    ['IMG_0016.JPG:Zone.Identifier', 'IMG_0016.JPG_Zone.Identifier'],
    ['.JPG', '_.JPG'],
  ]
  expect(cases.map(([name]) => safeName(name))).toEqual(cases.map(([, safe]) => safe))
  expect(Buffer.byteLength(safeName(`${'é'.repeat(200)}.JPG`))).toBeLessThanOrEqual(124)
  expect([numbered('IMG_0001.JPG', 1), numbered('IMG_0001.JPG', 3), shownName('a\u001b[31mb')]).toEqual([
    'IMG_0001.JPG',
    'IMG_0001~3.JPG',
    'a�[31mb',
  ])
  expect([slug('Blue Mug – 24 cm!'), slug('日本語')]).toEqual(['blue-mug-24-cm', 'product'])
})

test('the verdict is safe only when everything was read back and nothing is left', () => {
  const facts = {
    verify: 'destination' as const,
    finished: true,
    problem: null,
    disks: 2,
    photos: 1,
    clips: 1,
    bad: [],
    left: { count: 0, because: '' },
  }
  expect(verdict(facts)).toEqual({
    verdict: 'safe',
    because: ['Safe to erase: 1 photo and 1 clip, each on 2 disks, read back and identical.'],
  })
  const spoiled = [
    { ...facts, finished: false },
    { ...facts, problem: 'the card could not be looked at once more' },
    { ...facts, verify: 'size' as const },
    { ...facts, photos: 0, clips: 0 },
    { ...facts, left: { count: 1, because: 'looks like a photo' } },
    { ...facts, bad: [{ because: 'the card gave a read error', count: 5, names: ['IMG_1.JPG', 'IMG_2.JPG', 'IMG_3.JPG'] }] },
  ]
  expect(spoiled.map((one) => verdict(one).verdict)).toEqual(spoiled.map(() => 'not-safe'))
  expect(verdict(spoiled[5] ?? facts).because[0]).toBe(
    '5 files are not safe yet (IMG_1.JPG, IMG_2.JPG, IMG_3.JPG and 2 more): the card gave a read error.',
  )
})

test('drafts are titled from day and name; clips go to the product nearest in time', () => {
  expect([draftTitle('2026-11-21T10:00:00.000', 'IMG_0001'), draftTitle(null, 'IMG_0001'), draftTitle('2026-13-21', 'IMG_0001')]).toEqual([
    '21 November 2026 · IMG_0001',
    'IMG_0001',
    'IMG_0001',
  ])
  expect([
    nearestInTime(10, [
      { product: 'a', at: 0 },
      { product: 'b', at: 9 },
    ]),
    nearestInTime(10, []),
  ]).toEqual(['b', null])
})

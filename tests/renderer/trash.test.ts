import { expect, it } from 'vitest'
import { assetId } from '../../main/contract/ids.ts'
import type { ManifestReport, TrashedView } from '../../main/contract/views.ts'
import { diskFiles, diskInWords } from '../../renderer/offload/check-words.ts'
import { camerasToSet, corrected } from '../../renderer/offload/clock.ts'
import { dayWords, inTrashWords, namedOrCounted, trashedLabel } from '../../renderer/trash/trash-words.ts'

const one = (patch: Partial<TrashedView> = {}): TrashedView => ({
  id: assetId.parse('a'.repeat(64)),
  kind: 'photo',
  name: 'IMG_0001.JPG',
  removedAt: '2026-05-03T12:00:00.000Z',
  bytes: 8_000_000,
  companions: 0,
  hasThumb: true,
  because: null,
  ...patch,
})

it('says what is in the trash, one by its name and several by their number', () => {
  const all = [one(), one({ kind: 'clip', name: 'MVI_0002.MP4', bytes: 16_000_000 }), one()]
  expect([inTrashWords(all), namedOrCounted(all), namedOrCounted([one()])]).toEqual([
    '2 photos and 1 clip, 32.0 MB',
    '2 photos and 1 clip',
    'IMG_0001.JPG',
  ])
  const now = new Date(2026, 4, 4, 8)
  expect(trashedLabel(one({ companions: 2, because: 'its file is gone', removedAt: new Date(2026, 4, 3, 23).toISOString() }), now)).toBe(
    'IMG_0001.JPG, removed yesterday, 8.0 MB, with 2 companions, its file is gone',
  )
})

it('says the day as people do, over midnight, over a year', () => {
  const now = new Date(2026, 0, 2, 0, 30)
  const days: [Date, string][] = [
    [new Date(2026, 0, 2, 0, 1), 'today'],
    [new Date(2026, 0, 1, 23, 59), 'yesterday'],
    [new Date(2025, 11, 31, 23), '31 December 2025'],
  ]
  expect(days.map(([at]) => dayWords(at.toISOString(), now))).toEqual(days.map(([, words]) => words))
  expect(dayWords(new Date(2026, 4, 3).toISOString(), new Date(2026, 6, 1))).toBe('3 May')
})

it('tells the check of a disk: well, hurt, and what could not be compared', () => {
  const report: ManifestReport = {
    manifests: ['/media/disk/manifests/a.mhl'],
    at: '/media/disk',
    listed: 3,
    identical: 3,
    bytes: 3_000_000,
    damaged: [],
    missing: [],
    unchecked: [],
    extra: [{ path: '/media/disk/originals/new.jpg', because: 'no manifest names it' }],
    checkedAt: '2026-05-03T19:00:00.000Z',
  }
  expect(diskInWords(report)).toEqual({
    isGood: true,
    line: 'This disk is well: 3 files read (3.0 MB), identical to the manifest.',
    about: '3 files listed in a.mhl, compared with /media/disk',
  })
  expect(diskFiles(report).extra).toEqual([{ name: 'originals/new.jpg', because: 'no manifest names it' }])
  const hurt = {
    ...report,
    identical: 0,
    damaged: [{ path: '/media/disk/a', because: 'x' }],
    missing: [{ path: '/media/disk/b', because: 'y' }],
  }
  const half = { ...report, identical: 2, unchecked: [{ path: '/media/disk/c', because: 'z' }] }
  expect([diskInWords(hurt).line, diskInWords(half)]).toMatchObject([
    '1 file is damaged, 1 file is missing; 0 files are as written down.',
    { isGood: false, line: '1 file could not be compared; 2 files are as written down.' },
  ])
  expect(diskFiles(hurt).trouble.map(({ name, next }) => [name, next !== undefined])).toEqual([
    ['a', true],
    ['b', true],
  ])
})

it('lists the cameras of the card first, and shows what a correction does', () => {
  const phone = { name: 'Phone', shots: 3, firstAt: '2026-05-01T23:30:00', token: null }
  expect(camerasToSet([phone], [{ camera: 'Canon' }, { camera: null }, { camera: 'Phone' }], { Old: 60 })).toEqual([
    { name: 'Phone', seen: phone },
    { name: 'Canon', seen: null },
    { name: 'Old', seen: null },
  ])
  expect([corrected(phone.firstAt, 0), corrected(phone.firstAt, 3600), corrected(null, 3600), corrected('soon', 1)]).toEqual([
    { written: '2026-05-01 23:30:00', right: null },
    { written: '2026-05-01 23:30:00', right: '2026-05-02 00:30:00' },
    { written: null, right: null },
    { written: null, right: null },
  ])
})

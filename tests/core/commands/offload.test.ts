import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OffloadReport } from '../../../main/contract/views.ts'
import { buildCard, bytes, photo, photos } from '../../support/card.ts'
import { startEngine, type TestEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

const two = (dir: string): Promise<string> =>
  buildCard(join(dir, 'card'), {
    '100CANON/IMG_0001.JPG': photo({ seed: 1, capturedAt: '2026:05:01 01:30:00' }),
    '100CANON/IMG_0001.XMP': bytes('<x:xmpmeta xmlns:x="adobe:ns:meta/">rating 3</x:xmpmeta>'),
    '100CANON/IMG_0002.JPG': photo({ seed: 2, capturedAt: '2026:05:01 12:00:00' }),
  })

async function offload(
  it: TestEngine,
  path: string,
  more: { backups?: string[]; verify?: 'destination' | 'size' | 'source-and-destination' } = {},
): Promise<OffloadReport> {
  const { offloadId } = await it.call('offload.start', { path, backups: [], ...more })
  await it.call('engine.settle', {})
  return it.call('offload.report', { offloadId })
}

const outcomes = (report: OffloadReport): string[] => report.assets.map((one) => one.outcome)
const originals = (library: string): string[] =>
  readdirSync(join(library, 'originals'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort()

/** Writes one other byte into a file that is read-only, without changing its size; its time is put back. */
function rot(path: string): void {
  const { mtime } = statSync(path)
  const content = readFileSync(path)
  content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 0x10
  chmodSync(path, 0o644)
  writeFileSync(path, content)
  utimesSync(path, mtime, mtime)
  chmodSync(path, 0o444)
}

test('a second insert says nothing new; sizes alone never count as read back', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'), 'offload')
  const card = await two(dir)
  const quick = await offload(it, card, { verify: 'size' })
  expect([outcomes(quick), quick.safeToErase.verdict]).toEqual([['copied', 'copied'], 'not-safe'])
  const full = await offload(it, card)
  expect([outcomes(full), full.safeToErase.verdict]).toEqual([['skipped', 'skipped'], 'safe'])
  const again = await offload(it, card)
  expect([outcomes(again), again.assets.map((one) => one.because)]).toEqual([
    ['skipped', 'skipped'],
    ['already in the library, verified', 'already in the library, verified'],
  ])
  expect(originals(join(dir, 'library'))).toEqual(['IMG_0001.JPG', 'IMG_0001.XMP', 'IMG_0002.JPG'])
})

test('bit rot in the library or on the second disk is found by file, and mended from the card', async () => {
  const dir = tempFolder()
  const backup = join(dir, 'backup')
  const it = await startEngine(join(dir, 'library'), 'offload')
  const card = await two(dir)
  const first = await offload(it, card, { backups: [backup] })
  expect(first.safeToErase).toEqual({ verdict: 'safe', because: ['Safe to erase: 2 photos, each on 2 disks, read back and identical.'] })
  const [a, b] = first.assets.map((one) => one.stored ?? '')
  rot(a ?? '')
  const other = readdirSync(backup, { recursive: true, withFileTypes: true }).find((entry) => entry.name === 'IMG_0002.JPG')
  rmSync(join(other?.parentPath ?? '', 'IMG_0002.JPG'))
  const checked = await it.call('library.verify', {})
  expect([checked.damaged.map((one) => one.path), checked.missing.map((one) => one.path)]).toEqual([
    [a],
    [join(other?.parentPath ?? '', 'IMG_0002.JPG')],
  ])
  const mended = await offload(it, card, { backups: [backup] })
  expect([mended.safeToErase.verdict, mended.assets[0]?.because]).toEqual([
    'safe',
    'a copy had changed since it was verified; a good one was put beside it',
  ])
  expect(await it.call('library.verify', { offloadId: mended.offload.id })).toMatchObject({ damaged: [], missing: [] })
  expect([mended.assets[0]?.stored === a, mended.assets[1]?.stored === b]).toEqual([false, true])
})

test('what changes on the card is never taken for what is there: edits of companions, swapped files, late arrivals', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'), 'offload')
  const card = await two(dir)
  await offload(it, card)
  writeFileSync(join(card, 'DCIM/100CANON/IMG_0001.XMP'), '<x:xmpmeta xmlns:x="adobe:ns:meta/">rating 4</x:xmpmeta>')
  // Another photo with the name, size and time of one that is known.
  const known = join(card, 'DCIM/100CANON/IMG_0002.JPG')
  const stat = statSync(known)
  const other = Buffer.from(readFileSync(known))
  other.fill(0x55, other.length - 600, other.length - 500)
  writeFileSync(known, other)
  utimesSync(known, stat.atime, stat.mtime)
  const report = await offload(it, card)
  expect(report.safeToErase.verdict).toBe('safe')
  const contents = originals(join(dir, 'library'))
  expect(contents).toEqual(['IMG_0001.JPG', 'IMG_0001.XMP', 'IMG_0001~2.XMP', 'IMG_0002.JPG', 'IMG_0002~2.JPG'])
  await buildCard(card, { '../Holiday/A.JPG': photo({ seed: 9 }) })
  mkdirSync(join(card, 'Holiday'), { recursive: true })
  renameSync(join(card, 'Holiday/A.JPG'), join(card, 'Holiday/B.JPG'))
  const odd = await offload(it, card)
  expect([odd.safeToErase.verdict, odd.ignored.some((one) => one.source.endsWith('Holiday') && /1? ?photo/.test(one.because))]).toEqual([
    'not-safe',
    true,
  ])
})

test('photos are announced by name while they are copied, and what was there already is not', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'), 'offload')
  const card = await buildCard(join(dir, 'card'), photos(240))
  let told: { ids: string[]; state: string }[] = []
  let state = ''
  it.engine.on('offload.changed', (view) => {
    state = view.state
  })
  it.engine.on('assets.changed', ({ assetIds }) => told.push({ ids: assetIds, state }))
  const first = await offload(it, card)
  await expect.poll(() => told.at(-1)?.state, { timeout: 30_000 }).toBe('done')
  expect(told.flatMap((one) => one.ids).toSorted()).toEqual(first.assets.map(({ id }) => id).toSorted())
  expect(told.filter((one) => one.state === 'copying' && one.ids.length > 0).length).toBeGreaterThan(0)
  told = []
  state = ''
  await offload(it, card)
  await expect.poll(() => told.at(-1)?.state, { timeout: 30_000 }).toBe('done')
  expect(told.flatMap((one) => one.ids)).toEqual([])
})

test('a photo that arrives while the card is read is copied before the verdict', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'), 'offload')
  const card = await buildCard(join(dir, 'card'), photos(30))
  const { offloadId } = await it.call('offload.start', { path: card, backups: [] })
  let late = false
  it.engine.on('offload.changed', (view) => {
    // Told once for sure: when the card was read and the first copy begins.
    if (late || view.state !== 'copying') return
    late = true
    writeFileSync(join(card, 'DCIM/100CANON/IMG_0099.JPG'), readFileSync(join(card, 'DCIM/100CANON/IMG_0001.JPG')).subarray(0, 9000))
  })
  await it.call('engine.settle', {})
  const report = await it.call('offload.report', { offloadId })
  expect([late, report.assets.length, report.safeToErase.verdict, outcomes(report).every((one) => one === 'copied')]).toEqual([
    true,
    31,
    'safe',
    true,
  ])
})

test('pause holds, also over a restart, and resume goes on', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  // Progress is told a few times a second: there must be files left when it is first heard.
  const many = 250
  const card = await buildCard(join(dir, 'card'), photos(many))
  const first = await startEngine(library, 'offload')
  const { offloadId } = await first.call('offload.start', { path: card, backups: [] })
  await new Promise<void>((resolve) => {
    first.engine.on('offload.changed', (view) => {
      if (view.state === 'copying' && view.filesDone >= 1) resolve()
    })
  })
  await first.call('offload.pause', { offloadId })
  await first.call('engine.settle', {})
  const held = await first.call('offload.report', { offloadId })
  expect([held.offload.state, held.offload.filesDone < many, held.safeToErase.verdict]).toEqual(['paused', true, 'not-safe'])
  await first.close()
  const second = await startEngine(library, 'offload')
  await second.call('engine.settle', {})
  expect((await second.call('offload.report', { offloadId })).offload).toMatchObject({ state: 'paused', filesDone: held.offload.filesDone })
  await second.call('offload.resume', { offloadId })
  await second.call('engine.settle', {})
  expect((await second.call('offload.report', { offloadId })).safeToErase.verdict).toBe('safe')
})

test('what was removed on purpose stays removed when the card comes back, until it is restored', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'))
  const card = await two(dir)
  const first = await offload(it, card)
  const id = first.assets[1]?.id
  if (id == null) throw new Error('expected an asset')
  await it.call('asset.remove', { assetIds: [id] })
  expect((await it.call('asset.list', {})).assets.map((one) => one.name)).toEqual(['IMG_0001.JPG'])
  const plan = await it.call('offload.plan', { path: card, backups: [] })
  expect(plan.files.map((file) => file.action)).toEqual(['have', 'removed'])
  const again = await offload(it, card)
  expect([outcomes(again), again.assets[1]?.because, again.safeToErase.verdict]).toEqual([
    ['skipped', 'skipped'],
    expect.stringContaining('stays removed'),
    'safe',
  ])
  await it.call('asset.restore', { assetIds: [id] })
  await it.call('engine.settle', {})
  expect((await it.call('asset.list', {})).assets.map((one) => one.name)).toEqual(['IMG_0001.JPG', 'IMG_0002.JPG'])
  expect(await it.call('library.verify', {})).toMatchObject({ damaged: [], missing: [] })
})

test('a template places originals by the shoot’s day; a bad one is refused; a camera’s clock can be moved', async () => {
  const dir = tempFolder()
  const it = await startEngine(join(dir, 'library'))
  const card = await two(dir)
  expect(await it.engine.call('settings.set', { template: '{date}/{nmae}' })).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', message: expect.stringContaining('{nmae}') },
  })
  await it.call('settings.set', { template: '{date:YYYY}/{date:MMDD}/{stem}-{seq:3}', dayStartHour: 3 })
  const plan = await it.call('offload.plan', { path: card, backups: [] })
  expect(plan.files.map((file) => file.to)).toEqual(['2026/0430/IMG_0001-001.JPG', '2026/0501/IMG_0002-002.JPG'])
  const report = await offload(it, card)
  expect(originals(join(dir, 'library'))).toEqual(['IMG_0001-001.JPG', 'IMG_0001-001.XMP', 'IMG_0002-002.JPG'])
  expect(report.assets[0]?.stored).toBe(join(dir, 'library', 'originals', plan.files[0]?.to ?? ''))
  const before = (await it.call('asset.list', {})).assets[1]
  await it.call('settings.set', { cameraOffsets: { [before?.camera ?? '']: 3600 } })
  expect([before?.capturedAt, (await it.call('asset.list', {})).assets[1]?.capturedAt]).toEqual([
    '2026-05-01T12:00:00.000',
    '2026-05-01T13:00:00.000',
  ])
})

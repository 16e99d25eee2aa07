import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { AssetId } from '../../../main/contract/ids.ts'
import type { OffloadReport } from '../../../main/contract/views.ts'
import { buildCard, bytes, photo } from '../../support/card.ts'
import { startEngine, type TestEngine } from '../../support/engine.ts'
import { tempFolder } from '../../support/temp.ts'

const names = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : []
const originals = (library: string): string[] => names(join(library, 'originals'))

async function offload(it: TestEngine, path: string, backups: string[] = []): Promise<OffloadReport> {
  const { offloadId } = await it.call('offload.start', { path, backups })
  await it.call('engine.settle', {})
  return it.call('offload.report', { offloadId })
}
const idOf = (report: OffloadReport, name: string): AssetId => {
  const id = report.assets.find((one) => one.source.endsWith(name))?.id
  if (id == null) throw new Error(`expected ${name} in the library`)
  return id
}
const two = (dir: string): Promise<string> =>
  buildCard(join(dir, 'card'), {
    '100CANON/IMG_0001.JPG': photo({ seed: 1 }),
    '100CANON/IMG_0001.XMP': bytes('<x:xmpmeta xmlns:x="adobe:ns:meta/">rating 3</x:xmpmeta>'),
    '100CANON/IMG_0002.JPG': photo({ seed: 2 }),
  })

test('a removed photo takes its companion along; both come back to their place, still known as verified', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library, 'offload')
  const card = await two(dir)
  const id = idOf(await offload(it, card), 'IMG_0001.JPG')
  expect(await it.call('asset.remove', { assetIds: [id] })).toEqual({ removed: [id] })
  expect([originals(library), names(join(library, 'trash')).length]).toEqual([['IMG_0002.JPG'], 2])
  const { trash, deleted } = await it.call('trash.list', {})
  expect([trash, deleted]).toMatchObject([[{ id, name: 'IMG_0001.JPG', companions: 1, because: null }], 0])
  expect(await it.call('asset.remove', { assetIds: [id] })).toEqual({ removed: [] })
  expect(await it.call('asset.restore', { assetIds: [id] })).toEqual({ restored: [id], left: [] })
  expect([originals(library), names(join(library, 'trash'))]).toEqual([['IMG_0001.JPG', 'IMG_0001.XMP', 'IMG_0002.JPG'], []])
  expect((await it.call('trash.list', {})).trash).toEqual([])
  // The move itself changed the files' change time; that is no reason to copy them again.
  expect((await it.call('offload.plan', { path: card, backups: [] })).files.map((file) => file.action)).toContain('have')
  expect(await it.call('library.verify', {})).toMatchObject({ checked: 3, identical: 3 })
})

test('another photo can take the name of one in the trash, which then comes back beside it', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library, 'offload')
  await it.call('settings.set', { template: '{date:YYYY}/{name}' })
  const first = await offload(it, await two(dir))
  const id = idOf(first, 'IMG_0001.JPG')
  await it.call('asset.remove', { assetIds: [id] })
  const other = await buildCard(join(dir, 'other'), { '100CANON/IMG_0001.JPG': photo({ seed: 77 }) })
  const second = await offload(it, other)
  expect([second.safeToErase.verdict, second.assets[0]?.outcome]).toEqual(['safe', 'copied'])
  const before = readFileSync(second.assets[0]?.stored ?? '')
  expect(await it.call('asset.restore', { assetIds: [id] })).toEqual({ restored: [id], left: [] })
  expect(originals(library)).toEqual(['IMG_0001.JPG', 'IMG_0001~2.JPG', 'IMG_0001~2.XMP', 'IMG_0002.JPG'])
  expect(readFileSync(second.assets[0]?.stored ?? '').equals(before)).toBe(true)
  expect(await it.call('library.verify', {})).toMatchObject({ checked: 4, identical: 4 })
})

test('emptying deletes the original and its pictures for good, and nothing else: not on other disks, not what is not ours', async () => {
  const dir = tempFolder()
  const [library, backup] = [join(dir, 'library'), join(dir, 'backup')]
  const it = await startEngine(library)
  const card = await two(dir)
  const report = await offload(it, card, [backup])
  const [a, b] = [idOf(report, 'IMG_0001.JPG'), idOf(report, 'IMG_0002.JPG')]
  const onBackup = names(join(backup, 'originals'))
  await it.call('asset.remove', { assetIds: [a, b] })
  await it.call('engine.settle', {})
  const strange = join(library, 'trash', a.slice(0, 2))
  writeFileSync(join(strange, 'letter.txt'), 'mine')
  mkdirSync(join(strange, `${'0'.repeat(64)}.JPG`))
  const first = await it.call('trash.empty', { assetIds: [a] })
  expect([first.deleted, first.left]).toEqual([[a], []])
  expect(first.bytes).toBeGreaterThan(1000)
  expect([(await it.call('trash.list', {})).trash.map((one) => one.id), (await it.call('trash.list', {})).deleted]).toEqual([[b], 1])
  expect(names(join(library, 'cache')).filter((name) => name.startsWith(a))).toEqual([])
  expect(names(join(library, 'cache')).filter((name) => name.startsWith(b)).length).toBeGreaterThan(0)
  expect(await it.call('asset.restore', { assetIds: [a] })).toEqual({
    restored: [],
    left: [{ assetId: a, because: 'it was deleted for good' }],
  })
  expect((await it.call('trash.empty', {})).deleted).toEqual([b])
  expect([names(join(library, 'trash')), originals(library)]).toEqual([['letter.txt'], []])
  expect(names(join(backup, 'originals'))).toEqual(onBackup)
  const again = await it.call('offload.plan', { path: card, backups: [backup] })
  expect(again.files.map((file) => file.action)).toEqual(['removed', 'removed'])
  expect((await offload(it, card, [backup])).safeToErase.verdict).toBe('safe')
  expect((await it.call('library.status', {})).photos).toBe(0)
})

test('a trash folder that is a link to elsewhere is refused, and nothing there is touched', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library, 'offload')
  const id = idOf(await offload(it, await two(dir)), 'IMG_0002.JPG')
  await it.call('asset.remove', { assetIds: [id] })
  renameSync(join(library, 'trash'), join(dir, 'elsewhere'))
  symlinkSync(join(dir, 'elsewhere'), join(library, 'trash'))
  const reply = await it.engine.call('trash.empty', {})
  expect(reply).toMatchObject({ ok: false, error: { code: 'conflict', next: expect.stringContaining('nothing was deleted') } })
  expect(names(join(dir, 'elsewhere'))).toHaveLength(1)
  rmSync(join(library, 'trash'))
  renameSync(join(dir, 'elsewhere'), join(library, 'trash'))
  expect((await it.call('trash.list', {})).trash).toMatchObject([{ id, because: null }])
})

test('a file that someone took out of the trash is said to be gone, and its line can be deleted', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library, 'offload')
  const id = idOf(await offload(it, await two(dir)), 'IMG_0002.JPG')
  await it.call('asset.remove', { assetIds: [id] })
  rmSync(join(library, 'trash'), { recursive: true })
  const because = 'its file is not in the trash folder any more'
  expect((await it.call('trash.list', {})).trash).toMatchObject([{ id, because }])
  expect(await it.call('asset.restore', { assetIds: [id] })).toEqual({ restored: [], left: [{ assetId: id, because }] })
  expect(await it.call('trash.empty', {})).toMatchObject({ deleted: [id], left: [] })
})

/** Killed between the library and its files: removing, restoring and deleting each left where they were interrupted. */
test('what a crash left half done is finished at the next start', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library, 'offload')
  const card = await buildCard(
    join(dir, 'card'),
    Object.fromEntries([1, 2, 3, 4].map((n) => [`100CANON/IMG_000${n}.JPG`, photo({ seed: n })])),
  )
  const report = await offload(it, card)
  const [removing, restoring, deleting, linked] = [1, 2, 3, 4].map((n) => idOf(report, `IMG_000${n}.JPG`))
  if (removing === undefined || restoring === undefined || deleting === undefined || linked === undefined) throw new Error('expected four')
  await it.call('asset.remove', { assetIds: [restoring, deleting] })
  await it.close()
  const place = (id: string): string => join('trash', id.slice(0, 2), `${id}.JPG`)
  const db = new DatabaseSync(join(library, 'dropcard.sqlite'))
  const stored = (id: string): string => String(db.prepare('select stored from asset where id = ?').get(id)?.['stored'])
  const home = stored(removing)
  const back = String(db.prepare('select trashed from removal where asset_id = ?').get(restoring)?.['trashed'])
  db.exec("insert into meta values ('trash.busy', '1')")
  for (const id of [removing, linked]) {
    db.prepare('insert into removal values (?, ?, ?)').run(id, stored(id), '2026-05-01T10:00:00.000Z')
  }
  const linkedHome = stored(linked)
  db.prepare('update asset set stored = ? where id = ?').run(place(removing), removing)
  db.prepare('update asset set stored = ? where id = ?').run(place(linked), linked)
  db.prepare('delete from removal where asset_id = ?').run(restoring)
  db.prepare('update asset set stored = ? where id = ?').run(back, restoring)
  db.prepare("update removal set trashed = '' where asset_id = ?").run(deleting)
  db.close()
  // Between link and unlink a file has both of its names.
  mkdirSync(join(library, 'trash', linked.slice(0, 2)), { recursive: true })
  linkSync(join(library, linkedHome), join(library, place(linked)))

  const next = await startEngine(library, 'offload')
  const { trash, deleted } = await next.call('trash.list', {})
  expect([trash.map((one) => [one.id, one.because]).sort(), deleted]).toEqual([
    [
      [removing, null],
      [linked, null],
    ].sort(),
    1,
  ])
  expect([existsSync(join(library, home)), existsSync(join(library, linkedHome)), existsSync(join(library, back))]).toEqual([
    false,
    false,
    true,
  ])
  expect(names(join(library, 'trash'))).toEqual([`${removing}.JPG`, `${linked}.JPG`].sort())
  expect((await next.call('asset.list', {})).assets.map((one) => one.id)).toEqual([restoring])
  expect(await next.call('library.verify', {})).toMatchObject({ checked: 1, identical: 1 })
  expect((await next.call('asset.restore', { assetIds: [removing, linked] })).left).toEqual([])
  expect(originals(library)).toEqual(['IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0004.JPG'])
  expect(lstatSync(join(library, home)).nlink).toBe(1)
})

test('a photo that cannot be moved stays in the library, and says why', async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const it = await startEngine(library, 'offload')
  const report = await offload(it, await two(dir))
  writeFileSync(join(library, 'trash'), 'a file where the folder would be')
  const ids = [idOf(report, 'IMG_0001.JPG'), idOf(report, 'IMG_0002.JPG')]
  expect(await it.engine.call('asset.remove', { assetIds: ids })).toMatchObject({ ok: false, error: { code: 'unreadable' } })
  expect(originals(library)).toEqual(['IMG_0001.JPG', 'IMG_0001.XMP', 'IMG_0002.JPG'])
  expect((await it.call('library.status', {})).photos).toBe(2)
  expect(await it.call('library.verify', {})).toMatchObject({ checked: 3, identical: 3 })
})

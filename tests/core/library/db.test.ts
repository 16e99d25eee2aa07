import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { platform, userInfo } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../main/core/errors.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import { migrations } from '../../../main/core/library/migrations/index.ts'
import { tempFolder } from '../../support/temp.ts'

const refusal = async (dir: string): Promise<{ code: string; message: string; next: string | null }> => {
  try {
    const library = await openLibrary(dir)
    await library[Symbol.asyncDispose]()
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message, next: error.next }
    throw error
  }
  throw new Error('it opened')
}

test('a new library is made, reopened, and locked against a second engine', async () => {
  const dir = join(tempFolder(), 'new', 'library')
  const library = await openLibrary(dir)
  await library.db.insertInto('meta').values({ key: 'a', value: 'b' }).execute()
  expect(await refusal(dir)).toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Another Dropcard'),
    next: expect.stringContaining('Close it'),
  })
  await library[Symbol.asyncDispose]()
  const again = await openLibrary(dir)
  expect(await again.db.selectFrom('meta').selectAll().execute()).toEqual([{ key: 'a', value: 'b' }])
  await again[Symbol.asyncDispose]()
})

test('what cannot be opened is refused by name, with the next step, and is left as it was', async () => {
  const root = tempFolder()
  const file = join(root, 'a-file')
  writeFileSync(file, 'not a folder')
  expect(await refusal(file)).toMatchObject({ code: 'unreadable', message: expect.stringContaining(file) })

  const garbage = join(root, 'garbage')
  mkdirSync(garbage)
  writeFileSync(join(garbage, 'dropcard.sqlite'), Buffer.alloc(8192, 7))
  const before = readFileSync(join(garbage, 'dropcard.sqlite'))
  expect(await refusal(garbage)).toMatchObject({ code: 'corrupt-library', next: expect.stringContaining('backups') })
  expect(readFileSync(join(garbage, 'dropcard.sqlite')).equals(before)).toBe(true)

  const newer = join(root, 'newer')
  await (await openLibrary(newer))[Symbol.asyncDispose]()
  const db = new DatabaseSync(join(newer, 'dropcard.sqlite'))
  db.exec('pragma user_version = 99')
  db.close()
  expect(await refusal(newer)).toMatchObject({
    code: 'newer-library',
    message: expect.stringContaining('99'),
    next: expect.stringContaining('Update'),
  })
})

test('pages overwritten in the middle are found when the library is opened', async () => {
  const dir = tempFolder()
  const library = await openLibrary(dir)
  for (let n = 0; n < 400; n += 1)
    await library.db
      .insertInto('meta')
      .values({ key: `key ${n}`, value: 'x'.repeat(200) })
      .execute()
  await library[Symbol.asyncDispose]()
  const path = join(dir, 'dropcard.sqlite')
  const bytes = readFileSync(path)
  for (let at = 4096 * 3; at < bytes.length; at += 4096) bytes.fill(0xa5, at, at + 64)
  writeFileSync(path, bytes)
  expect(await refusal(dir)).toMatchObject({ code: 'corrupt-library' })
})

test('an older library is backed up before it is migrated', async () => {
  const dir = tempFolder()
  const old = new DatabaseSync(join(dir, 'dropcard.sqlite'))
  old.exec('create table before (what text); insert into before values (1)')
  old.close()
  await (await openLibrary(dir))[Symbol.asyncDispose]()
  expect(readdirSync(join(dir, 'backups'))).toEqual(migrations.map(({ name }) => `before-${name}.sqlite`))
})

test.skipIf(platform() !== 'linux' || userInfo().uid !== 0)('a full disk is named', async () => {
  const dir = tempFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir])
  onTestFinished(() => void execFileSync('umount', ['-l', dir]))
  writeFileSync(join(dir, 'fill'), Buffer.alloc(60 * 1024))
  expect(await refusal(dir)).toMatchObject({ code: 'no-space', next: expect.stringContaining('Free some space') })
})

test('the trash of before: what lay in it and where it came from change places', async () => {
  const dir = tempFolder()
  const old = new DatabaseSync(join(dir, 'dropcard.sqlite'))
  for (const one of migrations.slice(0, 8)) old.exec(one.sql)
  const id = 'ab'.repeat(32)
  old.exec(`insert into asset (id, kind, bytes, name, stored, modified_ms, fingerprint, added_at) values ('${id}', 'photo', 1, 'A.JPG', 'originals/A.JPG', 1, '', '2026-01-01T00:00:00Z');
    insert into removal values ('${id}', 'trash/ab/${id}.JPG', '2026-01-02T00:00:00Z'); pragma user_version = 8`)
  old.close()
  await using library = await openLibrary(dir)
  const row = await library.db
    .selectFrom('asset')
    .innerJoin('removal', 'removal.asset_id', 'asset.id')
    .select(['stored', 'trashed'])
    .executeTakeFirst()
  expect(row).toEqual({ stored: `trash/ab/${id}.JPG`, trashed: 'originals/A.JPG' })
})

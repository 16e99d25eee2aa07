import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shellCommands } from '../../../main/contract/ipc.ts'
import { AppError } from '../../../main/core/errors.ts'
import { saveAt } from '../../../main/hosts/electron/save.ts'
import { tempFolder } from '../../support/temp.ts'

const refusal = async (path: string, write: (part: string) => Promise<void>): Promise<[string, string | null]> => {
  const error = await saveAt(path, write).then(
    () => null,
    (found: unknown) => found,
  )
  if (error instanceof AppError) return [error.code, error.next]
  throw error ?? new Error('it was saved')
}

test('a file is saved whole or not at all, replaces what the dialog asked about, and never lands on a card', async () => {
  const dir = tempFolder()
  const path = join(dir, 'report.csv')
  writeFileSync(path, 'old')
  await saveAt(path, (part) => writeFile(part, 'new'))
  expect([readFileSync(path, 'utf8'), readdirSync(dir)]).toEqual(['new', ['report.csv']])

  // Half of it is written when the source turns out to be gone: the old one stays, and nothing lies about.
  const gone = await refusal(path, async (part) => {
    await writeFile(part, 'half')
    await copyFile(join(dir, 'missing.pdf'), part)
  })
  expect([gone[0], readFileSync(path, 'utf8'), readdirSync(dir)]).toEqual(['not-found', 'new', ['report.csv']])
  expect((await refusal(join(dir, 'no', 'such', 'folder.csv'), (part) => writeFile(part, 'x')))[0]).toBe('not-found')

  const card = join(dir, 'card', 'DCIM', '100TEST')
  mkdirSync(card, { recursive: true })
  for (const folder of [card, join(dir, 'card', 'DCIM')])
    expect(await refusal(join(folder, 'report.csv'), (part) => writeFile(part, 'x'))).toEqual([
      'invalid-input',
      'Choose a folder on another disk.',
    ])
  expect(existsSync(join(card, 'report.csv'))).toBe(false)
})

test('the page proposes a plain file name, never a place, and not more text than a file of words has', () => {
  const takes = (name: string, text = 'x'): boolean => shellCommands['shell.saveText'].in.safeParse({ name, text }).success
  expect(['report.csv', 'Herbst Glasuren.json', 'names.txt', 'résumé.CSV'.toLowerCase()].filter((name) => !takes(name))).toEqual([])
  const bad = [
    '../up.csv',
    '/etc/x.csv',
    'C:x.csv',
    'a\\b.csv',
    '.hidden.csv',
    'x.exe',
    'x',
    '.csv',
    'a\u202Etxt.csv',
    'a\n.csv',
    `${'x'.repeat(200)}.csv`,
  ]
  expect(bad.filter((name) => takes(name))).toEqual([])
  expect(takes('big.txt', 'x'.repeat(20_000_001))).toBe(false)
})

import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createWatchedFolders } from '../../main/adapters/watched-folders.ts'
import { tempFolder } from '../support/temp.ts'

const watching = async (...folders: string[]) => {
  const told: [string, number][] = []
  const watched = createWatchedFolders({ onFiles: (folder, files) => told.push([folder, files]) })
  onTestFinished(() => watched[Symbol.asyncDispose]())
  watched.set(folders)
  // chokidar says nothing about when a folder that is not there yet is being waited for.
  await pause(2500)
  return { told, watched }
}
const slow = { timeout: 20_000, interval: 50 }

test('one call for all that arrived together, when it is whole; hidden, passing and empty files and links are no news', async () => {
  const folder = tempFolder('watched')
  const other = tempFolder('watched')
  writeFileSync(join(folder, 'old.jpg'), 'was there before')
  const { told, watched } = await watching(folder, other)
  mkdirSync(join(folder, '2026-05'))
  writeFileSync(join(folder, '2026-05', 'IMG_0001.JPG'), 'one')
  writeFileSync(join(folder, 'IMG_0002.JPG'), 'two')
  writeFileSync(join(folder, '.hidden.jpg'), 'no')
  writeFileSync(join(folder, 'IMG_0003.JPG.part'), 'no')
  writeFileSync(join(folder, 'empty.jpg'), '')
  symlinkSync(other, join(folder, 'elsewhere'))
  // A file that keeps growing is not whole.
  for (let more = 0; more < 8; more++) {
    appendFileSync(join(folder, 'MVI_0004.MP4'), 'x'.repeat(1000))
    await pause(300)
    expect(told.flatMap(([, files]) => files).reduce((sum, files) => sum + files, 0)).toBeLessThan(3)
  }
  await vi.waitFor(() => expect(told.reduce((sum, [, files]) => sum + files, 0)).toBe(3), slow)
  expect(new Set(told.map(([path]) => path))).toEqual(new Set([folder]))
  told.length = 0
  renameSync(join(folder, 'IMG_0003.JPG.part'), join(folder, 'IMG_0003.JPG'))
  await vi.waitFor(() => expect(told).toEqual([[folder, 1]]), slow)
  // No longer watched, no longer told.
  watched.set([other])
  writeFileSync(join(folder, 'IMG_0009.JPG'), 'nine')
  writeFileSync(join(other, 'IMG_0010.JPG'), 'ten')
  await vi.waitFor(
    () =>
      expect(told).toEqual([
        [folder, 1],
        [other, 1],
      ]),
    slow,
  )
})

test('a folder that vanishes and comes back, or was never there, is waited for', async () => {
  const root = tempFolder('watched')
  const folder = join(root, 'phone')
  const { told } = await watching(folder)
  mkdirSync(folder)
  await pause(2500)
  writeFileSync(join(folder, 'IMG_0001.JPG'), 'one')
  await vi.waitFor(() => expect(told).toEqual([[folder, 1]]), slow)
  rmSync(folder, { recursive: true })
  await pause(2500)
  mkdirSync(folder)
  writeFileSync(join(folder, 'IMG_0002.JPG'), 'two')
  writeFileSync(join(folder, 'IMG_0003.JPG'), 'three')
  await vi.waitFor(
    () =>
      expect(told).toEqual([
        [folder, 1],
        [folder, 2],
      ]),
    slow,
  )
})

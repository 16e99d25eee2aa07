import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eject } from '../../main/adapters/eject.ts'
import { exfatDisk, exfatHere, ext4Disk, ext4Here } from '../support/disks.ts'
import { tempFolder } from '../support/temp.ts'

test('a folder, a file, a link, what is not there and the system’s own disk are refused', async () => {
  const folder = tempFolder('eject')
  mkdirSync(join(folder, 'DCIM'))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('/', join(folder, 'link'))
  for (const path of [
    folder,
    join(folder, 'DCIM'),
    join(folder, 'file'),
    join(folder, 'link'),
    join(folder, 'gone'),
    '/',
    '/proc',
    '-a',
    '',
  ]) {
    expect([path, await eject(path)]).toEqual([
      path,
      { ejected: false, because: expect.stringMatching(/^(it is a folder|the system itself)/) },
    ])
  }
})

test.skipIf(!ext4Here)('a disk in use stays and says why; free, it goes with everything on it written [needs root on Linux]', async () => {
  const disk = ext4Disk(16)
  writeFileSync(join(disk.dir, 'photo.jpg'), 'bytes')
  const used = openSync(join(disk.dir, 'photo.jpg'), 'r')
  expect(await eject(disk.dir)).toEqual({ ejected: false, because: 'a program still uses it; close its windows and folders and try again' })
  closeSync(used)
  expect(await eject(disk.dir)).toEqual({ ejected: true, because: null })
  expect(await eject(disk.dir)).toMatchObject({ ejected: false, because: expect.stringContaining('it is a folder') })
})

test.skipIf(!exfatHere)('an exFAT card goes too [needs root on Linux and an exFAT driver]', async () => {
  const card = exfatDisk(16)
  mkdirSync(join(card.dir, 'DCIM'))
  expect(await eject(card.dir)).toEqual({ ejected: true, because: null })
})

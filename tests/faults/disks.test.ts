import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exfatDisk, exfatHere, ext4Disk, ext4Here, linuxRoot, memoryDisk } from '../support/disks.ts'
import { tempFolder } from '../support/temp.ts'
import { look, noiseCard, precious } from './support/card.ts'
import { judge, judgeWhole, originals, type Scene } from './support/judge.ts'
import { type Job, offload, offloadWith } from './support/offload.ts'
import { shimHere } from './support/shim.ts'
import { faultTable } from './support/table.ts'

const { tried } = faultTable(import.meta.filename)

function stage(libraryDisk: string | null, backupDisk: string | null, photos = 6, size = 40_000): { at: Scene; job: Job } {
  const dir = tempFolder('disks')
  const card = noiseCard(join(dir, 'EOS'), photos, size)
  const disks = [join(libraryDisk ?? dir, 'library'), join(backupDisk ?? dir, 'backup')]
  return { at: { card, before: look(card), disks }, job: { card, library: disks[0] ?? '', backups: disks.slice(1) } }
}

describe.skipIf(!shimHere)('a disk that fails [needs Linux with a C compiler]', () => {
  const failing: [fault: string, rule: string, itself: boolean][] = [
    ['the library is full in the middle', 'write|/library/originals/|3|0|enospc', false],
    ['the backup is full in the middle', 'write|/backup/originals/|3|0|enospc', false],
    ['the backup is read-only', 'mkdir|/backup|1|0|erofs', false],
    ['the backup cannot be synced', 'sync|/backup/originals|2|1|eio', false],
    ['a write to the library is short', 'write|/library/originals/|1|0|short', true],
    ['the library writes one wrong bit once', 'write|/library/originals/|2|1|flip', true],
    ['the backup writes one wrong bit once', 'write|/backup/originals/|2|1|flip', true],
    ['the backup always writes wrong bits', 'write|/backup/originals/|1|0|flip', false],
    ['the library reads back wrong once', 'read|/library/originals/|1|1|flip', true],
    ['hard links fail', 'link|/library|1|0|eio', false],
    ['the database is full in the middle', 'write|dropcard.sqlite-wal|70|0|enospc', false],
    ['the database gives write errors', 'write|dropcard.sqlite-wal|90|0|eio', false],
    ['the manifest cannot be written', 'open|/backup/manifests/|1|0|enospc', false],
  ]
  for (const [fault, rule, itself] of failing) {
    test(`${fault}: ${itself ? 'tried again by itself' : 'named'}, a rerun completes`, async () => {
      const { at, job } = stage(null, null)
      await tried(
        fault,
        'calls fail or lie (preloaded library)',
        itself ? 'tried again by itself; safe' : 'named; not safe; a rerun completes',
        async () => {
          const run = await offload({ ...job, faults: { rules: [rule] } })
          judge(run, at)
          expect(run.report?.safeToErase.verdict ?? 'not-safe', JSON.stringify(run)).toBe(itself ? 'safe' : 'not-safe')
          judgeWhole(await offload(job), at)
        },
      )
    })
  }
})

describe.skipIf(!linuxRoot)('a disk that is full, locked or gone [needs root on Linux]', () => {
  test('the library or the backup is full: what did not fit is named; with room a rerun completes', async () => {
    for (const which of ['library', 'backup'] as const) {
      const disk = memoryDisk('24m')
      const { at, job } = stage(which === 'library' ? disk.dir : null, which === 'backup' ? disk.dir : null, 8, 1_500_000)
      await tried(`the ${which} is full`, 'tmpfs of 24 MB', 'named; not safe; with room a rerun completes', async () => {
        const run = await offload(job)
        judge(run, at)
        expect(run.report?.safeToErase.verdict).toBe('not-safe')
        execFileSync('mount', ['-o', 'remount,size=80m', disk.dir])
        judgeWhole(await offload(job), at)
      })
    }
  })

  test('the disk fills up while it is written to, to the last byte: the library survives', async () => {
    const disk = memoryDisk('40m')
    const { at, job } = stage(disk.dir, null)
    const filler = join(disk.dir, 'filler')
    await tried(
      'the disk fills up to the last byte',
      'another program fills the tmpfs while the engine is held at a link',
      'a reason and a next step; with room a rerun completes',
      async () => {
        const run = await offloadWith(job, 'link|/library/|2|1', () => {
          execFileSync('sh', ['-c', `cat /dev/zero > '${filler}' 2>/dev/null || true`])
        })
        judge(run, at)
        rmSync(filler)
        judgeWhole(await offload(job), at)
      },
    )
  })

  test('a backup that may not be written is named', async () => {
    const disk = memoryDisk('40m', 'ro')
    const { at, job } = stage(null, disk.dir)
    await tried('the backup is read-only', 'tmpfs mounted ro', 'named; not safe; writable again a rerun completes', async () => {
      const run = await offload(job)
      judge(run, at)
      expect(run.report?.safeToErase.verdict ?? 'not-safe').toBe('not-safe')
      execFileSync('mount', ['-o', 'remount,rw', disk.dir])
      judgeWhole(await offload(job), at)
    })
  })

  test('a backup that vanishes in the middle is never counted, and no more than what is under way is written into the folder it leaves', async () => {
    for (const rule of ['link|/backup/|1|1', 'link|/backup/|4|1', 'sync|/backup/originals|5|1']) {
      const disk = memoryDisk('40m')
      const { at, job } = stage(null, disk.dir)
      await tried(
        'the backup vanishes',
        `umount -l while the engine is held at ${rule.split('|').slice(0, 3).join(' ')}`,
        'named; not safe; at most the copies under way on the disk below',
        async () => {
          const run = await offloadWith(job, rule, () => disk.pull())
          judge(run, at)
          expect(run.report?.safeToErase.verdict ?? 'not-safe').toBe('not-safe')
          // The two copies under way may end on the disk below; they are named, and nothing follows them.
          expect(originals(join(disk.dir, 'backup')).size).toBeLessThanOrEqual(2)
        },
      )
    }
  })
})

describe.skipIf(!ext4Here || !shimHere)('a disk that rots [needs root on Linux]', () => {
  test('a bit that flips on the platter between the write and the reading back is found', async () => {
    const disk = ext4Disk()
    const { at, job } = stage(null, disk.dir, 1)
    const victim = precious(at.before).find((file) => file.path.endsWith('.JPG'))?.path ?? ''
    const needle = readFileSync(victim).subarray(0, 64)
    await tried(
      'a bit flips on the disk after the write',
      'flipped in the image under the file system, after fsync, before the reading back',
      'found, copied again by itself; safe',
      async () => {
        const run = await offloadWith(job, 'read|/backup/originals/|1|1', () => {
          expect(flipOnDisk(disk.image ?? '', needle), 'the photo is in the image').toBe(true)
        })
        judge(run, at)
        expect(run.report?.safeToErase.verdict).toBe('safe')
        disk.again()
        judge(run, at)
        judgeWhole(await offload(job), at)
      },
    )
  })
})

/** Flips one bit of the place in the image that holds these bytes; false when it is not there. */
function flipOnDisk(image: string, needle: Buffer): boolean {
  const bytes = readFileSync(image)
  const found = bytes.indexOf(needle)
  if (found < 0) return false
  const fd = openSync(image, 'r+')
  try {
    const one = Buffer.alloc(1)
    readSync(fd, one, 0, 1, found + 10)
    one[0] = (one[0] ?? 0) ^ 4
    writeSync(fd, one, 0, 1, found + 10)
  } finally {
    closeSync(fd)
  }
  return true
}

describe.skipIf(!exfatHere)('an exFAT disk [needs root on Linux with exfat-fuse and exfatprogs]', () => {
  test('as library and as backup, killed and gone on with: no links, no modes, names that ignore case', async () => {
    for (const which of ['library', 'backup'] as const) {
      const disk = exfatDisk()
      const { at, job } = stage(which === 'library' ? disk.dir : null, which === 'backup' ? disk.dir : null)
      writeFileSync(join(at.card, 'DCIM/100CANON/img_0002.jpg'), 'same name in another case')
      writeFileSync(join(at.card, 'DCIM/100CANON/IMG_0003.jpeg'), 'the same stem')
      at.before = look(at.card)
      await tried(
        `exFAT as the ${which}, two names that differ in case`,
        'loop-mounted exFAT image',
        'killed, then completes with both files',
        async () => {
          judge(await offload({ ...job, faults: { rules: ['rename|/originals/|3|1|kill'] } }), at)
          judgeWhole(await offload(job), at)
          disk.again()
          judgeWhole(await offload(job), at)
          expect(originals(join(disk.dir, which)).size).toBe(9)
        },
      )
    }
  })
})

import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exfatDisk, exfatHere, linuxRoot } from '../support/disks.ts'
import { tempFolder } from '../support/temp.ts'
import { look, noise, noiseCard, put } from './support/card.ts'
import { judge, judgeWhole, parts, type Scene } from './support/judge.ts'
import { type Job, offload } from './support/offload.ts'
import { shimHere } from './support/shim.ts'
import { faultTable } from './support/table.ts'

const long = process.env['DROPCARD_LONG'] === '1'
const { tried } = faultTable(import.meta.filename)

function around(card: string): { at: Scene; job: Job } {
  const dir = tempFolder('names')
  const disks = [join(dir, 'library'), join(dir, 'backup')]
  return { at: { card, before: look(card), disks }, job: { card, library: disks[0] ?? '', backups: disks.slice(1) } }
}

test.skipIf(process.platform === 'win32')('links, loops, pipes, folders named like photos: named and left, the rest is safe', async () => {
  const card = noiseCard(join(tempFolder('names'), 'EOS'), 3)
  const folder = join(card, 'DCIM/100CANON')
  symlinkSync('/etc/passwd', join(folder, 'LINK0001.JPG'))
  symlinkSync('LINK0002.JPG', join(folder, 'LINK0002.JPG'))
  symlinkSync('IMG_0001.JPG', join(folder, 'LINK0003.JPG'))
  symlinkSync('../..', join(folder, 'LOOP'))
  execFileSync('mkfifo', [join(folder, 'FIFO0001.JPG')])
  mkdirSync(join(folder, 'IMG_0020.JPG'))
  const { at, job } = around(card)
  await tried('links, loops, a pipe and a folder named like photos', 'on the card', 'named; the rest is safe', async () => {
    const run = await offload(job)
    judgeWhole(run, at)
    const left = run.report?.ignored.filter((one) => /LINK000|LOOP|FIFO/.test(one.source))
    expect(left?.length).toBe(5)
  })
})

test('times of 1970, 2107, in the future and in the hour that summer time skips are kept', async () => {
  const card = noiseCard(join(tempFolder('names'), 'EOS'), 2)
  const times = [
    '1970-01-01T00:00:00Z',
    '1979-12-31T23:59:58Z',
    '2107-12-31T23:59:58Z',
    '2024-03-31T01:30:00Z',
    '2024-10-27T01:30:00.123Z',
    '1969-12-31T00:00:00Z',
  ]
  for (const [index, time] of times.entries()) put(card, `DCIM/100CANON/IMG_01${index}0.JPG`, noise(50 + index, 5000), new Date(time))
  const { at, job } = around(card)
  await tried('odd times on the card', '1969, 1970, 1979, 2107, the skipped and the doubled hour', 'completes; times kept', async () => {
    judgeWhole(await offload(job), at)
    const kept = new Set(
      [...look(job.library)]
        .filter(([path]) => path.includes('/originals/'))
        .map(([, seen]) => `${seen.sha256} ${seen.modifiedNs / 1_000_000n}`),
    )
    const files = [...at.before.values()].filter((seen) => seen.kind === 'file')
    expect(files.filter((seen) => !kept.has(`${seen.sha256} ${seen.modifiedNs / 1_000_000n}`))).toEqual([])
    judgeWhole(await offload(job), at)
  })
})

test('a time that no calendar has is named or copied, never the end of the others', async () => {
  const card = noiseCard(join(tempFolder('names'), 'EOS'), 3)
  utimesSync(join(card, 'DCIM/100CANON/IMG_0002.JPG'), 1, 15_000_000_000)
  const { at, job } = around(card)
  await tried('a time in the year 2445', 'on the card', 'completes', async () => judgeWhole(await offload(job), at))
})

test.skipIf(!shimHere)(
  'the clock jumps while it copies, and between a kill and the rerun [needs Linux with a C compiler]',
  async () => {
    const day = 86_400
    for (const clock of [`0:${-400 * day}`, `0:${400 * day}`, `300:${-day},500:${day},700:0`]) {
      const { at, job } = around(noiseCard(join(tempFolder('names'), 'EOS'), 5))
      await tried(
        'the clock jumps',
        `wall clock off by ${clock} (ms:seconds), SIGKILL, rerun with the true clock`,
        'a rerun completes, no part left',
        async () => {
          judge(await offload({ ...job, faults: { clock, rules: ['link|/backup/|3|1|kill'] } }), at)
          expect(parts(at.disks).length, 'a part was left to be swept').toBeGreaterThan(0)
          judgeWhole(await offload(job), at)
        },
      )
      const later = around(at.card)
      await tried(
        'the clock jumps',
        `true clock, SIGKILL, rerun with the wall clock off by ${clock}`,
        'a rerun completes, no part left',
        async () => {
          judge(await offload({ ...later.job, faults: { rules: ['link|/backup/|3|1|kill'] } }), later.at)
          judgeWhole(await offload({ ...later.job, endAfterMs: 30_000, faults: { clock } }), later.at)
        },
      )
    }
  },
  240_000,
)

test('two offloads of one card at once: into one library one is refused clearly, into two both complete', async () => {
  const { at, job } = around(noiseCard(join(tempFolder('names'), 'EOS'), 8, 400_000))
  const other = around(at.card)
  await tried(
    'two offloads of one card at once',
    'two programs, one library',
    'one completes, one is refused with the reason',
    async () => {
      const runs = await Promise.all([offload(job), offload(job)])
      for (const run of runs) judge(run, at)
      const refused = runs.filter((run) => run.error?.code === 'conflict')
      // On a slow machine one may be over before the other begins; then both are fine.
      expect(runs.filter((run) => run.report?.safeToErase.verdict === 'safe').length + refused.length).toBe(2)
      judgeWhole(await offload(job), at)
    },
  )
  await tried('two offloads of one card at once', 'two programs, two libraries, one backup', 'both complete', async () => {
    const shared = { ...other.job, backups: job.backups ?? [] }
    const fresh = { ...around(at.card).job, backups: job.backups ?? [] }
    const runs = await Promise.all([offload(shared), offload(fresh)])
    judge(runs[0], { ...at, disks: [shared.library, ...shared.backups] })
    judge(runs[1], { ...at, disks: [fresh.library, ...fresh.backups] })
    expect(runs.map((run) => run.report?.safeToErase.verdict)).toEqual(['safe', 'safe'])
  })
}, 120_000)

describe.skipIf(!exfatHere)('a card as cameras make them [needs root on Linux with exfat-fuse and exfatprogs]', () => {
  test('an exFAT card, names in two cases over two folders, read twice', async () => {
    const disk = exfatDisk()
    for (const [index, path] of [
      'DCIM/100CANON/IMG_0001.JPG',
      'DCIM/101CANON/img_0001.jpg',
      'DCIM/101CANON/Img_0002.Jpg',
      'DCIM/102CANON/IMG_0001.JPG',
    ].entries())
      put(disk.dir, path, noise(60 + index, 20_000 + index))
    disk.again('ro')
    const { at, job } = around(disk.dir)
    await tried(
      'an exFAT card with the same names in two cases',
      'loop-mounted exFAT image, read-only',
      'completes; the second insert copies nothing',
      async () => {
        judgeWhole(await offload(job), at)
        disk.again('ro')
        const second = await offload(job)
        judgeWhole(second, at)
        expect(second.report?.assets.map((one) => one.outcome)).toEqual(['skipped', 'skipped', 'skipped', 'skipped'])
      },
    )
  })
})

test.skipIf(!linuxRoot || !long)(
  'a sparse take of 5 GiB is copied and read back whole [needs root on Linux and DROPCARD_LONG=1]',
  async () => {
    const card = noiseCard(join(tempFolder('names'), 'EOS'), 1)
    put(card, 'DCIM/100CANON/MVI_0002.MP4', noise(9, 100_000))
    truncateSync(join(card, 'DCIM/100CANON/MVI_0002.MP4'), 5 * 1024 ** 3)
    const { at, job } = around(card)
    await tried('a sparse file of 5 GiB', 'on the card, past 4 GiB', 'completes', async () => {
      const run = await offload({ card: job.card, library: job.library, endAfterMs: 500_000 })
      judgeWhole(run, { ...at, disks: [job.library] })
    })
  },
  600_000,
)

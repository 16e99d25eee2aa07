import { execFileSync } from 'node:child_process'
import { renameSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Disk, ext4Disk, ext4Here } from '../support/disks.ts'
import { tempFolder } from '../support/temp.ts'
import { look, noise, noiseCard, put } from './support/card.ts'
import { cardIsUntouched, judge, judgeWhole, type Scene } from './support/judge.ts'
import { type Job, offload, offloadWith } from './support/offload.ts'
import { shimHere } from './support/shim.ts'
import { faultTable } from './support/table.ts'

const long = process.env['DROPCARD_LONG'] === '1'
const { tried } = faultTable(import.meta.filename)

function around(card: string): { at: Scene; job: Job } {
  const dir = tempFolder('card')
  const disks = [join(dir, 'library'), join(dir, 'backup')]
  return { at: { card, before: look(card), disks }, job: { card, library: disks[0] ?? '', backups: disks.slice(1) } }
}
const plain = (photos = 5, size = 40_000): ReturnType<typeof around> => around(noiseCard(join(tempFolder('card'), 'EOS'), photos, size))

describe.skipIf(!shimHere)('a card or reader that fails [needs Linux with a C compiler]', () => {
  const failing: [fault: string, rule: string, verdict: 'safe' | 'not-safe' | 'either'][] = [
    ['read error on every read of one photo', 'read|IMG_0003.JPG|1|0|eio', 'not-safe'],
    ['read error once', 'read|/EOS/DCIM/100CANON/IMG_0003.JPG|1|1|eio', 'either'],
    ['the photo is gone when it is opened', 'open|/EOS/DCIM/100CANON/IMG_0002.JPG|1|0|enoent', 'not-safe'],
    ['the reader is gone after the first files', 'read|/EOS/DCIM|14|0|enodev', 'not-safe'],
    ['every read is short', 'read|/EOS/DCIM|1|0|short', 'safe'],
    ['a file ends early', 'read|/EOS/DCIM/100CANON/IMG_0004.JPG|1|0|eof', 'not-safe'],
    ['a companion cannot be read', 'read|/EOS/DCIM/100CANON/IMG_0001.XMP|1|0|eio', 'not-safe'],
  ]
  for (const [fault, rule, verdict] of failing) {
    test(`${fault}: named, the rest is safe, a rerun completes`, async () => {
      const { at, job } = plain()
      await tried(
        fault,
        'read or open fails (preloaded library)',
        verdict === 'safe'
          ? 'copied whole all the same'
          : verdict === 'either'
            ? 'read again by itself, or named; a rerun completes'
            : 'named; not safe; a rerun completes',
        async () => {
          const run = await offload({ ...job, faults: { rules: [rule] } })
          judge(run, at)
          if (verdict !== 'either') expect(run.report?.safeToErase.verdict).toBe(verdict)
          expect(run.report?.assets.filter((one) => one.outcome === 'copied').length).toBeGreaterThan(rule.includes('|14|') ? -1 : 3)
          judgeWhole(await offload(job), at)
        },
      )
    })
  }

  test('a bit that flips between two reads of the card is found when both sides are checked', async () => {
    for (const nth of [1, 2, 3]) {
      const { at, job } = plain(3)
      await tried(
        'the card gives other bytes on one read',
        `read ${nth} of one photo has a flipped bit; source and destination checked`,
        'never a wrong copy called safe',
        async () => {
          const run = await offload({
            ...job,
            verify: 'source-and-destination',
            faults: { rules: [`read|/EOS/DCIM/100CANON/IMG_0002.JPG|${nth}|1|flip`] },
          })
          judge(run, at)
          judgeWhole(await offload({ ...job, verify: 'source-and-destination' }), at)
        },
      )
    }
  })

  test(`a device that hangs for ${long ? 30 : 2} seconds and then goes on, or then fails`, async () => {
    const ms = long ? 30_000 : 2000
    for (const after of ['goes on', 'fails'] as const) {
      const { at, job } = plain(4)
      await tried(
        `a read hangs for ${ms / 1000} s, then ${after}`,
        'the call sleeps (preloaded library)',
        after === 'goes on' ? 'completes by itself' : 'named; a rerun completes',
        async () => {
          const hang = `read|/EOS/DCIM/100CANON/IMG_0002.JPG|1|1|hang:${ms}`
          const run = await offload({
            ...job,
            endAfterMs: 110_000,
            faults: { rules: after === 'goes on' ? [hang] : [hang, 'read|/EOS/DCIM/100CANON/IMG_0002.JPG|1|0|eio'] },
          })
          judge(run, at)
          expect(run.report?.safeToErase.verdict).toBe(after === 'goes on' ? 'safe' : 'not-safe')
          if (after === 'fails') judgeWhole(await offload(job), at)
        },
      )
    }
  }, 240_000)

  test('the card is renamed away in the middle: what was not read is named', async () => {
    const { at, job } = plain(6)
    await tried(
      'the card goes away in the middle',
      'its folder renamed while the engine is held at a read',
      'named; not safe; a rerun with the card completes',
      async () => {
        const run = await offloadWith(job, 'read|/EOS/DCIM|4|1', () => renameSync(at.card, `${at.card}-out`))
        judge(run, at, { card: false })
        expect(run.report?.safeToErase.verdict ?? 'not-safe').toBe('not-safe')
        renameSync(`${at.card}-out`, at.card)
        judgeWhole(await offload(job), at)
      },
    )
  })
})

/** A card on a disk of its own. `sizes` in bytes; the page cache holds nothing of it. */
function realCard(photos: number, size: number): { disk: Disk; at: Scene; job: Job } {
  const disk = ext4Disk(96)
  for (let n = 1; n <= photos; n += 1) put(disk.dir, `DCIM/100CANON/IMG_000${n}.JPG`, noise(n, size + n))
  execFileSync('rm', ['-rf', join(disk.dir, 'lost+found')])
  const { at, job } = around(disk.dir)
  disk.again('ro,noatime')
  return { disk, at, job }
}

describe.skipIf(!ext4Here || !shimHere)('a real card on a loop device [needs root on Linux]', () => {
  test('pulled in the middle of the scan or of the copying: named, a rerun with the card completes', async () => {
    for (const rule of ['read|/disk/DCIM|2|1', 'read|/disk/DCIM|6|1', 'link|/library/|1|1', 'link|/library/|4|1', 'open|/manifests/|1|1']) {
      const { disk, at, job } = realCard(6, 50_000)
      await tried(
        'the card is pulled',
        `umount -l while the engine is held at ${rule.split('|').slice(0, 3).join(' ')}`,
        'named; a rerun with the card completes',
        async () => {
          const run = await offloadWith(job, rule, () => disk.pull())
          judge(run, at, { card: false })
          disk.again('ro,noatime')
          judgeWhole(await offload(job), at)
        },
      )
    }
  })

  test('sectors that cannot be read: the kernel says so, the photos in them are named, the others are safe', async () => {
    const { disk, at, job } = realCard(8, 5_000_000)
    await tried(
      'bad sectors on the card',
      'the image behind the loop device is cut off in the middle: EIO from the kernel',
      'named; not safe; a good reader completes',
      async () => {
        const image = disk.image ?? ''
        execFileSync('cp', ['--sparse=always', image, `${image}-whole`])
        truncateSync(image, 24 * 1024 * 1024)
        const run = await offload(job)
        judge(run, at, { card: false })
        expect([run.report?.safeToErase.verdict, run.report?.assets.some((one) => /read error/.test(one.because ?? ''))]).toEqual([
          'not-safe',
          true,
        ])
        execFileSync('umount', ['-l', disk.dir])
        execFileSync('cp', ['--sparse=always', `${image}-whole`, image])
        execFileSync('mount', ['-o', 'loop,ro,noatime', image, disk.dir])
        cardIsUntouched(at)
        judgeWhole(await offload(job), at)
      },
    )
  })

  test('a card that may not be written at all is offloaded like any other', async () => {
    const { disk, at, job } = realCard(3, 30_000)
    onTestFinished(() => cardIsUntouched(at))
    await tried('a write-protected card', 'mounted read-only', 'completes', async () => judgeWhole(await offload(job), at))
    disk.again('ro,noatime')
  })
})

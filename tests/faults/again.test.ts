import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { look, noise, noiseCard, put, usualTime } from './support/card.ts'
import { judge, judgeWhole, originals, type Scene } from './support/judge.ts'
import { offload, offloadWith } from './support/offload.ts'
import { shimHere } from './support/shim.ts'
import { faultTable } from './support/table.ts'

const { tried } = faultTable(import.meta.filename)

function stage(photos = 4): {
  at: Scene
  card: string
  library: string
  backup: string
  job: { card: string; library: string; backups: string[] }
  again(): void
} {
  const dir = tempFolder('again')
  const card = noiseCard(join(dir, 'EOS_DIGITAL'), photos)
  const library = join(dir, 'library')
  const backup = join(dir, 'backup')
  const at: Scene = { card, before: look(card), disks: [library, backup] }
  return {
    at,
    card,
    library,
    backup,
    job: { card, library, backups: [backup] },
    again: () => {
      at.before = look(card)
    },
  }
}

/** The place of one card file's copy on one disk. */
function copyOf(disk: string, at: Scene, name: string): string {
  const sum = at.before.get(join(at.card, 'DCIM/100CANON', name))?.sha256
  const path = sum === undefined || sum === null ? undefined : originals(disk).get(sum)?.[0]
  if (path === undefined) throw new Error(`${name} has no copy on ${disk}`)
  return path
}

describe('a second insert is believed only as far as the disks bear it out', () => {
  test('sizes compared the first time: the second time the bytes are read', async () => {
    const { at, job } = stage()
    await tried(
      'only sizes were compared before',
      'offload --verify size, then a usual one',
      'never safe before the bytes were read; then completes',
      async () => {
        const first = await offload({ ...job, verify: 'size' })
        judge(first, at)
        expect(first.report?.safeToErase.verdict).toBe('not-safe')
        const name = copyOf(at.disks[0] ?? '', at, 'IMG_0002.JPG')
        const bytes = noise(99, statSync(name).size)
        const times = statSync(name)
        rmSync(name)
        writeFileSync(name, bytes)
        utimesSync(name, times.atime, times.mtime)
        const withOther: Scene = { ...at, others: new Set([...originals(at.disks[0] ?? '').keys()]) }
        judge(await offload(job), withOther)
      },
    )
  })

  test('a backup that was emptied, or is another disk now, is filled again', async () => {
    const { at, job, backup } = stage()
    judgeWhole(await offload(job), at)
    await tried('the backup is another, empty disk', 'its folder swapped between two inserts', 'completes: filled again', async () => {
      renameSync(backup, `${backup}-old`)
      judgeWhole(await offload(job), at)
    })
    await tried('one copy is gone from the backup', 'unlink between two inserts', 'completes: copied again', async () => {
      rmSync(copyOf(backup, at, 'IMG_0003.JPG'))
      judgeWhole(await offload(job), at)
    })
  })

  for (const where of ['library', 'backup'] as const) {
    test(`a copy that was changed in place on the ${where} is not believed`, async () => {
      const { at, job, ...disks } = stage()
      judgeWhole(await offload(job), at)
      await tried(
        `a copy was changed on the ${where}`,
        'one byte written between two inserts, size and time kept',
        'noticed: never safe while it is there',
        async () => {
          const path = copyOf(disks[where], at, 'IMG_0002.JPG')
          const times = statSync(path)
          const bytes = noise(7, times.size)
          writeFileSync(path, bytes)
          utimesSync(path, times.atime, times.mtime)
          const others = new Set(originals(disks[where]).keys())
          judge(await offload(job), { ...at, others })
        },
      )
    })
  }

  test('a companion or photo with the same name, size and time but other bytes is copied', async () => {
    const { at, job, card, again } = stage()
    judgeWhole(await offload(job), at)
    const old = new Set(originals(job.library).keys())
    await tried(
      'a companion was edited, same size and time',
      'rewritten between two inserts',
      'completes: the new bytes are on every disk',
      async () => {
        put(card, 'DCIM/100CANON/IMG_0001.XMP', '<x:xmpmeta seed="2"/>')
        again()
        judgeWhole(await offload(job), { ...at, others: old })
      },
    )
    await tried(
      'a photo was replaced, same name, size and time',
      'rewritten between two inserts',
      'completes: the new bytes are on every disk',
      async () => {
        put(card, 'DCIM/100CANON/IMG_0003.JPG', noise(4711, statSync(join(card, 'DCIM/100CANON/IMG_0003.JPG')).size))
        again()
        judgeWhole(await offload(job), { ...at, others: old })
      },
    )
  })

  test('a photo outside the camera folders is never forgotten by the verdict', async () => {
    for (const path of ['Holiday/A.JPG', 'DCIM/MISC/B.JPG', 'C.JPG']) {
      const { at, job, card, again } = stage(2)
      put(card, path, noise(5, 9000))
      again()
      await tried('a photo lies where no camera puts it', path, 'copied, or named and not safe', async () => judge(await offload(job), at))
    }
  })
})

describe.skipIf(!shimHere)('a card that is not the one that was scanned [needs Linux with a C compiler]', () => {
  test('another card whose photos have the names and sizes of those that one disk holds already: each disk has each once', async () => {
    const { at, job, card, again } = stage(3)
    await tried(
      'other photos of the same names and sizes, the library alone holds the first',
      'offload without a backup, card exchanged, offload with one',
      'completes with every file that is on the card now, none of them twice',
      async () => {
        await offload({ ...job, backups: [] })
        const old = new Set([...at.before.values()].flatMap((seen) => seen.sha256 ?? []))
        rmSync(card, { recursive: true })
        noiseCard(card, 3, undefined, 2)
        again()
        judgeWhole(await offload(job), { ...at, others: old })
        const second = await offload(job)
        judgeWhole(second, { ...at, others: old })
        expect(second.report?.assets.map((one) => one.outcome)).toEqual(['skipped', 'skipped', 'skipped'])
      },
    )
  })

  test('a photo added after a kill, or another card at the same place: never safe without it', async () => {
    for (const other of ['one more photo', 'another card'] as const) {
      const { at, job, card, again } = stage(6)
      await tried(
        `${other} after a kill`,
        'SIGKILL in the middle, card changed, rerun',
        'completes with every file that is on the card now',
        async () => {
          await offload({ ...job, faults: { rules: ['link|/library/|3|1|kill'] } })
          const old = new Set([...at.before.values()].flatMap((seen) => seen.sha256 ?? []))
          if (other === 'another card') {
            rmSync(card, { recursive: true })
            noiseCard(card, 8, 30_000, 2)
          } else put(card, 'DCIM/100CANON/IMG_0777.JPG', noise(777, 20_000))
          again()
          const scene: Scene = { ...at, others: old }
          judge(await offload(job), scene)
          judgeWhole(await offload(job), scene)
        },
      )
    }
  })

  test('a rerun that asks for more than the killed run did gets it: a backup, the bytes read back', async () => {
    const { at, job } = stage(6)
    const kill = { rules: ['link|/library/|3|1|kill'] }
    await tried(
      'a rerun asks for a backup that the killed run had not',
      'SIGKILL in the middle, rerun with --backup',
      'completes on every disk asked for',
      async () => {
        await offload({ ...job, backups: [], faults: kill })
        judgeWhole(await offload(job), at)
      },
    )
    const other = stage(6)
    await tried(
      'a rerun asks for full verification that the killed run did not',
      'SIGKILL in the middle of --verify size, usual rerun',
      'completes, read back',
      async () => {
        await offload({ ...other.job, verify: 'size', faults: kill })
        judgeWhole(await offload(other.job), other.at)
      },
    )
  })

  test('a photo that appears, grows or is replaced while the card is copied: copied or named', async () => {
    const changes: Record<string, (card: string) => void> = {
      'a photo appears': (card) => put(card, 'DCIM/101CANON/IMG_0778.JPG', noise(778, 20_000)),
      'a photo that was copied is replaced': (card) =>
        put(card, 'DCIM/100CANON/IMG_0001.JPG', noise(779, 40_007), new Date(usualTime.getTime() + 2000)),
      'a photo grows': (card) => put(card, 'DCIM/100CANON/IMG_0006.JPG', noise(780, 90_000), new Date(usualTime.getTime() + 1000)),
    }
    for (const [what, change] of Object.entries(changes)) {
      const { at, job, card, again } = stage(6)
      const old = new Set([...at.before.values()].flatMap((seen) => seen.sha256 ?? []))
      await tried(
        `${what} while the card is read`,
        'engine held at the fourth link, card changed',
        'copied or named; a rerun completes',
        async () => {
          const run = await offloadWith(job, 'link|/library/|4|1', () => {
            change(card)
            again()
          })
          const scene: Scene = { ...at, others: old }
          judge(run, scene)
          judgeWhole(await offload(job), scene)
        },
      )
    }
  })
})

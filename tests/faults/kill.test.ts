import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openLibrary } from '../../main/core/library/db.ts'
import { projectRoot } from '../support/cli.ts'
import { ext4Disk, ext4Here } from '../support/disks.ts'
import { tempFolder } from '../support/temp.ts'
import { look, noiseCard } from './support/card.ts'
import { judge, judgeWhole, type Scene } from './support/judge.ts'
import { environment, offload } from './support/offload.ts'
import { shimHere } from './support/shim.ts'
import { faultTable } from './support/table.ts'

const long = process.env['DROPCARD_LONG'] === '1'
const { tried } = faultTable(import.meta.filename)

/** Two at a time: this machine may have no more cores. */
async function each<T>(all: readonly T[], act: (one: T, index: number) => Promise<void>): Promise<void> {
  const left = [...all.entries()]
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next[1], next[0])
  }
  await Promise.all([lane(), lane()])
}

const scene = (dir: string, card: string): Scene => ({ card, before: look(card), disks: [join(dir, 'library'), join(dir, 'backup')] })
const jobOf = (at: Scene) => ({ card: at.card, library: at.disks[0] ?? '', backups: at.disks.slice(1) })

/** A run of the same call on the same file is one boundary: SQLite writes a transaction page by page. */
function boundaries(log: string): { step: number; what: string }[] {
  const found: { step: number; what: string }[] = []
  let last = ''
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    const [step, op, path] = line.split(' ')
    const name = `${op} ${path?.slice(path.lastIndexOf('/') + 1).replace(/^\.[0-9a-f-]+\.part$/, '.part')}`
    if (name !== last) found.push({ step: Number(step), what: name })
    last = name
  }
  return found
}

describe.skipIf(!shimHere)('kill -9 [needs Linux with a C compiler]', () => {
  test('before every call that changes a disk, from the first folder to the last page of the library: a rerun completes', async () => {
    const dir = tempFolder('kill')
    const card = noiseCard(join(dir, 'card'), 1)
    const first = scene(join(dir, 'first'), card)
    const log = join(dir, 'steps')
    const only = ['library', 'backup']
    judgeWhole(await offload({ ...jobOf(first), faults: { log, only } }), first)
    const all = boundaries(log)
    const what = all.map((one) => one.what)
    for (const expected of [
      'open .part',
      'write .part',
      'sync .part',
      'link IMG_0001.JPG',
      'unlink .part',
      'link IMG_0001.XMP',
      'write dropcard.sqlite-wal',
    ])
      expect(what).toContain(expected)

    // By default every fourth; all of them in the long run.
    const quarter = Number(process.env['DROPCARD_SEED'] ?? 0) % 4
    const chosen = all.filter((_, index) => long || index % 4 === quarter)
    await each(chosen, async ({ step, what: name }) => {
      await tried(
        `kill -9 before ${name.replace(/IMG_0001|[0-9TZ-]+-[0-9a-f]{8}(?=\.mhl)/, '…')}`,
        'SIGKILL at the call (preloaded library)',
        'a rerun completes',
        async () => {
          const at = scene(join(dir, `step-${step}`), card)
          const run = await offload({ ...jobOf(at), faults: { killAt: step, only } })
          expect(run.signal, name).toBe('SIGKILL')
          judge(run, at)
          judgeWhole(await offload(jobOf(at)), at)
        },
      )
    })
  }, 600_000)

  test('at random instants of the copying, again and again on one library: a rerun completes', async () => {
    const dir = tempFolder('kill')
    const card = noiseCard(join(dir, 'card'), 12, 150_000)
    const lives = 4
    let killed = 0
    // A run that came through was faster than the instant drawn for it, or had nothing left to copy: less to draw from, and a new library.
    let withinUs = 120_000
    await each(
      Array.from({ length: (long ? 200 : 16) / lives }, (_, index) => index),
      async (index) => {
        for (let life = 0, library = 0; life < lives; library += 1) {
          const at = scene(join(dir, `life-${index}-${library}`), card)
          for (let whole = false; life < lives && !whole; ) {
            const us = Math.floor(Math.random() * withinUs)
            await tried(
              'kill -9 at a random instant',
              'SIGKILL by a timer from the first .part on; up to four lives on one library',
              'a rerun completes',
              async () => {
                const run = await offload({ ...jobOf(at), faults: { killUs: us } })
                judge(run, at)
                whole = run.signal !== 'SIGKILL'
              },
            )
            if (whole) withinUs = Math.max(2000, withinUs * 0.8)
            else {
              killed += 1
              life += 1
            }
          }
          judgeWhole(await offload(jobOf(at)), at)
        }
      },
    )
    expect(killed).toBe(long ? 200 : 16)
  }, 600_000)
})

/** Writes a line in each way, one after the other, then makes the call at which the power goes. */
const threeCommits = `
import { mkdirSync } from 'node:fs'
import { landing, openLibrary } from ${JSON.stringify(pathToFileURL(join(projectRoot, 'main/core/library/db.ts')).href)}
const [, dir] = process.argv
const library = await openLibrary(dir)
for (const [key, lands] of [['first', 'soon'], ['second', 'now'], ['third', 'soon']])
  await landing(library.db, lands, (own) => own.insertInto('meta').values({ key, value: lands }).execute())
mkdirSync(dir + '/cut here')
`

describe.skipIf(!ext4Here || !shimHere)('the power goes [needs root on Linux]', () => {
  test('after a commit that lands now: it is there, and so is every one before it; one that lands soon comes back whole or not at all', async () => {
    const disk = ext4Disk()
    const dir = join(disk.dir, 'library')
    const env = { ...process.env, ...environment({ rules: ['mkdir|/cut here|1|1|cut'], cut: [disk.dir] }) }
    await tried('power cut', 'ext4 shut down between two commits of the library', 'what landed is there, in order', async () => {
      const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', threeCommits, dir], { env, encoding: 'utf8' })
      expect([signal, stderr]).toEqual(['SIGKILL', ''])
      disk.again()
      const library = await openLibrary(dir)
      onTestFinished(() => library[Symbol.asyncDispose]())
      const rows = await library.db.selectFrom('meta').select('key').where('value', 'in', ['now', 'soon']).orderBy(sql`rowid`).execute()
      // The third was never asked onto the disk: that it is gone shows that the power really went.
      expect(rows.map((row) => row.key)).toEqual(['first', 'second'])
    })
  })

  test('with both disks and the engine, at random steps: what is not on the platter is lost, what was verified is not; a rerun completes', async () => {
    const dir = tempFolder('power')
    const card = noiseCard(join(dir, 'card'), 4, 60_000)
    const library = ext4Disk()
    const backup = ext4Disk()
    const at: Scene = { card, before: look(card), disks: [join(library.dir, 'library'), join(backup.dir, 'backup')] }
    const only = at.disks
    for (let cut = 0; cut < (long ? 30 : 6); cut += 1) {
      // Early steps make the library; each later life has less to do.
      const step = cut === 0 ? 170 + Math.floor(Math.random() * 60) : 5 + Math.floor(Math.random() * 140)
      await tried('power cut', 'ext4 shut down without flushing its journal, SIGKILL, mounted again', 'a rerun completes', async () => {
        const run = await offload({ ...jobOf(at), faults: { killAt: step, only, cut: [library.dir, backup.dir] } })
        library.again()
        backup.again()
        judge(run, at)
      })
      if (cut % 3 === 2) {
        judgeWhole(await offload(jobOf(at)), at)
        library.again()
        backup.again()
        judgeWhole(await offload(jobOf(at)), at)
      }
    }
  }, 300_000)
})

import { execFileSync } from 'node:child_process'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fixtureCard } from '../support/cli.ts'
import { corpus } from '../support/corpus.ts'
import { tempFolder } from '../support/temp.ts'
import { look, precious } from './support/card.ts'
import { judge, originals, parts, type Scene } from './support/judge.ts'
import { offload } from './support/offload.ts'
import { shimHere } from './support/shim.ts'
import { faultTable } from './support/table.ts'

const { tried } = faultTable(import.meta.filename)

describe.skipIf(!corpus)('the card of hostile names', () => {
  test('every file is copied or named; nothing is run, nothing lands outside; killed on the way and gone on with', async () => {
    const dir = tempFolder('hostile')
    const card = join(dir, 'card')
    execFileSync('python3', [join(corpus ?? '', 'tools/make_names.py'), join(fixtureCard, 'DCIM/101CANON/IMG_0001.JPG'), card], {
      cwd: dir,
    })
    // 5 GiB is another test's business.
    truncateSync(join(card, 'DCIM/100CANON/SPARSE01.JPG'), 3_000_000)
    const at: Scene = { card, before: look(card), disks: [join(dir, 'library'), join(dir, 'backup')] }
    const job = { card, library: join(dir, 'library'), backups: [join(dir, 'backup')] }
    await tried(
      'hostile names',
      'make_names.py: traversal, device names, raw bytes, 255 bytes, control characters, links, 40 folders deep',
      'every file copied or named; a rerun completes',
      async () => {
        if (shimHere) judge(await offload({ ...job, faults: { rules: ['link|/library/|2|1|kill'] } }), at)
        const run = await offload(job)
        judge(run, at)
        expect(run.report).not.toBeNull()
        expect(parts(at.disks)).toEqual([])
        // Nearly all of them hold the same bytes: two contents in all.
        const contents = new Set(precious(at.before).map((file) => file.sha256))
        for (const disk of at.disks) expect(new Set(originals(disk).keys())).toEqual(contents)
        const rerun = await offload(job)
        judge(rerun, at)
        expect(rerun.report?.counts['copied']).toBe(0)
        const around = execFileSync('find', [dir, '-maxdepth', '1', '-name', '*PWNED*', '-o', '-maxdepth', '1', '-name', '*evil*'], {
          encoding: 'utf8',
        })
        expect(around).toBe('')
      },
    )
  }, 240_000)
})

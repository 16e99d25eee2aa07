import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { offloadEnd, offloadReport } from '../../../main/core/commands/offload-report.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import { tempFolder } from '../../support/temp.ts'

type Line = { name: string; outcome: string | null; because: string | null; kind?: string }

async function library(lines: Line[], ignored: { source: string; matters: number }[] = [], state = 'done') {
  const dir = tempFolder()
  const own = await openLibrary(dir)
  onTestFinished(() => own[Symbol.asyncDispose]())
  await own.db
    .insertInto('offload')
    .values({
      id: 'one',
      path: '/card',
      label: 'card',
      state,
      verify: 'destination',
      backups: '["/second"]',
      because: null,
      manifest: null,
      started_at: '2026-05-01T10:00:00.000Z',
      finished_at: null,
    })
    .execute()
  for (const { name, outcome, because, kind = 'photo' } of lines)
    await own.db
      .insertInto('offload_asset')
      .values({
        offload_id: 'one',
        source: `/card/${name}`,
        name,
        kind,
        bytes: 1,
        modified_ms: 0,
        companions: '[]',
        outcome,
        because,
        asset_id: null,
        stored: outcome === 'copied' ? name : null,
        copies: '[]',
        riders: '[]',
      })
      .execute()
  for (const { source, matters } of ignored)
    await own.db
      .insertInto('offload_ignored')
      .values({ offload_id: 'one', source, because: `why ${source}`, matters })
      .execute()
  return { dir, db: own.db }
}

const copied = { name: 'A.JPG', outcome: 'copied', because: null }
const clip = { name: 'B.MP4', outcome: 'skipped', because: 'already there', kind: 'clip' }

test('the verdict from sums is safe only when every line is, and says the same as the report that lists them', async () => {
  const { dir, db } = await library([copied, clip], [{ source: 'x', matters: 0 }])
  const end = await offloadEnd(db, 'one')
  expect(end.safeToErase).toEqual({
    verdict: 'safe',
    because: ['Safe to erase: 1 photo and 1 clip, each on 2 disks, read back and identical.'],
  })
  expect(await offloadReport(db, dir, 'one')).toMatchObject({
    ...end,
    counts: { copied: 1, skipped: 1, error: 0 },
    assets: [
      { source: '/card/A.JPG', outcome: 'copied', stored: join(dir, 'A.JPG') },
      { source: '/card/B.MP4', outcome: 'skipped', because: 'already there', stored: null },
    ],
    ignored: [{ source: 'x', because: 'why x', travels: false, matters: false }],
  })
  const spoiled: Parameters<typeof library>[] = [
    ...['conflict', 'verifyFailed', 'sourceMissing', 'error', null].map((outcome): [Line[]] => [
      [copied, { name: 'C.JPG', outcome, because: null }],
    ]),
    [[]],
    [[copied], [{ source: 'x', matters: 1 }]],
    [[copied], [], 'copying'],
  ]
  for (const one of spoiled)
    expect((await offloadEnd((await library(...one)).db, 'one')).safeToErase.verdict, JSON.stringify(one)).toBe('not-safe')
})

test('what is not safe is told by reason, with the first names', async () => {
  const bad = (n: number, because: string): Line => ({ name: `${n}.JPG`, outcome: 'error', because })
  const { db } = await library(
    [copied, bad(5, 'a read error'), bad(4, 'a read error'), bad(3, 'the disk is full'), bad(2, 'a read error'), bad(6, 'a read error')],
    [
      { source: 'z', matters: 1 },
      { source: 'y', matters: 1 },
    ],
  )
  expect((await offloadEnd(db, 'one')).safeToErase.because).toEqual([
    '4 files are not safe yet (2.JPG, 4.JPG, 5.JPG and 1 more): a read error.',
    '1 file is not safe yet (3.JPG): the disk is full.',
    'Keep the card as it is, then run the offload again or copy these files by hand.',
    '2 files stay only on the card: why y. Look at the list before you erase it.',
  ])
})

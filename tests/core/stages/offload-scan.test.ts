import { expect, test } from 'vitest'
import { offloadId } from '../../../main/contract/ids.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import { offloadScan } from '../../../main/core/stages/offload-scan.ts'

const at = '2026-05-01T10:00:00.000Z'
const found = (n: number) => ({
  source: `DCIM/100CANON/IMG_000${n}.JPG`,
  name: `IMG_000${n}.JPG`,
  kind: 'photo' as const,
  bytes: 1000,
  modifiedMs: 0,
  companions: [],
  folder: 'DCIM/100CANON',
  known: null,
})

test('an offload that is cancelled after the last look at its card stays cancelled: its files are named, none is copied', async () => {
  await using library = await openLibrary(null)
  const { db } = library
  const written = async (state: string) => {
    const id = offloadId.parse(crypto.randomUUID())
    await db
      .insertInto('offload')
      .values({ id, path: '/card', label: 'EOS', verify: 'destination', backups: '[]', started_at: at, state })
      .execute()
    const out = { assets: [found(1), found(2)], ignored: [] }
    const next = await db
      .transaction()
      .execute((tx) => offloadScan.commit(tx, { offloadId: id }, out, { now: at, nowMs: 0, dir: '', life: 'life', job: 1 }))
    const lines = await db.selectFrom('offload_asset').select(['outcome', 'because']).where('offload_id', '=', id).execute()
    const row = await db.selectFrom('offload').select('state').where('id', '=', id).executeTakeFirstOrThrow()
    return { state: row.state, next: next.map((job) => job.stage), lines }
  }
  expect(await written('scanning')).toEqual({
    state: 'copying',
    next: ['offload.copy', 'offload.copy'],
    lines: [
      { outcome: null, because: null },
      { outcome: null, because: null },
    ],
  })
  const stopped = { outcome: 'error', because: 'the offload was cancelled before this file' }
  expect(await written('cancelled')).toEqual({ state: 'cancelled', next: ['offload.finish'], lines: [stopped, stopped] })
})

import { join } from 'node:path'
import { z } from 'zod'
import { assetId, offloadId } from '../../contract/ids.ts'
import {
  assetKind,
  type OffloadOutcome,
  type OffloadReport,
  type OffloadView,
  offloadOutcome,
  offloadState,
  verifyMode,
} from '../../contract/views.ts'
import { shownName } from '../domain/name.ts'
import { verdict } from '../domain/verdict.ts'
import { AppError } from '../errors.ts'
import type { Reader } from '../library/db.ts'
import { storedRiders } from '../stages/offload-copy.ts'
import { shownPath } from '../stages/scan-card.ts'

const paths = z.array(z.string())

/** Progress of one offload. @throws AppError not-found */
export async function offloadView(read: Reader, id: string): Promise<OffloadView> {
  const row = await read.selectFrom('offload').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new AppError('not-found', `There is no offload ${id}`)
  const sums = await read
    .selectFrom('offload_asset')
    .select([
      (e) => e.fn.countAll<number>().as('files'),
      (e) => e.fn.count<number>('outcome').as('done'),
      (e) => e.fn.coalesce(e.fn.sum<number>('bytes'), e.lit(0)).as('bytes'),
    ])
    .where('offload_id', '=', id)
    .executeTakeFirstOrThrow()
  const done = await read
    .selectFrom('offload_asset')
    .select((e) => e.fn.coalesce(e.fn.sum<number>('bytes'), e.lit(0)).as('bytes'))
    .where('offload_id', '=', id)
    .where('outcome', 'is not', null)
    .executeTakeFirstOrThrow()
  return {
    id: offloadId.parse(row.id),
    path: row.path,
    label: row.label,
    state: offloadState.parse(row.state),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    files: sums.files,
    filesDone: sums.done,
    bytes: sums.bytes,
    bytesDone: done.bytes,
    because: row.because,
  }
}

/** What became of every file of the card. */
export async function offloadReport(read: Reader, dir: string, id: string): Promise<OffloadReport> {
  const view = await offloadView(read, id)
  const row = await read.selectFrom('offload').select(['verify', 'backups', 'manifest']).where('id', '=', id).executeTakeFirstOrThrow()
  const lines = await read.selectFrom('offload_asset').selectAll().where('offload_id', '=', id).orderBy('source').execute()
  const ignored = await read.selectFrom('offload_ignored').selectAll().where('offload_id', '=', id).orderBy('source').execute()
  const counts: Record<OffloadOutcome, number> = { copied: 0, skipped: 0, conflict: 0, verifyFailed: 0, sourceMissing: 0, error: 0 }
  const finished = view.state === 'done'
  const assets = lines.map((line) => {
    const outcome = line.outcome === null ? 'error' : offloadOutcome.parse(line.outcome)
    const because = line.outcome === null ? 'it was not reached' : line.because
    counts[outcome] += 1
    return {
      source: shownPath(line.source),
      id: line.asset_id === null ? null : assetId.parse(line.asset_id),
      stored: line.stored === null ? null : join(dir, line.stored),
      kind: assetKind.parse(line.kind),
      outcome,
      ...(because === null ? {} : { because }),
    }
  })
  const companions = lines.flatMap((line) =>
    storedRiders.parse(JSON.parse(line.riders)).map((rider) => ({
      source: shownPath(rider.source),
      travels: rider.outcome === 'copied' || rider.outcome === 'skipped',
      matters: false,
      because:
        rider.outcome === 'copied' || rider.outcome === 'skipped'
          ? `travels with ${shownName(line.name)}${rider.stored === null ? '' : `; kept beside it as ${join(dir, rider.stored)}`}`
          : `travels with ${shownName(line.name)}, but was not copied: ${rider.because ?? ''}`,
    })),
  )
  return {
    offload: view,
    counts,
    assets,
    ignored: [
      ...ignored.map((one) => ({ source: shownPath(one.source), because: one.because, travels: false, matters: one.matters === 1 })),
      ...companions,
    ],
    safeToErase: verdict({
      verify: verifyMode.parse(row.verify),
      finished,
      problem: finished ? view.because : null,
      disks: 1 + paths.parse(JSON.parse(row.backups)).length,
      assets: lines.map((line) => ({
        name: shownName(line.name),
        kind: assetKind.parse(line.kind),
        outcome: line.outcome === null ? null : offloadOutcome.parse(line.outcome),
        because: line.because,
      })),
      left: ignored.filter((one) => one.matters === 1).map((one) => ({ source: shownPath(one.source), because: one.because })),
    }),
    manifest: row.manifest === null ? null : join(dir, row.manifest),
  }
}

import { join } from 'node:path'
import { z } from 'zod'
import { assetId, offloadId } from '../../contract/ids.ts'
import {
  type AssetKind,
  assetKind,
  type OffloadOutcome,
  type OffloadReport,
  type OffloadView,
  offloadOutcome,
  offloadState,
  verifyMode,
} from '../../contract/views.ts'
import { shownName } from '../domain/name.ts'
import { namesTold, verdict } from '../domain/verdict.ts'
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

const fine = (outcome: OffloadOutcome | null): boolean => outcome === 'copied' || outcome === 'skipped'

/** How an offload ended, without the list of its files. @throws AppError not-found */
export async function offloadEnd(read: Reader, id: string): Promise<Pick<OffloadReport, 'offload' | 'safeToErase'>> {
  const offload = await offloadView(read, id)
  const { verify, backups } = await read.selectFrom('offload').select(['verify', 'backups']).where('id', '=', id).executeTakeFirstOrThrow()
  const kinds = await read
    .selectFrom('offload_asset')
    .select(['kind', (e) => e.fn.countAll<number>().as('n')])
    .where('offload_id', '=', id)
    .groupBy('kind')
    .execute()
  const bad = new Map<string, { because: string; count: number; names: string[] }>()
  const unsafe = read
    .selectFrom('offload_asset')
    .select(['name', 'because'])
    .where('offload_id', '=', id)
    .where((e) => e.or([e('outcome', 'is', null), e('outcome', 'not in', ['copied', 'skipped'])]))
    .orderBy('source')
    .stream()
  for await (const line of unsafe) {
    const because = line.because ?? 'it was not copied'
    const known = bad.get(because) ?? { because, count: 0, names: [] }
    known.count += 1
    if (known.names.length < namesTold) known.names.push(shownName(line.name))
    bad.set(because, known)
  }
  const left = await read
    .selectFrom('offload_ignored')
    // The other column is that of the row that holds the least one (sqlite.org/lang_select.html#bareagg).
    .select([(e) => e.fn.countAll<number>().as('n'), (e) => e.fn.min('source').as('first'), 'because'])
    .where('offload_id', '=', id)
    .where('matters', '=', 1)
    .executeTakeFirstOrThrow()
  const finished = offload.state === 'done'
  const of = (kind: AssetKind): number => kinds.find((row) => row.kind === kind)?.n ?? 0
  return {
    offload,
    safeToErase: verdict({
      verify: verifyMode.parse(verify),
      finished,
      problem: finished ? offload.because : null,
      disks: 1 + paths.parse(JSON.parse(backups)).length,
      photos: of('photo'),
      clips: of('clip'),
      bad: [...bad.values()],
      left: { count: left.n, because: left.because },
    }),
  }
}

/** What became of every file of the card, read line by line. @throws AppError not-found */
export async function offloadReport(read: Reader, dir: string, id: string): Promise<OffloadReport> {
  const end = await offloadEnd(read, id)
  const row = await read.selectFrom('offload').select('manifest').where('id', '=', id).executeTakeFirstOrThrow()
  const ignored: OffloadReport['ignored'] = []
  const left = read.selectFrom('offload_ignored').select(['source', 'because', 'matters']).where('offload_id', '=', id).orderBy('source')
  for await (const one of left.stream())
    ignored.push({ source: shownPath(one.source), because: one.because, travels: false, matters: one.matters === 1 })
  const counts: Record<OffloadOutcome, number> = { copied: 0, skipped: 0, conflict: 0, verifyFailed: 0, sourceMissing: 0, error: 0 }
  const assets: OffloadReport['assets'] = []
  const lines = read
    .selectFrom('offload_asset')
    .select(['source', 'name', 'kind', 'outcome', 'because', 'asset_id', 'stored', 'riders'])
    .where('offload_id', '=', id)
    .orderBy('source')
  for await (const line of lines.stream()) {
    const outcome = line.outcome === null ? 'error' : offloadOutcome.parse(line.outcome)
    const because = line.outcome === null ? 'it was not reached' : line.because
    counts[outcome] += 1
    assets.push({
      source: shownPath(line.source),
      id: line.asset_id === null ? null : assetId.parse(line.asset_id),
      stored: line.stored === null ? null : join(dir, line.stored),
      kind: assetKind.parse(line.kind),
      outcome,
      ...(because === null ? {} : { because }),
    })
    for (const rider of line.riders === '[]' ? [] : storedRiders.parse(JSON.parse(line.riders)))
      ignored.push({
        source: shownPath(rider.source),
        travels: fine(rider.outcome),
        matters: false,
        because: fine(rider.outcome)
          ? `travels with ${shownName(line.name)}${rider.stored === null ? '' : `; kept beside it as ${join(dir, rider.stored)}`}`
          : `travels with ${shownName(line.name)}, but was not copied: ${rider.because ?? ''}`,
      })
  }
  return { ...end, counts, assets, ignored, manifest: row.manifest === null ? null : join(dir, row.manifest) }
}

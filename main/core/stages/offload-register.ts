import { relative } from 'node:path'
import { z } from 'zod'
import type { OffloadId } from '../../contract/ids.ts'
import type { OffloadOutcome, VerifyMode } from '../../contract/views.ts'
import { shownName } from '../domain/name.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Tx } from '../library/db.ts'
import type { Copied, Member } from './copy-group.ts'

/** What became of one companion. */
export type Carried = Member & {
  stored: string | null
  id: string | null
  outcome: OffloadOutcome
  because: string | null
  changedMs: number | null
  fingerprint: string | null
  /** Where its copy lies on every disk. */
  paths: string[]
}

export type CopyOut = {
  /** The verified copies; null when there are none, or the content was removed on purpose. */
  main: Copied | null
  id: string | null
  /** The library's own copy was missing or damaged, so this one takes its place. */
  replaces: boolean
  riders: Carried[]
  outcome: OffloadOutcome
  because: string | null
  verify: VerifyMode
}

type Line = { offloadId: OffloadId; line: number }

/** Writes down what one copy found out: the asset, where verified copies of it lie, its companions, and the line of the offload. */
export async function commitCopy(tx: Tx, it: Line, out: CopyOut, ctx: { now: string; dir: string }): Promise<NextJob[]> {
  const line = await tx.selectFrom('offload_asset').selectAll().where('id', '=', it.line).executeTakeFirstOrThrow()
  const next: NextJob[] = []
  let stored: string | null = null
  let twin = false
  if (out.main !== null) {
    const { main } = out
    const own = main.results[0]
    stored = relative(ctx.dir, own?.path ?? '')
    const before = await tx.selectFrom('asset').select('stored').where('id', '=', main.id).executeTakeFirst()
    if (before === undefined) {
      await tx
        .insertInto('asset')
        .values({
          id: main.id,
          kind: line.kind,
          bytes: main.bytes,
          name: shownName(line.name),
          stored,
          modified_ms: main.modifiedMs,
          fingerprint: main.fingerprint,
          added_at: ctx.now,
        })
        .execute()
    } else if (out.replaces) await tx.updateTable('asset').set({ stored }).where('id', '=', main.id).execute()
    else if (before.stored !== stored) {
      twin = true
      stored = before.stored
    }
    for (const result of main.results) {
      if (!result.verified) continue
      const row = { verify: out.verify, verified_at: ctx.now, changed_ms: result.changedMs }
      await tx
        .insertInto('copy')
        .values({ asset_id: main.id, path: result.path, ...row })
        .onConflict((on) => on.columns(['asset_id', 'path']).doUpdateSet(row))
        .execute()
    }
    for (const rider of out.riders) {
      if (rider.id === null || rider.stored === null) continue
      const row = { stored: rider.stored, bytes: rider.bytes, changed_ms: rider.changedMs, fingerprint: rider.fingerprint }
      await tx
        .insertInto('sidecar')
        .values({ asset_id: main.id, id: rider.id, name: shownName(rider.name), ...row })
        .onConflict((on) => on.columns(['asset_id', 'id', 'name']).doUpdateSet(row))
        .execute()
    }
    next.push({ stage: line.kind === 'photo' ? 'analyse.photo' : 'analyse.clip', input: { assetId: main.id } })
  }
  await tx
    .updateTable('offload_asset')
    .set({
      outcome: twin && out.outcome === 'copied' ? 'skipped' : out.outcome,
      because: twin && out.outcome === 'copied' ? 'the same bytes as another file, which is in the library' : out.because,
      asset_id: out.id,
      stored,
      copies: JSON.stringify(out.main === null ? [] : out.main.results.filter((one) => one.verified).map((one) => one.path)),
      riders: JSON.stringify(
        out.riders.map(({ source, stored: at, outcome, because, paths }) => ({ source, stored: at, outcome, because, paths })),
      ),
    })
    .where('id', '=', it.line)
    .execute()
  return [...next, ...(await lastOne(tx, it.offloadId))]
}

export const cancelledBefore = 'the offload was cancelled before this file'

/** A file that was not reached, with the reason. */
export async function failLine(tx: Tx, it: Line, because: string): Promise<NextJob[]> {
  const line = await tx.selectFrom('offload_asset').select('companions').where('id', '=', it.line).executeTakeFirst()
  const companions = z.array(z.object({ source: z.string() })).parse(JSON.parse(line?.companions ?? '[]'))
  const riders = JSON.stringify(companions.map(({ source }) => ({ source, stored: null, outcome: 'error', because })))
  await tx
    .updateTable('offload_asset')
    .set({ outcome: 'error', because, riders })
    .where('id', '=', it.line)
    .where('outcome', 'is', null)
    .execute()
  return lastOne(tx, it.offloadId)
}

/** The job that closes the offload, once no line waits any more. */
async function lastOne(tx: Tx, id: OffloadId): Promise<NextJob[]> {
  const open = await tx
    .selectFrom('offload_asset')
    .select('id')
    .where('offload_id', '=', id)
    .where('outcome', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return open === undefined ? [{ stage: 'offload.finish', input: { offloadId: id } }] : []
}

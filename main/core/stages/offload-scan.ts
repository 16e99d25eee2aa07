import { z } from 'zod'
import { offloadId } from '../../contract/ids.ts'
import type { NextJob } from '../jobs/job.ts'
import { type Planned, plan } from './known.ts'
import { cancelledBefore, failLine } from './offload-register.ts'
import { scanCard } from './scan-card.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ offloadId })
type In = z.infer<typeof input>

type Out = { assets: Planned[]; ignored: { source: string; because: string; matters: boolean }[] }

/** What is known before anything is copied: skipped lines are settled at once. */
function lineOf(id: In['offloadId'], asset: Planned) {
  const settled =
    asset.known === null
      ? { outcome: null, because: null, asset_id: null, stored: null }
      : asset.known.kind === 'have'
        ? { outcome: 'skipped', because: 'already in the library, verified', asset_id: asset.known.assetId, stored: asset.known.stored }
        : {
            outcome: 'skipped',
            because: `removed on purpose on ${asset.known.at.slice(0, 10)}; it stays removed`,
            asset_id: asset.known.assetId,
            stored: null,
          }
  const riders =
    asset.known === null
      ? []
      : asset.companions.map(({ source }) => ({ source, stored: null, outcome: 'skipped', because: 'already in the library' }))
  return {
    offload_id: id,
    source: asset.source,
    name: asset.name,
    kind: asset.kind,
    bytes: asset.bytes,
    modified_ms: asset.modifiedMs,
    companions: JSON.stringify(asset.companions.map(({ source, name, bytes }) => ({ source, name, bytes }))),
    copies: '[]',
    riders: JSON.stringify(riders),
    ...settled,
  }
}

/** Reads the card, decides per file, and queues one copy per asset. */
export const offloadScan: Stage<In, Out> = {
  name: 'offload.scan',
  lane: 'scan',
  input,
  key: (it) => it.offloadId,
  repeat: 'again',
  attempts: 8,
  lands: 'soon',
  changes: (it) => [{ of: 'offload', offloadId: it.offloadId, at: 'card read' }],
  async run(it, ctx) {
    const row = await ctx.read
      .selectFrom('offload')
      .select(['path', 'backups', 'state'])
      .where('id', '=', it.offloadId)
      .executeTakeFirstOrThrow()
    if (row.state === 'cancelled') return { kind: 'cancelled' }
    const scan = await scanCard(row.path, ctx.signal)
    const assets = await plan(scan.assets, ctx.read, ctx.dir, z.array(z.string()).parse(JSON.parse(row.backups)), ctx)
    return { kind: 'done', out: { assets, ignored: scan.ignored } }
  },
  async commit(tx, it, out) {
    // Cancelled after the last look at the card: its files are named, and none is copied.
    const { numUpdatedRows } = await tx
      .updateTable('offload')
      .set({ state: 'copying' })
      .where('id', '=', it.offloadId)
      .where('state', '<>', 'cancelled')
      .executeTakeFirst()
    const isCancelled = numUpdatedRows === 0n
    for (const one of out.ignored) {
      await tx
        .insertInto('offload_ignored')
        .values({ offload_id: it.offloadId, source: one.source, because: one.because, matters: one.matters ? 1 : 0 })
        .onConflict((on) => on.doNothing())
        .execute()
    }
    const next: NextJob[] = []
    const waiting: number[] = []
    // Many small statements are what a big card would wait for: lines go in by the hundred.
    for (let at = 0; at < out.assets.length; at += 200) {
      const rows = await tx
        .insertInto('offload_asset')
        .values(out.assets.slice(at, at + 200).map((asset) => lineOf(it.offloadId, asset)))
        .onConflict((on) => on.doNothing())
        .returning(['id', 'outcome'])
        .execute()
      for (const row of rows) if (row.outcome === null) waiting.push(row.id)
    }
    for (const line of waiting) {
      if (isCancelled) await failLine(tx, { offloadId: it.offloadId, line }, cancelledBefore)
      else next.push({ stage: 'offload.copy', input: { offloadId: it.offloadId, line } })
    }
    return next.length > 0 ? next : [{ stage: 'offload.finish', input: { offloadId: it.offloadId } }]
  },
  async failed(tx, it, because, { now, cancelled }) {
    await tx
      .updateTable('offload')
      .set({ state: cancelled ? 'cancelled' : 'failed', because, finished_at: now })
      .where('id', '=', it.offloadId)
      .execute()
    return []
  },
}

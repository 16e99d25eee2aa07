import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { offloadId } from '../../contract/ids.ts'
import type { FoundAsset } from '../domain/card.ts'
import { shownName } from '../domain/name.ts'
import type { Reader } from '../library/db.ts'
import { scanCard } from './scan-card.ts'
import type { Stage, StageContext } from './stage.ts'

const input = z.strictObject({ offloadId })
type In = z.infer<typeof input>

export type Planned = FoundAsset & { have: { assetId: string; stored: string } | null }
type Out = { assets: Planned[]; ignored: { source: string; because: string; matters: boolean }[] }

/** Two seconds: the step of FAT time stamps. */
const sameTimeMs = 2000

/**
 * Which of the found files the library already holds. A file counts as known only when its name, size and time are those of a verified
 * original AND samples of its content (start, two inside, end) are the same; anything less is read whole and compared by SHA-256.
 */
export async function plan(
  found: readonly FoundAsset[],
  read: Reader,
  dir: string,
  backups: readonly string[],
  ctx: Pick<StageContext, 'work'>,
): Promise<Planned[]> {
  const sizes = new Set((await read.selectFrom('asset').select('bytes').distinct().execute()).map((row) => row.bytes))
  const candidates = found.filter((asset) => sizes.has(asset.bytes))
  const prints = new Map<string, string>()
  for (let at = 0; at < candidates.length; at += 500) {
    const reply = await ctx.work('copy.fingerprint', { paths: candidates.slice(at, at + 500).map((asset) => asset.source) })
    if (reply.kind === 'done') for (const file of reply.out.files) if (file.fingerprint !== null) prints.set(file.path, file.fingerprint)
  }
  const planned: Planned[] = []
  for (const asset of found) {
    const print = prints.get(asset.source)
    planned.push({ ...asset, have: print === undefined ? null : await known(asset, print, read, dir, backups) })
  }
  return planned
}

async function known(asset: FoundAsset, print: string, read: Reader, dir: string, backups: readonly string[]): Promise<Planned['have']> {
  const rows = await read
    .selectFrom('asset')
    .select(['id', 'stored', 'name', 'modified_ms'])
    .where('bytes', '=', asset.bytes)
    .where('fingerprint', '=', print)
    .execute()
  for (const row of rows) {
    if (row.name !== shownName(asset.name) || Math.abs(row.modified_ms - asset.modifiedMs) > sameTimeMs) continue
    const copies = await read.selectFrom('copy').select('path').where('asset_id', '=', row.id).execute()
    const onEveryDisk = backups.every((backup) => copies.some((copy) => copy.path.startsWith(join(backup, '/'))))
    if (onEveryDisk && (await allThere([join(dir, row.stored)], asset.bytes)) && (await ridersKnown(asset, row.id, read, dir)))
      return { assetId: row.id, stored: row.stored }
  }
  return null
}

async function ridersKnown(asset: FoundAsset, id: string, read: Reader, dir: string): Promise<boolean> {
  if (asset.companions.length === 0) return true
  const sidecars = await read.selectFrom('sidecar').select(['name', 'bytes', 'stored']).where('asset_id', '=', id).execute()
  for (const rider of asset.companions) {
    const match = sidecars.find((sidecar) => sidecar.name === shownName(rider.name) && sidecar.bytes === rider.bytes)
    if (match === undefined || !(await allThere([join(dir, match.stored)], rider.bytes))) return false
  }
  return true
}

async function allThere(paths: readonly string[], bytes: number): Promise<boolean> {
  for (const path of paths) {
    const there = await stat(path).catch(() => null)
    if (there === null || !there.isFile() || there.size !== bytes) return false
  }
  return true
}

/** Reads the card, decides per file, and queues one copy per asset. */
export const offloadScan: Stage<In, Out> = {
  name: 'offload.scan',
  lane: 'scan',
  input,
  key: (it) => it.offloadId,
  repeat: 'again',
  attempts: 8,
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
  async commit(tx, it, out, { now }) {
    await tx.updateTable('offload').set({ state: 'copying' }).where('id', '=', it.offloadId).execute()
    for (const one of out.ignored) {
      await tx
        .insertInto('offload_ignored')
        .values({ offload_id: it.offloadId, source: one.source, because: one.because, matters: one.matters ? 1 : 0 })
        .onConflict((on) => on.doNothing())
        .execute()
    }
    let waiting = 0
    const next = []
    for (const asset of out.assets) {
      const row = await tx
        .insertInto('offload_asset')
        .values({
          offload_id: it.offloadId,
          source: asset.source,
          name: asset.name,
          kind: asset.kind,
          bytes: asset.bytes,
          modified_ms: asset.modifiedMs,
          companions: JSON.stringify(asset.companions.map(({ source, name, bytes }) => ({ source, name, bytes }))),
          copies: '[]',
          riders: JSON.stringify(
            asset.have === null
              ? []
              : asset.companions.map((rider) => ({
                  source: rider.source,
                  stored: null,
                  outcome: 'skipped',
                  because: 'already in the library',
                })),
          ),
          outcome: asset.have === null ? null : 'skipped',
          because: asset.have === null ? null : 'already in the library, verified',
          asset_id: asset.have?.assetId ?? null,
          stored: asset.have?.stored ?? null,
        })
        .onConflict((on) => on.doNothing())
        .returning('id')
        .executeTakeFirst()
      if (row === undefined || asset.have !== null) continue
      waiting += 1
      next.push({ stage: 'offload.copy', input: { offloadId: it.offloadId, line: row.id } })
    }
    void now
    return waiting > 0 ? next : [{ stage: 'offload.finish', input: { offloadId: it.offloadId } }]
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

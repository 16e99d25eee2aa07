import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { offloadId } from '../../contract/ids.ts'
import type { FoundAsset } from '../domain/card.ts'
import { type ManifestLine, manifest } from '../domain/manifest.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader } from '../library/db.ts'
import { places } from '../library/places.ts'
import { missingDisk } from './disk-mark.ts'
import { writeDurably } from './durable-file.ts'
import { type Lost, linesAtOnce, lostCopies } from './lost-copies.ts'
import { marksSoon } from './marks-sync.ts'
import { type Ignored, scanCard } from './scan-card.ts'
import type { Stage, StageContext } from './stage.ts'
import { sweepFolders } from './sweep.ts'

const input = z.strictObject({ offloadId })
type In = z.infer<typeof input>
type Out =
  | { kind: 'more'; fresh: FoundAsset[]; changed: { line: number; asset: FoundAsset }[]; ignored: Ignored[] }
  | {
      kind: 'end'
      manifest: string | null
      state: 'done' | 'cancelled'
      because: string | null
      lost: Lost[]
      ignored: Ignored[]
    }

/** A camera that is still writing, or someone who swaps cards, must not keep an offload open for ever. */
const mostRounds = 20

/**
 * Closes an offload. Before the verdict the card is looked at once more, since what was there when it began need not be all that is there now,
 * and so is every copy on every disk. New or changed files go back to copying; then the manifest is written on every disk.
 */
export const offloadFinish: Stage<In, Out> = {
  name: 'offload.finish',
  lane: 'core',
  input,
  key: (it) => it.offloadId,
  repeat: 'again',
  attempts: 8,
  // The verdict, and with it every line before.
  lands: 'now',
  changes: (it) => [{ of: 'offload', offloadId: it.offloadId, at: 'end' }],
  async run(it, ctx) {
    const offload = await ctx.read.selectFrom('offload').selectAll().where('id', '=', it.offloadId).executeTakeFirstOrThrow()
    ctx.offloads.delete(it.offloadId)
    const backups = z.array(z.string()).parse(JSON.parse(offload.backups))
    const state = offload.state === 'cancelled' ? 'cancelled' : 'done'
    let because: string | null = offload.because
    let ignored: Ignored[] = []
    if (state === 'done') {
      const again = await lookAgain(it, offload.path, ctx)
      if (again === null) because = 'the card could not be looked at once more; was it taken out?'
      else if (again.fresh.length + again.changed.length > 0) {
        if (offload.rounds < mostRounds) return { kind: 'done', out: { kind: 'more', ...again } }
        because = 'the card kept changing while it was read'
      } else ignored = again.ignored
    }
    const lost =
      state === 'done' && offload.verify !== 'size' ? await lostCopies(it.offloadId, [ctx.dir, ...backups], offload.disks, ctx) : []
    const folders = await manifestFolders(ctx.read, it)
    const disks = [ctx.dir, ...backups]
    await sweepFolders(
      disks.flatMap((disk) => [disk, join(disk, places.manifests), ...folders.map((folder) => join(disk, folder))]),
      ctx.life,
    )
    if (folders.length === 0) return { kind: 'done', out: { kind: 'end', manifest: null, state, because, lost, ignored } }
    const at = offload.started_at.replace(/[:.]/g, '-')
    const name = join(places.manifests, `${at}-${createHash('sha256').update(it.offloadId).digest('hex').slice(0, 8)}.mhl`)
    const made = new Date(ctx.clock.now()).toISOString()
    const gone = await missingDisk(offload.disks)
    for (const disk of gone === null ? disks : [ctx.dir]) {
      const parts = manifest({ at: made, label: offload.label, lines: manifestLines(ctx.read, it), version: '1' })
      await writeDurably({ root: disk, path: join(disk, name) }, ctx.life, parts)
    }
    return { kind: 'done', out: { kind: 'end', manifest: name, state, because, lost, ignored } }
  },
  async commit(tx, it, out, { now }) {
    for (const one of out.ignored) {
      const row = { because: one.because, matters: one.matters ? 1 : 0 }
      await tx
        .insertInto('offload_ignored')
        .values({ offload_id: it.offloadId, source: one.source, ...row })
        .onConflict((on) => on.columns(['offload_id', 'source']).doUpdateSet(row))
        .execute()
    }
    if (out.kind === 'end') {
      // A rerun asked for some lines again meanwhile: the last of them closes the offload.
      const open = await tx
        .selectFrom('offload_asset')
        .select('id')
        .where('offload_id', '=', it.offloadId)
        .where('outcome', 'is', null)
        .limit(1)
        .executeTakeFirst()
      if (open !== undefined) return []
      for (const one of out.lost) {
        const fields = { outcome: 'error', because: one.because, riders: one.riders }
        await tx.updateTable('offload_asset').set(fields).where('id', '=', one.line).execute()
      }
      await tx
        .updateTable('offload')
        .set({ state: out.state, manifest: out.manifest, because: out.because, finished_at: now })
        .where('id', '=', it.offloadId)
        .execute()
      return [marksSoon]
    }
    const next: NextJob[] = []
    const fields = (asset: FoundAsset) => ({
      bytes: asset.bytes,
      modified_ms: asset.modifiedMs,
      companions: JSON.stringify(asset.companions.map(({ source, name, bytes }) => ({ source, name, bytes }))),
      outcome: null,
      because: null,
    })
    for (const asset of out.fresh) {
      const row = await tx
        .insertInto('offload_asset')
        .values({
          offload_id: it.offloadId,
          source: asset.source,
          name: asset.name,
          kind: asset.kind,
          asset_id: null,
          stored: null,
          copies: '[]',
          riders: '[]',
          ...fields(asset),
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      next.push({ stage: 'offload.copy', input: { offloadId: it.offloadId, line: row.id } })
    }
    for (const { line, asset } of out.changed) {
      await tx.updateTable('offload_asset').set(fields(asset)).where('id', '=', line).execute()
      next.push({ stage: 'offload.copy', input: { offloadId: it.offloadId, line } })
    }
    await tx
      .updateTable('offload')
      .set((e) => ({ rounds: e('rounds', '+', 1) }))
      .where('id', '=', it.offloadId)
      .execute()
    return next
  },
  async failed(tx, it, because, { now }) {
    await tx
      .updateTable('offload')
      .set({ state: 'failed', because: `the offload could not be closed: ${because}`, finished_at: now })
      .where('id', '=', it.offloadId)
      .execute()
    return []
  },
}

const shape = (asset: { bytes: number; modifiedMs: number; companions: readonly { source: string; bytes: number }[] }): string =>
  JSON.stringify([asset.bytes, asset.modifiedMs, asset.companions.map((one) => [one.source, one.bytes])])

/** What is on the card now and was not when its lines were written; null when the card cannot be read. */
async function lookAgain(
  it: In,
  card: string,
  ctx: StageContext,
): Promise<{ fresh: FoundAsset[]; changed: { line: number; asset: FoundAsset }[]; ignored: Ignored[] } | null> {
  const scan = await scanCard(card, ctx.signal).catch(() => null)
  if (scan === null) return null
  const found = new Map(scan.assets.map((asset) => [asset.source, asset]))
  const changed: { line: number; asset: FoundAsset }[] = []
  const lines = ctx.read
    .selectFrom('offload_asset')
    .select(['id', 'source', 'bytes', 'modified_ms', 'companions'])
    .where('offload_id', '=', it.offloadId)
    .stream()
  for await (const line of lines) {
    const asset = found.get(line.source)
    if (asset === undefined) continue
    found.delete(line.source)
    const then = { bytes: line.bytes, modifiedMs: line.modified_ms, companions: companions.parse(JSON.parse(line.companions)) }
    if (shape(asset) !== shape(then)) changed.push({ line: line.id, asset })
  }
  return { fresh: [...found.values()], changed, ignored: scan.ignored }
}

const companions = z.array(z.object({ source: z.string(), bytes: z.number() }))
const slashes = (path: string): string => path.split('\\').join('/')

/** Folders of the library that hold what this offload copied. */
async function manifestFolders(read: Reader, it: In): Promise<string[]> {
  const folders = new Set<string>()
  for await (const lines of manifestLines(read, it)) for (const line of lines) folders.add(dirname(line.path))
  return [...folders]
}

/** Everything this offload copied, its companions with it, some lines at a time. */
async function* manifestLines(read: Reader, it: In): AsyncGenerator<ManifestLine[]> {
  const lineOf = (row: { id: string; stored: string; bytes: number; modified_ms: number; added_at: string }): ManifestLine => ({
    path: slashes(row.stored),
    bytes: row.bytes,
    modified: new Date(row.modified_ms).toISOString(),
    sha256: row.id,
    at: row.added_at,
  })
  const told = new Set<string>()
  for (let after = ''; ; ) {
    const rows = await read
      .selectFrom('offload_asset as line')
      .innerJoin('asset', 'asset.id', 'line.asset_id')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .select(['line.source', 'asset.id', 'asset.stored', 'asset.bytes', 'asset.modified_ms', 'asset.added_at'])
      .where('line.offload_id', '=', it.offloadId)
      .where('removal.asset_id', 'is', null)
      .where('line.source', '>', after)
      .orderBy('line.source')
      .limit(linesAtOnce)
      .execute()
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.source
    // Two files with the same bytes are one original.
    const fresh = rows.filter((row) => !told.has(row.id) && told.add(row.id))
    const sidecars = await read
      .selectFrom('sidecar')
      .innerJoin('asset', 'asset.id', 'sidecar.asset_id')
      .select(['sidecar.id', 'sidecar.stored', 'sidecar.bytes', 'asset.modified_ms', 'asset.added_at'])
      .where(
        'sidecar.asset_id',
        'in',
        fresh.map((row) => row.id),
      )
      .execute()
    yield [...fresh, ...sidecars].map(lineOf)
  }
}

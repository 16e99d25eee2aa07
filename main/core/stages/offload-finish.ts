import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { offloadId } from '../../contract/ids.ts'
import { type ManifestLine, manifest } from '../domain/manifest.ts'
import { places } from '../library/places.ts'
import { writeDurably } from './durable-file.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ offloadId })
type In = z.infer<typeof input>

/**
 * Removes what an engine that was killed left behind: copies that never got their name. Only files of our own pattern, in folders this
 * offload wrote to, older than this process (the library has one engine at a time).
 */
async function sweep(folders: ReadonlySet<string>): Promise<void> {
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (!/^\.[0-9a-f]{12}\.part$/.test(name)) continue
      const there = await stat(join(folder, name)).catch(() => null)
      if (there?.isFile() === true && there.mtimeMs < performance.timeOrigin) await rm(join(folder, name), { force: true })
    }
  }
}

/** Closes an offload: the manifest on every disk, then the state. */
export const offloadFinish: Stage<In, { manifest: string | null; state: 'done' | 'cancelled' }> = {
  name: 'offload.finish',
  lane: 'core',
  input,
  key: (it) => it.offloadId,
  repeat: 'again',
  attempts: 8,
  async run(it, ctx) {
    const offload = await ctx.read.selectFrom('offload').selectAll().where('id', '=', it.offloadId).executeTakeFirstOrThrow()
    const rows = await ctx.read
      .selectFrom('offload_asset as line')
      .innerJoin('asset', 'asset.id', 'line.asset_id')
      .select(['asset.id', 'asset.stored', 'asset.bytes', 'asset.modified_ms', 'asset.added_at'])
      .where('line.offload_id', '=', it.offloadId)
      .orderBy('asset.stored')
      .execute()
    const backups = z.array(z.string()).parse(JSON.parse(offload.backups))
    await sweep(new Set(rows.flatMap((row) => [ctx.dir, ...backups].map((disk) => dirname(join(disk, row.stored))))))
    const sidecars = await ctx.read
      .selectFrom('sidecar')
      .innerJoin('offload_asset as line', 'line.asset_id', 'sidecar.asset_id')
      .innerJoin('asset', 'asset.id', 'sidecar.asset_id')
      .select(['sidecar.id', 'sidecar.stored', 'sidecar.bytes', 'asset.modified_ms', 'asset.added_at'])
      .where('line.offload_id', '=', it.offloadId)
      .execute()
    const lines: ManifestLine[] = [...rows, ...sidecars].map((row) => ({
      path: row.stored.split('\\').join('/'),
      bytes: row.bytes,
      modified: new Date(row.modified_ms).toISOString(),
      sha256: row.id,
      at: row.added_at,
    }))
    const state = offload.state === 'cancelled' ? 'cancelled' : 'done'
    if (lines.length === 0) return { kind: 'done', out: { manifest: null, state } }
    const at = offload.started_at.replace(/[:.]/g, '-')
    const name = join(places.manifests, `${at}-${createHash('sha256').update(it.offloadId).digest('hex').slice(0, 8)}.mhl`)
    const text = manifest({ at: new Date(ctx.clock.now()).toISOString(), label: offload.label, lines, version: '1' })
    for (const disk of [ctx.dir, ...backups]) await writeDurably(join(disk, name), text)
    return { kind: 'done', out: { manifest: name, state } }
  },
  async commit(tx, it, out, { now }) {
    await tx
      .updateTable('offload')
      .set({ state: out.state, manifest: out.manifest, finished_at: now })
      .where('id', '=', it.offloadId)
      .execute()
    return []
  },
  async failed(tx, it, because, { now }) {
    await tx
      .updateTable('offload')
      .set({ state: 'failed', because: `the manifest could not be written: ${because}`, finished_at: now })
      .where('id', '=', it.offloadId)
      .execute()
    return []
  },
}

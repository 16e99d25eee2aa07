import { join } from 'node:path'
import type { VerifyReport } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../errors.ts'
import { onDisk } from '../stages/known.ts'
import type { CommandContext } from './context.ts'
import { verifyManifest } from './manifest.ts'
import { sideBySide } from './side-by-side.ts'

type Expected = { path: string; sha256: string; bytes: number }

/** Every original, companion and second copy that was written down as verified, of one offload or of all. */
async function expected(ctx: CommandContext, offload: string | null): Promise<Expected[]> {
  const { db, dir } = ctx.library
  const assets = await db
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .select(['asset.id', 'asset.stored', 'asset.bytes'])
    .where('removal.asset_id', 'is', null)
    .orderBy('asset.stored')
    .execute()
  const wanted =
    offload === null
      ? null
      : new Set(
          (await db.selectFrom('offload_asset').select('asset_id').where('offload_id', '=', offload).execute()).map((row) => row.asset_id),
        )
  const copies = Map.groupBy(await db.selectFrom('copy').select(['asset_id', 'path']).execute(), (row) => row.asset_id)
  const sidecars = Map.groupBy(
    await db.selectFrom('sidecar').select(['asset_id', 'id', 'stored', 'bytes']).execute(),
    (row) => row.asset_id,
  )
  const all = new Map<string, Expected>()
  for (const asset of assets) {
    if (wanted !== null && !wanted.has(asset.id)) continue
    const own = join(dir, asset.stored)
    // Of several copies in the library only the one that counts; on other disks every one.
    const paths = [own, ...(copies.get(asset.id) ?? []).map((copy) => copy.path).filter((path) => !onDisk(path, dir))]
    for (const path of paths) all.set(path, { path, sha256: asset.id, bytes: asset.bytes })
    for (const rider of sidecars.get(asset.id) ?? [])
      all.set(join(dir, rider.stored), { path: join(dir, rider.stored), sha256: rider.id, bytes: rider.bytes })
  }
  return [...all.values()]
}

/** Reads files again from their disks and compares; names what differs. */
async function verifyFiles(
  ctx: Pick<CommandContext, 'pool' | 'emit' | 'now'>,
  files: readonly Expected[],
  signal: AbortSignal,
): Promise<VerifyReport> {
  const report: VerifyReport = { checked: 0, identical: 0, bytes: 0, damaged: [], missing: [], at: ctx.now() }
  await sideBySide(files, 2, async (file) => {
    signal.throwIfAborted()
    const reply = await ctx.pool.run('copy.hash', { path: file.path }, { signal })
    signal.throwIfAborted()
    report.checked += 1
    if (reply.kind === 'done') {
      report.bytes += reply.out.bytes
      if (reply.out.sha256 === file.sha256) report.identical += 1
      else {
        const because =
          reply.out.bytes === file.bytes
            ? 'its bytes are not those that were copied: the disk is failing, or something changed the file'
            : `it has ${reply.out.bytes} bytes instead of ${file.bytes}`
        report.damaged.push({ path: file.path, because })
      }
    } else if (reply.kind === 'refused' && reply.code === 'missing')
      report.missing.push({ path: file.path, because: 'it is not there any more' })
    else report.damaged.push({ path: file.path, because: reply.kind === 'refused' ? reply.because : 'it was not read' })
    ctx.emit('progress', { what: 'Checking originals', done: report.checked, total: files.length })
  })
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1)
  report.damaged.sort(byPath)
  report.missing.sort(byPath)
  return report
}

export const verifyCommands = (ctx: CommandContext): Pick<Handlers, 'library.verify' | 'manifest.verify' | 'verify.stop'> => {
  const running = new Set<AbortController>()
  /** A check that can be stopped, and then says so instead of a report of half the files. */
  const stoppable = async <T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const stop = new AbortController()
    running.add(stop)
    try {
      return await act(stop.signal)
    } catch (error) {
      if (!stop.signal.aborted) throw error
      throw new AppError('cancelled', 'The check was stopped; nothing was changed', { next: 'Start it again whenever you like.' })
    } finally {
      running.delete(stop)
    }
  }
  return {
    'library.verify': ({ offloadId }) =>
      stoppable(async (signal) => {
        const files = await expected(ctx, offloadId)
        try {
          return await verifyFiles(ctx, files, signal)
        } finally {
          // Whoever shows how far it is must see the end of it.
          ctx.emit('progress', { what: 'Checking originals', done: 1, total: 1 })
        }
      }),
    'manifest.verify': (input) => stoppable((signal) => verifyManifest(input, ctx, signal)),
    'verify.stop': async () => {
      for (const stop of running) stop.abort()
      return {}
    },
  }
}

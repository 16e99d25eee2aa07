import { randomUUID } from 'node:crypto'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import { assetId, type OffloadId, offloadId } from '../../contract/ids.ts'
import { assetKind, type OffloadOutcome, type OffloadReport, type OffloadView, offloadOutcome, offloadState } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { looksLikeCard } from '../domain/card.ts'
import { shownName } from '../domain/name.ts'
import { verdict } from '../domain/verdict.ts'
import { AppError, systemError } from '../errors.ts'
import type { Reader } from '../library/db.ts'
import { riders } from '../stages/offload-copy.ts'
import { plan } from '../stages/offload-scan.ts'
import { scanCard, shownPath } from '../stages/scan-card.ts'
import type { CommandContext } from './context.ts'

const paths = z.array(z.string())

/** The real folder behind a path the user named. @throws AppError not-found, invalid-input, unreadable */
export async function folderAt(path: string, what: string): Promise<string> {
  const full = resolve(path)
  const there = await stat(full).catch((error: unknown) => {
    throw systemError(error, what) ?? error
  })
  if (!there.isDirectory())
    throw new AppError('unreadable', `${what} must be a folder, but this is a file: ${full}`, {
      next: 'Name the folder that holds the photos.',
    })
  await readdir(full).catch((error: unknown) => {
    throw systemError(error, what) ?? error
  })
  return realpath(full)
}

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

async function sources(
  ctx: CommandContext,
  input: { path: string; backups: string[] },
): Promise<{ path: string; backups: string[]; label: string }> {
  const path = await folderAt(input.path, 'The card or folder')
  const library = await realpath(ctx.library.dir)
  if (inside(path, library))
    throw new AppError('invalid-input', `The card is inside the library: ${path}`, { next: 'Choose a folder outside the library.' })
  if (inside(library, path))
    throw new AppError('invalid-input', `The library is inside the card or folder to offload: ${path}`, {
      next: 'Choose another folder, or keep the library elsewhere: nothing is ever written to a card.',
    })
  const backups: string[] = []
  for (const backup of input.backups) {
    const full = resolve(backup)
    if (inside(full, path))
      throw new AppError('invalid-input', `The backup is on the card itself: ${full}`, { next: 'Choose a folder on another disk.' })
    if (inside(full, library) || inside(library, full))
      throw new AppError('invalid-input', `The backup and the library share a folder: ${full}`, {
        next: 'Choose a folder on another disk.',
      })
    if (!backups.includes(full)) backups.push(full)
  }
  return { path, backups, label: labelOf(path) }
}

const labelOf = (path: string): string => shownName(basename(path)) || 'card'

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

export const offloadCommands = (
  ctx: CommandContext,
): Pick<
  Handlers,
  'card.list' | 'card.sample' | 'offload.plan' | 'offload.start' | 'offload.cancel' | 'offload.list' | 'offload.report'
> => ({
  'card.list': () => ctx.volumes.cards(),
  'card.sample': async () => {
    if (ctx.sampleCard === null)
      throw new AppError('unavailable', 'The sample card is not in this package', { next: 'Choose a folder with photos instead.' })
    return { path: ctx.sampleCard, label: 'Sample card', kind: 'sample' as const }
  },
  'offload.plan': async (input) => {
    const from = await sources(ctx, input)
    const scan = await scanCard(from.path, new AbortController().signal)
    const never = new AbortController().signal
    const assets = await plan(scan.assets, ctx.library.db, ctx.library.dir, from.backups, {
      work: (name, task) => ctx.pool.run(name, task, { signal: never }),
    })
    const toCopy = assets.filter((asset) => asset.have === null)
    const bytes = toCopy.reduce((sum, asset) => sum + asset.bytes + asset.companions.reduce((all, one) => all + one.bytes, 0), 0)
    const free = await ctx.volumes.freeBytes(ctx.library.dir)
    return {
      path: from.path,
      label: from.label,
      files: assets.map((asset) => ({
        source: shownPath(asset.source),
        kind: asset.kind,
        bytes: asset.bytes,
        action: asset.have === null ? ('copy' as const) : ('have' as const),
        companions: asset.companions.map((one) => shownPath(one.source)),
      })),
      ignored: scan.ignored.map((one) => ({ source: shownPath(one.source), because: one.because })),
      bytes,
      freeBytes: free,
      problem:
        free !== null && free < bytes
          ? `The disk of the library has ${mega(free)} free, ${mega(bytes)} are needed. Free some space first.`
          : null,
    }
  },
  'offload.start': async (input) => {
    const from = await sources(ctx, input)
    const open = await ctx.library.db
      .selectFrom('offload')
      .select('id')
      .where('path', '=', from.path)
      .where('state', 'in', ['scanning', 'copying'])
      .executeTakeFirst()
    if (open !== undefined) {
      ctx.runner.wake()
      return { offloadId: offloadId.parse(open.id) }
    }
    const top = await readdir(from.path)
    if (top.length === 0)
      throw new AppError('not-found', `The folder is empty: ${from.path}`, { next: 'Choose the folder or card that holds the photos.' })
    const id: OffloadId = offloadId.parse(randomUUID())
    await ctx.write(async (tx) => {
      await tx
        .insertInto('offload')
        .values({
          id,
          path: from.path,
          label: from.path === ctx.sampleCard ? 'Sample card' : from.label,
          state: 'scanning',
          verify: input.verify,
          backups: JSON.stringify(from.backups),
          because: null,
          manifest: null,
          started_at: ctx.now(),
          finished_at: null,
        })
        .execute()
      return { out: undefined, next: [{ stage: 'offload.scan', input: { offloadId: id } }] }
    })
    ctx.log.info('offload started', { offload: id, card: looksLikeCard(top) })
    ctx.emit('offload.changed', await offloadView(ctx.library.db, id))
    return { offloadId: id }
  },
  'offload.cancel': async ({ offloadId: id }) => {
    const view = await offloadView(ctx.library.db, id)
    if (view.state !== 'scanning' && view.state !== 'copying') return {}
    await ctx.write(async (tx) => {
      await tx.updateTable('offload').set({ state: 'cancelled', because: 'cancelled' }).where('id', '=', id).execute()
      return { out: undefined }
    })
    await ctx.runner.cancel(
      (stage, payload) =>
        stage.startsWith('offload.') &&
        stage !== 'offload.finish' &&
        typeof payload === 'object' &&
        payload !== null &&
        'offloadId' in payload &&
        payload.offloadId === id,
    )
    ctx.emit('offload.changed', await offloadView(ctx.library.db, id))
    return {}
  },
  'offload.list': async () => {
    const rows = await ctx.library.db.selectFrom('offload').select('id').orderBy('started_at', 'desc').execute()
    return Promise.all(rows.map((row) => offloadView(ctx.library.db, row.id)))
  },
  'offload.report': ({ offloadId: id }) => offloadReport(ctx.library.db, ctx.library.dir, id),
})

const mega = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`)

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
    riders.parse(JSON.parse(line.riders)).map((rider) => ({
      source: shownPath(rider.source),
      travels: rider.outcome === 'copied' || rider.outcome === 'skipped',
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
    ignored: [...ignored.map((one) => ({ source: shownPath(one.source), because: one.because, travels: false })), ...companions],
    safeToErase: verdict({
      verify: z.enum(['destination', 'source-and-destination', 'size']).parse(row.verify),
      finished,
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

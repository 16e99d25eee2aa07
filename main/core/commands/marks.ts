import { lstat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { type AssetId, assetId } from '../../contract/ids.ts'
import type { MarksExport } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { extension, stem } from '../domain/card.ts'
import { isRaw, type Said, saidOf, toMarks } from '../domain/marks.ts'
import { numbered } from '../domain/name.ts'
import { AppError } from '../errors.ts'
import { inChunks } from '../library/chunks.ts'
import { onDisk } from '../stages/known.ts'
import { marksSoon } from '../stages/marks-sync.ts'
import type { CommandContext } from './context.ts'
import { sideBySide } from './side-by-side.ts'

type Names = 'marks.sync' | 'marks.export' | 'marks.stop' | 'list.write' | 'list.read'
type Shot = { id: AssetId; name: string; stored: string; riders: string[]; said: Said; title: string | null }

const what = 'Exporting'

/** To and from other programs: copies with ratings inside, files of notes, plain lists of names. */
export const marksCommands = (ctx: CommandContext): Pick<Handlers, Names> => {
  const running = new Set<AbortController>()
  return {
    'marks.sync': async () => ctx.write(async () => ({ out: {}, next: [{ ...marksSoon, afterMs: 0 }] })),
    'marks.export': async ({ assetIds, path }) => {
      const out = resolve(path)
      if (onDisk(out, ctx.library.dir))
        throw new AppError('invalid-input', 'Copies cannot be put into the library itself', { next: 'Choose another folder.' })
      const there = await lstat(out).catch(() => null)
      if (there?.isDirectory() !== true)
        throw new AppError('unreadable', `This folder is not there: ${out}`, { next: 'Choose another folder.' })
      const stop = new AbortController()
      running.add(stop)
      try {
        return await exportShots(ctx, await shots(ctx, assetIds), out, stop.signal)
      } finally {
        running.delete(stop)
        ctx.emit('progress', { what, done: 1, total: 1 })
      }
    },
    'marks.stop': async () => {
      for (const stop of running) stop.abort()
      return {}
    },
    'list.write': async ({ assetIds }) => ({ text: (await shots(ctx, assetIds)).map((shot) => `${shot.name}\n`).join('') }),
    'list.read': async ({ text }) => matchList(ctx, text),
  }
}

async function shots(ctx: CommandContext, ids: readonly AssetId[]): Promise<Shot[]> {
  const { db } = ctx.library
  const rows = await inChunks(ids, (some) =>
    db
      .selectFrom('asset')
      .leftJoin('standing', 'standing.asset_id', 'asset.id')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .leftJoin('product_asset', 'product_asset.asset_id', 'asset.id')
      .leftJoin('product', 'product.id', 'product_asset.product_id')
      .select(['asset.id', 'asset.name', 'asset.stored', 'standing.decision', 'standing.rating', 'standing.label', 'product.title'])
      .where('asset.id', 'in', some)
      .where('removal.asset_id', 'is', null)
      .execute(),
  )
  const riders = Map.groupBy(
    await inChunks(ids, (some) => db.selectFrom('sidecar').select(['asset_id', 'stored']).where('asset_id', 'in', some).execute()),
    (row) => row.asset_id,
  )
  const byId = new Map(
    rows.map((row) => [
      row.id,
      {
        id: assetId.parse(row.id),
        name: row.name,
        stored: row.stored,
        riders: (riders.get(row.id) ?? []).map((one) => one.stored),
        said: saidOf(row),
        title: row.title,
      },
    ]),
  )
  // In the order they were asked for.
  return [...new Set(ids)].flatMap((id) => byId.get(id) ?? [])
}

/**
 * One folder of copies, each with everything that travels with it. JPEGs carry their ratings inside, everything else in a file of notes beside it.
 * A name that is taken gets a number; nothing is ever overwritten, and every copy is read back.
 */
async function exportShots(ctx: CommandContext, all: readonly Shot[], out: string, signal: AbortSignal): Promise<MarksExport> {
  const report: MarksExport = { path: out, written: 0, bytes: 0, refused: [], stopped: false }
  const taken = new Set<string>()
  let done = 0
  await sideBySide(all, 2, async (shot) => {
    if (signal.aborted) return
    const because = await exportOne(ctx, shot, await freeName(out, shot, taken), out, signal, report)
    if (because !== null && !signal.aborted) report.refused.push({ assetId: shot.id, name: shot.name, because })
    done += 1
    ctx.emit('progress', { what, done, total: all.length })
  })
  report.stopped = signal.aborted
  return report
}

/** A name that the shot and everything beside it can have here. */
async function freeName(out: string, shot: Shot, taken: Set<string>): Promise<string> {
  const name = basename(shot.stored)
  for (let n = 1; ; n += 1) {
    const wanted = numbered(name, n)
    const key = stem(wanted).toLowerCase()
    if (taken.has(key)) continue
    const files = [wanted, ...shot.riders.map((rider) => beside(wanted, name, rider)), `${stem(wanted)}.xmp`, `${wanted}.xmp`]
    const there = await Promise.all(files.map((file) => lstat(join(out, file)).catch(() => null)))
    if (taken.has(key) || there.some((one) => one !== null)) continue
    taken.add(key)
    return wanted
  }
}

const beside = (wanted: string, name: string, rider: string): string => {
  const own = basename(rider)
  return own.toLowerCase().startsWith(stem(name).toLowerCase())
    ? `${stem(wanted)}${own.slice(stem(name).length)}`
    : `${stem(wanted)}-${own}`
}

async function exportOne(
  ctx: CommandContext,
  shot: Shot,
  name: string,
  out: string,
  signal: AbortSignal,
  report: MarksExport,
): Promise<string | null> {
  const { dir } = ctx.library
  const marks = { ...toMarks(shot.said), title: shot.title }
  const at = ctx.now()
  const inside = /^jpe?g$/.test(extension(shot.stored))
  const files = [
    ...(inside ? [] : [{ from: shot.stored, to: name }]),
    ...shot.riders
      .filter((rider) => extension(rider) !== 'xmp')
      .map((rider) => ({ from: rider, to: beside(name, basename(shot.stored), rider) })),
  ]
  for (const { from, to } of files) {
    const reply = await ctx.pool.run(
      'copy.file',
      { source: join(dir, from), verify: 'destination', destinations: [{ root: out, path: join(out, to) }], life: ctx.life },
      { signal },
    )
    if (reply.kind === 'cancelled') return 'stopped'
    if (reply.kind === 'refused') return reply.because
    const [copy] = reply.out.destinations
    if (copy?.verified !== true) return copy?.because ?? 'it could not be written'
    report.bytes += reply.out.bytes
  }
  const base = shot.riders.find((rider) => extension(rider) === 'xmp')
  const source = join(dir, shot.stored)
  const notes = files.some(({ from }) => isRaw(from)) ? `${stem(name)}.xmp` : `${name}.xmp`
  const writes = [
    ...(inside ? [{ how: 'embedded' as const, outPath: join(out, name), base: null }] : []),
    ...(inside && !files.some(({ from }) => isRaw(from))
      ? []
      : [{ how: 'sidecar' as const, outPath: join(out, notes), base: base === undefined ? null : join(dir, base) }]),
  ]
  for (const write of writes) {
    const reply = await ctx.pool.run('marks.write', { source, marks, at, ...write }, { signal })
    if (reply.kind === 'cancelled') return 'stopped'
    if (reply.kind === 'refused') return reply.because
    report.bytes += reply.out.bytes
  }
  report.written += 1
  return null
}

/** One name a line, with or without folder and ending, as people and other programs write them. Names that fit several shots fit all of them. */
async function matchList(ctx: CommandContext, text: string): Promise<{ assetIds: AssetId[]; unknown: string[] }> {
  const rows = await ctx.library.db
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .select(['asset.id', 'asset.name', 'asset.stored'])
    .where('removal.asset_id', 'is', null)
    .execute()
  const byName = new Map<string, string[]>()
  for (const row of rows)
    for (const key of new Set([
      row.id,
      ...[row.name, basename(row.stored)].flatMap((name) => [name.toLowerCase(), stem(name).toLowerCase()]),
    ]))
      byName.set(key, [...(byName.get(key) ?? []), row.id])
  const found = new Set<string>()
  const unknown: string[] = []
  for (const line of text.split(/[\r\n,;\t]+/).map((one) => one.trim().replace(/^["']|["']$/g, ''))) {
    if (line === '') continue
    const name = (line.split(/[\\/]/).at(-1) ?? line).toLowerCase()
    // The whole name first; without its ending it also finds the JPEG of a RAW.
    const ids = byName.get(name) ?? byName.get(stem(name))
    if (ids === undefined) unknown.push(line.slice(0, 200))
    else for (const id of ids) found.add(id)
  }
  return { assetIds: [...found].map((id) => assetId.parse(id)), unknown }
}

import { basename } from 'node:path'
import type { OffloadPlan } from '../../contract/views.ts'
import type { FoundAsset } from '../domain/card.ts'
import { placeOf, shootTime } from '../domain/place.ts'
import { readSettings } from '../library/settings.ts'
import { plan } from '../stages/known.ts'
import { scanCard, shownPath } from '../stages/scan-card.ts'
import type { CommandContext } from './context.ts'
import { offloadPlaces } from './offload-places.ts'

/** New names are worked out for so many files: enough to see what a template does. */
const previewed = 24
/** Same as the copies themselves leave, see workers/copy. */
const headroom = 16 * 1024 * 1024

const size = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`)

/** What an offload would do, file by file and disk by disk, before anything is written. */
export async function planOffload(ctx: CommandContext, input: { path: string; backups: string[] | null }): Promise<OffloadPlan> {
  const { db, dir } = ctx.library
  const settings = await readSettings(db)
  const from = await offloadPlaces(dir, { path: input.path, backups: input.backups ?? settings.backups })
  const never = new AbortController().signal
  const scan = await scanCard(from.path, never)
  const assets = await plan(scan.assets, db, dir, from.backups, { work: (name, task) => ctx.pool.run(name, task, { signal: never }) })
  const toCopy = assets.filter((asset) => asset.known === null)
  const bytes = toCopy.reduce((sum, asset) => sum + asset.bytes + asset.companions.reduce((all, one) => all + one.bytes, 0), 0)
  const destinations = await Promise.all(
    [dir, ...from.backups].map(async (path) => {
      const freeBytes = await ctx.volumes.freeBytes(path)
      return { path, freeBytes, enough: freeBytes === null || freeBytes >= bytes + (bytes > 0 ? headroom : 0) }
    }),
  )
  const tight = destinations.filter((one) => !one.enough)
  const names = await previewNames(ctx, from.label, toCopy.slice(0, previewed))
  return {
    path: from.path,
    label: from.label,
    files: assets.map((asset) => ({
      source: shownPath(asset.source),
      kind: asset.kind,
      bytes: asset.bytes,
      action: asset.known === null ? ('copy' as const) : asset.known.kind,
      companions: asset.companions.map((one) => shownPath(one.source)),
      to: names.get(asset.source) ?? null,
    })),
    ignored: scan.ignored.map((one) => ({ source: shownPath(one.source), because: one.because })),
    bytes,
    seconds: await estimate(ctx, bytes),
    freeBytes: destinations[0]?.freeBytes ?? null,
    destinations,
    problem:
      tight.length === 0
        ? null
        : `${tight.map((one) => `${one.path} has ${size(one.freeBytes ?? 0)} free`).join('; ')}, ${size(bytes)} are needed. Free some space first, or choose another disk.`,
  }
}

async function previewNames(ctx: CommandContext, label: string, assets: readonly FoundAsset[]): Promise<Map<string, string>> {
  const settings = await readSettings(ctx.library.db)
  const reply = await ctx.pool.run(
    'peek.files',
    { paths: assets.map((asset) => asset.source), outDir: null, decodeMissing: false },
    { signal: new AbortController().signal },
  )
  const facts = new Map(reply.kind === 'done' ? reply.out.files.map((file) => [file.path, file]) : [])
  return new Map(
    assets.map((asset, index) => {
      const fact = facts.get(asset.source)
      const camera = fact?.camera ?? null
      const offset = camera === null ? 0 : (settings.cameraOffsets[camera] ?? 0)
      const { at, day } = shootTime(fact?.capturedAt ?? null, asset.modifiedMs, offset, settings.dayStartHour)
      const { folder, name } = placeOf(settings.template, { name: basename(asset.name), card: label, camera, sequence: index + 1, at, day })
      return [asset.source, `${folder === '' ? '' : `${folder}/`}${name}`]
    }),
  )
}

/** From the last offloads on this machine; null until one copied enough to say. */
async function estimate(ctx: CommandContext, bytes: number): Promise<number | null> {
  const rows = await ctx.library.db
    .selectFrom('offload')
    .innerJoin('offload_asset as line', 'line.offload_id', 'offload.id')
    .select(['offload.started_at', 'offload.finished_at', (e) => e.fn.sum<number>('line.bytes').as('bytes')])
    .where('offload.state', '=', 'done')
    .where('line.outcome', '=', 'copied')
    .groupBy('offload.id')
    .orderBy('offload.started_at', 'desc')
    .limit(5)
    .execute()
  const known = rows.flatMap((row) => {
    const took = row.finished_at === null ? 0 : (Date.parse(row.finished_at) - Date.parse(row.started_at)) / 1000
    return took > 0.5 && row.bytes > 10e6 ? [row.bytes / took] : []
  })
  if (known.length === 0) return null
  return Math.ceil(bytes / (known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 1))
}

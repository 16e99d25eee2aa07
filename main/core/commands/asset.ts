import { access, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Measure } from '../../../workers/protocol.ts'
import { assetId, stackId } from '../../contract/ids.ts'
import { type AssetView, stackKind } from '../../contract/views.ts'
import type { Handlers } from '../dispatch.ts'
import { extension } from '../domain/card.ts'
import { weigh } from '../domain/score.ts'
import { tasteMeasure, tastePoints } from '../domain/taste.ts'
import { AppError } from '../errors.ts'
import { assetViews, type Remembered, shootingOrder, storedMeasures } from '../library/assets.ts'
import { clipViews } from '../library/clips.ts'
import type { Reader } from '../library/db.ts'
import { tasteInUse } from '../library/frames.ts'
import { places } from '../library/places.ts'
import { chosenPoint, storedSubject } from '../library/subjects.ts'
import type { CommandContext } from './context.ts'

const originalTypes: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jpe: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
}

export const assetCommands = (
  ctx: CommandContext,
): Pick<Handlers, 'asset.list' | 'asset.originals' | 'asset.get' | 'stack.list' | 'media.resolve'> => {
  const remembered: Remembered = new Map()
  return {
    'asset.list': async ({ assetIds, after, limit }) => {
      const order = assetIds ?? (await shootingOrder(ctx.library.db))
      const start = after === null ? 0 : order.indexOf(after) + 1
      return { assets: await assetViews(ctx.library.db, order.slice(start, start + limit), remembered), more: start + limit < order.length }
    },
    'asset.originals': async ({ assetIds }) => {
      const { db, dir } = ctx.library
      const rows = await db
        .selectFrom('asset')
        .leftJoin('removal', 'removal.asset_id', 'asset.id')
        .select(['asset.id', 'asset.stored'])
        .where('asset.id', 'in', assetIds)
        .where('removal.asset_id', 'is', null)
        .execute()
      const there = async (path: string): Promise<string[]> => ((await lstat(path).catch(() => null))?.isFile() === true ? [path] : [])
      const paths = await Promise.all(rows.map((row) => there(join(dir, row.stored))))
      const [first] = assetIds
      const [thumb = null] = first === undefined ? [] : await there(join(dir, places.cache(first, 'thumb')))
      return { paths: paths.flat(), thumb }
    },
    'asset.get': async ({ assetId: id }) => {
      const { db, dir } = ctx.library
      const [view] = await assetViews(db, [id])
      const row = await db
        .selectFrom('asset')
        .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
        .leftJoin('score', 'score.asset_id', 'asset.id')
        .select(['asset.bytes', 'asset.stored', 'analysis.info', 'analysis.sketch', 'score.model', 'score.measures', 'score.subject'])
        .where('asset.id', '=', id)
        .executeTakeFirst()
      if (view === undefined || row === undefined) throw new AppError('not-found', 'This photo or clip is not in the library')
      const companions = await db.selectFrom('sidecar').select('name').where('asset_id', '=', id).orderBy('name').execute()
      const clips = await clipViews(db, id)
      return {
        ...view,
        components:
          row.measures === null
            ? (clips.find((clip) => clip.by === 'machine')?.components ?? {})
            : weigh(await withTaste(db, storedMeasures.parse(JSON.parse(row.measures)), view, row.sketch)).components,
        model: row.model,
        subject: storedSubject(row.subject),
        subjectBy: (await chosenPoint(db, id)) === null ? 'machine' : 'person',
        bytes: row.bytes,
        storedAt: join(dir, row.stored),
        metadata: facts(row.info),
        companions: companions.map((one) => one.name),
        clips,
      }
    },
    'stack.list': async () => {
      const stacks = await ctx.library.db.selectFrom('stack').select(['id', 'cover', 'kind', 'reason']).orderBy('id').execute()
      const members = await ctx.library.db
        .selectFrom('stack_member')
        .select(['asset_id', 'stack_id'])
        .orderBy('stack_id')
        .orderBy('rank')
        .execute()
      const byStack = Map.groupBy(members, (one) => one.stack_id)
      return stacks.map((stack) => ({
        id: stackId.parse(stack.id),
        cover: assetId.parse(stack.cover),
        members: (byStack.get(stack.id) ?? []).map((one) => assetId.parse(one.asset_id)),
        kind: stackKind.parse(stack.kind),
        reason: stack.reason,
      }))
    },
    'media.resolve': async ({ assetId: id, rendition }) => {
      const { db, dir } = ctx.library
      const row = await db.selectFrom('asset').select(['kind', 'stored']).where('id', '=', id).executeTakeFirst()
      if (row === undefined) throw new AppError('not-found', 'This photo or clip is not in the library')
      if (rendition === 'original') {
        const type = row.kind === 'photo' ? originalTypes[extension(row.stored)] : undefined
        // What the window cannot show as it is (RAW, TIFF, HEIC) is shown from its preview.
        if (type !== undefined) return { path: join(dir, row.stored), type }
      }
      const name = rendition === 'original' ? 'preview' : rendition
      const path = join(dir, places.cache(id, name))
      await access(path).catch((error: unknown) => {
        throw new AppError('not-found', 'This picture is not ready yet', { retryable: true, cause: error })
      })
      if (!(await lstat(path)).isFile()) throw new AppError('not-found', 'This picture is not ready yet')
      return { path, type: name === 'proxy' ? 'video/mp4' : 'image/jpeg' }
    },
  }
}

/** What learning adds when frames are ranked, as one more part. It weighs nothing in the score, so the parts still add up to what is shown. */
async function withTaste(
  read: Reader,
  measures: Record<string, Measure>,
  view: Pick<AssetView, 'score' | 'width' | 'height'>,
  sketch: Uint8Array | null,
): Promise<Record<string, Measure>> {
  const inUse = await tasteInUse(read)
  if (inUse === null || view.score === null || view.width === null || view.height === null) return measures
  const points = tastePoints(inUse.taste, { score: view.score, measures, width: view.width, height: view.height, sketch })
  return { ...measures, taste: tasteMeasure(points) }
}

const labels: Record<string, string> = {
  cameraMake: 'Maker',
  cameraModel: 'Camera',
  capturedAt: 'Taken',
  focalMm: 'Focal length (mm)',
  fNumber: 'Aperture (f/)',
  exposureS: 'Exposure (s)',
  iso: 'ISO',
  codec: 'Codec',
  fps: 'Frames per second',
}

/** The few facts people look for; never positions or serial numbers. */
function facts(info: string | null): Record<string, string> {
  const parsed: unknown = info === null ? {} : JSON.parse(info)
  const found: Record<string, string> = {}
  if (typeof parsed !== 'object' || parsed === null) return found
  for (const [key, value] of Object.entries(parsed)) {
    const label = labels[key]
    if (label === undefined || value === null || (typeof value !== 'string' && typeof value !== 'number')) continue
    found[label] =
      key === 'exposureS' && typeof value === 'number' && value > 0 && value < 0.5 ? `1/${Math.round(1 / value)}` : String(value)
  }
  return found
}

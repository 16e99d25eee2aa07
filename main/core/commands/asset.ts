import { access, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { assetId, stackId } from '../../contract/ids.ts'
import type { Handlers } from '../dispatch.ts'
import { extension } from '../domain/card.ts'
import { weigh } from '../domain/score.ts'
import { AppError } from '../errors.ts'
import { assetViews, clipViews, storedMeasures } from '../library/assets.ts'
import { places } from '../library/places.ts'
import type { CommandContext } from './context.ts'

const originalTypes: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jpe: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
}

export const assetCommands = (ctx: CommandContext): Pick<Handlers, 'asset.list' | 'asset.get' | 'stack.list' | 'media.resolve'> => ({
  'asset.list': async ({ after, limit }) => {
    const all = await assetViews(ctx.library.db)
    const start = after === null ? 0 : all.findIndex((one) => one.id === after) + 1
    return { assets: all.slice(start, start + limit), more: start + limit < all.length }
  },
  'asset.get': async ({ assetId: id }) => {
    const { db, dir } = ctx.library
    const [view] = await assetViews(db, [id])
    const row = await db
      .selectFrom('asset')
      .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
      .leftJoin('score', 'score.asset_id', 'asset.id')
      .select(['asset.bytes', 'asset.stored', 'analysis.info', 'score.model', 'score.measures'])
      .where('asset.id', '=', id)
      .executeTakeFirst()
    if (view === undefined || row === undefined) throw new AppError('not-found', 'This photo or clip is not in the library')
    const companions = await db.selectFrom('sidecar').select('name').where('asset_id', '=', id).orderBy('name').execute()
    const clips = await clipViews(db, id)
    return {
      ...view,
      components: row.measures === null ? (clips[0]?.components ?? {}) : weigh(storedMeasures.parse(JSON.parse(row.measures))).components,
      model: row.model,
      bytes: row.bytes,
      storedAt: join(dir, row.stored),
      metadata: facts(row.info),
      companions: companions.map((one) => one.name),
      clips,
    }
  },
  'stack.list': async () => {
    const stacks = await ctx.library.db.selectFrom('stack').select(['id', 'cover']).orderBy('id').execute()
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
})

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

import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { ZodType } from 'zod'
import type { TaskOut } from '../../../workers/protocol.ts'
import type { AssetId } from '../../contract/ids.ts'
import type { Point } from '../../contract/views.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Tx } from '../library/db.ts'
import { places } from '../library/places.ts'
import { chosenPoint, samePoint } from '../library/subjects.ts'
import { analysed } from './analysis.ts'
import type { Lane, Outcome, Stage, StageContext } from './stage.ts'

/** What was measured, and with the subject at which chosen point. */
export type Scored = { out: TaskOut<'score.photo'>; at: Point | null }

export const cameraOf = (info: TaskOut<'score.photo'>['info']): string | null =>
  [info.cameraMake, info.cameraModel, info.cameraSerial].filter((part) => part !== null).join(' ') || null

/**
 * What all stages that measure a photo share: it is measured, the score lands, and what it was asked for says what comes next. They differ in why a
 * photo is measured, which is their lane, whether it may be asked for again, and what a failure means.
 */
export const scoringStage = <In extends { assetId: AssetId }>(own: {
  name: string
  lane: Lane
  input: ZodType<In>
  repeat: Stage<In, Scored>['repeat']
  /** Write thumb and preview always, or where they are missing. */
  pictures: 'all' | 'missing'
  next(tx: Tx, it: In, scored: Scored): Promise<NextJob[]> | NextJob[]
  failed: Stage<In, Scored>['failed']
}): Stage<In, Scored> => ({
  name: own.name,
  lane: own.lane,
  input: own.input,
  key: (it) => it.assetId,
  repeat: own.repeat,
  attempts: 8,
  lands: 'soon',
  changes: (it) => [{ of: 'asset', assetId: it.assetId }],
  run: (it, ctx) => scorePhoto(it.assetId, ctx, own.pictures),
  async commit(tx, it, scored, { now }) {
    await landScore(tx, it.assetId, scored, now)
    return own.next(tx, it, scored)
  },
  failed: own.failed,
})

/** Has a worker measure a photo, around the point a person chose where there is one. `pictures`: write thumb and preview always, or where they are missing. */
async function scorePhoto(id: string, ctx: StageContext, pictures: 'all' | 'missing'): Promise<Outcome<Scored>> {
  const asset = await ctx.read.selectFrom('asset').select('stored').where('id', '=', id).executeTakeFirstOrThrow()
  const at = await chosenPoint(ctx.read, id)
  const place = async (name: 'thumb' | 'preview'): Promise<string | null> => {
    const path = join(ctx.dir, places.cache(id, name))
    if (pictures === 'all') return path
    return access(path).then(
      () => null,
      () => path,
    )
  }
  const reply = await ctx.work('score.photo', {
    path: join(ctx.dir, asset.stored),
    modelsDir: ctx.modelsDir,
    thumbPath: await place('thumb'),
    previewPath: await place('preview'),
    subjectAt: at,
  })
  return reply.kind === 'done' ? { kind: 'done', out: { out: reply.out, at } } : reply
}

/**
 * Puts a score in the place of the older one, in one step. A score whose subject was chosen differently meanwhile is dropped: the choice queued
 * its own measuring.
 */
async function landScore(tx: Tx, id: string, { out, at }: Scored, now: string): Promise<void> {
  if (!samePoint(at, await chosenPoint(tx, id))) return
  const { embedding } = out
  await analysed(tx, id, {
    because: [...out.warnings, ...out.degraded].join('; ') || null,
    captured_at: out.info.capturedAt,
    camera: cameraOf(out.info),
    width: out.info.width,
    height: out.info.height,
    duration_us: null,
    info: JSON.stringify(out.info),
    phash: out.phash,
    embedding: embedding === null ? null : new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength),
    sketch: out.sketch,
    has_thumb: 1,
  })
  await tx.deleteFrom('score').where('asset_id', '=', id).execute()
  await tx
    .insertInto('score')
    .values({
      asset_id: id,
      model: out.model,
      measures: JSON.stringify(out.measures),
      made_at: now,
      subject: out.subject === null ? null : JSON.stringify(out.subject),
    })
    .execute()
}

import { join } from 'node:path'
import { z } from 'zod'
import type { TaskOut } from '../../../workers/protocol.ts'
import { assetId } from '../../contract/ids.ts'
import { places } from '../library/places.ts'
import { groupSoon } from './group.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ assetId })
type In = z.infer<typeof input>

export const cameraOf = (info: TaskOut<'score.photo'>['info']): string | null =>
  [info.cameraMake, info.cameraModel, info.cameraSerial].filter((part) => part !== null).join(' ') || null

/** One decode per photo: facts, measures, likeness, thumb and preview. */
export const analysePhoto: Stage<In, TaskOut<'score.photo'>> = {
  name: 'analyse.photo',
  lane: 'photo',
  input,
  key: (it) => it.assetId,
  repeat: 'once',
  attempts: 8,
  async run(it, ctx) {
    const asset = await ctx.read.selectFrom('asset').select('stored').where('id', '=', it.assetId).executeTakeFirstOrThrow()
    const reply = await ctx.work('score.photo', {
      path: join(ctx.dir, asset.stored),
      modelsDir: ctx.modelsDir,
      thumbPath: join(ctx.dir, places.cache(it.assetId, 'thumb')),
      previewPath: join(ctx.dir, places.cache(it.assetId, 'preview')),
    })
    return reply
  },
  async commit(tx, it, out, { now }) {
    const { embedding } = out
    await tx
      .insertInto('analysis')
      .values({
        asset_id: it.assetId,
        state: 'ready',
        because: [...out.warnings, ...out.degraded].join('; ') || null,
        captured_at: out.info.capturedAt,
        camera: cameraOf(out.info),
        width: out.info.width,
        height: out.info.height,
        duration_us: null,
        info: JSON.stringify(out.info),
        phash: out.phash,
        embedding: embedding === null ? null : new Uint8Array(embedding.buffer, embedding.byteOffset, embedding.byteLength),
        has_thumb: 1,
      })
      .onConflict((on) =>
        on.column('asset_id').doUpdateSet((e) => ({ state: e.ref('excluded.state'), because: e.ref('excluded.because') })),
      )
      .execute()
    await tx
      .insertInto('score')
      .values({ asset_id: it.assetId, model: out.model, measures: JSON.stringify(out.measures), made_at: now })
      .onConflict((on) => on.doNothing())
      .execute()
    return [groupSoon]
  },
  failed: async (tx, it, because) => {
    await refuse(tx, it.assetId, because)
    return [groupSoon]
  },
}

/** Keeps the asset, says why it has no score. */
export async function refuse(tx: Parameters<typeof analysePhoto.failed>[0], id: string, because: string): Promise<void> {
  await tx
    .insertInto('analysis')
    .values({
      asset_id: id,
      state: 'refused',
      because,
      captured_at: null,
      camera: null,
      width: null,
      height: null,
      duration_us: null,
      info: '{}',
      phash: null,
      embedding: null,
      has_thumb: 0,
    })
    .onConflict((on) => on.doNothing())
    .execute()
}

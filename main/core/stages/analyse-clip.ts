import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { TaskOut } from '../../../workers/protocol.ts'
import { assetId } from '../../contract/ids.ts'
import { places } from '../library/places.ts'
import { analysed, refuse } from './analysis.ts'
import { groupSoon } from './group.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ assetId })
type In = z.infer<typeof input>
type Out = { found: TaskOut<'cut.find'>; hasThumb: boolean; note: string | null }

/** Lengths that every channel takes (5–15 s), as many as one take gives for a draft listing. */
export const clipLength = { minUs: 5_000_000, maxUs: 15_000_000, most: 3 }

export const clipIdOf = (asset: string, inUs: number, outUs: number): string =>
  createHash('sha256').update(`${asset}/${inUs}/${outUs}`).digest('hex').slice(0, 24)

/** Facts of a take, its still and proxy, and the seconds worth keeping. */
export const analyseClip: Stage<In, Out> = {
  name: 'analyse.clip',
  lane: 'video',
  input,
  key: (it) => it.assetId,
  repeat: 'once',
  attempts: 8,
  lands: 'soon',
  doing: 'Looking through a clip',
  changes: (it) => [{ of: 'asset', assetId: it.assetId }, { of: 'clips' }],
  async run(it, ctx) {
    const asset = await ctx.read.selectFrom('asset').select('stored').where('id', '=', it.assetId).executeTakeFirstOrThrow()
    const path = join(ctx.dir, asset.stored)
    const found = await ctx.work('cut.find', { path, ...clipLength, modelsDir: ctx.modelsDir }, (done, total) => ctx.progress(done, total))
    if (found.kind !== 'done') return found
    const best = found.out.clips[0]
    const atUs = best === undefined ? Math.floor(found.out.info.durationUs / 2) : Math.floor((best.inUs + best.outUs) / 2)
    const still = await ctx.work('cut.preview', {
      path,
      atUs,
      thumbPath: join(ctx.dir, places.cache(it.assetId, 'thumb')),
      previewPath: join(ctx.dir, places.cache(it.assetId, 'preview')),
      proxyPath: join(ctx.dir, places.cache(it.assetId, 'proxy')),
    })
    if (still.kind === 'cancelled') return still
    return {
      kind: 'done',
      out: { found: found.out, hasThumb: still.kind === 'done', note: still.kind === 'refused' ? still.because : null },
    }
  },
  async commit(tx, it, { found, hasThumb, note }) {
    await analysed(tx, it.assetId, {
      because: [...found.info.warnings, ...(note === null ? [] : [note])].join('; ') || null,
      captured_at: found.info.createdAt?.replace(/Z$/, '') ?? null,
      camera: found.info.camera,
      width: found.info.width,
      height: found.info.height,
      duration_us: found.info.durationUs,
      info: JSON.stringify(found.info),
      phash: null,
      embedding: null,
      has_thumb: hasThumb ? 1 : 0,
    })
    for (const [place, clip] of found.clips.entries()) {
      await tx
        .insertInto('clip')
        .values({
          id: clipIdOf(it.assetId, clip.inUs, clip.outUs),
          asset_id: it.assetId,
          model: found.model,
          in_us: clip.inUs,
          out_us: clip.outUs,
          measures: JSON.stringify(clip.measures),
          place,
        })
        .onConflict((on) => on.doNothing())
        .execute()
    }
    for (const [position, one] of found.rejected.entries()) {
      await tx
        .insertInto('clip_left')
        .values({ asset_id: it.assetId, position, in_us: one.inUs, out_us: one.outUs, because: one.because })
        .onConflict((on) => on.doNothing())
        .execute()
    }
    return [groupSoon, { stage: 'clip.auto', input: { assetId: it.assetId } }]
  },
  failed: async (tx, it, because) => {
    await refuse(tx, it.assetId, because)
    return [groupSoon]
  },
}

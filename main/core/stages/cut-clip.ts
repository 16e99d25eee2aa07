import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { channelName, type TaskOut } from '../../../workers/protocol.ts'
import { clipId } from '../../contract/ids.ts'
import { usualLook } from '../../contract/views.ts'
import { jpegSize } from '../domain/jpeg-size.ts'
import { masterOf } from '../library/clip-exports.ts'
import { places } from '../library/places.ts'
import { channelList } from './channel-list.ts'
import { sharedMaster } from './clip-masters.ts'
import { listingsReady } from './publish-ready.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ clipId, channel: channelName })
type In = z.infer<typeof input>
type Out = { made: TaskOut<'cut.clip'>; poster: { key: string; width: number; height: number } | null }

/** One clip for one channel, re-encoded frame-exact and checked against the channel's rules. */
export const cutClip: Stage<In, Out> = {
  name: 'cut.clip',
  lane: 'clip',
  input,
  key: (it) => `${it.clipId}/${it.channel}`,
  repeat: 'again',
  attempts: 8,
  lands: 'soon',
  doing: 'Making a clip',
  changes: () => [{ of: 'publication', catalog: null }],
  async run(it, ctx) {
    const clip = await ctx.read
      .selectFrom('clip')
      .innerJoin('asset', 'asset.id', 'clip.asset_id')
      .select(['clip.in_us', 'clip.out_us', 'asset.stored'])
      .where('clip.id', '=', it.clipId)
      .executeTakeFirstOrThrow()
    const shape = (await channelList(ctx.work)).get(it.channel)?.shape ?? null
    const posterPath = join(ctx.dir, places.clipPoster(it.clipId, it.channel))
    const made = await ctx.work(
      'cut.clip',
      {
        path: join(ctx.dir, clip.stored),
        inUs: clip.in_us,
        outUs: clip.out_us,
        channel: it.channel,
        outPath: join(ctx.dir, places.clip(it.clipId, it.channel)),
        posterPath,
        masterPath: await sharedMaster(ctx.read, ctx.dir, `${it.clipId}/${it.channel}`, masterOf(it.clipId, usualLook, shape)),
        modelsDir: ctx.modelsDir,
      },
      (done, total) => ctx.progress(done, total),
    )
    if (made.kind !== 'done') return made
    if (made.out.posterPath === null) return { kind: 'done', out: { made: made.out, poster: null } }
    const bytes = await readFile(made.out.posterPath)
    const size = jpegSize(bytes)
    return {
      kind: 'done',
      out: { made: made.out, poster: size === null ? null : { key: createHash('sha256').update(bytes).digest('hex'), ...size } },
    }
  },
  async commit(tx, it, { made, poster }) {
    const row = {
      key: made.sha256,
      path: places.clip(it.clipId, it.channel),
      width: made.width,
      height: made.height,
      bytes: made.bytes,
      duration_us: made.durationUs,
      poster_key: poster?.key ?? null,
      poster_path: poster === null ? null : places.clipPoster(it.clipId, it.channel),
      poster_width: poster?.width ?? null,
      poster_height: poster?.height ?? null,
    }
    await tx
      .insertInto('clip_rendition')
      .values({ clip_id: it.clipId, channel: it.channel, ...row })
      .onConflict((on) => on.columns(['clip_id', 'channel']).doUpdateSet(row))
      .execute()
    return listingsReady(tx, { clipId: it.clipId })
  },
  failed: (tx, it) => listingsReady(tx, { clipId: it.clipId }),
}

import { z } from 'zod'
import { measure, photoInfo } from '../../../workers/protocol.ts'
import { assetId } from '../../contract/ids.ts'
import { type BurstFrame, groupBursts } from '../domain/burst.ts'
import { weighClip } from '../domain/clip-score.ts'
import { weigh } from '../domain/score.ts'
import { suggest } from '../domain/suggestion.ts'
import type { NextJob } from '../jobs/job.ts'
import type { Reader } from '../library/db.ts'
import { onTimeLine, readSettings } from '../library/settings.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({})
const measures = z.record(z.string(), measure)
type Row = { asset: string; stack: string; rank: number; suggestion: string | null; because: string | null }
type Out = { stacks: { id: string; cover: string; reason: string }[]; members: Row[] }

/** Grouping follows analysis; while photos keep coming it runs at most twice a second. */
export const groupSoon: NextJob = { stage: 'group', input: {}, afterMs: 500 }

const embeddingOf = (blob: Uint8Array | null): Float32Array | null => (blob === null ? null : new Float32Array(blob.slice().buffer))

/** Every analysed photo as grouping sees it. */
export async function frames(read: Reader): Promise<BurstFrame[]> {
  const rows = await read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .where('removal.asset_id', 'is', null)
    .innerJoin('analysis', 'analysis.asset_id', 'asset.id')
    .innerJoin('score', 'score.asset_id', 'asset.id')
    .select([
      'asset.id',
      'asset.name',
      'analysis.captured_at',
      'analysis.camera',
      'analysis.width',
      'analysis.height',
      'analysis.info',
      'analysis.phash',
      'analysis.embedding',
      'score.measures',
    ])
    .where('asset.kind', '=', 'photo')
    .where('analysis.state', '=', 'ready')
    .execute()
  const { cameraOffsets } = await readSettings(read)
  return rows.map((row) => {
    const info = photoInfo.parse(JSON.parse(row.info))
    const found = measures.parse(JSON.parse(row.measures))
    return {
      id: assetId.parse(row.id),
      name: row.name,
      capturedAt: onTimeLine(row.captured_at, row.camera, cameraOffsets),
      camera: row.camera,
      orientation: info.orientation,
      focalMm: info.focalMm,
      width: info.width,
      height: info.height,
      phash: row.phash,
      embedding: embeddingOf(row.embedding),
      score: weigh(found).score,
      measures: found,
    }
  })
}

/** Bursts into stacks, the best frame on top, a suggestion for each. Writes only its own tables; never a decision. */
export const group: Stage<z.infer<typeof input>, Out> = {
  name: 'group',
  lane: 'core',
  input,
  key: () => 'library',
  repeat: 'again',
  attempts: 8,
  async run(_, ctx) {
    const photos = await frames(ctx.read)
    const stacks = groupBursts(photos)
    const suggestions = suggest(stacks, photos)
    const members: Row[] = stacks.flatMap((stack) =>
      stack.members.map((id, index) => ({
        asset: id,
        stack: stack.id,
        rank: index + 1,
        suggestion: suggestions.get(id)?.suggestion ?? null,
        because: suggestions.get(id)?.because ?? null,
      })),
    )
    const clips = await ctx.read
      .selectFrom('asset')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .where('removal.asset_id', 'is', null)
      .innerJoin('analysis', 'analysis.asset_id', 'asset.id')
      .leftJoin('clip', (join) => join.onRef('clip.asset_id', '=', 'asset.id').on('clip.place', '=', 0))
      .select(['asset.id', 'clip.measures'])
      .where('asset.kind', '=', 'clip')
      .where('analysis.state', '=', 'ready')
      .execute()
    const takes = clips.map((row) => {
      const best = row.measures === null ? null : weighClip(measures.parse(JSON.parse(row.measures))).score
      const suggestion = best === null ? 'maybe' : best >= 50 ? 'pick' : 'maybe'
      return {
        id: row.id,
        stack: `s-${row.id.slice(0, 16)}`,
        suggestion,
        because: best === null ? 'no steady seconds of the asked length were found' : null,
      }
    })
    return {
      kind: 'done',
      out: {
        stacks: [
          ...stacks.map((stack) => ({ id: stack.id, cover: stack.cover, reason: stack.reason })),
          ...takes.map((take) => ({ id: take.stack, cover: take.id, reason: 'one take' })),
        ],
        members: [
          ...members,
          ...takes.map((take) => ({ asset: take.id, stack: take.stack, rank: 1, suggestion: take.suggestion, because: take.because })),
        ],
      },
    }
  },
  async commit(tx, _, out) {
    await tx.deleteFrom('stack').execute()
    await tx.deleteFrom('stack_member').execute()
    for (let at = 0; at < out.stacks.length; at += 500)
      await tx
        .insertInto('stack')
        .values(out.stacks.slice(at, at + 500))
        .execute()
    for (let at = 0; at < out.members.length; at += 500) {
      await tx
        .insertInto('stack_member')
        .values(
          out.members
            .slice(at, at + 500)
            .map((row) => ({ asset_id: row.asset, stack_id: row.stack, rank: row.rank, suggestion: row.suggestion, because: row.because })),
        )
        .execute()
    }
    return []
  },
  failed: async () => [],
}

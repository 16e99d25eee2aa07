import { z } from 'zod'
import { measure } from '../../../workers/protocol.ts'
import { assetId, clipId, stackId } from '../../contract/ids.ts'
import { type AssetView, assetKind, type ClipView, suggestion } from '../../contract/views.ts'
import { weighClip } from '../domain/clip-score.ts'
import { weigh } from '../domain/score.ts'
import type { Reader } from './db.ts'
import { decisions } from './decisions.ts'
import { onTimeLine, readSettings } from './settings.ts'

export const storedMeasures = z.record(z.string(), measure)

/** Tiles of the grid in shooting order: capture time, then name, then id. `ids` = only these. */
export async function assetViews(read: Reader, ids: readonly string[] | null = null): Promise<AssetView[]> {
  let query = read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .where('removal.asset_id', 'is', null)
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .leftJoin('score', 'score.asset_id', 'asset.id')
    .leftJoin('clip', (join) => join.onRef('clip.asset_id', '=', 'asset.id').on('clip.place', '=', 0))
    .leftJoin('stack_member', 'stack_member.asset_id', 'asset.id')
    .select([
      'asset.id',
      'asset.kind',
      'asset.name',
      'asset.added_at',
      'analysis.captured_at',
      'analysis.camera',
      'analysis.width',
      'analysis.height',
      'analysis.duration_us',
      'analysis.state',
      'analysis.because',
      'analysis.has_thumb',
      'score.measures',
      'clip.measures as clip_measures',
      'stack_member.stack_id',
      'stack_member.rank',
      'stack_member.suggestion',
      'stack_member.because as suggestion_because',
    ])
    .orderBy('analysis.captured_at')
    .orderBy('asset.name')
    .orderBy('asset.id')
  if (ids !== null) query = query.where('asset.id', 'in', [...ids])
  const made = await decisions(read)
  const { cameraOffsets } = await readSettings(read)
  const views = (await query.execute()).map((row): AssetView => {
    const scored =
      row.measures !== null
        ? weigh(storedMeasures.parse(JSON.parse(row.measures)))
        : row.clip_measures !== null
          ? weighClip(storedMeasures.parse(JSON.parse(row.clip_measures)))
          : null
    return {
      id: assetId.parse(row.id),
      kind: assetKind.parse(row.kind),
      name: row.name,
      capturedAt: onTimeLine(row.captured_at, row.camera, cameraOffsets),
      camera: row.camera,
      width: row.width,
      height: row.height,
      durationUs: row.duration_us,
      analysis: row.state === null ? 'waiting' : row.state === 'refused' ? 'refused' : 'ready',
      because: row.because,
      score: scored?.score ?? null,
      suggestion: row.suggestion === null ? null : suggestion.parse(row.suggestion),
      decision: made.get(row.id) ?? 'undecided',
      stack: row.stack_id === null ? null : stackId.parse(row.stack_id),
      rank: row.rank,
      reasons: [...(row.suggestion_because === null ? [] : [row.suggestion_because]), ...(scored?.reasons ?? [])],
      hasThumb: row.has_thumb === 1,
    }
  })
  // Cameras whose clocks are moved interleave with the others.
  return Object.keys(cameraOffsets).length === 0 ? views : views.toSorted((a, b) => ((a.capturedAt ?? '') < (b.capturedAt ?? '') ? -1 : 1))
}

/** The seconds worth keeping of one take, best first. */
export async function clipViews(read: Reader, asset: string): Promise<ClipView[]> {
  const rows = await read.selectFrom('clip').selectAll().where('asset_id', '=', asset).orderBy('place').execute()
  return rows.map((row) => {
    const { score, components, reasons } = weighClip(storedMeasures.parse(JSON.parse(row.measures)))
    return {
      id: clipId.parse(row.id),
      assetId: assetId.parse(row.asset_id),
      inUs: row.in_us,
      outUs: row.out_us,
      score,
      components,
      reasons,
    }
  })
}

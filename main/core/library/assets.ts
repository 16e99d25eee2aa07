import { sql } from 'kysely'
import { z } from 'zod'
import { type Measure, measure } from '../../../workers/protocol.ts'
import { assetId, offloadId, stackId } from '../../contract/ids.ts'
import { type AssetView, assetKind, decision, label, suggestion } from '../../contract/views.ts'
import { weighClip } from '../domain/clip-score.ts'
import { weigh, weights } from '../domain/score.ts'
import type { Reader } from './db.ts'
import { onTimeLine, readSettings } from './settings.ts'

export const storedMeasures = z.record(z.string(), measure)

/** A measure that can move a score this far is one that it rests on. */
const heavy = 25

/** The least confidence among the measures that the score rests on; null when there is none of them. */
function surest(measures: Record<string, Measure>): number | null {
  const all = Object.entries(measures).flatMap(([name, one]) => {
    const weight = weights[name]
    return weight !== undefined && weight.loss + weight.gain > heavy ? [one.confidence] : []
  })
  return all.length === 0 ? null : Math.min(...all)
}

export type Weighed = { score: number | null; confidence: number | null; reasons: string[] }
/** What was weighed before, by asset and by which measuring it was. */
export type Remembered = Map<string, { stamp: string; weighed: Weighed }>

const unweighed: Weighed = { score: null, confidence: null, reasons: [] }

/**
 * Weighs what was measured of these photos and takes, reading only what is not remembered: the same measures always weigh the same, and reading
 * and weighing those of ten thousand photos takes most of the time of a list.
 */
async function weighAll(
  read: Reader,
  rows: readonly { id: string; model: string | null; made_at: string | null; clip_measures: string | null }[],
  remembered: Remembered,
): Promise<void> {
  const missing: string[] = []
  for (const { id, model, made_at, clip_measures } of rows) {
    const stamp = model === null ? (clip_measures ?? '') : `${model} ${made_at}`
    if (remembered.get(id)?.stamp === stamp) continue
    if (model !== null) missing.push(id)
    else if (clip_measures === null) remembered.set(id, { stamp, weighed: unweighed })
    else {
      const { score, reasons } = weighClip(storedMeasures.parse(JSON.parse(clip_measures)))
      remembered.set(id, { stamp, weighed: { score, confidence: null, reasons } })
    }
  }
  if (missing.length === 0) return
  const measured = await read
    .selectFrom('score')
    .select(['asset_id', 'model', 'made_at', 'measures'])
    .where('asset_id', 'in', among(missing))
    .execute()
  for (const row of measured) {
    const measures = storedMeasures.parse(JSON.parse(row.measures))
    const { score, reasons } = weigh(measures)
    remembered.set(row.asset_id, { stamp: `${row.model} ${row.made_at}`, weighed: { score, confidence: surest(measures), reasons } })
  }
}

/** One parameter for any number of ids. */
const among = (ids: readonly string[]) => sql<string>`(select value from json_each(${JSON.stringify(ids)}))`

/** Ids in shooting order: capture time on the common time line, then name, then id; without a time first. */
export async function shootingOrder(read: Reader): Promise<string[]> {
  const { cameraOffsets } = await readSettings(read)
  const query = read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .where('removal.asset_id', 'is', null)
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .orderBy('analysis.captured_at')
    .orderBy('asset.name')
    .orderBy('asset.id')
  if (Object.keys(cameraOffsets).length === 0) return (await query.select('asset.id').execute()).map((row) => row.id)
  // Cameras whose clocks are moved interleave with the others.
  const rows = await query.select(['asset.id', 'analysis.captured_at', 'analysis.camera']).execute()
  const at = new Map(rows.map((row) => [row.id, onTimeLine(row.captured_at, row.camera, cameraOffsets) ?? '']))
  return rows.map((row) => row.id).toSorted((a, b) => ((at.get(a) ?? '') < (at.get(b) ?? '') ? -1 : 1))
}

/** Tiles of the grid in the order of `ids`, else in shooting order; what is not in the library is left out. */
export async function assetViews(
  read: Reader,
  ids: readonly string[] | null = null,
  remembered: Remembered = new Map(),
): Promise<AssetView[]> {
  const order = ids ?? (await shootingOrder(read))
  const { cameraOffsets } = await readSettings(read)
  const query = read
    .selectFrom('asset')
    .leftJoin('removal', 'removal.asset_id', 'asset.id')
    .where('removal.asset_id', 'is', null)
    .leftJoin('analysis', 'analysis.asset_id', 'asset.id')
    .leftJoin('score', 'score.asset_id', 'asset.id')
    .leftJoin('clip', (join) => join.onRef('clip.asset_id', '=', 'asset.id').on('clip.place', '=', 0))
    .leftJoin('stack_member', 'stack_member.asset_id', 'asset.id')
    .leftJoin('standing', 'standing.asset_id', 'asset.id')
    .select([
      'standing.decision',
      'standing.rating',
      'standing.label',
      (e) =>
        e
          .selectFrom('offload_asset')
          .select('offload_asset.offload_id')
          .whereRef('offload_asset.asset_id', '=', 'asset.id')
          .where('offload_asset.asset_id', 'is not', null)
          .orderBy('offload_asset.id')
          .limit(1)
          .as('offload'),
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
      'score.model',
      'score.made_at',
      'clip.measures as clip_measures',
      'stack_member.stack_id',
      'stack_member.rank',
      'stack_member.suggestion',
      'stack_member.because as suggestion_because',
    ])
  const rows = await (ids === null ? query : query.where('asset.id', 'in', among(ids))).execute()
  await weighAll(read, rows, remembered)
  const views = new Map<string, AssetView>()
  for (const row of rows) {
    const { score, confidence, reasons } = remembered.get(row.id)?.weighed ?? unweighed
    views.set(row.id, {
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
      score,
      suggestion: row.suggestion === null ? null : suggestion.parse(row.suggestion),
      confidence,
      decision: row.decision === null ? 'undecided' : decision.parse(row.decision),
      rating: row.rating,
      label: row.label === null ? null : label.parse(row.label),
      stack: row.stack_id === null ? null : stackId.parse(row.stack_id),
      rank: row.rank,
      reasons: [...(row.suggestion_because === null ? [] : [row.suggestion_because]), ...reasons],
      hasThumb: row.has_thumb === 1,
      addedAt: row.added_at,
      offload: row.offload === null ? null : offloadId.parse(row.offload),
    })
  }
  return order.flatMap((id) => views.get(id) ?? [])
}

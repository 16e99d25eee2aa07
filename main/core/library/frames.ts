import { z } from 'zod'
import { measure, photoInfo } from '../../../workers/protocol.ts'
import { assetId } from '../../contract/ids.ts'
import type { BurstFrame } from '../domain/frame.ts'
import { weigh } from '../domain/score.ts'
import { type Learned, learned, tasteMeasure, tastePoints } from '../domain/taste.ts'
import type { Reader } from './db.ts'
import { onTimeLine, readSettings } from './settings.ts'

const measures = z.record(z.string(), measure)
const chunk = 500

export const embeddingOf = (blob: Uint8Array | null): Float32Array | null =>
  blob === null ? null : new Float32Array(blob.buffer.slice(blob.byteOffset, blob.byteOffset + blob.byteLength))

/** What was learned and is switched on, with its text to know it again by; null otherwise. */
export async function tasteInUse(read: Reader): Promise<{ text: string; taste: Learned } | null> {
  const row = await read.selectFrom('taste').select(['is_on', 'learned']).executeTakeFirst()
  if (row === undefined || row.is_on === 0 || row.learned === null) return null
  const found = learned.safeParse(JSON.parse(row.learned))
  return found.success && found.data.active ? { text: row.learned, taste: found.data } : null
}

/** Every analysed photo as grouping sees it. What was read and parsed once is kept until it is scored anew: while photos keep coming only they cost. */
export type Frames = (read: Reader) => Promise<BurstFrame[]>

type Kept = { madeAt: string; frame: BurstFrame; tasted: { text: string; frame: BurstFrame } | null }

export function createFrames(): Frames {
  const kept = new Map<string, Kept>()
  return async (read) => {
    const rows = await read
      .selectFrom('asset')
      .leftJoin('removal', 'removal.asset_id', 'asset.id')
      .where('removal.asset_id', 'is', null)
      .innerJoin('analysis', 'analysis.asset_id', 'asset.id')
      .innerJoin('score', 'score.asset_id', 'asset.id')
      .select(['asset.id', 'analysis.captured_at', 'analysis.camera', 'score.made_at'])
      .where('asset.kind', '=', 'photo')
      .where('analysis.state', '=', 'ready')
      .execute()
    const here = new Set(rows.map((row) => row.id))
    for (const id of kept.keys()) if (!here.has(id)) kept.delete(id)
    const wanted = rows.filter((row) => kept.get(row.id)?.madeAt !== row.made_at).map((row) => row.id)
    await readInto(kept, read, wanted)
    const { cameraOffsets } = await readSettings(read)
    const inUse = await tasteInUse(read)
    return rows.flatMap((row) => {
      const one = kept.get(row.id)
      if (one === undefined) return []
      const frame = tastedFrame(one, inUse)
      const capturedAt = onTimeLine(row.captured_at, row.camera, cameraOffsets)
      return [capturedAt === frame.capturedAt ? frame : { ...frame, capturedAt }]
    })
  }
}

/** These photos, those in the trash too, as far as they were ever measured; without what was learned of taste. */
export async function framesOf(read: Reader, ids: readonly string[]): Promise<BurstFrame[]> {
  const found = new Map<string, Kept>()
  await readInto(found, read, [...new Set(ids)])
  return [...found.values()].map(({ frame }) => frame)
}

function tastedFrame(one: Kept, inUse: { text: string; taste: Learned } | null): BurstFrame {
  const { frame } = one
  if (inUse === null || frame.score === null) return frame
  if (one.tasted?.text === inUse.text) return one.tasted.frame
  const points = tastePoints(inUse.taste, { ...frame, score: frame.score })
  const tasted = { ...frame, taste: points, measures: { ...frame.measures, taste: tasteMeasure(points) } }
  one.tasted = { text: inUse.text, frame: tasted }
  return tasted
}

async function readInto(kept: Map<string, Kept>, read: Reader, ids: readonly string[]): Promise<void> {
  for (let at = 0; at < ids.length; at += chunk) await readSome(kept, read, ids.slice(at, at + chunk))
}

async function readSome(kept: Map<string, Kept>, read: Reader, ids: readonly string[]): Promise<void> {
  const rows = await read
    .selectFrom('asset')
    .innerJoin('analysis', 'analysis.asset_id', 'asset.id')
    .innerJoin('score', 'score.asset_id', 'asset.id')
    .select([
      'asset.id',
      'asset.name',
      'analysis.captured_at',
      'analysis.camera',
      'analysis.info',
      'analysis.phash',
      'analysis.embedding',
      'analysis.sketch',
      'score.measures',
      'score.made_at',
    ])
    .where('asset.id', 'in', [...ids])
    .execute()
  for (const row of rows) {
    const info = photoInfo.parse(JSON.parse(row.info))
    const found = measures.parse(JSON.parse(row.measures))
    kept.set(row.id, {
      madeAt: row.made_at,
      tasted: null,
      frame: {
        id: assetId.parse(row.id),
        name: row.name,
        capturedAt: row.captured_at,
        camera: row.camera,
        orientation: info.orientation,
        focalMm: info.focalMm,
        exposureS: info.exposureS,
        fNumber: info.fNumber,
        iso: info.iso,
        width: info.width,
        height: info.height,
        phash: row.phash,
        embedding: embeddingOf(row.embedding),
        sketch: row.sketch,
        score: weigh(found).score,
        taste: 0,
        measures: found,
      },
    })
  }
}

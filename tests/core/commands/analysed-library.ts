import type { BurstFrame } from '../../../main/core/domain/burst.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import { madeSeries } from '../../bench/eval-learning.ts'
import { at, direction, frame, random, turned } from '../domain/frames.ts'

/** Bursts of three, analysed, in a library on disk. The pictures of each differ in brightness most of all. */
export async function analysedLibrary(dir: string, bursts: number): Promise<BurstFrame[][]> {
  const next = random(21)
  const series = Array.from({ length: bursts }, (_, s) =>
    madeSeries(next, 3).map((made, i) =>
      frame(`b${s}-${i}`, {
        ...made,
        capturedAt: at(s * 100 + i * 0.4),
        embedding: turned(direction(s), 0.2, s * 10 + i),
      }),
    ),
  )
  await using opened = await openLibrary(dir)
  await opened.db.transaction().execute(async (tx) => {
    for (const one of series.flat()) {
      const info = {
        format: 'jpeg',
        cameraMake: 'Maker',
        cameraModel: 'Model',
        cameraSerial: null,
        capturedAt: one.capturedAt,
        focalMm: 50,
      }
      await tx
        .insertInto('asset')
        .values({
          id: one.id,
          kind: 'photo',
          bytes: 1,
          name: one.name,
          stored: `originals/${one.name}`,
          modified_ms: 0,
          fingerprint: one.id,
          added_at: '2026-05-01T00:00:00.000Z',
        })
        .execute()
      await tx
        .insertInto('analysis')
        .values({
          asset_id: one.id,
          state: 'ready',
          because: null,
          captured_at: one.capturedAt,
          camera: one.camera,
          width: one.width,
          height: one.height,
          duration_us: null,
          info: JSON.stringify({ ...info, width: one.width, height: one.height, orientation: 1, fNumber: 8, exposureS: 0.01, iso: 100 }),
          phash: one.phash,
          embedding: one.embedding === null ? null : new Uint8Array(one.embedding.buffer),
          sketch: one.sketch,
          has_thumb: 0,
        })
        .execute()
      await tx
        .insertInto('score')
        .values({ asset_id: one.id, model: 'made', measures: JSON.stringify(one.measures), made_at: '2026-05-01T00:00:00.000Z' })
        .execute()
    }
  })
  return series
}

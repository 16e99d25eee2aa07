import type { BurstFrame } from '../../../main/core/domain/frame.ts'
import type { Tx } from '../../../main/core/library/db.ts'

/** A frame as a photo of the library that was analysed, without a file. */
export async function putAnalysed(tx: Tx, one: BurstFrame, { stored, hasThumb }: { stored: string; hasThumb: boolean }): Promise<void> {
  const asset = { id: one.id, kind: 'photo', bytes: 1, name: one.name, stored, modified_ms: 0, fingerprint: one.id }
  await tx
    .insertInto('asset')
    .values({ ...asset, added_at: '2026-05-01T00:00:00.000Z' })
    .execute()
  const info = {
    format: 'jpeg',
    width: one.width,
    height: one.height,
    orientation: one.orientation ?? 1,
    capturedAt: one.capturedAt,
    cameraMake: 'Maker',
    cameraModel: 'Model',
    cameraSerial: null,
    focalMm: one.focalMm,
    fNumber: one.fNumber,
    exposureS: one.exposureS,
    iso: one.iso,
  }
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
      info: JSON.stringify(info),
      phash: one.phash,
      embedding: one.embedding === null ? null : new Uint8Array(one.embedding.buffer),
      sketch: one.sketch,
      has_thumb: hasThumb ? 1 : 0,
    })
    .execute()
  await tx
    .insertInto('score')
    .values({ asset_id: one.id, model: 'made', measures: JSON.stringify(one.measures), made_at: '2026-05-01T00:00:00.000Z' })
    .execute()
}

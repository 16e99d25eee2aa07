import { Refusal, type TaskHandler } from '../protocol.ts'
import { classicalMeasures, read } from './analyse.ts'
import { learned } from './learned.ts'
import { openModels } from './models.ts'
import { openPhoto } from './open.ts'
import { phash } from './phash.ts'
import { fit, jpeg, previewSide, thumbSide, writeWhole } from './renditions.ts'
import { findSubject } from './subject.ts'

/** Changes when a measure changes its meaning: stored scores of an older version are then made anew. */
const measuresVersion = 'photo-measures@1'

/**
 * Scores one photo: one decode feeds thumbnail, preview, measures, hash and descriptor. Ends in a Refusal for anything that is not a decodable
 * photo; damaged but readable photos are scored with a warning and less confidence.
 */
export const photo: TaskHandler<'score.photo'> = async (input, ctx) => {
  const picture = await openPhoto(input.path)
  stopIf(ctx.signal)
  const preview = await fit(picture.rgb, previewSide)
  const small = await fit(preview, thumbSide)
  if (input.previewPath !== null) await writeWhole(input.previewPath, await jpeg(preview, 85))
  if (input.thumbPath !== null) await writeWhole(input.thumbPath, await jpeg(small, 80))
  stopIf(ctx.signal)
  const subject = findSubject(small)
  const readings = read(picture.rgb, small, subject)
  const measures = classicalMeasures(readings, subject, picture)
  const models = await openModels(input.modelsDir)
  stopIf(ctx.signal)
  const { embedding, quality } = await learned(models, preview, readings, picture.jpeg?.quality ?? null)
  if (quality) measures['quality'] = { ...quality, confidence: quality.confidence * (1 - Math.min(0.8, 1.6 * picture.lost)) }
  const { facts } = picture
  return {
    info: { format: picture.format, width: picture.width, height: picture.height, ...facts },
    model: [measuresVersion, ...models.versions].join('+'),
    measures,
    subject: subject.box,
    phash: phash(readings.frame),
    embedding,
    degraded: models.degraded,
    warnings: picture.warnings,
  }
}

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Refusal('timeout', 'Stopped before it was scored.')
}

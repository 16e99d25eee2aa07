import { Refusal, type TaskContext, type TaskHandler, type TaskOut } from '../protocol.ts'
import { classicalMeasures, read } from './analyse.ts'
import { learned } from './learned.ts'
import { measuresVersion, openModels } from './models.ts'
import { openPhoto, type Photo } from './open.ts'
import { peopleMeasures } from './people.ts'
import { phash } from './phash.ts'
import { type Rgb, release } from './pixels.ts'
import { locate } from './region.ts'
import { fit, jpeg, previewSide, stretch, thumbSide, writeWhole } from './renditions.ts'
import { sketch } from './sketch.ts'

/**
 * Scores one photo: one decode feeds thumbnail, preview, measures, hash and descriptor. Ends in a Refusal for anything that is not a decodable
 * photo; damaged but readable photos are scored with a warning and less confidence.
 */
export const photo: TaskHandler<'score.photo'> = async (input, ctx) => {
  const picture = await openPhoto(input.path)
  stopIf(ctx.signal)
  const preview = await fit(picture.rgb, previewSide)
  const small = await fit(preview, thumbSide)
  // The disk takes its time to make files safe: the analysis goes on meanwhile, and waits for them at its end.
  const [large, thumb, found] = await Promise.allSettled([
    input.previewPath === null ? null : jpeg(preview, 85).then((bytes) => writeWhole(input.previewPath ?? '', bytes)),
    input.thumbPath === null ? null : jpeg(small, 80).then((bytes) => writeWhole(input.thumbPath ?? '', bytes)),
    scored(input, ctx, picture, preview, small),
  ])
  for (const { data } of [picture.rgb, preview, small]) release(data)
  for (const one of [large, thumb]) if (one.status === 'rejected') throw one.reason
  if (found.status === 'rejected') throw found.reason
  return found.value
}

async function scored(input: In, ctx: TaskContext, picture: Photo, preview: Rgb, small: Rgb): Promise<TaskOut<'score.photo'>> {
  stopIf(ctx.signal)
  const models = await openModels(input.modelsDir)
  // One pass of the object backbone serves the subject, the likeness and the quality.
  const look = models.objects ? await models.objects.look(await stretch(preview, models.objects.side, models.objects.side)) : null
  const heat = look && models.subject ? await models.subject.heat(look, small) : null
  const subject = locate(small, look, heat, input.subjectAt)
  stopIf(ctx.signal)
  const readings = read(picture.rgb, preview, small, subject)
  if (preview !== picture.rgb) release(picture.rgb.data)
  const measures = classicalMeasures(readings, subject, picture, models.faults)
  if (models.faces) Object.assign(measures, peopleMeasures(await models.faces.find(small, preview), preview))
  stopIf(ctx.signal)
  const { embedding, quality } = await learned(models, look?.features ?? null, preview, small)
  if (quality) measures['quality'] = { ...quality, confidence: quality.confidence * (1 - Math.min(0.8, 1.6 * picture.lost)) }
  const { facts } = picture
  return {
    info: { format: picture.format, width: picture.width, height: picture.height, ...facts },
    model: [measuresVersion, ...models.versions].join('+'),
    measures,
    subject: subject.box,
    phash: phash(readings.frame),
    embedding,
    sketch: sketch(small, readings.frame),
    degraded: models.degraded,
    warnings: picture.warnings,
  }
}

type In = Parameters<typeof photo>[0]

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Refusal('timeout', 'Stopped before it was scored.')
}

import { Refusal, type TaskContext, type TaskHandler, type TaskOut } from '../protocol.ts'
import { classicalMeasures, read } from './analyse.ts'
import { besideSubject } from './beside.ts'
import type { Backbone, Look } from './features.ts'
import { learned } from './learned.ts'
import { measuresVersion, openModels } from './models.ts'
import { openPhoto, type Photo } from './open.ts'
import { peopleMeasures } from './people.ts'
import { phash } from './phash.ts'
import { lumaAndHalf, type Plane, type Rgb, release } from './pixels.ts'
import { locate } from './region.ts'
import { fit, jpeg, nearest, previewSide, stretch, thumbSide, writeWhole } from './renditions.ts'
import { sketch } from './sketch.ts'
import { cellMap } from './subject.ts'

/**
 * Scores one photo: one decode feeds thumbnail, preview, measures, hash and descriptor. Ends in a Refusal for anything that is not a decodable
 * photo; damaged but readable photos are scored with a warning and less confidence.
 */
export const photo: TaskHandler<'score.photo'> = async (input, ctx) => {
  const picture = await openPhoto(input.path)
  stopIf(ctx.signal)
  const preview = await fit(picture.rgb, previewSide)
  const { luma, half } = lumaAndHalf(preview)
  const small = await fit(nearest(preview, half, thumbSide, Math.max), thumbSide)
  // The disk takes its time to make files safe: the analysis goes on meanwhile, and waits for them at its end.
  const [large, thumb, found] = await Promise.allSettled([
    input.previewPath === null ? null : written(input.previewPath, preview, 85),
    input.thumbPath === null ? null : written(input.thumbPath, small, 80),
    scored(input, ctx, picture, { preview, half, luma, small }),
  ])
  for (const { data } of [picture.rgb, preview, half, luma, small]) release(data)
  for (const one of [large, thumb]) if (one.status === 'rejected') throw one.reason
  if (found.status === 'rejected') throw found.reason
  return found.value
}

/** The picture at the scales that are looked at: longest side ≤ 2,048, half of that, luma of the first, and ≤ 480. */
type Views = { preview: Rgb; half: Rgb; luma: Plane; small: Rgb }

async function scored(input: In, ctx: TaskContext, picture: Photo, views: Views): Promise<TaskOut<'score.photo'>> {
  const { preview, half, luma, small } = views
  stopIf(ctx.signal)
  const models = await openModels(input.modelsDir)
  // One pass of the object backbone serves the subject, the likeness and the quality.
  const look = models.objects ? await lookAt(models.objects, preview) : null
  const cells = cellMap(small)
  const heat = look && models.subject ? await models.subject.heat(look, cells) : null
  const subject = locate(cells, look, heat, input.subjectAt)
  stopIf(ctx.signal)
  const readings = read(picture.rgb, preview, small, subject, luma)
  if (preview !== picture.rgb) release(picture.rgb.data)
  const measures = classicalMeasures(readings, subject, picture, models.faults)
  const faces = models.faces ? await models.faces.find(small, preview) : []
  Object.assign(measures, peopleMeasures(faces, preview))
  measures['clutter'] = await besideSubject(cells, look, models.skin, subject, faces.length > 0)
  stopIf(ctx.signal)
  const { embedding, quality } = await learned(models, look?.features ?? null, nearest(preview, half, models.general?.side ?? 0), small)
  if (quality) measures['quality'] = { ...quality, confidence: quality.confidence * (1 - Math.min(0.8, 1.6 * picture.lost)) }
  const { facts } = picture
  const out = {
    info: { format: picture.format, width: picture.width, height: picture.height, ...facts },
    model: [measuresVersion, ...models.versions].join('+'),
    measures,
    subject: subject.box,
    phash: phash(luma),
    embedding,
    sketch: sketch(small, luma),
    degraded: models.degraded,
    warnings: picture.warnings,
  }
  for (const map of Object.values(look?.maps ?? {})) release(map)
  return out
}

/** One pass of a network over the whole frame. */
async function lookAt(backbone: Backbone, from: Rgb): Promise<Look> {
  const square = await stretch(from, backbone.side, backbone.side)
  const look = await backbone.look(square)
  release(square.data)
  return look
}

async function written(path: string, rgb: Rgb, quality: number): Promise<void> {
  const bytes = await jpeg(rgb, quality)
  await writeWhole(path, bytes)
  release(bytes)
}

type In = Parameters<typeof photo>[0]

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new Refusal('timeout', 'Stopped before it was scored.')
}

import { Refusal, type TaskHandler } from '../protocol.ts'
import { openTake } from './container/take.ts'
import { decodeFrames } from './ffmpeg/frames.ts'
import { needFfmpeg } from './ffmpeg/tools.ts'
import { choose } from './find/choose.ts'
import { measureHeight, measureWidth, meterFrames } from './find/frames.ts'
import { momentsOf } from './find/moments.ts'
import { detect } from './shots/detect.ts'
import { boundaries, frameTimes } from './shots.ts'

/** Name and version of what chose; raise it with every change of a measure, weight or threshold. */
export const model = 'clip-measures@1'

/**
 * Finds the seconds of a take worth keeping: one decode, every frame. Clips are never shorter or longer than asked; a take with no
 * piece that long yields none, and `rejected` says why.
 */
export const find: TaskHandler<'cut.find'> = async ({ path, minUs, maxUs, most }, { signal, progress }) => {
  if (!(minUs > 0 && maxUs >= minUs))
    throw new Refusal('unsupported', `lengths ${minUs}–${maxUs} µs: expected a least length above 0 and not above the longest`)
  const ffmpeg = await needFfmpeg()
  const take = await openTake(path, signal)
  const total = take.rate.durationUs
  const meter = meterFrames(Math.max(1, Math.round((take.rate.fps ?? 10) / 10)))
  const decoded = await decodeFrames(ffmpeg, {
    media: take.media,
    width: measureWidth,
    height: measureHeight,
    format: 'gray',
    upright: false,
    signal,
    onFrame: (pixels) => meter.push(pixels),
    onTime: (timeUs) => progress(Math.min(timeUs, total), total),
  })
  const { frames, components } = meter.end()
  const frameTimesUs = frameTimes(decoded, take)
  const endUs = Math.round((frameTimesUs.at(-1) ?? 0) + (take.rate.stepUs ?? total))
  const cuts = boundaries(detect(components))
  const cutsUs = cuts.map((frame) => frameTimesUs[frame] ?? 0)
  const { chosen, left } = choose(
    { moments: momentsOf(frames, frameTimesUs, new Set(cuts)), cutsUs, frameTimesUs, endUs },
    { minUs, maxUs, most },
  )
  return {
    model,
    info: take.info,
    clips: chosen.map(({ inUs, outUs, measures }) => ({ inUs, outUs, measures })),
    rejected: left.map(({ inUs, outUs, because }) => ({ inUs: Math.round(inUs), outUs: Math.round(outUs), because })),
  }
}

import { Refusal } from '../../protocol.ts'
import type { Render } from '../channels/channel.ts'
import { limitFor, refusalOf, run } from '../ffmpeg/run.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import type { Level } from './loudness.ts'
import { graphOf, layerInput, type Picture } from './picture.ts'
import { makeRoomForDelay, type Plan, rateText, soundFilters, soundRate } from './plan.ts'

/** The muxer options that give zero edit lists with picture and sound both starting at 0 (measured on builds of 2018 and later). */
export const noEditList = ['-movflags', '+faststart+negative_cts_offsets', '-use_editlist', '0', '-avoid_negative_ts', 'disabled'] as const

export const silence = ['-f', 'lavfi', '-i', `anullsrc=r=${soundRate}:cl=stereo`] as const
const quiet = ['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-progress', 'pipe:1', '-y'] as const
const noExtras = ['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'] as const

export type Encoding = {
  picture: Picture
  level: Level | null
  render: Render
  path: string
  signal: AbortSignal
  progress(share: number): void
}

/** Encodes a planned clip into `path` (a temporary name). Refusals: 'unavailable' (no H.264 encoder), 'damaged', 'no-space', 'timeout'. */
export async function encodeClip(ffmpeg: Ffmpeg, { picture, level, render, path, signal, progress }: Encoding): Promise<void> {
  if (!ffmpeg.encoders.has('libx264'))
    throw new Refusal('unavailable', `this ffmpeg (${ffmpeg.version}) has no libx264: set DROPCARD_FFMPEG to one that has`)
  const { plan, layers } = picture
  const { media } = plan.take
  const keyEvery = Math.round(plan.framesPerSecond * 2)
  const graph = graphOf(picture, ffmpeg, plan.sound === 'silence' ? 2 : 1)
  const args = [
    ...[...quiet, ...plan.input, ...(plan.sound === 'silence' ? silence : []), ...layers.flatMap(layerInput)],
    ...['-filter_complex', graph, '-map', '[v]', ...soundArgs(plan, level, render, plan.sound === 'take' ? 0 : 1), ...noExtras],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-crf', `${render.quality}`],
    ...['-maxrate', `${render.maxKbps}k`, '-bufsize', `${render.maxKbps * 2}k`, ...pacing(ffmpeg, plan)],
    ...['-g', `${keyEvery}`, '-keyint_min', `${keyEvery}`, '-sc_threshold', '0', '-bf', '2', '-flags', '+cgop'],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
    ...[...noEditList, '-f', 'mp4', `file:${path}`],
  ]
  const what = `making a clip of ${media.source.name}`
  const onStdout = progressReader((done) => progress(Math.min(1, done / plan.seconds)))
  const ran = await run({ path: ffmpeg.path, args, what, signal, limitMs: limitFor(media.source.bytes) + plan.seconds * 120_000, onStdout })
  if (ran.exitCode !== 0) throw refusalOf(ran, what)
}

/**
 * The graph gives exactly the pictures to be encoded. Builds before 5.1 would add some at the end of an uneven take; later ones no longer learn the rate
 * from filters that move time, and have to be told.
 */
const pacing = ({ everyFrame }: Ffmpeg, { framesPerSecond }: Plan): readonly string[] =>
  everyFrame[0] === '-vsync' ? everyFrame : ['-r', rateText(framesPerSecond)]

/** The sound of a plan, from input `from`; nothing for a plan without sound. */
function soundArgs(plan: Plan, level: Level | null, render: Render, from: number): string[] {
  if (plan.sound === 'none') return ['-an']
  const map = plan.sound === 'take' ? `${from}:${plan.take.media.audio?.index ?? 0}` : `${from}:a`
  const filters = [...(plan.sound === 'take' ? [...soundFilters(plan), ...(level?.filters ?? [])] : []), ...makeRoomForDelay(plan)]
  return ['-map', map, '-af', filters.join(','), '-c:a', 'aac', '-b:a', `${render.audioKbps}k`, '-ar', `${soundRate}`, '-ac', '2']
}

/**
 * Copies the picture of a finished MP4 of ours as it is. `sound`: 'copy' its own, 'drop' it, or make it anew from the plan. Refusals as of `encodeClip`.
 */
export async function copyClip(
  ffmpeg: Ffmpeg,
  from: string,
  path: string,
  sound: 'copy' | 'drop' | { plan: Plan; level: Level | null; render: Render },
  signal: AbortSignal,
): Promise<void> {
  const made = typeof sound === 'string' ? null : sound
  const second = made === null ? [] : made.plan.sound === 'silence' ? silence : made.plan.input
  const soundOf =
    sound === 'copy' ? ['-map', '0:a?', '-c:a', 'copy'] : made === null ? ['-an'] : soundArgs(made.plan, made.level, made.render, 1)
  const args = [
    ...[...quiet, '-protocol_whitelist', 'file,pipe', '-f', 'mov', '-i', `file:${from}`, ...second],
    ...['-map', '0:v', '-c:v', 'copy', ...soundOf, ...noExtras, ...noEditList, '-f', 'mp4', `file:${path}`],
  ]
  const ran = await run({ path: ffmpeg.path, args, what: 'copying the clip', signal, limitMs: limitFor(0) + 600_000 })
  if (ran.exitCode !== 0) throw refusalOf(ran, 'copying the clip')
}

/** Reads `-progress` blocks (key=value lines). Seconds done; "N/A" before the first frame is left out. */
export function progressReader(onSeconds: (seconds: number) => void): (chunk: Uint8Array) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      // out_time_ms has been microseconds in every release; out_time_us only came later.
      const us = /^out_time_ms=(\d+)/.exec(line)?.[1]
      if (us !== undefined) onSeconds(Number(us) / 1e6)
    }
  }
}

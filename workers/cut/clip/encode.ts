import { Refusal } from '../../protocol.ts'
import { limitFor, refusalOf, run } from '../ffmpeg/run.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import type { Level } from './loudness.ts'
import { makeRoomForDelay, type Plan, pictureFilters, rateText, soundFilters, soundRate } from './plan.ts'

/** The muxer options that give zero edit lists with picture and sound both starting at 0 (measured on builds of 2018 and later). */
export const noEditList = ['-movflags', '+faststart+negative_cts_offsets', '-use_editlist', '0', '-avoid_negative_ts', 'disabled'] as const

/** Encodes the planned clip into `path` (a temporary name). Refusals: 'unavailable' (no H.264 encoder), 'damaged', 'no-space', 'timeout'. */
export async function encodeClip(
  ffmpeg: Ffmpeg,
  plan: Plan,
  level: Level | null,
  path: string,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<void> {
  if (!ffmpeg.encoders.has('libx264'))
    throw new Refusal('unavailable', `this ffmpeg (${ffmpeg.version}) has no libx264: set DROPCARD_FFMPEG to one that has`)
  const { render } = plan.channel
  const { media } = plan.take
  const silence = ['-f', 'lavfi', '-i', `anullsrc=r=${soundRate}:cl=stereo`]
  const soundMap = plan.sound === 'take' ? `0:${media.audio?.index ?? 0}` : '1:a'
  const sound = [...(plan.sound === 'take' ? [...soundFilters(plan), ...(level?.filters ?? [])] : []), ...makeRoomForDelay(plan)].join(',')
  const keyEvery = Math.round(plan.framesPerSecond * 2)
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-progress', 'pipe:1', '-y', ...plan.input],
    ...(plan.sound === 'silence' ? silence : []),
    ...['-map', `0:${media.video.index}`, '-vf', pictureFilters(plan, ffmpeg)],
    ...(plan.sound === 'none'
      ? ['-an']
      : ['-map', soundMap, '-af', sound, '-c:a', 'aac', '-b:a', `${render.audioKbps}k`, '-ar', `${soundRate}`, '-ac', '2']),
    ...['-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-crf', `${render.quality}`],
    ...['-maxrate', `${render.maxKbps}k`, '-bufsize', `${render.maxKbps * 2}k`, '-r', rateText(plan.framesPerSecond)],
    ...['-g', `${keyEvery}`, '-keyint_min', `${keyEvery}`, '-sc_threshold', '0', '-bf', '2', '-flags', '+cgop'],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
    ...[...noEditList, '-f', 'mp4', `file:${path}`],
  ]
  const what = `making a clip of ${media.source.name}`
  const onStdout = progressReader((done) => progress(Math.min(1, done / plan.seconds)))
  const ran = await run({ path: ffmpeg.path, args, what, signal, limitMs: limitFor(media.source.bytes) + plan.seconds * 120_000, onStdout })
  if (ran.exitCode !== 0) throw refusalOf(ran, what)
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

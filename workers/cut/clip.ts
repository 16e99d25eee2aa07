import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Refusal, type TaskHandler } from '../protocol.ts'
import { channels } from './channels/index.ts'
import { encodeClip } from './clip/encode.ts'
import { findLevel, type Level, measureLoudness } from './clip/loudness.ts'
import { type Plan, planClip, soundFilters } from './clip/plan.ts'
import { writePoster } from './clip/poster.ts'
import { type Finished, preflight, sayViolations } from './clip/preflight.ts'
import { readMp4 } from './container/boxes.ts'
import { openTake } from './container/take.ts'
import { type Ffmpeg, needFfmpeg } from './ffmpeg/tools.ts'
import { land } from './land.ts'

/**
 * Makes [inUs, outUs) of a take into an MP4 for one channel: first and last picture within half a frame of the request, no edit list,
 * index in front. The file is checked against the channel's rules before it gets its name. Refusals name the rule and the fix.
 */
export const clip: TaskHandler<'cut.clip'> = async ({ path, inUs, outUs, channel, outPath, posterPath }, { signal, progress }) => {
  const ffmpeg = await needFfmpeg()
  const take = await openTake(path, signal)
  const plan = planClip(take, inUs, outUs, channels[channel])
  const level = await levelOf(ffmpeg, plan, signal)
  return land(outPath, async (part) => {
    await encodeClip(ffmpeg, plan, level, part, signal, (share) => progress(Math.round(share * 900), 1000))
    const finished = await inspect(ffmpeg, part, level, signal)
    const violations = preflight(finished, channels[channel])
    if (violations.length > 0) throw new Refusal('unsupported', sayViolations(channel, violations))
    const video = finished.mp4.tracks.find((track) => track.kind === 'video')
    if (video === undefined) throw new Error('preflight let a file without video pass')
    if (posterPath !== null) await land(posterPath, (poster) => writePoster(ffmpeg, part, video.seconds, poster, signal))
    progress(1000, 1000)
    const { width, height, seconds } = video
    return {
      path: outPath,
      posterPath,
      sha256: await sha256(part),
      bytes: finished.mp4.bytes,
      width,
      height,
      durationUs: Math.round(seconds * 1e6),
    }
  })
}

/** How the clip's sound is levelled; null for no sound, room noise, or a track that cannot be decoded (it becomes silence). */
async function levelOf(ffmpeg: Ffmpeg, plan: Plan, signal: AbortSignal): Promise<Level | null> {
  const { media } = plan.take
  if (plan.sound !== 'take' || media.audio === null) return null
  return findLevel(ffmpeg, {
    input: plan.input,
    map: `0:${media.audio.index}`,
    filters: soundFilters(plan),
    bytes: media.source.bytes,
    signal,
  })
}

/** Measures the file as a stranger would. Loudness only where the target was reached beforehand: a level that cannot be is no fault. */
async function inspect(ffmpeg: Ffmpeg, path: string, level: Level | null, signal: AbortSignal): Promise<Finished> {
  const mp4 = await readMp4(path)
  if (level?.reached !== true) return { mp4, loudness: null }
  const input = ['-protocol_whitelist', 'file,pipe', '-f', 'mov', '-i', `file:${path}`]
  const after = await measureLoudness(ffmpeg, { input, map: '0:a', filters: [], bytes: mp4.bytes, signal })
  return { mp4, loudness: after?.integrated ?? null }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

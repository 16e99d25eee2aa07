import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Refusal, type TaskHandler, type TaskOut } from '../protocol.ts'
import { channels, type Destination } from './channels/index.ts'
import { containerFor, copyPackets, withEnding } from './clip/archive.ts'
import { copyClip } from './clip/encode.ts'
import { writeLoop } from './clip/loop.ts'
import { type Asked, type Made, type Making, makeClip } from './clip/make.ts'
import { masterOf } from './clip/master.ts'
import { planClip } from './clip/plan.ts'
import { writePoster } from './clip/poster.ts'
import { preflight, sayViolations, type Violation } from './clip/preflight.ts'
import { type Mp4Report, readMp4 } from './container/boxes.ts'
import { openTake, type Take } from './container/take.ts'
import { type Ffmpeg, needFfmpeg } from './ffmpeg/tools.ts'
import { land } from './land.ts'

type Context = Parameters<TaskHandler<'cut.clip'>>[1]

/**
 * Makes [inUs, outUs) of a take into an MP4 for one channel: first and last picture within half a frame of the request, no edit list,
 * index in front. The file is checked against the channel's rules before it gets its name. Refusals name the rule and the fix.
 */
export const clip: TaskHandler<'cut.clip'> = async (asked, context) => {
  const ffmpeg = await needFfmpeg()
  const take = await openTake(asked.path, context.signal)
  return asked.channel === 'archive' ? archived(ffmpeg, asked, take, context) : published(ffmpeg, asked, asked.channel, take, context)
}

async function published(
  ffmpeg: Ffmpeg,
  asked: Asked,
  name: Destination,
  take: Take,
  { signal, progress }: Context,
): Promise<TaskOut<'cut.clip'>> {
  const channel = channels[name]
  const plan = planClip(take, asked.inUs, asked.outUs, channel, asked)
  const making = {
    ffmpeg,
    asked,
    plan,
    render: channel.render,
    signal,
    progress: (share: number) => progress(Math.round(share * 950), 1000),
  }
  return land(asked.outPath, async (part) => {
    const { made, mp4 } = await intoPart(making, name, part)
    const video = mp4.tracks.find((track) => track.kind === 'video')
    if (video === undefined) throw new Error('preflight let a file without video pass')
    const { width, height, seconds } = video
    const coverSeconds = Math.min(made.cover.atUs / 1e6, Math.max(0, seconds - 1 / plan.framesPerSecond))
    const { posterPath, previewPath } = asked
    if (posterPath !== null)
      await land(posterPath, (poster) => writePoster(ffmpeg, part, coverSeconds - 0.25 / plan.framesPerSecond, poster, signal))
    progress(970, 1000)
    if (previewPath !== null)
      await land(previewPath, (loop) => writeLoop(ffmpeg, { path: part, size: { width, height }, seconds, coverSeconds }, loop, signal))
    progress(1000, 1000)
    return {
      path: asked.outPath,
      posterPath,
      previewPath,
      sha256: await sha256(part),
      bytes: mp4.bytes,
      width,
      height,
      durationUs: Math.round(seconds * 1e6),
      cover: { atUs: Math.round(coverSeconds * 1e6) },
      crop: made.crop,
      because: made.because,
      notes: made.notes,
      earlierUs: 0,
    }
  })
}

/** The file that the channel takes, in `part`: copied from the master where its rules allow, else encoded for this channel alone. */
async function intoPart(making: Making, name: Destination, part: string): Promise<{ made: Made; mp4: Mp4Report }> {
  const { masterPath } = making.asked
  const copied = masterPath === null ? null : await fromMaster(making, name, masterPath, part)
  if (copied !== null && copied.violations.length === 0) return copied
  const checked = await check(await makeClip(making, part), name, part)
  if (checked.violations.length > 0) throw new Refusal('unsupported', sayViolations(name, checked.violations))
  if (copied === null) return checked
  const rules = copied.violations.map(({ rule }) => rule).join(', ')
  return {
    ...checked,
    made: { ...checked.made, notes: [...checked.made.notes, `encoded for ${name} alone: the shared master breaks its ${rules}`] },
  }
}

type Checked = { made: Made; mp4: Mp4Report; violations: Violation[] }

async function check(made: Made, name: Destination, part: string): Promise<Checked> {
  const mp4 = await readMp4(part)
  const { integrated = null, truePeak = null } = made.loudness ?? {}
  return { made, mp4, violations: preflight({ mp4, loudness: integrated, truePeak }, channels[name]) }
}

async function fromMaster(making: Making, name: Destination, masterPath: string, part: string): Promise<Checked> {
  const { asked, ffmpeg, plan, signal } = making
  const wanted = channels[name].rules.audio
  // The master has the sound of the take, or none: what a channel adds or leaves out is done on the way out of it.
  const heard = plan.take.media.audio !== null && asked.sound === 'level'
  const made = await masterOf({ ...making, plan: { ...plan, sound: heard ? 'take' : 'none' } }, masterPath)
  const sound = wanted === 'removed' ? 'drop' : plan.sound === 'silence' ? { plan, level: null, render: making.render } : 'copy'
  await copyClip(ffmpeg, masterPath, part, sound, signal)
  return check(sound === 'drop' ? { ...made, loudness: null } : made, name, part)
}

async function archived(ffmpeg: Ffmpeg, asked: Asked, take: Take, { signal, progress }: Context): Promise<TaskOut<'cut.clip'>> {
  const { inUs, outUs, posterPath } = asked
  const path = withEnding(asked.outPath, containerFor(take).ending)
  return land(path, async (part) => {
    const { earlierUs } = await copyPackets(ffmpeg, take, inUs, outUs, part, signal)
    progress(900, 1000)
    const copy = await openTake(part, signal)
    const atUs = Math.min(Math.round(earlierUs + (outUs - inUs) * 0.4), copy.rate.durationUs)
    if (posterPath !== null)
      await land(posterPath, (poster) => writePoster(ffmpeg, part, atUs / 1e6, poster, signal, copy.media.source.demuxer))
    progress(1000, 1000)
    const early =
      earlierUs < 1000 ? 'starts on the frame asked for' : `starts ${(earlierUs / 1e6).toFixed(2)} s earlier, at the keyframe before`
    return {
      path,
      posterPath,
      previewPath: null,
      sha256: await sha256(part),
      bytes: copy.media.source.bytes,
      width: copy.info.width,
      height: copy.info.height,
      durationUs: copy.rate.durationUs,
      cover: { atUs },
      crop: 'whole',
      because: `a lossless copy for keeping, not for publishing: ${early}`,
      notes: asked.previewPath === null ? [] : ['an archive copy has no moving preview'],
      earlierUs,
    }
  })
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

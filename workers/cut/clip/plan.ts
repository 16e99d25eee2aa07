import { type ClipAspect, Refusal } from '../../protocol.ts'
import type { Channel } from '../channels/channel.ts'
import type { VideoStream } from '../container/media.ts'
import { snapRate } from '../container/rate.ts'
import { inputArgs, seekBefore } from '../container/sniff.ts'
import type { Take } from '../container/take.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import { checkPlan, sayViolations } from './preflight.ts'

/** One clip to make, everything decided. Times in seconds on the clock that starts where reading starts. */
export type Plan = {
  take: Take
  inUs: number
  size: Size
  /** Input arguments, the seek included; and the seek alone. */
  input: string[]
  seek: readonly string[]
  /** Where the clip begins after the seek, seconds. */
  at: number
  framesPerSecond: number
  /** Exactly this many pictures come out. */
  frames: number
  seconds: number
  sound: 'take' | 'silence' | 'none'
}

/** What is asked for, besides the range. */
export type Shape = { aspect: ClipAspect | null; sound: 'level' | 'silent' }

export const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2)

/** AAC puts 1024 samples before the sound; without an edit list nothing hides them, so that much sound gives way to them. */
export const aacDelay = 1024
export const soundRate = 48_000

/** Decides rate, length, seek and sound. Refusals: 'unsupported' with the rule that the request breaks. */
export function planClip(take: Take, inUs: number, outUs: number, channel: Channel, shape: Shape): Plan {
  const { media, rate } = take
  const { min, max } = channel.render.framesPerSecond
  const framesPerSecond = outputRate(take, min, max)
  const slackUs = Math.max(rate.stepUs ?? 0, 1e6 / framesPerSecond) / 2
  const startUs = rate.firstUs
  const endUs = rate.firstUs + rate.durationUs
  const seconds = (us: number): string => (us / 1e6).toFixed(2)
  if (!(inUs >= 0 && outUs > inUs && inUs >= startUs - slackUs && outUs <= endUs + slackUs))
    throw new Refusal(
      'unsupported',
      `asked for ${seconds(inUs)}–${seconds(outUs)} s of ${media.source.name}: expected a part of ${seconds(startUs)}–${seconds(endUs)} s`,
    )
  const frames = Math.max(1, Math.round(((outUs - inUs) / 1e6) * framesPerSecond))
  const size = frameSize(take, channel, shape.aspect)
  const violations = checkPlan({ seconds: frames / framesPerSecond, framesPerSecond, ...size }, channel)
  if (violations.length > 0) throw new Refusal('unsupported', sayViolations(channel.name, violations))
  const seek = seekBefore(media.source, inUs)
  const wanted = channel.rules.audio
  const heard = media.audio !== null && shape.sound === 'level' && wanted !== 'removed'
  const sound = heard ? 'take' : wanted === 'required' ? 'silence' : 'none'
  return {
    take,
    inUs,
    size,
    input: inputArgs(media.source, seek.options),
    seek: seek.options,
    at: seek.at,
    framesPerSecond,
    frames,
    seconds: frames / framesPerSecond,
    sound,
  }
}

/** The take's own rate where it is steady and allowed; else the nearest usual one. Slow motion (100 and up) plays at an even part of it. */
function outputRate({ rate }: Take, min: number, max: number): number {
  // A varying rate is nearly always a steady one with frames left out: the usual step tells which.
  const usual = rate.stepUs === null ? 30 : snapRate(1e6 / rate.stepUs, 0.03)
  if (rate.variable) return usual >= 20 && usual >= min && usual <= max ? usual : 30
  const fps = rate.fps ?? 30
  if (fps > max + 0.01) return fps / Math.ceil(fps / (max + 0.01))
  // 23.976 is 24 in every published rule.
  if (fps >= min * 0.998) return fps
  return [1, 2, 3, 4].map((times) => fps * times).find((multiple) => multiple >= min && multiple <= max) ?? 30
}

/** Rates as fractions: 29.97 is 30000/1001, and a rounded decimal drifts. */
export function rateText(fps: number): string {
  const whole = Math.round(fps)
  if (Math.abs(fps - whole) < 1e-6) return `${whole}`
  const ntsc = Math.round(fps * 1.001)
  return Math.abs(fps - (ntsc * 1000) / 1001) < 1e-6 ? `${ntsc * 1000}/1001` : `${Math.round(fps * 1000)}/1000`
}

export type Size = { width: number; height: number }

const sizes: Readonly<Record<ClipAspect, Size>> = {
  '9:16': { width: 1080, height: 1920 },
  '4:5': { width: 1080, height: 1350 },
  '1:1': { width: 1080, height: 1080 },
  '16:9': { width: 1920, height: 1080 },
}

/** The frame that is filled: the shape asked for, else the channel's own. */
export function frameSize({ info }: Take, { render }: Channel, aspect: ClipAspect | null): Size {
  if (aspect !== null) return sizes[aspect]
  if (render.frame.kind === 'fill') return { width: render.frame.width, height: render.frame.height }
  const { longSide, shortSide } = render.frame
  const shrink = Math.min(1, longSide / Math.max(info.width, info.height), shortSide / Math.min(info.width, info.height))
  return { width: even(info.width * shrink), height: even(info.height * shrink) }
}

/**
 * ffmpeg turns pictures upright by itself, but builds before 5.1 know turns only: they turn what is mirrored by where its x axis points, and y still runs
 * the wrong way (ISO/IEC 14496-12, 6.2.2).
 */
export function mirrorBack({ mirrored, rotation }: VideoStream, { everyFrame }: Ffmpeg): string[] {
  if (!mirrored || everyFrame[0] !== '-vsync') return []
  return rotation === 90 || rotation === 270 ? ['hflip'] : ['vflip']
}

/** The colour matrix for `scale`, where the file names none: pictures of HD size are BT.709, whatever swscale assumes (it takes BT.601 for all). */
export const matrixOf = ({ matrix, storedWidth, storedHeight }: VideoStream): string =>
  matrix !== null || Math.max(storedWidth, storedHeight) < 1280 ? '' : ':in_color_matrix=bt709'

/** The pictures of the clip and no others, one for each step of its own clock. */
export const timing = ({ take, at, framesPerSecond, frames }: Plan, ffmpeg: Ffmpeg): string[] => [
  ...(take.media.video.interlaced && ffmpeg.filters.has('yadif') ? ['yadif'] : []),
  ...mirrorBack(take.media.video, ffmpeg),
  `setpts=PTS-${at.toFixed(6)}/TB`,
  `fps=${rateText(framesPerSecond)}:round=near`,
  'trim=start=0',
  `trim=end_frame=${frames}`,
  'setpts=PTS-STARTPTS',
]

/** HDR to BT.709 by the Hable curve; without these filters colours would come out grey and flat, so that is refused. */
export function toneMap(ffmpeg: Ffmpeg, take: Take): string {
  if (!ffmpeg.filters.has('zscale') || !ffmpeg.filters.has('tonemap'))
    throw new Refusal(
      'unsupported',
      `${take.media.source.name} is HDR, and this ffmpeg (${ffmpeg.version}) cannot bring HDR to normal colours: set DROPCARD_FFMPEG to one with zscale and tonemap`,
    )
  return 'zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p'
}

/** The sound on the clip's clock, stereo at 48 kHz: gaps filled, cut and padded to the sample. */
export function soundFilters(plan: Plan): string[] {
  return [
    `asetpts=PTS-${plan.at.toFixed(6)}/TB`,
    `aresample=${soundRate}:async=1:first_pts=0`,
    'aformat=sample_fmts=fltp:channel_layouts=stereo',
    'apad',
    `atrim=end_sample=${Math.round(plan.seconds * soundRate)}`,
  ]
}

/** The last step before the encoder: AAC's delay taken out of the start, where the delay itself will be heard as silence. */
export const makeRoomForDelay = (plan: Plan): string[] => [
  `atrim=start_sample=${aacDelay}:end_sample=${Math.round(plan.seconds * soundRate)}`,
  'aformat=sample_fmts=fltp:channel_layouts=stereo',
]

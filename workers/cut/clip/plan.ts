import { Refusal } from '../../protocol.ts'
import type { Channel } from '../channels/channel.ts'
import { snapRate } from '../container/rate.ts'
import { inputArgs, seekBefore } from '../container/sniff.ts'
import type { Take } from '../container/take.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import { checkPlan, sayViolations } from './preflight.ts'

/** One clip to make, everything decided. Times in seconds on the clock that starts where reading starts. */
export type Plan = {
  take: Take
  channel: Channel
  /** Input arguments, the seek included. */
  input: string[]
  /** Where the clip begins after the seek, seconds. */
  at: number
  framesPerSecond: number
  /** Exactly this many pictures come out. */
  frames: number
  seconds: number
  sound: 'take' | 'silence' | 'none'
}

export const even = (value: number): number => Math.max(2, Math.round(value / 2) * 2)

/** AAC puts 1024 samples before the sound; without an edit list nothing hides them, so that much sound gives way to them. */
export const aacDelay = 1024
export const soundRate = 48_000

/** Decides rate, length, seek and sound. Refusals: 'unsupported' with the rule that the request breaks. */
export function planClip(take: Take, inUs: number, outUs: number, channel: Channel): Plan {
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
  const violations = checkPlan({ seconds: frames / framesPerSecond, framesPerSecond, ...frameSize(take, channel) }, channel)
  if (violations.length > 0) throw new Refusal('unsupported', sayViolations(channel.name, violations))
  const seek = seekBefore(media.source, inUs)
  const sound =
    channel.rules.audio === 'removed' ? 'none' : media.audio !== null ? 'take' : channel.rules.audio === 'required' ? 'silence' : 'none'
  return {
    take,
    channel,
    input: inputArgs(media.source, seek.options),
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
export function frameSize({ info }: Take, { render }: Channel): Size {
  if (render.frame.kind === 'fill') return { width: render.frame.width, height: render.frame.height }
  const { longSide, shortSide } = render.frame
  const shrink = Math.min(1, longSide / Math.max(info.width, info.height), shortSide / Math.min(info.width, info.height))
  return { width: even(info.width * shrink), height: even(info.height * shrink) }
}

/** Everything between the decoder and the encoder, for the picture. */
export function pictureFilters(plan: Plan, ffmpeg: Ffmpeg): string {
  const { take, channel } = plan
  const { video } = take.media
  const { width, height } = frameSize(take, channel)
  const timing = `setpts=PTS-${plan.at.toFixed(6)}/TB,fps=${rateText(plan.framesPerSecond)}:round=near,trim=start=0,trim=end_frame=${plan.frames},setpts=PTS-STARTPTS`
  const steps = [
    ...(video.interlaced && ffmpeg.filters.has('yadif') ? ['yadif'] : []),
    timing,
    ...(channel.render.frame.kind === 'fill' ? [cropToFill(take, width / height)] : []),
    ...(video.hdr ? [toneMap(ffmpeg, take)] : []),
    `scale=${width}:${height}:flags=bicubic:out_color_matrix=bt709:out_range=tv`,
    'setsar=1',
    'format=yuv420p',
  ]
  return steps.join(',')
}

/** A stable crop around the middle, in fractions of the frame so that pixel aspect does not matter. */
function cropToFill({ info }: Take, aspect: number): string {
  const own = info.width / info.height
  const [x, y] = own > aspect ? [aspect / own, 1] : [1, own / aspect]
  return `crop=w=iw*${x.toFixed(6)}:h=ih*${y.toFixed(6)}:x=(iw-ow)/2:y=(ih-oh)/2`
}

/** HDR to BT.709 by the Hable curve; without these filters colours would come out grey and flat, so that is refused. */
function toneMap(ffmpeg: Ffmpeg, take: Take): string {
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

import type { Bounds, Channel } from '../channels/channel.ts'
import type { Mp4Report, Mp4Track } from '../container/boxes.ts'

/**
 * What was measured on a finished file. `loudness`: integrated LUFS, or null when there was nothing to level (no sound, or only noise); `truePeak`:
 * dBTP, left out where it was not measured.
 */
export type Finished = { mp4: Mp4Report; loudness: number | null; truePeak?: number | null }

/** One broken rule: which, what the destination wants, what the file has, and what would fix it. */
export type Violation = { rule: string; expected: string; came: string; fix: string }

type Check = { rule: string; unit: string; bounds: Bounds; value: number; fix: string }

/** Checks a file against where it is going. Empty = it may be published. Pure. */
export function preflight({ mp4, loudness, truePeak = null }: Finished, channel: Channel): Violation[] {
  const { rules } = channel
  const video = mp4.tracks.find((track) => track.kind === 'video')
  const audio = mp4.tracks.find((track) => track.kind === 'audio')
  if (video === undefined) return [{ rule: 'video', expected: 'one video track', came: 'none', fix: 'make the clip again' }]
  const checks: Check[] = [
    { rule: 'size', unit: 'bytes', bounds: rules.bytes, value: mp4.bytes, fix: 'choose a shorter part of the take' },
    {
      rule: 'keyframe distance',
      unit: 's',
      // A clip shorter than the least distance has one keyframe, and that is fine.
      bounds: {
        ...rules.keyframeSeconds,
        min: rules.keyframeSeconds.min === null ? null : Math.min(rules.keyframeSeconds.min, video.seconds * 0.99),
      },
      value: video.keyframeSeconds,
      fix: 'make the clip again',
    },
    {
      rule: 'video bit rate',
      unit: 'kbit/s',
      bounds: rules.videoKbps,
      value: (video.bytes * 8) / 1000 / video.seconds,
      fix: 'make the clip again',
    },
  ]
  if (loudness !== null)
    checks.push({
      rule: 'loudness',
      unit: 'LUFS',
      bounds: rules.loudness,
      value: loudness,
      fix: 'choose a part with steadier sound, or a channel without sound',
    })
  if (loudness !== null && truePeak !== null)
    checks.push({
      rule: 'true peak',
      unit: 'dBTP',
      bounds: rules.truePeak,
      value: truePeak,
      fix: 'choose a part with steadier sound, or a channel without sound',
    })
  if (audio !== undefined)
    checks.push({
      rule: 'sound bit rate',
      unit: 'kbit/s',
      bounds: rules.audioKbps,
      value: (audio.bytes * 8) / 1000 / Math.max(audio.seconds, 1e-3),
      fix: 'make the clip again',
    })
  return [...structure(mp4, video), ...sound(audio, rules.audio), ...checkPlan(video, channel), ...checks.flatMap(broken)]
}

/** What is known before a single picture is made: asked first, so that an impossible clip costs no encoding. Pure. */
export function checkPlan(
  { seconds, framesPerSecond, width, height }: { seconds: number; framesPerSecond: number; width: number; height: number },
  { rules }: Channel,
): Violation[] {
  const checks: Check[] = [
    { rule: 'length', unit: 's', bounds: rules.seconds, value: seconds, fix: 'choose a longer or shorter part of the take' },
    { rule: 'width', unit: 'pixels', bounds: rules.width, value: width, fix: 'record at a higher resolution, or choose another channel' },
    {
      rule: 'height',
      unit: 'pixels',
      bounds: rules.height,
      value: height,
      fix: 'record at a higher resolution, or choose another channel',
    },
    { rule: 'aspect', unit: 'wide to high', bounds: rules.aspect, value: width / height, fix: 'choose a channel that takes this shape' },
    {
      rule: 'frame rate',
      unit: 'pictures/s',
      bounds: rules.framesPerSecond,
      value: framesPerSecond,
      fix: 'record at 24 to 60 pictures per second',
    },
  ]
  return checks.flatMap(broken)
}

function broken({ rule, unit, bounds: { min, max }, value, fix }: Check): Violation[] {
  const slack = Math.abs(value) * 1e-6
  if ((min === null || value >= min - slack) && (max === null || value <= max + slack)) return []
  const expected = min === null ? `at most ${show(max)}` : max === null ? `at least ${show(min)}` : `${show(min)} to ${show(max)}`
  return [{ rule, expected: `${expected} ${unit}`, came: `${show(value)} ${unit}`, fix }]
}

const show = (value: number | null): string => (value === null ? '' : `${Math.round(value * 100) / 100}`)

function structure(mp4: Mp4Report, video: Mp4Track): Violation[] {
  const edits = mp4.tracks.reduce((sum, track) => sum + track.editLists, 0)
  const fix = 'make the clip again; if it stays, set DROPCARD_FFMPEG to a newer ffmpeg'
  const all: (Violation & { fine: boolean })[] = [
    {
      fine: mp4.indexInFront && !mp4.fragmented,
      rule: 'index',
      expected: 'the index (moov) before the pictures',
      came: 'behind them',
      fix,
    },
    { fine: edits === 0, rule: 'edit lists', expected: 'none', came: `${edits}`, fix },
    { fine: video.codec === 'avc1', rule: 'video coding', expected: 'H.264 (avc1)', came: video.codec, fix },
    // High profile by definition holds 8-bit 4:2:0 pictures (ITU-T H.264, A.2.4).
    { fine: video.profile === 100, rule: 'profile', expected: 'H.264 High, 4:2:0', came: `profile ${video.profile ?? 'unknown'}`, fix },
    {
      fine: video.differentSteps <= 1,
      rule: 'constant rate',
      expected: 'one length for all pictures',
      came: `${video.differentSteps} lengths`,
      fix,
    },
  ]
  return all.filter(({ fine }) => !fine).map(({ rule, expected, came, fix: next }) => ({ rule, expected, came, fix: next }))
}

function sound(audio: Mp4Track | undefined, wanted: 'required' | 'allowed' | 'removed'): Violation[] {
  const fix = 'make the clip again'
  if (audio === undefined) return wanted === 'required' ? [{ rule: 'sound', expected: 'a sound track', came: 'none', fix }] : []
  if (wanted === 'removed') return [{ rule: 'sound', expected: 'no sound track', came: 'one', fix }]
  if (audio.codec === 'mp4a' && audio.channels === 2 && audio.sampleRate === 48_000) return []
  return [
    { rule: 'sound', expected: 'AAC, stereo, 48000 Hz', came: `${audio.codec}, ${audio.channels} channels, ${audio.sampleRate} Hz`, fix },
  ]
}

export const sayViolations = (channel: string, violations: readonly Violation[]): string =>
  `not fit for ${channel}: ${violations.map(({ rule, expected, came, fix }) => `${rule}: expected ${expected}, came ${came} (${fix})`).join('; ')}`

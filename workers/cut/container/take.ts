import { Refusal, type VideoInfo } from '../../protocol.ts'
import { type Media, readMedia, readPackets } from './media.ts'
import type { Packet } from './packet.ts'
import { type Rate, rateOf } from './rate.ts'
import { openSource } from './sniff.ts'

/** One video file, opened: what it says, what its packets say, and the two made consistent. */
export type Take = { media: Media; packets: Packet[]; rate: Rate; info: VideoInfo }

/** Opens a take. Refusals: 'missing', 'unreadable', 'unsupported', 'damaged', 'too-large', 'timeout', 'unavailable'. */
export async function openTake(path: string, signal: AbortSignal): Promise<Take> {
  const media = await readMedia(await openSource(path), signal)
  const packets = wholePictures(media, await readPackets(media, signal))
  const rate = rateOf(packets)
  if (rate.durationUs <= 0)
    throw new Refusal('damaged', `${media.source.name} lasts no time at all: expected at least one picture with a length`)
  return { media, packets, rate, info: infoOf(media, rate) }
}

/** Interlaced cameras may store each picture as two packets, one per field; a picture is then every second packet. */
function wholePictures(media: Media, packets: Packet[]): Packet[] {
  const { interlaced, claimedFps } = media.video
  const { fps } = rateOf(packets)
  if (!interlaced || claimedFps === null || fps === null || Math.abs(fps / claimedFps - 2) > 0.1) return packets
  return packets
    .filter((_, at) => at % 2 === 0)
    .map((packet) => ({ ...packet, durationUs: packet.durationUs === null ? null : packet.durationUs * 2 }))
}

function infoOf(media: Media, rate: Rate): VideoInfo {
  const { source, video, audio } = media
  return {
    container: source.container,
    codec: video.codec,
    width: video.width,
    height: video.height,
    rotation: video.rotation,
    fps: rate.fps,
    variableFrameRate: rate.variable,
    durationUs: rate.durationUs,
    audio: audio && { codec: audio.codec, channels: audio.channels, sampleRate: audio.sampleRate },
    hdr: video.hdr,
    hdrTransfer: video.transfer,
    mirrored: video.mirrored,
    audioTracks: media.audioTracks,
    pixelFormat: video.pixelFormat,
    createdAt: createdAt(media.tags['com.apple.quicktime.creationdate'] ?? media.tags['creation_time']),
    camera: camera(media.tags),
    warnings: [...media.warnings, ...lies(media, rate)],
  }
}

function lies(media: Media, rate: Rate): string[] {
  const claimed = media.claimedDurationUs
  if (claimed === null || Math.abs(claimed - rate.durationUs) <= Math.max(1_000_000, rate.durationUs * 0.1)) return []
  const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`
  return [`the file says it lasts ${seconds(claimed)}, but holds ${seconds(rate.durationUs)} of pictures: it may have been cut off`]
}

/** A container's time as UTC; 1904, 1970 and other clocks that were never set are unknown. */
function createdAt(text: string | undefined): string | null {
  const at = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isFinite(at) && at > Date.UTC(1990, 0, 1) && at < Date.UTC(2100, 0, 1) ? new Date(at).toISOString() : null
}

function camera(tags: Record<string, string>): string | null {
  const find = (name: string): string => tags[`com.apple.quicktime.${name}`] ?? tags[`com.android.${name}`] ?? tags[name] ?? ''
  const words = `${find('make')} ${find('model')}`.replace(/\p{Cc}/gu, '').trim()
  return words === '' ? null : words.slice(0, 120)
}

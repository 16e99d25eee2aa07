import { extname } from 'node:path'
import { Refusal } from '../../protocol.ts'
import { inputArgs } from '../container/sniff.ts'
import { openTake, type Take } from '../container/take.ts'
import { limitFor, refusalOf, run } from '../ffmpeg/run.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'

/** The container that holds these codings as they are, by the muxer's name and the file's ending. */
export function containerFor({ media }: Take): { muxer: 'mp4' | 'mov' | 'matroska'; ending: string } {
  const sound = media.audio?.codec ?? null
  const intoMp4 = ['h264', 'hevc', 'mpeg4'].includes(media.video.codec) && (sound === null || ['aac', 'mp3', 'ac3'].includes(sound))
  if (intoMp4) return { muxer: 'mp4', ending: '.mp4' }
  const intoMov = media.source.demuxer === 'mov' && (sound === null || sound.startsWith('pcm_') || sound === 'aac')
  return intoMov ? { muxer: 'mov', ending: '.mov' } : { muxer: 'matroska', ending: '.mkv' }
}

/** `/a/b.mp4` with the ending of what it will hold. */
export const withEnding = (path: string, ending: string): string => `${path.slice(0, path.length - extname(path).length)}${ending}`

/**
 * Copies the packets of [inUs, outUs) as they are, from the keyframe at or before inUs. The result begins up to one keyframe distance early and may hold
 * an edit list: for keeping, not for publishing. Tells how much earlier it begins, by finding its first packets in the take again.
 */
export async function copyPackets(
  ffmpeg: Ffmpeg,
  take: Take,
  inUs: number,
  outUs: number,
  part: string,
  signal: AbortSignal,
): Promise<{ earlierUs: number }> {
  const { media, packets } = take
  const key = packets.findLast((packet) => packet.key && packet.timeUs <= inUs + 500) ?? packets.find((packet) => packet.key)
  if (key === undefined)
    throw new Refusal('unsupported', `${media.source.name} has no keyframe to begin an archive copy with: choose another channel`)
  const { muxer } = containerFor(take)
  // A little behind the keyframe, or a demuxer that rounds would enter at the one before.
  const seek = key.timeUs <= 0 ? [] : ['-ss', ((key.timeUs + 1000) / 1e6).toFixed(6)]
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-y', ...inputArgs(media.source, seek)],
    ...['-map', `0:${media.video.index}`, ...(media.audio === null ? [] : ['-map', `0:${media.audio.index}`])],
    ...['-t', ((outUs - key.timeUs) / 1e6).toFixed(6), '-c', 'copy', '-avoid_negative_ts', 'make_zero'],
    ...[...(muxer === 'mp4' && media.video.codec === 'hevc' ? ['-tag:v', 'hvc1'] : []), '-map_metadata', '0', '-map_chapters', '-1'],
    ...[...(muxer === 'matroska' ? [] : ['-movflags', '+faststart']), '-f', muxer, `file:${part}`],
  ]
  const what = `copying a part of ${media.source.name}`
  const ran = await run({ path: ffmpeg.path, args, what, signal, limitMs: limitFor(media.source.bytes) })
  if (ran.exitCode !== 0) throw refusalOf(ran, what)
  const copy = await openTake(part, signal)
  const beginsAt = whereIn(take, copy) ?? key.timeUs
  return { earlierUs: Math.max(0, Math.round(inUs - beginsAt)) }
}

/** Time in the take of the copy's first packet: the place where the sizes of its first packets stand one after the other. */
function whereIn(take: Take, copy: Take): number | null {
  const sizes = copy.packets.slice(0, 12).map((packet) => packet.bytes)
  const at = take.packets.findIndex((_, from) => sizes.every((bytes, n) => take.packets[from + n]?.bytes === bytes))
  return take.packets[at]?.timeUs ?? null
}

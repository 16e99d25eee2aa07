import { stat } from 'node:fs/promises'
import { Refusal } from '../../protocol.ts'
import { limitFor, refusalOf, run } from '../ffmpeg/run.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'

/** JPEG (JFIF) is BT.601 at full range, whatever the video was. */
export const jpegColours = 'scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p'

/**
 * The cover: the first picture that starts at or after `atSeconds` of the finished clip, as JPEG, full size; where none is left there (a
 * clip can say that it lasts longer than its pictures do), its first picture. To mean one picture, ask for a little before its start.
 */
export async function writePoster(
  ffmpeg: Ffmpeg,
  clipPath: string,
  atSeconds: number,
  posterPath: string,
  signal: AbortSignal,
  demuxer = 'mov',
): Promise<void> {
  for (const at of new Set([Math.max(0, atSeconds), 0])) {
    await writeFrame(ffmpeg, clipPath, at, posterPath, signal, demuxer)
    // ffmpeg ends well, and writes nothing, where it finds no picture.
    if ((await stat(posterPath).catch(() => null)) !== null) return
  }
  throw new Refusal('damaged', 'making the cover failed: the clip gave no picture')
}

async function writeFrame(
  ffmpeg: Ffmpeg,
  clipPath: string,
  atSeconds: number,
  posterPath: string,
  signal: AbortSignal,
  demuxer: string,
): Promise<void> {
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-y'],
    ...['-ss', atSeconds.toFixed(3), '-protocol_whitelist', 'file,pipe', '-f', demuxer, '-i', `file:${clipPath}`],
    ...['-map', '0:v:0', '-frames:v', '1', '-vf', jpegColours, '-q:v', '2', '-f', 'image2', '-update', '1', `file:${posterPath}`],
  ]
  const ran = await run({ path: ffmpeg.path, args, what: 'making the cover', signal, limitMs: limitFor(0) })
  if (ran.exitCode !== 0) throw refusalOf(ran, 'making the cover')
}

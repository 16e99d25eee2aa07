import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { Refusal } from '../../protocol.ts'
import { limitFor, refusalOf, run } from '../ffmpeg/run.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import { even, type Size } from './plan.ts'

const seconds = 3
const perSecond = 10
const longestSide = 480

/**
 * Three seconds of a finished clip around its cover as an animated WebP that repeats, longest side 480. Put together by sharp from plain pictures: that
 * works the same with every ffmpeg, also those without libwebp.
 */
export async function writeLoop(
  ffmpeg: Ffmpeg,
  clip: { path: string; size: Size; seconds: number; coverSeconds: number },
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const shrink = Math.min(1, longestSide / Math.max(clip.size.width, clip.size.height))
  const [width, height] = [even(clip.size.width * shrink), even(clip.size.height * shrink)]
  const length = Math.min(seconds, clip.seconds)
  const start = Math.max(0, Math.min(clip.coverSeconds - length / 2, clip.seconds - length))
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-ss', start.toFixed(3)],
    ...['-protocol_whitelist', 'file,pipe', '-f', 'mov', '-i', `file:${clip.path}`, '-map', '0:v:0', '-t', length.toFixed(3)],
    ...['-vf', `fps=${perSecond},scale=${width}:${height}:flags=area,format=rgb24`, '-f', 'rawvideo', 'pipe:1'],
  ]
  const chunks: Uint8Array[] = []
  const what = 'making the moving preview'
  const ran = await run({ path: ffmpeg.path, args, what, signal, limitMs: limitFor(0), onStdout: (chunk) => chunks.push(chunk) })
  if (ran.exitCode !== 0) throw refusalOf(ran, what)
  const pixels = Buffer.concat(chunks)
  const pictures = Math.floor(pixels.length / (3 * width * height))
  if (pictures === 0) throw new Refusal('damaged', `${what} failed: the clip gave no picture`)
  const raw = { width, height: height * pictures, channels: 3, pageHeight: height } as const
  await writeFile(
    path,
    await sharp(pixels.subarray(0, 3 * width * height * pictures), { raw })
      .webp({ quality: 62, effort: 3, loop: 0, delay: Array.from({ length: pictures }, () => 1000 / perSecond) })
      .toBuffer(),
  )
}

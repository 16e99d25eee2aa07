import { Refusal } from '../../protocol.ts'
import type { Media } from '../container/media.ts'
import { inputArgs } from '../container/sniff.ts'
import { limitFor, refusalOf, run } from './run.ts'
import type { Ffmpeg } from './tools.ts'

export type Decode = {
  media: Media
  /** Size of the frames delivered, pixels. Both even. */
  width: number
  height: number
  /** 'yuv420p': Y plane, then U and V at half size. 'gray': Y only. */
  format: 'gray' | 'yuv420p'
  /** Decode in stored orientation: turning full-size pictures costs more than scaling them. */
  upright: boolean
  /** Filters before scaling; they may drop frames. */
  before?: readonly string[]
  /** Input options before -i, such as a seek. */
  input?: readonly string[]
  /**
   * 'rough': the deblocking filter of the coding is left out, which saves up to a third of a decode. Brightness of areas stays, fine detail does not:
   * for tiny frames only.
   */
  quality?: 'exact' | 'rough'
  /** 'none': no times are asked for (`timesUs` stays empty), which spares a line of text for each frame. */
  times?: 'shown' | 'none'
  /** Of the area filter and 'fast_bilinear', which samples points: cheaper, and rougher. */
  scaler?: 'area' | 'fast_bilinear'
  signal: AbortSignal
  /** Bytes of one frame, valid only during the call. */
  onFrame: (pixels: Uint8Array, at: number) => void
  onTime?: (timeUs: number) => void
}

/**
 * A thread more costs processor time (up to half again on small pictures) and saves none: other takes are being read at the same time. Pictures above
 * 1080p get a second one, or a long take would keep its lane for too long.
 */
export const threadsFor = ({ video }: Media): number => (video.storedWidth * video.storedHeight > 2_100_000 ? 2 : 1)

/** How many frames came, and when each is shown (µs on the take's clock; null where the file does not say). */
export type Decoded = { frames: number; timesUs: (number | null)[]; complaints: string[] }

export const frameBytes = (width: number, height: number, format: Decode['format']): number =>
  format === 'gray' ? width * height : (width * height * 3) / 2

/**
 * Decodes a take once into small frames over a pipe: every frame, once, in the order shown. Times come from `showinfo` behind the
 * scaler: a raw pipe carries none. A take that ends in damage yields the frames before it; no frame at all is a refusal.
 */
export async function decodeFrames(ffmpeg: Ffmpeg, decode: Decode): Promise<Decoded> {
  const { media, width, height, format, signal } = decode
  const size = frameBytes(width, height, format)
  const frame = new Uint8Array(size)
  const timesUs: (number | null)[] = []
  const complaints: string[] = []
  let filled = 0
  let frames = 0
  let tick: number | null = null

  const onStdout = (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length; ) {
      const length = Math.min(size - filled, chunk.length - at)
      frame.set(chunk.subarray(at, at + length), filled)
      filled += length
      at += length
      if (filled === size) {
        decode.onFrame(frame, frames)
        frames += 1
        filled = 0
      }
    }
  }
  const onStderrLine = (line: string) => {
    if (!line.includes('_showinfo_')) {
      if (/error|invalid|corrupt|concealing/i.test(line) && complaints.length < 20) complaints.push(line)
      return
    }
    const base = /config in time_base: (\d+)\/(\d+)/.exec(line)
    if (base !== null) tick = (1e6 * Number(base[1])) / Number(base[2])
    const shown = / n: *\d+ pts: *(-?\d+|NOPTS)/.exec(line)
    if (shown === null) return
    const time = shown[1] === 'NOPTS' || tick === null ? null : Math.round(Number(shown[1]) * tick)
    timesUs.push(time)
    if (time !== null) decode.onTime?.(time)
  }

  const timed = decode.times !== 'none'
  const filters = [...(decode.before ?? []), `scale=${width}:${height}:flags=${decode.scaler ?? 'area'}`, `format=${format}`]
  const decoder = ['-threads', `${threadsFor(media)}`, ...(decode.quality === 'rough' ? ['-skip_loop_filter', 'all'] : [])]
  const args = [
    ...['-nostdin', '-hide_banner', '-nostats', '-v', timed ? 'info' : 'error'],
    ...inputArgs(media.source, [...decoder, ...(decode.upright ? [] : ['-noautorotate']), ...(decode.input ?? [])]),
    ...['-map', `0:${media.video.index}`, '-an', '-sn', '-dn', '-vf', [...filters, ...(timed ? ['showinfo'] : [])].join(',')],
    ...ffmpeg.everyFrame,
    ...['-f', 'rawvideo', 'pipe:1'],
  ]
  const what = `decoding ${media.source.name}`
  const ran = await run({ path: ffmpeg.path, args, what, signal, limitMs: limitFor(media.source.bytes), onStdout, onStderrLine })
  if (frames === 0) {
    if (ran.exitCode !== 0) throw refusalOf(ran, what)
    throw new Refusal('damaged', `${media.source.name}: not one picture of it can be decoded; copy it from the card again`)
  }
  return { frames, timesUs: timesUs.slice(0, frames), complaints }
}

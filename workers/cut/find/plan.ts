import type { Packet } from '../container/packet.ts'
import type { Take } from '../container/take.ts'
import { decodeFrames } from '../ffmpeg/frames.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import { compare, frameHeight, frameWidth, picture } from '../shots/likeness.ts'
import { coarseMoments, type KeyNumbers, passedOver, shortlist } from './coarse.ts'
import { detailOf, lightOf, measureHeight, measureWidth, shrink } from './frames.ts'
import type { Left, Range, Wish } from './ranges.ts'
import type { Sound } from './sound.ts'

/** What is decoded whole. `passed` null: the take as a whole; else what was left out, with reasons. */
export type Search = { spans: Range[]; passed: Left[] | null }

/** Keyframes further apart than this cannot find a second worth looking at. Microseconds. */
const rarestKeysUs = 2_050_000
/** Takes shorter than this are looked at whole: it costs little. Microseconds. */
const shortUs = 60_000_000
/** More windows than clips are looked at, so that there is a choice; and room around each for cutting at a natural place. */
const perClip = 1.6
const roomUs = 3_000_000
/** When the windows would be more than this part of the take, all of it is decoded. */
const mostShare = 0.4

/** Decides what of a take is decoded whole, from its packets, sound and keyframes. */
export async function planSearch(
  ffmpeg: Ffmpeg,
  take: Take,
  sound: Sound | null,
  { maxUs, most }: Wish,
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<Search> {
  const { rate, packets } = take
  const whole: Search = { spans: [{ inUs: rate.firstUs, outUs: rate.firstUs + rate.durationUs }], passed: null }
  const keys = packets.filter(({ key }) => key)
  const count = Math.max(most, Math.ceil(most * perClip))
  const lengthUs = maxUs + roomUs
  const meanUs = rate.durationUs / Math.max(1, keys.length)
  // Coded as keyframes only (MJPEG, ProRes): skipping saves nothing, and every picture is a keyframe.
  const allKeys = keys.length > packets.length * 0.8
  if (rate.durationUs < shortUs || meanUs > rarestKeysUs || allKeys || count * lengthUs > mostShare * rate.durationUs) return whole
  const numbers = await readKeys(ffmpeg, take, keys, signal, progress)
  if (numbers === null) return whole
  const endUs = rate.firstUs + rate.durationUs
  const moments = coarseMoments(numbers, packets, sound, endUs)
  const windows = shortlist(moments, lengthUs, count, Math.max(0, rate.firstUs), endUs).sort((a, b) => a.inUs - b.inUs)
  return windows.length === 0 ? whole : { spans: windows, passed: passedOver(moments, windows) }
}

/** Numbers of every keyframe; null when the pictures that come are not the keyframes the packets promise. */
async function readKeys(
  ffmpeg: Ffmpeg,
  take: Take,
  keys: readonly Packet[],
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<KeyNumbers[] | null> {
  const numbers: KeyNumbers[] = []
  const small = new Uint8Array(frameWidth * frameHeight)
  let before: ReturnType<typeof picture> | null = null
  const decoded = await decodeFrames(ffmpeg, {
    media: take.media,
    width: measureWidth,
    height: measureHeight,
    format: 'gray',
    upright: false,
    input: ['-skip_frame', 'nokey'],
    times: 'none',
    signal,
    onFrame: (pixels, at) => {
      shrink(pixels, small)
      const now = picture(small)
      const change = before === null ? 0 : compare(before, now).difference
      before = now
      numbers.push({ ...lightOf(small), timeUs: keys[at]?.timeUs ?? 0, detail: detailOf(pixels), change })
      progress(Math.min(1, (at + 1) / keys.length))
    },
  })
  return decoded.frames === keys.length ? numbers : null
}

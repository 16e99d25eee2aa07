// biome-ignore-all lint/style/noNonNullAssertion: a pixel loop; every index is in range by the loop bounds
import { seekBefore } from '../container/sniff.ts'
import type { Take } from '../container/take.ts'
import { decodeFrames } from '../ffmpeg/frames.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import { detect } from '../shots/detect.ts'
import { boundaries, frameTimes } from '../shots.ts'
import { type FrameNumbers, measureHeight, measureWidth, meterFrames } from './frames.ts'
import type { Left, Range } from './ranges.ts'
import { type Kept, lookEveryUs, mostLooks } from './subject.ts'

/** Every picture of a stretch, measured. `cuts` are indices into `frames`. */
export type Watched = { span: Range; frames: FrameNumbers[]; timesUs: number[]; cuts: number[]; blends: Left[]; kept: Kept[] }

/** Brightness comes in studio range, 16–235; everything here is measured on 0–255. */
const full = Uint8Array.from({ length: 256 }, (_, value) => Math.max(0, Math.min(255, Math.round(((value - 16) * 255) / 219))))

/**
 * Decodes a stretch once, small and in colour, and measures every picture; some are kept for the models. `span` null = the whole take.
 * @returns null when nothing of the stretch can be decoded (a damaged place); a take without any picture is a refusal
 */
export async function watch(
  ffmpeg: Ffmpeg,
  take: Take,
  span: Range | null,
  { keep, totalUs }: { keep: boolean; totalUs: number },
  signal: AbortSignal,
  onTime: (timeUs: number) => void,
): Promise<Watched | null> {
  const meter = meterFrames(Math.max(1, Math.round((take.rate.fps ?? 10) / 10)))
  const brightness = new Uint8Array(measureWidth * measureHeight)
  const everyUs = Math.max(lookEveryUs, totalUs / mostLooks)
  const everyFrames = Math.max(1, Math.round(((take.rate.fps ?? 10) * everyUs) / 1e6))
  const samples: { at: number; pixels: Uint8Array }[] = []
  const seek = span === null ? null : seekTo(take, span)
  const expected = span === null ? null : Math.round(((span.outUs - span.inUs) / 1e6) * (take.rate.fps ?? 30))
  const decoded = await decodeFrames(ffmpeg, {
    media: take.media,
    width: measureWidth,
    height: measureHeight,
    format: 'yuv420p',
    upright: false,
    signal,
    ...(seek === null ? {} : { input: seek.input, before: seek.before }),
    onFrame: (pixels, at) => {
      for (let n = 0; n < brightness.length; n++) brightness[n] = full[pixels[n]!]!
      meter.push(brightness)
      if (keep && at % everyFrames === everyFrames >> 1) samples.push({ at, pixels: pixels.slice() })
      if (expected !== null && span !== null) onTime(span.inUs + Math.min(1, at / expected) * (span.outUs - span.inUs))
      else onTime(take.packets[at]?.timeUs ?? take.rate.durationUs)
    },
  }).catch((error: unknown) => {
    signal.throwIfAborted()
    if (span === null) throw error
    return null
  })
  if (decoded === null) return null
  const { frames, components } = meter.end()
  const shift = seek === null ? 0 : seek.zeroUs
  const timesUs = frameTimes(
    { ...decoded, timesUs: decoded.timesUs.map((time) => (time === null ? null : onFrameTime(take, time + shift))) },
    take,
  )
  const detected = detect(components)
  const first = timesUs[0] ?? 0
  const last = (timesUs.at(-1) ?? first) + (take.rate.stepUs ?? 0)
  return {
    span:
      span === null
        ? { inUs: first, outUs: last }
        : { inUs: Math.max(0, first), outUs: Math.min(last, take.rate.firstUs + take.rate.durationUs) },
    frames,
    timesUs,
    cuts: boundaries(detected),
    blends: detected.transitions.map(({ type, startFrame, endFrame }) => ({
      inUs: timesUs[startFrame] ?? first,
      outUs: timesUs[endFrame] ?? last,
      because: type === 'dissolve' ? 'one shot dissolves into the next' : type === 'fade-in' ? 'fades in' : 'fades out',
    })),
    kept: samples.map(({ at, pixels }) => ({ timeUs: timesUs[at] ?? 0, pixels })),
  }
}

/**
 * Enters a little early and trims on the pictures' own times. Times that then come out count from the seek point: `zeroUs` makes them the take's.
 */
function seekTo(take: Take, span: Range): { input: string[]; before: string[]; zeroUs: number } {
  const { options, at } = seekBefore(take.media.source, span.inUs)
  const zeroUs = span.inUs - at * 1e6
  const until = at + (span.outUs - span.inUs) / 1e6
  // The reader is told to stop too, or it would decode on behind the trim.
  return { input: [...options, '-t', (until + 0.5).toFixed(6)], before: [`trim=${at.toFixed(6)}:${until.toFixed(6)}`], zeroUs }
}

/** Seeking rounds times to the microsecond: the packet within half a picture is the one that was shown. */
function onFrameTime({ packets, rate }: Take, timeUs: number): number {
  let low = 0
  let high = packets.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((packets[middle]?.timeUs ?? 0) < timeUs) low = middle + 1
    else high = middle
  }
  const [here, before] = [packets[low]?.timeUs, packets[low - 1]?.timeUs]
  const nearest = before !== undefined && here !== undefined && timeUs - before < here - timeUs ? before : here
  return nearest !== undefined && Math.abs(nearest - timeUs) <= (rate.stepUs ?? 40_000) / 2 ? nearest : timeUs
}

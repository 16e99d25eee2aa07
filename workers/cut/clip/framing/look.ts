// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
import { lumaTo, type Rgb } from '../../../score/pixels.ts'
import { decodeFrames } from '../../ffmpeg/frames.ts'
import type { Ffmpeg } from '../../ffmpeg/tools.ts'
import { collectComponents } from '../../shots/components.ts'
import { detect } from '../../shots/detect.ts'
import { frameHeight, frameWidth } from '../../shots/likeness.ts'
import { even, type Plan, timing, toneMap } from '../plan.ts'

/** A picture of the clip that was kept to be looked at: 4:2:0, longest side at most 480. */
export type Sample = { frame: number; pixels: Uint8Array }
export type Looked = { width: number; height: number; frames: number; samples: Sample[]; cuts: number[] }

const longestSide = 480
/** Four pictures a second show where something is; few enough are kept that an hour fits into memory. */
const perSecond = 4
const mostSamples = 160

/**
 * The clip's own pictures, decoded once and small: every one is compared with its neighbours to find cuts, some are kept. `before` = filters at full
 * size that want to see every picture too. Refusals as of `decodeFrames`.
 */
export async function lookAt(
  ffmpeg: Ffmpeg,
  plan: Plan,
  before: readonly string[],
  signal: AbortSignal,
  progress: (share: number) => void,
): Promise<Looked> {
  const { media, info } = plan.take
  const shrink = Math.min(1, longestSide / Math.max(info.width, info.height))
  const [width, height] = [even(info.width * shrink), even(info.height * shrink)]
  const every = Math.max(1, Math.round(plan.framesPerSecond / perSecond), Math.ceil(plan.frames / mostSamples))
  const collector = collectComponents()
  const samples: Sample[] = []
  const tones = media.video.hdr ? [toneMap(ffmpeg, plan.take)] : []
  // Tone mapping at full size is slow: only filters that must see normal colours at full size pay for it.
  const filters = before.length > 0 ? [...tones, ...before] : [`scale=${width}:${height}:flags=area`, ...tones]
  const decoded = await decodeFrames(ffmpeg, {
    media,
    width,
    height,
    format: 'yuv420p',
    upright: true,
    input: plan.seek,
    before: [...timing(plan, ffmpeg), ...(before.length > 0 || tones.length > 0 ? filters : [])],
    times: 'none',
    signal,
    onFrame: (pixels, at) => {
      const luma = { data: pixels.subarray(0, width * height), width, height }
      collector.push(Uint8Array.from(lumaTo(luma, frameWidth, frameHeight), (value) => Math.round(value)))
      if (at % every === 0) samples.push({ frame: at, pixels: pixels.slice() })
      progress((at + 1) / plan.frames)
    },
  })
  return { width, height, frames: decoded.frames, samples, cuts: detect(collector.end()).cuts }
}

/** Studio-range 4:2:0 as RGB, by BT.601: for finding things the difference to BT.709 does not matter. */
export function rgbOf({ pixels }: Sample, { width, height }: Looked): Rgb {
  const data = new Uint8Array(3 * width * height)
  const [half, u0] = [width >> 1, width * height]
  const v0 = u0 + half * (height >> 1)
  for (let y = 0, o = 0; y < height; y++) {
    const row = (y >> 1) * half
    for (let x = 0; x < width; x++, o += 3) {
      const light = 1.164 * (pixels[y * width + x]! - 16)
      const u = pixels[u0 + row + (x >> 1)]! - 128
      const v = pixels[v0 + row + (x >> 1)]! - 128
      data[o] = byte(light + 1.596 * v)
      data[o + 1] = byte(light - 0.392 * u - 0.813 * v)
      data[o + 2] = byte(light + 2.017 * u)
    }
  }
  return { data, width, height }
}

const byte = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : Math.round(value))

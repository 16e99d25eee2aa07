import type { TaskHandler } from '../protocol.ts'
import { openTake, type Take } from './container/take.ts'
import { type Decoded, decodeFrames } from './ffmpeg/frames.ts'
import { needFfmpeg } from './ffmpeg/tools.ts'
import { type Components, collectComponents } from './shots/components.ts'
import { type Detected, detect } from './shots/detect.ts'
import { frameHeight, frameWidth } from './shots/likeness.ts'

/** One decode of the whole take into tiny frames, and the raw numbers of each. Deblocking is left out: it moves no area's brightness. */
export async function measureShots(
  take: Take,
  signal: AbortSignal,
  onTime?: (timeUs: number) => void,
): Promise<{ components: Components; decoded: Decoded }> {
  const ffmpeg = await needFfmpeg()
  const collector = collectComponents()
  const small = {
    media: take.media,
    width: frameWidth,
    height: frameHeight,
    format: 'gray',
    upright: false,
    quality: 'rough',
    signal,
  } as const
  const decoded = await decodeFrames(ffmpeg, {
    ...small,
    times: 'none',
    onFrame: (pixels, at) => {
      collector.push(pixels)
      if (at % 16 === 0) onTime?.(take.packets[at]?.timeUs ?? take.rate.durationUs)
    },
  })
  const components = collector.end()
  // A picture for every packet: then the packets say when. Only a damaged file is read again for the times ffmpeg gives it.
  if (decoded.frames === take.packets.length)
    return { components, decoded: { ...decoded, timesUs: take.packets.map(({ timeUs }) => timeUs) } }
  const { timesUs } = await decodeFrames(ffmpeg, { ...small, onFrame: () => {} })
  return { components, decoded: { ...decoded, timesUs: timesUs.slice(0, decoded.frames) } }
}

/** Time of every frame, gaps filled from the rate: a file may leave times out. Microseconds. */
export function frameTimes({ frames, timesUs }: Decoded, { rate }: Take): number[] {
  const step = rate.stepUs ?? rate.durationUs
  const times: number[] = []
  for (let at = 0; at < frames; at++) times.push(timesUs[at] ?? (times[at - 1] ?? rate.firstUs - step) + step)
  return times
}

/** Where shots begin, in decode-order frames and microseconds. Dissolves split shots in their middle, fades in the middle of their black. */
export const shots: TaskHandler<'cut.shots'> = async ({ path }, { signal, progress }) => {
  const take = await openTake(path, signal)
  const total = take.rate.durationUs
  const { components, decoded } = await measureShots(take, signal, (timeUs) => progress(Math.min(timeUs, total), total))
  const { cuts, transitions } = detect(components)
  const times = frameTimes(decoded, take)
  const endUs = (times.at(-1) ?? 0) + (take.rate.stepUs ?? take.rate.durationUs)
  const edges = [0, ...boundaries({ cuts, transitions }), decoded.frames]
  return {
    fps: take.rate.fps,
    frames: decoded.frames,
    cuts,
    transitions,
    shots: edges.slice(1).map((endFrame, at) => {
      const startFrame = edges[at] ?? 0
      return { startFrame, endFrame, startUs: Math.max(0, times[startFrame] ?? 0), endUs: times[endFrame] ?? endUs }
    }),
  }
}

/** Cuts, the middle of each dissolve, and the middle of the black between a fade-out and the fade-in after it, as one sorted list of first frames. */
export function boundaries({ cuts, transitions }: Detected): number[] {
  const between = transitions.flatMap((one, at) => {
    if (one.type === 'dissolve') return [Math.floor((one.startFrame + one.endFrame) / 2)]
    const next = transitions[at + 1]
    if (one.type !== 'fade-out' || next?.type !== 'fade-in') return []
    if (cuts.some((cut) => cut >= one.startFrame && cut <= next.endFrame)) return []
    return [Math.floor((one.endFrame - 1 + next.startFrame) / 2) || next.startFrame]
  })
  return [...new Set([...cuts, ...between])].filter((frame) => frame > 0).sort((a, b) => a - b)
}

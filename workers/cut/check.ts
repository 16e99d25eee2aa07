import { Refusal, type TaskHandler } from '../protocol.ts'
import { channels } from './channels/index.ts'
import { preflight } from './clip/preflight.ts'
import { readMp4 } from './container/boxes.ts'

/** A finished file against the rules of its channel, from its index alone: nothing is decoded. */
export const check: TaskHandler<'cut.check'> = async ({ path, channel }) => {
  const mp4 = await readMp4(path)
  const video = mp4.tracks.find((track) => track.kind === 'video')
  if (video === undefined) throw new Refusal('damaged', 'there is no picture in this file')
  const violations = channel === 'archive' ? [] : preflight({ mp4, loudness: null }, channels[channel])
  return {
    durationUs: Math.round(video.seconds * 1e6),
    bytes: mp4.bytes,
    violations: violations.map(({ rule, expected, came }) => `${rule}: expected ${expected}, came ${came}`),
  }
}

import { expect, test } from 'vitest'
import { channels, type Destination } from '../../../workers/cut/channels/index.ts'
import { preflight } from '../../../workers/cut/clip/preflight.ts'
import type { Mp4Report, Mp4Track } from '../../../workers/cut/container/boxes.ts'

const blank = {
  editLists: 0,
  timescale: 1,
  samples: 300,
  seconds: 10,
  differentSteps: 1,
  keyframeSeconds: 2,
  profile: null,
  channels: 0,
  sampleRate: 0,
}
const video: Mp4Track = {
  ...blank,
  kind: 'video',
  codec: 'avc1',
  profile: 100,
  bytes: 5_000_000,
  framesPerSecond: 30,
  width: 1080,
  height: 1920,
}
const audio: Mp4Track = {
  ...blank,
  kind: 'audio',
  codec: 'mp4a',
  bytes: 160_000,
  framesPerSecond: 0,
  width: 0,
  height: 0,
  channels: 2,
  sampleRate: 48_000,
}
const master: Mp4Report = { brand: 'isom', indexInFront: true, fragmented: false, bytes: 5_200_000, tracks: [video, audio] }

test.each(Object.keys(channels) as Destination[])(
  '%s takes the upright master of ten seconds, and names each rule that a bad file breaks',
  (name) => {
    const channel = channels[name]
    const silent = channel.rules.audio === 'removed'
    expect(channel.name).toBe(name)
    expect(preflight({ mp4: { ...master, tracks: silent ? [video] : [video, audio] }, loudness: -14 }, channel)).toEqual([])
    const bad: Mp4Report = {
      ...master,
      indexInFront: false,
      tracks: [
        { ...video, editLists: 1, profile: 66, codec: 'hvc1', differentSteps: 3, keyframeSeconds: 9 },
        { ...audio, sampleRate: 44_100 },
      ],
    }
    const rules = preflight({ mp4: bad, loudness: -20 }, channel).map(({ rule }) => rule)
    expect(rules).toEqual(
      expect.arrayContaining(['index', 'edit lists', 'video coding', 'profile', 'constant rate', 'keyframe distance', 'sound']),
    )
    expect(rules.includes('loudness')).toBe(!silent)
  },
)

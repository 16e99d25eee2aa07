import { type Channel, from, none, upTo, usualLoudness, usualPeak } from './channel.ts'

/** No destination in mind: plays everywhere, keeps its shape, at most 1080p. */
export const plain: Channel = {
  name: 'plain',
  source: 'what every current browser and phone plays: H.264 High, AAC, MP4 with its index in front',
  rules: {
    seconds: none,
    bytes: none,
    width: upTo(1920),
    height: upTo(1920),
    aspect: none,
    framesPerSecond: from(10),
    keyframeSeconds: upTo(5),
    videoKbps: none,
    audio: 'allowed',
    audioKbps: none,
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: {
    frame: { kind: 'fit', longSide: 1920, shortSide: 1080 },
    framesPerSecond: { min: 10, max: 60 },
    quality: 20,
    maxKbps: 12_000,
    audioKbps: 160,
  },
}

import { between, type Channel, from, none, upTo } from './channel.ts'
import { plain } from './plain.ts'

/** Listing video: Etsy removes the sound, and refuses anything under 500 pixels. */
export const etsy: Channel = {
  name: 'etsy',
  source: 'public seller guides (second-hand, 2026-09); the API page states no limits',
  rules: {
    seconds: between(5, 15),
    bytes: upTo(100_000_000),
    width: from(500),
    height: from(500),
    aspect: between(0.5, 2),
    framesPerSecond: upTo(60),
    keyframeSeconds: upTo(5),
    videoKbps: none,
    audio: 'removed',
    audioKbps: none,
    truePeak: none,
    loudness: none,
  },
  render: plain.render,
}

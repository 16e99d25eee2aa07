import { between, type Channel, uprightMaster, upTo, usualLoudness, usualPeak } from './channel.ts'

/** Older versions of the page say 1 GB; the smaller limit is the safe one. */
export const instagramReels: Channel = {
  name: 'instagram-reels',
  source: 'https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media (2026-09)',
  rules: {
    seconds: between(3, 900),
    bytes: upTo(300_000_000),
    width: upTo(1920),
    height: upTo(1920),
    aspect: between(0.01, 10),
    framesPerSecond: between(23, 60),
    keyframeSeconds: upTo(5),
    videoKbps: upTo(25_000),
    audio: 'allowed',
    audioKbps: upTo(136),
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: { ...uprightMaster, audioKbps: 128 },
}

import { between, type Channel, none, uprightMaster, upTo, usualLoudness, usualPeak } from './channel.ts'

/**
 * A Short is square or upright and at most three minutes long; the size limit is that of the upload interface. The half second between keyframes and
 * 384 kbit/s of sound that the page names are advice: what is sent is encoded again there.
 */
export const youtubeShorts: Channel = {
  name: 'youtube-shorts',
  source: 'https://support.google.com/youtube/answer/1722171 and /10059070 (2026-09)',
  rules: {
    seconds: between(1, 180),
    bytes: upTo(256_000_000_000),
    width: upTo(1080),
    height: upTo(1920),
    aspect: upTo(1),
    framesPerSecond: between(24 * 0.999, 60),
    keyframeSeconds: upTo(5),
    videoKbps: upTo(12_000),
    audio: 'allowed',
    audioKbps: none,
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: { ...uprightMaster, maxKbps: 10_000, audioKbps: 384 },
}

import { between, type Channel, none, uprightMaster, upTo, usualLoudness, usualPeak } from './channel.ts'

/** A creator may have a lower limit of seconds, told by creator_info/query when publishing. */
export const tiktok: Channel = {
  name: 'tiktok',
  source: 'https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide (2026-09)',
  rules: {
    seconds: between(1, 600),
    bytes: upTo(4_000_000_000),
    width: between(360, 4096),
    height: between(360, 4096),
    aspect: none,
    framesPerSecond: between(23, 60),
    keyframeSeconds: upTo(5),
    videoKbps: none,
    audio: 'allowed',
    audioKbps: none,
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: uprightMaster,
}

import { type Channel, none, upTo, usualLoudness, usualPeak } from './channel.ts'
import { plain } from './plain.ts'

/** WordPress takes what the host allows to be uploaded; 64 MB is a common limit of hosts, so the clip stays under it. */
export const woocommerce: Channel = {
  name: 'woocommerce',
  source: 'https://github.com/woocommerce/woocommerce/issues/31369 (product gallery videos are a beta flag since 11.1)',
  rules: {
    seconds: none,
    bytes: upTo(64_000_000),
    width: upTo(1920),
    height: upTo(1920),
    aspect: none,
    framesPerSecond: upTo(60),
    keyframeSeconds: upTo(5),
    videoKbps: none,
    audio: 'allowed',
    audioKbps: none,
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: { ...plain.render, maxKbps: 6_000 },
}

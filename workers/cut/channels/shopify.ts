import { type Channel, none, upTo, usualLoudness, usualPeak } from './channel.ts'
import { plain } from './plain.ts'

/** Product video. */
export const shopify: Channel = {
  name: 'shopify',
  source: 'https://shopify.dev/docs/apps/build/online-store/product-media (limits per file second-hand, 2026-09)',
  rules: {
    seconds: upTo(600),
    bytes: upTo(1_000_000_000),
    width: upTo(4096),
    height: upTo(4096),
    aspect: none,
    framesPerSecond: upTo(60),
    keyframeSeconds: upTo(5),
    videoKbps: none,
    audio: 'allowed',
    audioKbps: none,
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: plain.render,
}

import { between, type Channel, none, uprightMaster, upTo, usualLoudness, usualPeak } from './channel.ts'

/** "Taller than 1.91:1, shorter than 1:2." */
export const pinterest: Channel = {
  name: 'pinterest',
  source: 'https://help.pinterest.com/en/business/article/video-pins, https://business.pinterest.com/en/Pinterest-product-specs',
  rules: {
    seconds: between(4, 900),
    bytes: upTo(2_000_000_000),
    width: none,
    height: none,
    aspect: between(0.5, 1.91),
    framesPerSecond: between(10, 60),
    keyframeSeconds: upTo(5),
    videoKbps: none,
    audio: 'allowed',
    audioKbps: none,
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: uprightMaster,
}

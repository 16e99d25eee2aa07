import { between, type Channel, none, uprightMaster, usualLoudness, usualPeak } from './channel.ts'

/** The page publishes no size limit. Keyframes closer than a second were reported to be cut off on upload. */
export const facebookReels: Channel = {
  name: 'facebook-reels',
  source: 'https://developers.facebook.com/documentation/video-api/guides/reels-publishing (2026-07)',
  rules: {
    seconds: between(3, 90),
    bytes: none,
    width: between(540, 1080),
    height: between(960, 1920),
    aspect: between(0.5624, 0.5626),
    framesPerSecond: between(24 * 0.999, 60),
    keyframeSeconds: between(2 * 0.99, 5),
    videoKbps: none,
    audio: 'required',
    audioKbps: none,
    truePeak: usualPeak,
    loudness: usualLoudness,
  },
  render: uprightMaster,
}

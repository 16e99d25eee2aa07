import { type ChannelName, channelName, type TaskHandler } from '../protocol.ts'
import type { Bounds } from './channels/channel.ts'
import { channels, type Destination } from './channels/index.ts'

/** What people call a channel, and what it is for in one line. */
const words: Readonly<Record<ChannelName, readonly [label: string, about: string]>> = {
  plain: ['Plain video', 'Plays everywhere, keeps the shape of the take'],
  'instagram-reels': ['Instagram Reels', 'Upright, up to 15 minutes'],
  'facebook-reels': ['Facebook Reels', 'Upright, 3 to 90 seconds'],
  tiktok: ['TikTok', 'Upright, up to 10 minutes'],
  'youtube-shorts': ['YouTube Shorts', 'Upright, up to 3 minutes'],
  pinterest: ['Pinterest', 'Video pins, from 4 seconds'],
  shopify: ['Shopify', 'Product video in the gallery'],
  etsy: ['Etsy', 'Listing video, 5 to 15 seconds, Etsy removes the sound'],
  woocommerce: ['WooCommerce', 'Product video, small enough for most hosts'],
  archive: ['Archive cut', 'A lossless copy to keep, not to publish: it begins at the keyframe before'],
}

const any: Bounds = { min: null, max: null }

/** Every channel as data, from the same files that make and check its clips. */
export const destinations: TaskHandler<'cut.channels'> = async () => ({
  channels: channelName.options.map((name) => {
    const [label, about] = words[name]
    if (name === 'archive')
      return { name, label, about, aspect: any, seconds: any, bytes: any, sound: 'allowed' as const, shape: null, source: 'no destination' }
    return { name, label, about, ...rulesOf(name) }
  }),
})

function rulesOf(name: Destination) {
  const { rules, render, source } = channels[name]
  return {
    aspect: rules.aspect,
    seconds: rules.seconds,
    bytes: rules.bytes,
    sound: rules.audio,
    shape: render.frame.kind === 'fill' ? { width: render.frame.width, height: render.frame.height } : null,
    source,
  }
}

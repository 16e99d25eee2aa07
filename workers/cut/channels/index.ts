import type { ChannelName } from '../../protocol.ts'
import type { Channel } from './channel.ts'
import { etsy } from './etsy.ts'
import { facebookReels } from './facebook-reels.ts'
import { instagramReels } from './instagram-reels.ts'
import { pinterest } from './pinterest.ts'
import { plain } from './plain.ts'
import { shopify } from './shopify.ts'
import { tiktok } from './tiktok.ts'
import { woocommerce } from './woocommerce.ts'
import { youtubeShorts } from './youtube-shorts.ts'

/** Where a clip can go. 'archive' goes nowhere and has no rules. */
export type Destination = Exclude<ChannelName, 'archive'>

/** Every destination a clip can be made for. A new one: copy a neighbour, fill the blanks, add it here and to `channelName`. */
export const channels = {
  plain,
  'instagram-reels': instagramReels,
  'facebook-reels': facebookReels,
  tiktok,
  'youtube-shorts': youtubeShorts,
  pinterest,
  shopify,
  etsy,
  woocommerce,
} as const satisfies Record<Destination, Channel>

import { csvCell } from '../../../core/domain/csv.ts'
import { decimal } from '../../../core/domain/money.ts'
import { escapeText } from './html.ts'
import { stills } from './layout.ts'
import { type Links, mediaPath, productPath } from './links.ts'
import type { ListingRecord, ShopRecord } from './record.ts'

/** Additional images a Google or Meta feed takes per product. */
const MOST_ADDITIONAL = 10

/**
 * One product as shops' feeds name its attributes (Google product data specification; Meta takes the same names).
 * What is not known is null and left out of the feeds: a made-up price or availability would be a lie to a buyer.
 */
type FeedProduct = {
  id: string
  title: string
  description: string | null
  link: string
  image_link: string | null
  additional_image_link: string[]
  video_link: string | null
  availability: 'in_stock' | 'out_of_stock' | null
  /** "12.50 EUR" */
  price: string | null
  condition: 'new'
}

export function feedProduct(entry: ListingRecord, links: Links): FeedProduct {
  const images = stills(entry.media).map((picture) => links.absolute(mediaPath(picture)))
  const clip = entry.media.find((picture) => picture.kind === 'clip')
  return {
    id: entry.sku ?? entry.productId,
    title: entry.title,
    description: entry.description === '' ? null : entry.description,
    link: links.absolute(productPath(entry.handle)),
    image_link: images[0] ?? null,
    additional_image_link: images.slice(1, 1 + MOST_ADDITIONAL),
    video_link: clip === undefined ? null : links.absolute(mediaPath(clip)),
    availability: entry.stock === null ? null : entry.stock > 0 ? 'in_stock' : 'out_of_stock',
    price: entry.price === null ? null : `${decimal(entry.price)} ${entry.price.currency}`,
    condition: 'new',
  }
}

export const jsonFeed = (products: FeedProduct[], shop: ShopRecord, links: Links): string =>
  `${JSON.stringify({ version: 1, title: shop.title, link: links.absolute('index.html'), products }, null, 1)}\n`

/** RSS 2.0 with the `g:` namespace, as Google Merchant Center and Meta read it. */
export function xmlFeed(products: FeedProduct[], shop: ShopRecord, links: Links): string {
  const entries = products.map((product) => {
    const fields = Object.entries(product).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((text) => (text === null ? '' : `<g:${name}>${escapeText(text)}</g:${name}>`)),
    )
    return `<item>${fields.join('')}</item>`
  })
  const home = escapeText(links.absolute('index.html'))
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
<channel><title>${escapeText(shop.title)}</title><link>${home}</link><description>Products of ${escapeText(shop.title)}</description>
${entries.join('\n')}
</channel>
</rss>
`
}

/** CSV with the same attribute names (RFC 4180: CRLF, quotes doubled); additional images stand in one cell, parted by commas. */
export function csvFeed(products: FeedProduct[]): string {
  const columns = [
    'id',
    'title',
    'description',
    'link',
    'image_link',
    'additional_image_link',
    'video_link',
    'availability',
    'price',
    'condition',
  ] as const
  const rows = products.map((product) => columns.map((name) => csvCell(textOf(product[name]))).join(','))
  return `${[columns.join(','), ...rows].join('\r\n')}\r\n`
}

const textOf = (value: string | readonly string[] | null): string | null =>
  value === null || typeof value === 'string' ? value : value.join(',')

import { decimal } from '../../../core/domain/money.ts'
import type { ShownDrop } from './drops.ts'
import { stills } from './layout.ts'
import type { Links } from './links.ts'
import { mediaPath, productPath } from './links.ts'
import type { ListingRecord, MediaRecord, ShopRecord } from './record.ts'

/**
 * schema.org data of a product page: Product (https://schema.org/Product) and BreadcrumbList.
 * Without a price there is no `offers`: an Offer without a price would be invalid, a Product without offers is not. In the window of a drop the
 * price is valid, and the product to be had, until it closes.
 */
export function productGraph(entry: ListingRecord, shop: ShopRecord, drop: ShownDrop | null, links: Links): unknown {
  const page = links.absolute(productPath(entry.handle))
  return {
    '@context': 'https://schema.org',
    '@graph': [
      {
        '@type': 'Product',
        '@id': `${page}#product`,
        name: entry.title,
        url: page,
        ...(entry.description === '' ? {} : { description: entry.description }),
        ...(entry.sku === null ? {} : { sku: entry.sku }),
        ...optionalList(
          'image',
          stills(entry.media).map((picture) => imageObject(picture, links)),
        ),
        ...optionalList(
          'subjectOf',
          entry.media.filter((picture) => picture.kind === 'clip').map((clip) => videoObject(clip, entry, links)),
        ),
        ...(entry.price === null
          ? {}
          : {
              offers: {
                '@type': 'Offer',
                url: page,
                price: decimal(entry.price),
                priceCurrency: entry.price.currency,
                ...(entry.stock === null ? {} : { availability: `https://schema.org/${entry.stock > 0 ? 'InStock' : 'OutOfStock'}` }),
                ...(drop === null ? {} : { availabilityStarts: drop.opensAt }),
                ...(drop === null || drop.closesAt === null ? {} : { availabilityEnds: drop.closesAt, priceValidUntil: drop.closesAt }),
              },
            }),
      },
      {
        '@type': 'BreadcrumbList',
        itemListElement: [
          { '@type': 'ListItem', position: 1, name: shop.title, item: links.absolute('index.html') },
          { '@type': 'ListItem', position: 2, name: entry.title, item: page },
        ],
      },
    ],
  }
}

/** schema.org data of the page of a drop: a SaleEvent (https://schema.org/SaleEvent), and while it is open what is in it. */
export function dropGraph(drop: ShownDrop, own: readonly ListingRecord[], path: string, links: Links): unknown {
  const page = links.absolute(path)
  return {
    '@context': 'https://schema.org',
    '@graph': [
      {
        '@type': 'SaleEvent',
        '@id': `${page}#drop`,
        name: drop.title,
        url: page,
        startDate: drop.opensAt,
        ...(drop.closesAt === null ? {} : { endDate: drop.closesAt }),
        eventAttendanceMode: 'https://schema.org/OnlineEventAttendanceMode',
        eventStatus: 'https://schema.org/EventScheduled',
        location: { '@type': 'VirtualLocation', url: page },
      },
      ...(own.length === 0 ? [] : [productList(own, 1, drop.title, links)]),
    ],
  }
}

/** schema.org data of the storefront: an ItemList that leads to the product pages. `first` = position of the first one, from 1. */
export const storefrontGraph = (entries: readonly ListingRecord[], first: number, shop: ShopRecord, links: Links): unknown => ({
  '@context': 'https://schema.org',
  ...productList(entries, first, shop.title, links),
})

const productList = (entries: readonly ListingRecord[], first: number, name: string, links: Links) => ({
  '@type': 'ItemList',
  name,
  numberOfItems: entries.length,
  itemListElement: entries.map((entry, index) => ({
    '@type': 'ListItem',
    position: first + index,
    name: entry.title,
    url: links.absolute(productPath(entry.handle)),
  })),
})

const optionalList = (name: string, values: unknown[]): Record<string, unknown> => (values.length === 0 ? {} : { [name]: values })

const imageObject = (picture: MediaRecord, links: Links): unknown => ({
  '@type': 'ImageObject',
  contentUrl: links.absolute(mediaPath(picture)),
  url: links.absolute(mediaPath(picture)),
  width: picture.width,
  height: picture.height,
  ...(picture.alt === '' ? {} : { caption: picture.alt }),
})

const videoObject = (clip: MediaRecord, entry: ListingRecord, links: Links): unknown => ({
  '@type': 'VideoObject',
  name: entry.title,
  description: clip.alt === '' ? `A clip of ${entry.title}` : clip.alt,
  contentUrl: links.absolute(mediaPath(clip)),
  encodingFormat: clip.type,
  ...(entry.publishedAt === null ? {} : { uploadDate: entry.publishedAt }),
  width: clip.width,
  height: clip.height,
  ...(clip.poster === null ? {} : { thumbnailUrl: links.absolute(mediaPath(clip.poster)) }),
  ...(clip.durationUs === null ? {} : { duration: isoDuration(clip.durationUs) }),
})

/** ISO 8601, e.g. PT5.042S. */
const isoDuration = (us: number): string => `PT${String(Math.round(us / 1000) / 1000)}S`

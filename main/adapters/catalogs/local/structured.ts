import { stills } from './layout.ts'
import type { Links } from './links.ts'
import { mediaPath, productPath } from './links.ts'
import { decimal } from './money.ts'
import type { CatalogState, ListingRecord, MediaRecord } from './record.ts'

/**
 * schema.org data of a product page: Product (https://schema.org/Product) and BreadcrumbList.
 * Without a price there is no `offers`: an Offer without a price would be invalid, a Product without offers is not.
 */
export function productGraph(entry: ListingRecord, shop: CatalogState['shop'], links: Links): unknown {
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

/** schema.org data of the storefront: an ItemList that leads to the product pages. `first` = position of the first one, from 1. */
export const storefrontGraph = (entries: ListingRecord[], first: number, shop: CatalogState['shop'], links: Links): unknown => ({
  '@context': 'https://schema.org',
  '@type': 'ItemList',
  name: shop.title,
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
  uploadDate: entry.publishedAt,
  width: clip.width,
  height: clip.height,
  ...(clip.poster === null ? {} : { thumbnailUrl: links.absolute(mediaPath(clip.poster)) }),
  ...(clip.durationUs === null ? {} : { duration: isoDuration(clip.durationUs) }),
})

/** ISO 8601, e.g. PT5.042S. */
const isoDuration = (us: number): string => `PT${String(Math.round(us / 1000) / 1000)}S`

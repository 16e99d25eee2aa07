import { decimal } from '../../../core/domain/money.ts'
import { csvFeed, jsonFeed } from '../local/feeds.ts'
import { linksFrom } from '../local/links.ts'
import { kindOf, type ListingFile } from './record.ts'

/** Pictures beside the first one that Google's and Meta's feeds take. */
const MOST_ADDITIONAL = 10

/** Where buyers find what is in the target; `base` null = not known, then addresses in feeds are relative. */
export type Places = {
  base: string | null
  /** Address of the page of a listing in the shop; null = not known. */
  page(handle: string): string | null
}

/** What a shop, Google or Meta can import: only what is shown, with the attribute names of Google's product data. */
export function feedsOf(
  shown: readonly ListingFile[],
  title: string,
  { base, page }: Places,
): { path: string; text: string; type: string }[] {
  const links = linksFrom(0, base)
  const products = shown.map((it) => {
    const images = it.media.filter((one) => kindOf(one.file) === 'image').map((one) => links.absolute(`media/${one.file}`))
    const clip = it.media.find((one) => kindOf(one.file) === 'clip')
    return {
      id: it.sku ?? it.productId,
      title: it.title,
      description: it.description === '' ? null : it.description,
      link: page(it.handle) ?? links.absolute(`listings/${it.handle}.json`),
      image_link: images[0] ?? null,
      additional_image_link: images.slice(1, 1 + MOST_ADDITIONAL),
      video_link: clip === undefined ? null : links.absolute(`media/${clip.file}`),
      availability: it.stock === null ? null : it.stock > 0 ? ('in_stock' as const) : ('out_of_stock' as const),
      price: it.price === null ? null : `${decimal(it.price)} ${it.price.currency}`,
      condition: 'new' as const,
    }
  })
  return [
    { path: 'feed.json', text: jsonFeed(products, { title, drops: [] }, links), type: 'application/json' },
    { path: 'feed.csv', text: csvFeed(products), type: 'text/csv' },
  ]
}

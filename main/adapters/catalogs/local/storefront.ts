import { priceTag } from '../../../core/domain/money.ts'
import { type ShownDrop, told } from './drops.ts'
import { type Html, html, jsonLd, when } from './html.ts'
import { brief, cover, layout, openGraph, picture } from './layout.ts'
import { dropPath, type Links, linksFrom, mediaPath } from './links.ts'
import type { ListingRecord, ShopRecord } from './record.ts'
import { storefrontGraph } from './structured.ts'

/** Products on one page: keeps the first screen of a large shop as light as that of a small one. */
const PER_PAGE = 60
/** Cards that fill the first screen of a desktop; their pictures do not wait for scrolling. */
const FIRST_ROW = 4
const SIZES = '(min-width: 78rem) 17rem, (min-width: 40rem) 30vw, 46vw'

/** Path of storefront page N, counted from 1. */
const storefrontPath = (page: number): string => (page === 1 ? 'index.html' : `page-${page}.html`)

/** The storefront: one page per 60 listings, at least one. Shows what it is given, in that order. */
export function storefrontPages(
  listings: ListingRecord[],
  shop: ShopRecord,
  drops: readonly ShownDrop[],
  baseUrl: string | null,
): { path: string; text: string }[] {
  const count = Math.max(1, Math.ceil(listings.length / PER_PAGE))
  return Array.from({ length: count }, (_, index) => {
    const first = index * PER_PAGE
    return storefrontPage(listings.slice(first, first + PER_PAGE), {
      number: index + 1,
      count,
      first,
      total: listings.length,
      shop,
      drops,
      baseUrl,
    })
  })
}

type Place = {
  number: number
  count: number
  first: number
  total: number
  shop: ShopRecord
  drops: readonly ShownDrop[]
  baseUrl: string | null
}

function storefrontPage(listings: ListingRecord[], place: Place): { path: string; text: string } {
  const { shop, number, total } = place
  const path = storefrontPath(number)
  const links = linksFrom(0, place.baseUrl)
  const title = number === 1 ? shop.title : `${shop.title}, page ${number}`
  const description = brief(
    total === 0 ? `${shop.title}: nothing listed yet.` : `${shop.title}: ${listings.map((entry) => entry.title).join(', ')}.`,
  )
  const share = listings.map((entry) => cover(entry.media)).find((entry) => entry !== null) ?? null
  const text = layout({
    title,
    description,
    shop: shop.title,
    links,
    path,
    baseUrl: place.baseUrl,
    script: null,
    head: html`${openGraph({
      type: 'website',
      title,
      description,
      site: shop.title,
      url: place.baseUrl === null ? null : links.absolute(path),
      picture: share === null ? null : { href: links.absolute(mediaPath(share)), width: share.width, height: share.height, alt: share.alt },
      price: null,
    })}
${when(listings.length > 0, () => jsonLd(storefrontGraph(listings, place.first + 1, shop, links)))}`,
    body: html`<header class="masthead">
<h1><bdi>${shop.title}</bdi></h1>
${when(total > 0, () => html`<p>${total === 1 ? '1 product' : `${total} products`}</p>`)}
${number === 1 ? place.drops.map((drop) => notice(drop, links)) : null}
</header>
<main id="main">
${listings.length === 0 ? empty : shelf(listings, links)}
${when(place.count > 1, () => pager(place))}
</main>
<footer class="foot"><p><bdi>${shop.title}</bdi></p></footer>`,
  })
  return { path, text }
}

const empty = html`<section class="empty">
<svg viewBox="0 0 64 64" width="72" height="72" aria-hidden="true"><path d="M10 24h44l-4 30H14z"/><path d="M22 30V18a10 10 0 0 1 20 0v12"/></svg>
<h2>Nothing here yet</h2>
<p>The first products are on their way. Come back soon.</p>
</section>`

/** Listings as cards, in their order. */
export const shelf = (listings: readonly ListingRecord[], links: Links): Html =>
  html`<ul class="shelf">${listings.map((entry, index) => card(entry, index, links))}</ul>`

/** A drop that is open or coming; one that is over is told only on its own page. */
function notice(drop: ShownDrop, links: Links): Html {
  if (drop.phase === 'over') return html``
  const open = drop.phase === 'open'
  const at = open ? drop.closesAt : drop.opensAt
  const time = at === null ? null : html`<time datetime="${at}">${told(at, drop.zone, open ? 'closes' : 'opens').short}</time>`
  return html`
<p class="notice ${drop.phase}"><a href="${links.at(dropPath(drop.id))}"><strong dir="auto">${drop.title}</strong> <span>${
    time === null ? 'Open now' : html`${open ? 'Open, closes' : 'Opens'} ${time}`
  }</span></a></p>`
}

function card(entry: ListingRecord, index: number, links: Links): Html {
  const shown = cover(entry.media)
  const hasClip = entry.media.some((media) => media.kind === 'clip')
  const frame =
    shown === null
      ? html`<span class="blank" aria-hidden="true">${[...entry.title][0]?.toUpperCase() ?? '·'}</span>`
      : picture(shown, {
          // The title stands right below: saying it twice in a row would only be noise.
          alt: shown.alt === '' || shown.alt === entry.title ? `Picture of ${entry.title}` : shown.alt,
          sizes: SIZES,
          urgency: index === 0 ? 'first' : index < FIRST_ROW ? 'soon' : 'later',
          links,
        })
  return html`
<li class="card"><div class="frame">${frame}${when(hasClip, () => html`<span class="tag">${PLAY}Clip</span>`)}</div>
<h2><a href="${links.product(entry.handle)}" dir="auto">${entry.title}</a></h2>
${price(entry)}</li>`
}

const PLAY = html`<svg viewBox="0 0 10 10" width="9" height="9" aria-hidden="true"><path d="M2 1l7 4-7 4z"/></svg>`

/** Price and what is left, as far as they are known. */
export function price(entry: ListingRecord): Html {
  const gone = entry.stock !== null && entry.stock <= 0
  return when(
    entry.price !== null || gone,
    () =>
      html`<p class="price">${entry.price === null ? null : html`<span>${priceTag(entry.price)}</span>`}${when(gone, () => html` <span class="gone">Sold out</span>`)}</p>`,
  )
}

function pager({ number, count }: Place): Html {
  const step = (to: number, rel: 'prev' | 'next', words: string) =>
    when(to >= 1 && to <= count, () => html`<a rel="${rel}" href="${storefrontPath(to)}">${words}</a>`)
  return html`<nav class="pager" aria-label="Pages">${step(number - 1, 'prev', '← Previous')}<span>Page ${number} of ${count}</span>${step(number + 1, 'next', 'Next →')}</nav>`
}

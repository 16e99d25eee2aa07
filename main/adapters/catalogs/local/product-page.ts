import { decimal } from '../../../core/domain/money.ts'
import { type ShownDrop, told } from './drops.ts'
import { type Html, html, jsonLd, when } from './html.ts'
import { brief, cover, layout, openGraph, picture } from './layout.ts'
import { dropPath, type Links, linksFrom, mediaPath, productPath } from './links.ts'
import type { ListingRecord, MediaRecord, ShopRecord } from './record.ts'
import { price } from './storefront.ts'
import { productGraph } from './structured.ts'

const WIDE_SIZES = '(min-width: 78rem) 46rem, (min-width: 56rem) 60vw, 92vw'
const HALF_SIZES = '(min-width: 78rem) 23rem, (min-width: 56rem) 30vw, 92vw'

/** The page of one listing: its pictures and clips in order, hero first, and what is known about it. */
export function productPage(
  entry: ListingRecord,
  shop: ShopRecord,
  drops: readonly ShownDrop[],
  baseUrl: string | null,
): { path: string; text: string } {
  const drop = drops.find((one) => one.phase === 'open' && one.products.includes(entry.productId)) ?? null
  const path = productPath(entry.handle)
  const links = linksFrom(2, baseUrl)
  const description = brief(entry.description === '' ? `${entry.title}, at ${shop.title}.` : entry.description)
  const share = cover(entry.media)
  const text = layout({
    title: `${entry.title} · ${shop.title}`,
    description,
    shop: shop.title,
    links,
    path,
    baseUrl,
    script: null,
    head: html`${openGraph({
      type: 'product',
      title: entry.title,
      description,
      site: shop.title,
      url: baseUrl === null ? null : links.absolute(path),
      picture:
        share === null
          ? null
          : { href: links.absolute(mediaPath(share)), width: share.width, height: share.height, alt: altOf(share, entry, 0) },
      price: entry.price === null ? null : { amount: decimal(entry.price), currency: entry.price.currency },
    })}
${jsonLd(productGraph(entry, shop, drop, links))}`,
    body: html`<header class="bar"><a href="${links.home}"><bdi>${shop.title}</bdi></a></header>
<main id="main">
<nav class="trail" aria-label="Breadcrumb"><ol><li><a href="${links.home}">All products</a></li><li><span aria-current="page" dir="auto">${entry.title}</span></li></ol></nav>
<article class="product">
${gallery(entry, links)}
<div class="facts">
<h1 dir="auto">${entry.title}</h1>
${price(entry)}
${when(entry.stock !== null && entry.stock > 0 && entry.stock <= 3, () => html`<p class="few">Only ${entry.stock} left</p>`)}
${drop === null ? null : windowOf(drop, links)}
${when(entry.description !== '', () => html`<div class="words">${entry.description.split(/\n{2,}/).map((part) => html`<p dir="auto">${part}</p>`)}</div>`)}
${when(entry.sku !== null, () => html`<p class="sku">SKU <bdi>${entry.sku}</bdi></p>`)}
</div>
</article>
</main>
<footer class="foot"><p><a href="${links.home}">← All products</a></p></footer>`,
  })
  return { path, text }
}

/** Which drop it is part of, and until when. */
function windowOf(drop: ShownDrop, links: Links): Html {
  const until =
    drop.closesAt === null ? null : html`, until <time datetime="${drop.closesAt}">${told(drop.closesAt, drop.zone, 'closes').short}</time>`
  return html`<p class="until">Part of <a href="${links.at(dropPath(drop.id))}"><bdi>${drop.title}</bdi></a>${until}</p>`
}

function gallery(entry: ListingRecord, links: Links): Html {
  if (entry.media.length === 0)
    return html`<div class="lone"><span class="blank" aria-hidden="true">${[...entry.title][0]?.toUpperCase() ?? '·'}</span></div>`
  const hero = cover(entry.media)
  // Phones show one strip of equal frames in the shape of the first picture, kept between tall 4:5 and wide 16:9.
  const ratio = hero === null ? 1 : Math.min(16 / 9, Math.max(0.8, hero.width / hero.height))
  const wide = fullRows(entry.media)
  return html`<ul class="gallery" style="--shape:${ratio.toFixed(3)}" aria-label="Pictures and clips">${entry.media.map((media, index) =>
    media.kind === 'clip' ? clip(media, entry, index, links) : still(media, entry, index, wide.has(index), links),
  )}</ul>`
}

/** Pictures that take a whole row on a desktop: the first one, and any that would stand alone beside a gap. */
function fullRows(media: MediaRecord[]): Set<number> {
  const wide = new Set<number>()
  let half = -1
  for (const [index, { kind }] of media.entries()) {
    const whole = index === 0 || kind === 'clip'
    if (whole && half >= 0) wide.add(half)
    if (whole) wide.add(index)
    half = whole || half >= 0 ? -1 : index
  }
  if (half >= 0) wide.add(half)
  return wide
}

function still(media: MediaRecord, entry: ListingRecord, index: number, wide: boolean, links: Links): Html {
  const alt = altOf(media, entry, index)
  return html`
<li${wide ? html` class="wide"` : null}><a href="${links.media(media)}">${picture(media, {
    alt,
    sizes: wide ? WIDE_SIZES : HALF_SIZES,
    urgency: index === 0 ? 'first' : index === 1 ? 'soon' : 'later',
    links,
  })}</a></li>`
}

function clip(media: MediaRecord, entry: ListingRecord, index: number, links: Links): Html {
  const file = links.media(media)
  return html`
<li class="clip"><video controls playsinline preload="${media.poster === null ? 'metadata' : 'none'}" width="${media.width}" height="${media.height}"${
    media.poster === null ? null : html` poster="${links.media(media.poster)}"`
  } aria-label="${altOf(media, entry, index)}"><source src="${file}" type="${media.type}"><a href="${file}">Watch the clip</a></video></li>`
}

/** The given text, or what can be said without looking: never an empty alt on a picture that carries the product. */
const altOf = (media: MediaRecord, entry: ListingRecord, index: number): string =>
  media.alt !== ''
    ? media.alt
    : media.kind === 'clip'
      ? `${entry.title}, clip`
      : index === 0
        ? entry.title
        : `${entry.title}, picture ${index + 1}`

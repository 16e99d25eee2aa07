import { type ShownDrop, told } from './drops.ts'
import { type Html, html, jsonLd, when } from './html.ts'
import { cover, layout, openGraph } from './layout.ts'
import { dropPath, linksFrom, mediaPath } from './links.ts'
import type { ListingRecord, ShopRecord } from './record.ts'
import { shelf } from './storefront.ts'
import { dropGraph } from './structured.ts'

/**
 * The page of a drop: a countdown, the collector window, or that it is over. Before it opens nothing here tells of its products, not even how many.
 * `shown`: the listings that buyers may see.
 */
export function dropPage(
  drop: ShownDrop,
  shown: readonly ListingRecord[],
  shop: ShopRecord,
  baseUrl: string | null,
): { path: string; text: string } {
  const path = dropPath(drop.id)
  const links = linksFrom(2, baseUrl)
  const own = drop.phase === 'open' ? shown.filter((entry) => drop.products.includes(entry.productId)) : []
  const words = wordsOf(drop, links.home)
  const share = own.map((entry) => cover(entry.media)).find((entry) => entry !== null) ?? null
  const text = layout({
    title: `${drop.title} · ${shop.title}`,
    description: words.brief,
    shop: shop.title,
    links,
    path,
    baseUrl,
    script: drop.phase === 'over' ? null : 'assets/countdown.js',
    head: html`${openGraph({
      type: 'website',
      title: drop.title,
      description: words.brief,
      site: shop.title,
      url: baseUrl === null ? null : links.absolute(path),
      picture: share === null ? null : { href: links.absolute(mediaPath(share)), width: share.width, height: share.height, alt: share.alt },
      price: null,
    })}
${jsonLd(dropGraph(drop, own, path, links))}`,
    body: html`<header class="bar"><a href="${links.home}"><bdi>${shop.title}</bdi></a></header>
<main id="main">
<section class="window ${drop.phase}">
<p class="kind">${words.kind}</p>
<h1 dir="auto">${drop.title}</h1>
${words.when}
${words.more}
</section>
${when(own.length > 0, () => shelf(own, links))}
</main>
<footer class="foot"><p><a href="${links.home}">← All products</a></p></footer>`,
  })
  return { path, text }
}

function wordsOf(drop: ShownDrop, home: string): { kind: string; brief: string; when: Html; more: Html } {
  const opens = told(drop.opensAt, drop.zone, 'opens')
  const closes = drop.closesAt === null ? null : told(drop.closesAt, drop.zone, 'closes')
  switch (drop.phase) {
    case 'before':
    case 'waiting': {
      const until = closes === null ? html`` : html`<p>Open until <time datetime="${drop.closesAt}">${closes.short}</time>.</p>`
      return {
        kind: 'Coming up',
        brief: `${drop.title} opens ${opens.long}.`,
        when: html`<p class="hour">Opens <time datetime="${drop.opensAt}">${opens.long}</time></p>
${countdown(drop.opensAt, drop.zone, 'Opening now')}`,
        more: until,
      }
    }
    case 'open':
      return {
        kind: 'Open now',
        brief: closes === null ? `${drop.title} is open.` : `${drop.title} is open. It closes ${closes.long}.`,
        when:
          closes === null
            ? html`<p class="hour">Open since <time datetime="${drop.opensAt}">${opens.long}</time></p>`
            : html`<p class="hour">Closes <time datetime="${drop.closesAt}">${closes.long}</time></p>
${countdown(drop.closesAt ?? '', drop.zone, 'Closing now')}`,
        more: html``,
      }
    case 'over':
      return {
        kind: 'Over',
        brief: `${drop.title} is over.`,
        when: html`<p class="hour">Closed <time datetime="${drop.closesAt}">${closes?.long ?? ''}</time></p>`,
        more: html`<p><a class="button" href="${home}">See what is in the shop now</a></p>`,
      }
    default: {
      const never: never = drop.phase
      throw new TypeError(`unknown phase ${JSON.stringify(never)}`)
    }
  }
}

/** Filled by the script; its room is kept, so that nothing moves. Silent to screen readers: the hour above says it all. */
const countdown = (until: string, zone: string, now: string): Html =>
  html`<p class="countdown" role="timer" aria-label="Time left" data-until="${until}" data-zone="${zone}" data-now="${now}"><span></span><span></span></p>`

import { html } from './html.ts'
import { layout } from './layout.ts'
import { linksFrom } from './links.ts'
import type { ShopRecord } from './record.ts'

/** What hosts show for an address that is not there, from any depth: its links start at the shop's own root. */
export function lostPage(shop: ShopRecord, baseUrl: string | null): string {
  const home = baseUrl === null ? '/' : new URL(baseUrl).pathname
  return layout({
    title: `Not here · ${shop.title}`,
    description: 'There is no page at this address.',
    shop: shop.title,
    links: { ...linksFrom(0, baseUrl), at: (path) => home + path, home },
    path: '404.html',
    baseUrl,
    script: null,
    unlisted: true,
    head: html``,
    body: html`<header class="bar"><a href="${home}"><bdi>${shop.title}</bdi></a></header>
<main id="main">
<section class="window over">
<p class="kind">Not here</p>
<h1>There is nothing at this address</h1>
<p>It may have been part of a drop that is over, or has not opened yet.</p>
<p><a class="button" href="${home}">See what is in the shop now</a></p>
</section>
</main>
<footer class="foot"><p><bdi>${shop.title}</bdi></p></footer>`,
  })
}

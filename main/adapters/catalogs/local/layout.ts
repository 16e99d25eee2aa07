import { type Html, html } from './html.ts'
import type { Links } from './links.ts'
import type { MediaRecord } from './record.ts'
import { style } from './style.ts'

/** Marks pages as ours: a page without it is somebody else's and is never overwritten. */
export const GENERATOR = 'Dropcard local catalog'

export type Page = {
  title: string
  description: string
  /** Its name, for the feed. */
  shop: string
  links: Links
  /** Path of this page below the catalog's root. */
  path: string
  /** Open Graph and structured data. */
  head: Html
  body: Html
  baseUrl: string | null
  /** A script of ours this page runs, by path below the root; null = it runs none. */
  script: string | null
  /** Not for search engines. */
  unlisted?: boolean
}

/** The shell of every page: no outside requests, no scripts but our own, styles inline so that the first paint waits for nothing. */
export function layout(page: Page): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${page.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${page.description}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#faf7f2">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#151311">
<meta name="generator" content="${GENERATOR}">
<meta name="robots" content="${page.unlisted === true ? 'noindex' : 'index, follow, max-image-preview:large'}">
<meta http-equiv="Content-Security-Policy" content="script-src ${page.script === null ? "'none'" : "'self'"}; object-src 'none'; base-uri 'none'; form-action 'none'; connect-src 'none'; frame-src 'none'">
<meta name="referrer" content="strict-origin-when-cross-origin">
${page.baseUrl === null || page.unlisted === true ? null : html`<link rel="canonical" href="${page.links.absolute(page.path)}">`}
<link rel="icon" href="${ICON}">
<link rel="alternate" type="application/rss+xml" title="${page.shop}" href="${page.links.at('feed.xml')}">
${page.script === null ? null : html`<script defer src="${page.links.at(page.script)}"></script>`}
${page.head}
<style>${{ markup: style }}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the products</a>
${page.body}
</body>
</html>
`
  return markup.replace(/\n{2,}/g, '\n')
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%23b4532a' d='M8 1 15 8 8 15 1 8z'/%3E%3C/svg%3E"

/** Open Graph (https://ogp.me) and the card other networks read. */
export function openGraph(options: {
  type: 'website' | 'product'
  title: string
  description: string
  site: string
  url: string | null
  picture: { href: string; width: number; height: number; alt: string } | null
  price: { amount: string; currency: string } | null
}): Html {
  const { picture, price } = options
  return html`<meta property="og:type" content="${options.type}">
<meta property="og:title" content="${options.title}">
<meta property="og:description" content="${options.description}">
<meta property="og:site_name" content="${options.site}">
${options.url === null ? null : html`<meta property="og:url" content="${options.url}">`}
${
  picture === null
    ? null
    : html`<meta property="og:image" content="${picture.href}">
<meta property="og:image:width" content="${picture.width}">
<meta property="og:image:height" content="${picture.height}">
<meta property="og:image:alt" content="${picture.alt}">`
}
<meta name="twitter:card" content="${picture === null ? 'summary' : 'summary_large_image'}">
${
  price === null
    ? null
    : html`<meta property="product:price:amount" content="${price.amount}">
<meta property="product:price:currency" content="${price.currency}">`
}`
}

/** How soon a picture is needed: `first` is the one the page is judged by, `later` waits until it is scrolled near. */
export type Urgency = 'first' | 'soon' | 'later'

/** A responsive picture; its size stands in the markup, so nothing moves when it arrives. */
export function picture(entry: MediaRecord, options: { alt: string; sizes: string; urgency: Urgency; links: Links }): Html {
  const { links, urgency } = options
  const files = [...entry.sources, { key: entry.key, width: entry.width, type: entry.type }]
  const byWidth = new Map(files.map((file) => [file.width, `${links.media(file)} ${file.width}w`]))
  const sources = [...byWidth.values()]
  const smallest = files[Math.min(1, files.length - 1)] ?? entry
  return html`<img src="${links.media(smallest)}" ${
    sources.length < 2 ? null : html`srcset="${sources.join(', ')}" sizes="${options.sizes}" `
  }width="${entry.width}" height="${entry.height}" alt="${options.alt}" ${LOADING[urgency]}>`
}

const LOADING: Record<Urgency, Html> = {
  first: { markup: 'fetchpriority="high"' },
  soon: { markup: 'decoding="async"' },
  later: { markup: 'loading="lazy" decoding="async"' },
}

/** What to show for a listing at a glance: its first picture, or the still of its first clip. */
export function cover(media: MediaRecord[]): MediaRecord | null {
  const image = media.find((entry) => entry.kind === 'image')
  if (image !== undefined) return image
  const clip = media.find((entry) => entry.poster !== null)
  return clip?.poster ? { ...clip, ...clip.poster, kind: 'image', sources: [], poster: null } : null
}

/** Every picture of a listing; of one that only has clips, the still of the first. */
export function stills(media: MediaRecord[]): MediaRecord[] {
  const images = media.filter((entry) => entry.kind === 'image')
  const shown = cover(media)
  return images.length > 0 || shown === null ? images : [shown]
}

/** The first sentence or so, for descriptions in the head: at most 160 characters, cut at a word. */
export function brief(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  if (flat.length <= 160) return flat
  return `${flat
    .slice(0, 159)
    .replace(/\s+\S*$/, '')
    .toWellFormed()
    .replace(/\uFFFD+$/, '')}…`
}

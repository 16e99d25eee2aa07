import { escapeText } from './html.ts'
import { type Links, productPath } from './links.ts'
import type { ListingRecord } from './record.ts'

/** Every page buyers may see (https://www.sitemaps.org/protocol.html; at most 50,000). Only with full addresses: relative ones are not allowed there. */
export function sitemap(pages: readonly string[], shown: readonly ListingRecord[], links: Links): string {
  const rows = [
    ...pages.map((path) => ({ path, changed: null })),
    ...shown.map((entry) => ({ path: productPath(entry.handle), changed: changedAt(entry) })),
  ]
  const urls = rows
    .slice(0, 50_000)
    .map(
      ({ path, changed }) =>
        `<url><loc>${escapeText(links.absolute(path))}</loc>${changed === null ? '' : `<lastmod>${changed}</lastmod>`}</url>`,
    )
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.join('\n')}
</urlset>
`
}

const changedAt = ({ updatedAt }: ListingRecord): string | null =>
  Number.isNaN(Date.parse(updatedAt)) ? null : new Date(updatedAt).toISOString()

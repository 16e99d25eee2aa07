import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { z } from 'zod'
import { createLocalCatalog } from '../../../main/adapters/catalogs/local/catalog.ts'
import type { CatalogListing, CatalogShop } from '../../../main/core/catalog.ts'
import { publish as send, value } from './local-publish.ts'
import { all, type Element, readMarkup } from './markup.ts'

/** Shops in a temporary folder, and a strict look at their pages. */

export const { signal } = new AbortController()

export type Shops = {
  home: string
  open(name: string, more?: { baseUrl?: string; now?: number }): ReturnType<typeof createLocalCatalog>
  publish(
    name: string,
    listings: CatalogListing[],
    title: string,
    more?: { baseUrl?: string; drops?: CatalogShop['drops'] },
  ): Promise<string>
}

export function shops(): Shops {
  const all: Shops = {
    home: '',
    open: (name, more = {}) =>
      createLocalCatalog({
        name: 'local',
        dir: join(all.home, name, 'shop'),
        stateDir: join(all.home, name, 'state'),
        clock: { now: () => more.now ?? Date.UTC(2026, 10, 21, 12) },
        title: null,
        baseUrl: more.baseUrl ?? null,
      }),
    async publish(name, listings, title, more = {}) {
      const catalog = all.open(name, more)
      for (const entry of listings) value(await send(catalog, entry))
      value(await catalog.finish({ title, drops: more.drops ?? [] }, signal))
      return join(all.home, name, 'shop')
    },
  }
  beforeAll(async () => {
    all.home = await mkdtemp(join(tmpdir(), 'pages-'))
  })
  afterAll(() => rm(all.home, { recursive: true, force: true }))
  return all
}

export const pagesOf = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.html'))
export const page = async (dir: string, name: string): Promise<Element> => readMarkup(await readFile(join(dir, name), 'utf8'), 'html')
export const meta = (root: Element, name: string): string | undefined =>
  all(root, 'meta').find((element) => element.attributes['property'] === name || element.attributes['name'] === name)?.attributes['content']
export const structured = (root: Element): unknown[] =>
  all(root, 'script')
    .filter((element) => element.attributes['type'] === 'application/ld+json')
    .map((element) => JSON.parse(element.text))

/** Every address a page refers to, without fragments and data. */
export const addresses = (root: Element): string[] =>
  all(root)
    .flatMap(({ attributes }) => [
      attributes['src'],
      attributes['href'],
      attributes['poster'],
      ...(attributes['srcset'] ?? '').split(', ').map((part) => part.split(' ')[0]),
    ])
    .filter((address) => address !== undefined && address !== '' && !address.startsWith('#') && !address.startsWith('data:'))
    .map((address) => address ?? '')

const product = z.object({
  '@type': z.literal('Product'),
  name: z.string().min(1),
  url: z.string().min(1),
  image: z.array(z.object({ '@type': z.literal('ImageObject'), contentUrl: z.string(), width: z.number(), height: z.number() })).optional(),
  subjectOf: z
    .array(
      z.object({
        '@type': z.literal('VideoObject'),
        name: z.string(),
        contentUrl: z.string(),
        thumbnailUrl: z.string(),
        uploadDate: z.iso.datetime(),
        duration: z.literal('PT5.042S'),
      }),
    )
    .optional(),
  offers: z
    .strictObject({
      '@type': z.literal('Offer'),
      url: z.string(),
      price: z.string().regex(/^\d+(\.\d+)?$/),
      priceCurrency: z.string().length(3),
      availability: z.enum(['https://schema.org/InStock', 'https://schema.org/OutOfStock']).optional(),
      availabilityStarts: z.iso.datetime().optional(),
      availabilityEnds: z.iso.datetime().optional(),
      priceValidUntil: z.iso.datetime().optional(),
    })
    .optional(),
})
const trail = z.object({
  '@type': z.literal('BreadcrumbList'),
  itemListElement: z.tuple([
    z.object({ position: z.literal(1), item: z.string() }),
    z.object({ position: z.literal(2), item: z.string() }),
  ]),
})
export const graph = z.object({ '@context': z.literal('https://schema.org'), '@graph': z.tuple([product, trail]) })

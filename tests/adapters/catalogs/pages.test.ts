import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { CatalogMedia } from '../../../main/core/catalog.ts'
import { value } from './local-publish.ts'
import { all, type Element, readCsv, readMarkup, words } from './markup.ts'
import { addresses, graph, meta, page, pagesOf, shops, signal, structured } from './pages.ts'
import { clip, image, listing } from './shop.ts'

/** Titles that break pages, feeds or spreadsheets which trust their input. */
const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!-- <script> --!> <img src=x onerror=alert(1)>',
  `"quotes" 'single' & &amp; &#60;`,
  '=cmd|"/c calc"!A1',
  '+1, -1; @SUM(A1)\t\r\n"x"',
  ' \u200F=HYPERLINK("http://x")',
  'مرحبا بالعالم \u202E reversed',
  '👩‍👩‍👧 ceramics 🎉',
  'control \u0000\u0008\u001B\uFFFE bytes, half a pair \uD83D',
  ']]>-->\u2028line\u2029separators',
  `$${'{template}'} \`ticks\` {{ moustache }}`,
  'x'.repeat(5000),
]

const at = shops()

describe('a shop with ordinary and hostile products', () => {
  let dir: string
  let pictures: CatalogMedia[]
  beforeAll(async () => {
    pictures = await Promise.all([1, 2, 3].map((seed) => image(join(at.home, 'renditions'), seed)))
    const [one, two, three] = pictures
    if (one === undefined || two === undefined || three === undefined) throw new Error('expected three pictures')
    dir = await at.publish(
      'mixed',
      [
        listing('mug', [one, two, { ...three, alt: '' }, await clip(join(at.home, 'renditions'))], {
          title: 'Mug',
          description: 'Thrown by hand.\n\nHolds 3 dl.',
          sku: 'MUG-1',
          price: { minor: 2450, currency: 'EUR' },
          stock: 2,
        }),
        listing('bowl', [one], { title: 'Bowl', price: { minor: 1200, currency: 'JPY' }, stock: 0 }),
        listing('plate', [], { title: 'Plate' }),
        listing('film', [await clip(join(at.home, 'renditions'))], { title: 'Film' }),
        ...HOSTILE.map((title, index) =>
          listing(`h${index}`, [{ ...two, alt: title }], { title, description: `${title}\n\n${title}`, sku: title }),
        ),
      ],
      'Market </title><script>"&',
    )
  })

  it('writes well-formed pages whose every link leads to a file of the catalog, and which run nothing', async () => {
    const names = await pagesOf(dir)
    expect(names).toHaveLength(2 + 4 + HOSTILE.length)
    for (const name of names) {
      const root = await page(dir, name)
      // Shown from any depth, so its links start at the root of the host.
      if (name === '404.html') continue
      for (const address of addresses(root)) {
        const target = resolve(dirname(join(dir, name)), decodeURI(address))
        expect(
          address.startsWith('/') || address.includes(':') || !target.startsWith(`${dir}/`) || !existsSync(target),
          `${address} in ${name}`,
        ).toBe(false)
      }
      const scripts = all(root, 'script')
      expect(scripts.every((script) => script.attributes['type'] === 'application/ld+json')).toBe(true)
      expect(all(root).some(({ attributes }) => Object.keys(attributes).some((attribute) => attribute.startsWith('on')))).toBe(false)
      expect([all(root, 'h1').length, all(root, 'main').length, all(root, 'title').length]).toEqual([1, 1, 1])
      const ids = all(root).flatMap(({ attributes }) => attributes['id'] ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      for (const { attributes } of all(root, 'img')) {
        expect(attributes).toMatchObject({
          width: expect.stringMatching(/^\d+$/),
          height: expect.stringMatching(/^\d+$/),
          alt: expect.stringMatching(/\S/),
        })
      }
    }
  })

  it('shows every title as it was given, and nothing of it as markup', async () => {
    const titles = all(await page(dir, 'index.html'), 'h2').map(words)
    expect(titles).toEqual(['Mug', 'Bowl', 'Plate', 'Film', ...HOSTILE.map((title) => cleaned(title))])
    for (const [index, title] of HOSTILE.entries()) {
      const root = await page(dir, `products/h${index}/index.html`)
      expect(words(all(root, 'h1')[0] ?? root)).toBe(cleaned(title))
      const [found] = graph.parse(structured(root)[0])['@graph']
      expect(found.name).toBe(cleaned(title))
    }
  })

  it('describes products so that machines can read them', async () => {
    const root = await page(dir, 'products/mug/index.html')
    const [found] = graph.parse(structured(root)[0])['@graph']
    expect(found).toMatchObject({
      name: 'Mug',
      image: [{}, {}, {}],
      subjectOf: [{ '@type': 'VideoObject' }],
      offers: { price: '24.50', priceCurrency: 'EUR', availability: 'https://schema.org/InStock' },
    })
    expect(meta(root, 'og:type')).toBe('product')
    expect(meta(root, 'og:image')).toMatch(/^\.\.\/\.\.\/media\//)
    expect(meta(root, 'product:price:amount')).toBe('24.50')
    const bowl = graph.parse(structured(await page(dir, 'products/bowl/index.html'))[0])['@graph'][0]
    expect(bowl.offers).toMatchObject({ price: '1200', priceCurrency: 'JPY', availability: 'https://schema.org/OutOfStock' })
    const plate = graph.parse(structured(await page(dir, 'products/plate/index.html'))[0])['@graph'][0]
    expect([plate.offers, plate.image]).toEqual([undefined, undefined])
    const list = z
      .object({ '@type': z.literal('ItemList'), itemListElement: z.array(z.object({ position: z.number(), url: z.string() })) })
      .parse(structured(await page(dir, 'index.html'))[0])
    expect(list.itemListElement.map((entry) => entry.position)).toEqual(list.itemListElement.map((_, index) => index + 1))
    expect(list.itemListElement.every((entry) => existsSync(join(dir, entry.url)))).toBe(true)
  })

  it('loads the first picture at once, later ones when they come near, and clips only when played', async () => {
    const images = all(await page(dir, 'index.html'), 'img')
    expect(images[0]?.attributes).toMatchObject({
      fetchpriority: 'high',
      srcset: expect.stringMatching(/ 240w, .* 480w$/),
      sizes: expect.stringContaining('vw'),
    })
    expect(images[0]?.attributes['loading']).toBeUndefined()
    expect(images.slice(4).every((element) => element.attributes['loading'] === 'lazy')).toBe(true)
    const [video] = all(await page(dir, 'products/mug/index.html'), 'video')
    expect(video?.attributes).toMatchObject({
      controls: '',
      preload: 'none',
      width: '960',
      height: '540',
      poster: expect.stringMatching(/\.jpg$/),
      'aria-label': 'Mug, clip',
    })
    expect(video?.children[0]).toMatchObject({ name: 'source', attributes: { type: 'video/mp4' } })
  })

  it('writes feeds that read back, name files that exist, and are plain text to a spreadsheet', async () => {
    const feed = z
      .object({
        products: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            link: z.string(),
            image_link: z.string().nullable(),
            price: z.string().nullable(),
            availability: z.string().nullable(),
            additional_image_link: z.array(z.string()),
          }),
        ),
      })
      .parse(JSON.parse(await readFile(join(dir, 'feed.json'), 'utf8')))
    expect(feed.products.slice(0, 4)).toMatchObject([
      { id: 'MUG-1', price: '24.50 EUR', availability: 'in_stock', additional_image_link: [expect.any(String), expect.any(String)] },
      { id: 'bowl', price: '1200 JPY', availability: 'out_of_stock' },
      { id: 'plate', price: null, availability: null, image_link: null },
      { id: 'film', image_link: expect.stringMatching(/\.jpg$/) },
    ])
    for (const entry of feed.products)
      for (const path of [entry.link, entry.image_link, ...entry.additional_image_link])
        expect(path === null || existsSync(join(dir, path)), `${path}`).toBe(true)

    const xml = readMarkup(await readFile(join(dir, 'feed.xml'), 'utf8'), 'xml')
    const entries = all(xml, 'item').map((entry) => Object.fromEntries(entry.children.map((field) => [field.name, field.text])))
    expect(entries.map((entry) => entry['g:title'])).toEqual(feed.products.map((entry) => entry.title))
    expect(entries[0]).toMatchObject({
      'g:id': 'MUG-1',
      'g:price': '24.50 EUR',
      'g:availability': 'in_stock',
      'g:link': 'products/mug/index.html',
    })
    expect(Object.keys(entries[2] ?? {})).toEqual(['g:id', 'g:title', 'g:link', 'g:condition'])

    const [head, ...rows] = readCsv(await readFile(join(dir, 'products.csv'), 'utf8'))
    expect(rows).toHaveLength(feed.products.length)
    expect(rows.every((row) => row.length === head?.length)).toBe(true)
    expect(rows.flat().filter((text) => /^[\s\p{Cf}]*[=+\-@]/u.test(text))).toEqual([])
    const column = head?.indexOf('title') ?? -1
    expect(rows.map((row) => row[column]?.replace(/^'/, ''))).toEqual(feed.products.map((entry) => entry.title.replace(/^'/, '')))
  })
})

describe('shops of other sizes and places', () => {
  it('says so kindly when there is nothing to show', async () => {
    const root = await page(await at.publish('empty', [], 'Market'), 'index.html')
    expect(words(all(root, 'h2')[0] ?? root)).toBe('Nothing here yet')
    expect(structured(root)).toEqual([])
  })

  it('keeps the first page of a large shop small, and every product within reach', async () => {
    const picture = await image(join(at.home, 'renditions'), 1)
    const many = Array.from({ length: 61 }, (_, index) =>
      listing(`p${index}`, [picture], {
        title: `Stoneware bowl number ${index}`,
        price: { minor: 2000 + index, currency: 'EUR' },
        stock: 1,
      }),
    )
    const dir = await at.publish('large', many, 'Market')
    const sizes = await Promise.all(['index.html', 'page-2.html'].map(async (name) => (await readFile(join(dir, name))).length))
    expect(Math.max(...sizes)).toBeLessThan(150_000)
    const seen: string[] = []
    for (let name: string | undefined = 'index.html'; name !== undefined; ) {
      const root: Element = await page(dir, name)
      seen.push(...all(root, 'h2').map(words))
      name = all(root, 'a').find((link) => link.attributes['rel'] === 'next')?.attributes['href']
    }
    expect(seen).toEqual(many.map((entry) => entry.title))
    const catalog = at.open('large')
    await catalog.flip(
      many.slice(59).map(({ productId }) => ({ productId, remoteId: productId })),
      'hidden',
      null,
      signal,
    )
    value(await catalog.finish({ title: 'Market', drops: [] }, signal))
    expect((await readdir(dir)).filter((name) => name.endsWith('.html'))).toEqual(['404.html', 'index.html'])
  })

  it('uses full addresses for other machines once the address of the shop is known', async () => {
    const dir = await at.publish('hosted', [listing('mug', [await image(join(at.home, 'renditions'), 1)])], 'Market', {
      baseUrl: 'https://shop.example/store/',
    })
    const root = await page(dir, 'products/mug/index.html')
    expect(meta(root, 'og:image')).toMatch(/^https:\/\/shop\.example\/store\/media\//)
    expect(all(root, 'link').find((link) => link.attributes['rel'] === 'canonical')?.attributes['href']).toBe(
      'https://shop.example/store/products/mug/index.html',
    )
    expect(JSON.parse(await readFile(join(dir, 'feed.json'), 'utf8')).products[0].link).toBe(
      'https://shop.example/store/products/mug/index.html',
    )
    expect(all(root, 'img')[0]?.attributes['src']).toMatch(/^\.\.\/\.\.\/media\//)
    const map = all(readMarkup(await readFile(join(dir, 'sitemap.xml'), 'utf8'), 'xml'), 'loc').map(words)
    expect(map).toEqual(['https://shop.example/store/index.html', 'https://shop.example/store/products/mug/index.html'])
    expect(await readFile(join(dir, 'robots.txt'), 'utf8')).toContain('Sitemap: https://shop.example/store/sitemap.xml\n')
    const lost = await page(dir, '404.html')
    expect(addresses(lost).filter((address) => !address.startsWith('/store/'))).toEqual([])
    expect(meta(lost, 'robots')).toBe('noindex')
    value(await at.open('hosted').finish({ title: 'Market', drops: [] }, signal))
    expect(existsSync(join(dir, 'sitemap.xml'))).toBe(false)
  })
})

/** What may be left out of a title: characters no format here can hold, and space at its ends. */
const cleaned = (title: string): string =>
  Array.from(title.toWellFormed().replaceAll('\r\n', '\n'))
    .filter((character) => character === '\t' || character === '\n' || !/[\p{Cc}\uFFFE\uFFFF]/u.test(character))
    .join('')
    .trim()

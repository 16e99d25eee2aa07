import { mkdirSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test'
import { createLocalCatalog } from '../../main/adapters/catalogs/local/catalog.ts'
import { type Preview, servePreview } from '../../main/adapters/preview-server.ts'
import type { CatalogShop } from '../../main/core/catalog.ts'
import { publish, value } from '../adapters/catalogs/local-publish.ts'
import { all, readMarkup } from '../adapters/catalogs/markup.ts'
import { clip, listing, photo } from '../adapters/catalogs/shop.ts'

/** The storefront in Chromium, served as it will be: weight, layout shift, what axe finds, clips that play, pages of drops. */

const { signal } = new AbortController()
const hour = 3_600_000
const shots = process.env['DROPCARD_SHOTS']
const SIZES = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desktop', width: 1280, height: 800 },
] as const

let home: string
let preview: Preview
let app: ElectronApplication
let page: Page
const now = Math.floor(Date.now() / hour) * hour
const drop = (id: string, title: string, opens: number, closes: number, products: string[]): CatalogShop['drops'][number] => ({
  id,
  title,
  opensAt: new Date(opens).toISOString(),
  closesAt: new Date(closes).toISOString(),
  zone: 'Europe/Paris',
  products,
})
const PIECES = [
  'Tea bowl, ash glaze',
  'Tall vase',
  'Moon jar',
  'Soup plate',
  'Espresso cup',
  'Salt cellar',
  'Serving dish with two handles and a lid',
]

test.beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'storefront-'))
  const dir = join(home, 'shop')
  const catalog = createLocalCatalog({
    name: 'local',
    dir,
    stateDir: join(home, 'state'),
    clock: { now: () => now },
    title: null,
    baseUrl: null,
  })
  const photos = await Promise.all([0, 1, 2, 3, 4, 5].map((n) => photo(join(home, 'renditions'), n)))
  for (let index = 0; index < 60; index += 1) {
    const media = [0, 1, 2, 3, 4].flatMap((step) => photos[(index + step) % photos.length] ?? [])
    const entry = listing(`p${index}`, index % 9 === 4 ? [...media, await clip(join(home, 'renditions'))] : media, {
      title: PIECES[index % PIECES.length] ?? '',
      description: 'Thrown in stoneware and fired twice in a wood kiln, so that no two are alike.\n\nHolds 3 dl. Dishwasher safe.',
      price: { minor: 2400 + index * 50, currency: 'EUR' },
      stock: index % 7 === 6 ? 0 : 2,
      sku: `P-${index}`,
    })
    value(await publish(catalog, entry))
  }
  const drops = [
    drop('autumn', 'Autumn kiln', now - 30 * hour, now - 6 * hour, []),
    drop('winter', 'Winter kiln opening', now - 2 * hour, now + 30 * hour, ['p0', 'p1', 'p2', 'p4']),
    drop('spring', 'Spring glazes', now + 20 * hour, now + 80 * hour, ['p99']),
  ]
  value(await catalog.finish({ title: 'Harbour Ceramics', drops }, signal))
  preview = await servePreview({ dir, port: 0 })
  const executablePath = process.env['DROPCARD_E2E_ELECTRON']
  if (executablePath === undefined) throw new Error('run this through: npx playwright test -c tests/e2e/playwright.config.ts')
  const sandboxArgs: string[] = JSON.parse(process.env['DROPCARD_E2E_ELECTRON_ARGS'] ?? '[]')
  app = await _electron.launch({
    executablePath,
    args: [...sandboxArgs, join(import.meta.dirname, 'support/browser.cjs'), `--user-data-dir=${join(home, 'profile')}`],
    chromiumSandbox: !sandboxArgs.includes('--no-sandbox'),
  })
  page = await app.firstWindow()
})
test.afterAll(async () => {
  await app?.close()
  await preview?.[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})

const PAGES = [
  ['home', ''],
  ['product', 'products/p0/'],
  ['product-clip', 'products/p4/'],
  ['drop-before', 'drops/spring/'],
  ['drop-open', 'drops/winter/'],
  ['drop-over', 'drops/autumn/'],
  ['lost', 'nothing/here/'],
] as const

for (const size of SIZES) {
  for (const [name, path] of PAGES) {
    test(`${name} on a ${size.name}: light, steady, nothing for axe to find, in both themes`, async () => {
      await page.setViewportSize(size)
      let bytes = 0
      const requests: string[] = []
      const errors: string[] = []
      const onResponse = async (response: Awaited<ReturnType<Page['waitForResponse']>>) => {
        requests.push(response.url())
        const type = response.headers()['content-type'] ?? ''
        if (!/^(?:image|video)\//.test(type)) bytes += Number(response.headers()['content-length'] ?? 0)
      }
      const onConsole = (message: { type(): string; text(): string }) => {
        if (message.type() === 'error' && !/status of 404/.test(message.text())) errors.push(message.text())
      }
      page.on('response', onResponse)
      page.on('console', onConsole)
      for (const colorScheme of ['light', 'dark'] as const) {
        bytes = 0
        requests.length = 0
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.goto(preview.url + path, { waitUntil: 'load' })
        expect(bytes).toBeGreaterThan(1000)
        expect(bytes).toBeLessThan(150_000)
        expect(requests.filter((url) => !url.startsWith(preview.url))).toEqual([])
        expect(requests.filter((url) => url.endsWith('.mp4'))).toEqual([])
        // Everything that comes late has come: then what moved is counted.
        await page.evaluate(async () => {
          for (let at = 0; at < document.body.scrollHeight; at += innerHeight) {
            scrollTo(0, at)
            await new Promise((done) => setTimeout(done, 40))
          }
          // Pictures far to the side are never asked for: nothing waits for those.
          const shown = [...document.images].map((image) => image.decode().catch(() => undefined))
          await Promise.race([Promise.all(shown), new Promise((done) => setTimeout(done, 1500))])
          scrollTo(0, 0)
        })
        const seen = await page.evaluate(async () => {
          const shifts = await new Promise<number>((done) => {
            let sum = 0
            new PerformanceObserver((list) => {
              for (const entry of list.getEntries()) sum += 'value' in entry ? Number(entry.value) : 0
            }).observe({ type: 'layout-shift', buffered: true })
            setTimeout(() => done(sum), 200)
          })
          const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
          const blurred = [...document.images].filter((image) => image.complete && image.naturalWidth === 0).length
          return { shifts, wide, blurred }
        })
        expect(seen).toEqual({ shifts: 0, wide: 0, blurred: 0 })
        const { violations } = await new AxeBuilder({ page })
          .setLegacyMode(true)
          .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze()
        expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([])
        if (shots !== undefined) {
          mkdirSync(shots, { recursive: true })
          await page.screenshot({ path: join(shots, `${name}-${size.name}-${colorScheme}.png`) })
        }
      }
      page.off('response', onResponse)
      page.off('console', onConsole)
      expect(errors).toEqual([])
    })
  }
}

test('what the browser builds of a page is what is written in it: no tag is mended, moved or left open', async () => {
  for (const path of [
    'index.html',
    'products/p4/index.html',
    'drops/spring/index.html',
    'drops/winter/index.html',
    'drops/autumn/index.html',
    '404.html',
  ]) {
    await page.goto(preview.url + path)
    const text = await readFile(join(home, 'shop', path), 'utf8')
    const built = await page.evaluate((source) => {
      const parsed = new DOMParser().parseFromString(source, 'text/html')
      return [...parsed.querySelectorAll('*')].map((element) => element.localName)
    }, text)
    expect(built).toEqual(all(readMarkup(text, 'html')).map((element) => element.name))
  }
})

test('pictures come in the size that is shown, later ones when they come near, and clips play from any place', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(preview.url, { waitUntil: 'load' })
  const before = new Set(asked.filter((url) => url.includes('/media/'))).size
  expect(before).toBeGreaterThan(0)
  expect(asked.filter((url) => /-1600\.jpg$/.test(url))).toEqual([])
  await page.goto(`${preview.url}products/p4/`, { waitUntil: 'load' })
  const played = await page.evaluate(async () => {
    const video = document.querySelector('video')
    if (video === null) return null
    const still = video.poster !== '' && video.preload === 'none' && video.currentSrc === ''
    video.muted = true
    await video.play()
    video.currentTime = 4
    await new Promise((done) => video.addEventListener('seeked', done, { once: true }))
    return { still, at: Math.round(video.currentTime), width: video.videoWidth > 0 }
  })
  expect(played).toMatchObject({ at: 4, width: true })
})

test('the countdown runs, tells the visitor’s own time, and the page says its hour without it', async () => {
  await page.goto(`${preview.url}drops/spring/`)
  await expect(page.locator('.countdown span').first()).toHaveText(/^(?:\d+ days? )?\d\d:\d\d:\d\d$/)
  const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone)
  await expect(page.locator('.countdown span').last()).toHaveText(zone === 'Europe/Paris' ? '' : /where you are$/)
  await expect(page.locator('.hour')).toHaveText(/^Opens \w+ \d+ \w+ \d{4} at /)
  await page.route('**/countdown.js', (route) => route.abort())
  await page.goto(`${preview.url}drops/spring/`)
  await expect(page.locator('.countdown span').first()).toHaveText('')
  await expect(page.locator('.hour')).toBeVisible()
  await page.unroute('**/countdown.js')
})

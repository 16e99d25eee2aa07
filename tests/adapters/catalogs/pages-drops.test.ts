import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CatalogShop } from '../../../main/core/catalog.ts'
import { publish as send, value } from './local-publish.ts'
import { all, words } from './markup.ts'
import { graph, page, shops, signal, structured } from './pages.ts'
import { image, listing } from './shop.ts'

const here = shops()

describe('drops', () => {
  const hour = 3_600_000
  const noon = Date.UTC(2026, 10, 21, 11)
  const drop = (id: string, from: number, to: number | null, products: string[]): CatalogShop['drops'][number] => ({
    id,
    title: `Drop ${id} & <more>`,
    opensAt: new Date(from).toISOString(),
    closesAt: to === null ? null : new Date(to).toISOString(),
    zone: 'Europe/Paris',
    products,
  })
  /** "noon Saturday" to "midnight Sunday", in Paris. */
  const weekend = drop('weekend', noon, noon + 36 * hour, ['mug', 'bowl'])
  const at = async (now: number, flip: 'live' | 'hidden' | null): Promise<string> => {
    const catalog = here.open(`drop-${now}`, { baseUrl: 'https://shop.example/', now })
    const picture = await image(join(here.home, 'renditions'), 7)
    const price = { minor: 4200, currency: 'EUR' }
    for (const id of ['mug', 'bowl'])
      value(await send(catalog, listing(id, [picture], { title: `Secret ${id}`, price, stock: 1 }), 'hidden'))
    value(await send(catalog, listing('plate', [], { title: 'Plate' })))
    value(await catalog.finish({ title: 'Market', drops: [weekend] }, signal))
    const flips = ['mug', 'bowl'].map((id) => ({ productId: id, remoteId: id }))
    if (flip !== null) for (const { reply } of await catalog.flip(flips, flip, null, signal)) value(reply)
    return join(here.home, `drop-${now}`, 'shop')
  }
  const told = async (
    dir: string,
  ): Promise<{ hour: string; kind: string; timer: string | undefined; cards: string[]; notice: string[] }> => {
    const root = await page(dir, 'drops/weekend/index.html')
    const paragraph = (name: string) => all(root, 'p').filter((element) => element.attributes['class'] === name)
    return {
      hour: paragraph('hour').map(words).join(),
      kind: paragraph('kind').map(words).join(),
      timer: paragraph('countdown')[0]?.attributes['data-until'],
      cards: all(root, 'h2').map(words),
      notice: all(await page(dir, 'index.html'), 'p')
        .filter((element) => element.attributes['class']?.startsWith('notice') === true)
        .map((element) => all(element, 'span').map(words).join()),
    }
  }

  it('counts down to its hour, told in its zone, and tells nothing of what is in it', async () => {
    const dir = await at(noon - hour, null)
    expect(await told(dir)).toEqual({
      hour: 'Opens Saturday 21 November 2026 at noon, Central European Standard Time',
      kind: 'Coming up',
      timer: weekend.opensAt,
      cards: [],
      notice: ['Opens Saturday 21 November at noon'],
    })
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    for (const file of files)
      expect(`${file.name} ${await readFile(join(file.parentPath, file.name), 'latin1')}`).not.toMatch(/secret|mug|bowl/i)
    const root = await page(dir, 'drops/weekend/index.html')
    expect(structured(root)).toMatchObject([
      { '@graph': [{ '@type': 'SaleEvent', startDate: weekend.opensAt, endDate: weekend.closesAt }] },
    ])
    expect(all(root, 'script').map((script) => script.attributes['src'])).toEqual(['../../assets/countdown.js', undefined])
    expect(all(root, 'meta').some(({ attributes }) => attributes['content']?.startsWith("script-src 'self';"))).toBe(true)
  })

  it('is a collector window while it is open', async () => {
    const dir = await at(noon + hour, 'live')
    expect(await told(dir)).toEqual({
      hour: 'Closes Sunday 22 November 2026 at midnight, Central European Standard Time',
      kind: 'Open now',
      timer: weekend.closesAt,
      cards: ['Secret mug', 'Secret bowl'],
      notice: ['Open, closes Sunday 22 November at midnight'],
    })
    const mug = await page(dir, 'products/mug/index.html')
    expect(words(all(mug, 'p').find((element) => element.attributes['class'] === 'until') ?? mug)).toBe(
      'Part of Drop weekend & <more>, until Sunday 22 November at midnight',
    )
    expect(graph.parse(structured(mug)[0])['@graph'][0].offers).toMatchObject({
      availability: 'https://schema.org/InStock',
      availabilityStarts: weekend.opensAt,
      availabilityEnds: weekend.closesAt,
      priceValidUntil: weekend.closesAt,
    })
    // A clock that runs a moment early when it opens leaves no countdown behind.
    expect((await told(await at(noon - 900, 'live'))).kind).toBe('Open now')
  })

  it('says that it is over, and that it is about to open when its hour has come without it', async () => {
    expect(await told(await at(noon + 36 * hour, 'hidden'))).toEqual({
      hour: 'Closed Sunday 22 November 2026 at midnight, Central European Standard Time',
      kind: 'Over',
      timer: undefined,
      cards: [],
      notice: [],
    })
    expect(await told(await at(noon + 1, null))).toMatchObject({ kind: 'Coming up', timer: weekend.opensAt, cards: [] })
  })

  it('tells hours that a change of the clocks has twice, and zones nobody knows; every drop has its own page', async () => {
    const twice = [0, 1].map((index) => drop(`t${index}`, Date.UTC(2027, 9, 31, index, 30), null, []))
    const odd = { ...drop('A/../B', noon + hour, null, []), zone: 'Mars/Olympus' }
    const dir = await here.publish('zones', [], 'Market', { drops: [...twice, odd] })
    const hours = await Promise.all(
      (await readdir(join(dir, 'drops')))
        .sort()
        .map(async (name) => words(all(await page(dir, `drops/${name}/index.html`), 'time')[0] ?? (await page(dir, 'index.html')))),
    )
    expect(hours).toEqual([
      'Saturday 21 November 2026 at noon, Coordinated Universal Time',
      'Sunday 31 October 2027 at 02:30, Central European Summer Time',
      'Sunday 31 October 2027 at 02:30, Central European Standard Time',
    ])
    value(await here.open('zones').finish({ title: 'Market', drops: [] }, signal))
    expect(await readdir(join(dir, 'drops'))).toEqual([])
  })
})

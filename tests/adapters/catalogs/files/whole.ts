import { expect } from 'vitest'
import type { CatalogMedia, CatalogReply } from '../../../../main/core/catalog.ts'
import { publishOnce } from '../once.ts'
import { listing } from '../shop.ts'
import { mediaIn, openAt, type Place, value } from './places.ts'

const { signal } = new AbortController()
const problem = <T>(reply: CatalogReply<T>) => (reply.ok ? null : `${reply.problem.class} ${reply.problem.code}`)

/** What every target has to do, whatever it is reached by. */
export async function wholeLife(place: Place, pictures: readonly CatalogMedia[], deps: { ca?: string } = {}): Promise<void> {
  const catalog = openAt(place, { pages: 'https://shop.example/p/{handle}' }, deps)
  expect(value(await catalog.test(signal))).toMatchObject({ url: 'https://cdn.example/shop/', missing: [] })
  const wanted = listing('mug', [...pictures], {
    sku: 'MUG-1',
    price: { minor: 1250, currency: 'EUR' },
    stock: 7,
    description: '=1+1 ünïcode',
  })
  const ended = await publishOnce(catalog, wanted)
  expect(ended).toMatchObject({ problems: [], sent: pictures.length })
  const remote = ended.remote
  if (remote === null) throw new Error('published')
  expect(remote).toMatchObject({ visible: false, url: null, price: { minor: 1250, currency: 'EUR' }, stock: 7 })
  expect(remote.media.map((one) => one.key)).toEqual(pictures.map((one) => one.key))

  // Nothing of it is where buyers look, until it is shown; then nothing is sent again.
  const hidden = await place.files()
  expect([...hidden.keys()].filter((path) => !/^\.?dropcard-[0-9a-f]{32}\//.test(path))).toEqual([])
  expect(mediaIn(hidden)).toEqual(expect.arrayContaining(pictures.map((one) => `hidden ${one.key}`)))
  value((await catalog.finish?.({ title: 'Stall', drops: [] }, signal)) ?? { ok: true, value: { page: null } })
  expect(JSON.parse(String((await place.files()).get('feed.json')))).toMatchObject({ products: [] })
  const flips = [
    { productId: 'mug', remoteId: 'mug' },
    { productId: 'lost', remoteId: 'lost' },
  ]
  const [live, lost] = await catalog.flip(flips, 'live', null, signal)
  expect(live?.reply).toEqual({ ok: true, value: { visible: true, opensAt: null } })
  expect(lost && problem(lost.reply)).toBe('conflict gone')
  value((await catalog.finish?.({ title: 'Stall', drops: [] }, signal)) ?? { ok: true, value: { page: null } })
  const shown = await place.files()
  expect(mediaIn(shown).toSorted()).toEqual(pictures.map((one) => `public ${one.key}`).toSorted())
  const image = `https://cdn.example/shop/media/${pictures[0]?.key}.jpg`
  expect(JSON.parse(String(shown.get('feed.json')))).toMatchObject({
    products: [{ id: 'MUG-1', link: 'https://shop.example/p/mug', image_link: image, price: '12.50 EUR', availability: 'in_stock' }],
  })
  expect(String(shown.get('feed.csv'))).toContain(`MUG-1,Product mug,'=1+1 ünïcode,https://shop.example/p/mug,${image},`)
  expect(JSON.parse(String(shown.get('listings/mug.json')))).toMatchObject({ handle: 'mug', price: { amount: '12.50' } })

  // Another life of the program: found by SKU, nothing is sent twice, order and words change, a third stays out.
  const again = openAt(place, { pages: 'https://shop.example/p/{handle}' }, deps)
  const found = value(await again.find({ productId: 'x', remoteId: null, sku: 'MUG-1', handle: 'other' }, signal))
  expect(found).toMatchObject({ remoteId: 'mug', visible: true, url: 'https://shop.example/p/mug', revision: remote.revision })
  const turned = listing('mug', [...pictures].reverse().slice(0, 2), { sku: 'MUG-1', title: 'Big mug', stock: 0 })
  const gallery = turned.media.map((one) => ({ key: one.key, remoteId: `${one.key}.jpg` }))
  const second = value(
    await again.set({ remoteId: 'mug', listing: turned, text: true, gallery, keep: [], base: found?.revision ?? '' }, signal),
  )
  expect(second).toMatchObject({ title: 'Big mug', stock: 0, visible: true })
  expect(second.media.map((one) => one.key)).toEqual(turned.media.map((one) => one.key))
  expect(await publishOnce(again, turned)).toMatchObject({ problems: [], sent: 0 })

  // Somebody changes a title: it is a conflict, not written over.
  const change = { remoteId: 'mug', listing: turned, text: true, gallery: [], keep: [], base: remote.revision }
  expect(problem(await again.set(change, signal))).toBe('conflict changed')
  const gone = { key: 'f'.repeat(64), remoteId: `${'f'.repeat(64)}.jpg` }
  const noPicture = { ...turned, media: turned.media.map((one) => ({ ...one, key: gone.key })) }
  expect(problem(await again.set({ ...change, listing: noPicture, gallery: [gone], base: null }, signal))).toBe('permanent gone')

  const [one] = pictures
  const last = turned.media[0]
  if (one === undefined || last === undefined) throw new Error('pictures')
  const outOf = pictures.find((picture) => !turned.media.some((media) => media.key === picture.key))
  expect(problem(await again.removeMedia({ remoteId: `${last.key}.jpg`, key: last.key }, signal))).toBe('conflict in-use')
  if (outOf !== undefined) {
    expect(problem(await again.removeMedia({ remoteId: `${outOf.key}.jpg`, key: last.key }, signal))).toBe('conflict not-ours')
    value(await again.removeMedia({ remoteId: `${outOf.key}.jpg`, key: outOf.key }, signal))
    value(await again.removeMedia({ remoteId: `${outOf.key}.jpg`, key: outOf.key }, signal))
  }
  expect((await again.flip(flips.slice(0, 1), 'hidden', null, signal))[0]?.reply).toMatchObject({ value: { visible: false } })
  expect((await again.flip(flips.slice(0, 1), 'live', '2026-12-01T12:00:00Z', signal))[0]?.reply).toMatchObject({ ok: false })
  const after = await place.files()
  expect([...after.keys()].some((path) => path.startsWith('listings/'))).toBe(false)
  expect(mediaIn(after).length).toBe(pictures.length - (outOf === undefined ? 0 : 1))
  expect([...after.keys()].filter((path) => path.endsWith('.part'))).toEqual([])
}

import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSquare } from '../../../../main/adapters/catalogs/square.ts'
import type { Catalog, CatalogMedia, CatalogReply } from '../../../../main/core/catalog.ts'
import { publishOnce } from '../once.ts'
import { clip, image, listing } from '../shop.ts'
import { type SquareStandIn, squareStandIn } from './stand-in.ts'

const signal = new AbortController().signal
let home: string
let pictures: CatalogMedia[]
let shop: SquareStandIn

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'square-'))
  pictures = await Promise.all([1, 2, 3].map((seed) => image(home, seed)))
})
afterAll(() => rm(home, { recursive: true, force: true }))
beforeEach(async () => {
  shop = await squareStandIn()
})
afterEach(() => shop[Symbol.asyncDispose]())

function value<T>(reply: CatalogReply<T>): T {
  if (!reply.ok) throw new Error(`${reply.problem.class} ${reply.problem.code}: ${reply.problem.message}`)
  return reply.value
}
const problem = <T>(reply: CatalogReply<T>) => (reply.ok ? null : `${reply.problem.class} ${reply.problem.code}`)
const open = (token = 'sq-token-1'): Catalog =>
  value(openSquare({ name: 'square', kind: 'square', config: { environment: shop.url, location: 'L1' } }, { token }))
const mug = () => listing('mug', pictures, { description: 'Blue & <big>', sku: 'MUG-1', price: { minor: 1250, currency: 'EUR' }, stock: 7 })
const first = (): CatalogMedia => {
  const [picture] = pictures
  if (picture === undefined) throw new Error('a picture')
  return picture
}

describe('Square', () => {
  it('find, create, three uploads, set, reorder, flip, read back, conflict, removal', async () => {
    const catalog = open()
    expect(value(await catalog.test(signal))).toEqual({ shop: 'Stand-in stall', url: null, missing: [] })
    const ref = { productId: 'mug', remoteId: null, sku: 'MUG-1', handle: 'mug' }
    expect(value(await catalog.find(ref, signal))).toBeNull()
    const made = value(await catalog.create(mug(), 'k', signal))
    expect(made).toMatchObject({
      visible: false,
      opensAt: null,
      title: 'Product mug',
      price: { minor: 1250, currency: 'EUR' },
      stock: null,
      media: [],
    })
    // The same request again is the same item: Square's own key.
    expect(value(await catalog.create(mug(), 'k', signal)).remoteId).toBe(made.remoteId)
    expect(value(await catalog.find(ref, signal))).toEqual(made)

    const keys = pictures.map((picture) => picture.key)
    expect(value(await catalog.findMedia(keys, made.remoteId, signal))).toEqual([])
    const gallery: { key: string; remoteId: string }[] = []
    for (const media of pictures) {
      const sent = value(await catalog.upload(media, { remoteId: made.remoteId, handle: 'mug' }, 'k', signal))
      expect(sent).toMatchObject({ key: media.key, state: 'ready', attached: false })
      gallery.push({ key: media.key, remoteId: sent.remoteId })
    }
    expect([...shop.files.values()]).toEqual(pictures.map((media) => ({ sha256: media.key, length: media.bytes })))
    const change = { remoteId: made.remoteId, listing: mug(), text: true, gallery, keep: [], base: made.revision }
    const set = value(await catalog.set(change, signal))
    expect(set).toMatchObject({ stock: 7, media: gallery.map(({ key, remoteId }) => ({ key, remoteId, attached: true })) })
    expect(shop.objects.get(made.remoteId)).toMatchObject({
      item_data: { description_html: '<p>Blue &amp; &lt;big&gt;</p>', name: 'Product mug' },
    })
    const turned = gallery.toReversed()
    const reordered = value(await catalog.set({ ...change, gallery: turned, base: set.revision }, signal))
    expect(reordered.media.map((one) => one.remoteId)).toEqual(turned.map((one) => one.remoteId))
    expect(problem(await catalog.set({ ...change, base: set.revision }, signal))).toBe('conflict changed')

    // Somebody adds a picture and fields that we know nothing of: both stay.
    const row = shop.objects.get(made.remoteId)
    shop.objects.set('IMG-X', {
      type: 'IMAGE',
      id: 'IMG-X',
      version: 1,
      updated_at: '2026-01-01T00:00:00Z',
      image_data: { name: 'holiday' },
    })
    const data = row?.['item_data'] as Record<string, unknown>
    data['image_ids'] = ['IMG-X', ...(data['image_ids'] as string[])]
    data['label_color'] = 'ff0000'
    const kept = value(await catalog.set({ ...change, gallery: gallery.slice(0, 2), keep: ['IMG-X'], base: null }, signal))
    expect(kept.media.map((one) => [one.remoteId, one.key])).toEqual([
      [gallery[0]?.remoteId, keys[0]],
      [gallery[1]?.remoteId, keys[1]],
      ['IMG-X', null],
    ])
    expect(shop.objects.get(made.remoteId)).toMatchObject({ item_data: { label_color: 'ff0000' } })

    const flips = [
      { productId: 'mug', remoteId: made.remoteId },
      { productId: 'lost', remoteId: 'NONE' },
    ]
    const asked = shop.asked.length
    const [live, lost] = await catalog.flip(flips, 'live', null, signal)
    expect(shop.asked.length - asked).toBe(3)
    expect(live?.reply).toEqual({ ok: true, value: { visible: true, opensAt: null } })
    expect(lost && problem(lost.reply)).toBe('conflict NOT_FOUND')
    expect(value(await catalog.find({ ...ref, remoteId: made.remoteId }, signal))).toMatchObject({ visible: true, revision: kept.revision })
    expect((await catalog.flip(flips.slice(0, 1), 'hidden', null, signal))[0]?.reply).toMatchObject({ value: { visible: false } })
    const [never] = await catalog.flip(flips.slice(0, 1), 'live', '2026-12-01T12:00:00Z', signal)
    expect(never && problem(never.reply)).toBe('permanent no-schedule')

    const [one, , three] = gallery
    if (one === undefined || three === undefined) throw new Error('three pictures')
    expect(problem(await catalog.removeMedia(one, signal))).toBe('conflict in-use')
    expect(problem(await catalog.removeMedia({ ...three, key: one.key }, signal))).toBe('conflict not-ours')
    expect(value(await catalog.removeMedia(three, signal))).toBeNull()
    expect(value(await catalog.removeMedia(three, signal))).toBeNull()
    expect(shop.objects.has(three.remoteId)).toBe(false)
  })

  it('uses the key of Square: the same again is the same, another text adopts, a deleted one is sent anew', async () => {
    const catalog = open()
    const { remoteId } = value(await catalog.create(mug(), 'k', signal))
    const to = { remoteId, handle: 'mug' }
    const sent = value(await catalog.upload(first(), to, 'k', signal))
    shop.orders.lags = true
    expect(value(await open().upload(first(), to, 'k', signal)).remoteId).toBe(sent.remoteId)
    shop.orders.lags = false
    expect(value(await open().upload({ ...first(), alt: 'Another text' }, to, 'k', signal)).remoteId).toBe(sent.remoteId)
    expect(shop.files.size).toBe(1)
    shop.objects.delete(sent.remoteId)
    expect(problem(await catalog.upload(first(), to, 'k', signal))).toBe('retryable image-gone')
    expect(value(await catalog.upload(first(), to, 'k', signal)).remoteId).not.toBe(sent.remoteId)
    shop.objects.delete(remoteId)
    expect(problem(await catalog.create(mug(), 'k', signal))).toBe('ambiguous created-unseen')
    expect(value(await catalog.create(mug(), 'k', signal)).remoteId).not.toBe(remoteId)
  })

  it('reads again when somebody was faster, and notices a shop that lies', async () => {
    const catalog = open()
    const { remoteId } = value(await catalog.create(mug(), 'k', signal))
    const sent = value(await catalog.upload(first(), { remoteId, handle: 'mug' }, 'k', signal))
    const change = { remoteId, listing: mug(), text: true, gallery: [{ key: first().key, remoteId: sent.remoteId }], keep: [], base: null }
    shop.orders.raceNext = 1
    expect(problem(await catalog.set(change, signal))).toBe('retryable VERSION_MISMATCH')
    shop.orders.lieNext = 1
    expect(value(await catalog.set(change, signal)).media).toEqual([])
    expect(value(await catalog.set(change, signal)).media).toHaveLength(1)
  })

  it('says what is missing, what cannot be, and never tells the token', async () => {
    const catalog = open()
    shop.scopes.delete('ITEMS_WRITE')
    expect(value(await catalog.test(signal)).missing).toEqual(['ITEMS_WRITE'])
    expect(problem(await catalog.create(mug(), 'k', signal))).toBe('auth INSUFFICIENT_SCOPES')
    shop.orders.limitNext = 1
    const slow = await catalog.find({ productId: 'x', remoteId: null, sku: null, handle: 'x' }, signal)
    expect(!slow.ok && slow.problem).toMatchObject({ class: 'throttled', code: 'RATE_LIMITED', retryAfterMs: 3000 })
    // One request, no second try by the SDK.
    expect(shop.asked.filter((one) => one.endsWith('/search'))).toHaveLength(1)
    const stranger = await open('sq-token-2-secret').find({ productId: 'x', remoteId: null, sku: null, handle: 'x' }, signal)
    expect(problem(stranger)).toBe('auth UNAUTHORIZED')
    expect(JSON.stringify(stranger)).not.toContain('sq-token-2-secret')

    const to = { remoteId: 'ITEM-1', handle: 'mug' }
    expect(problem(await catalog.upload(await clip(home), to, 'k', signal))).toBe('permanent format')
    const path = join(home, 'large.jpg')
    await writeFile(path, '')
    await truncate(path, 15_000_001)
    expect(problem(await catalog.upload({ ...first(), path, bytes: 15_000_001 }, to, 'k', signal))).toBe('permanent too-large')
    expect(problem(await catalog.upload({ ...first(), bytes: 5 }, to, 'k', signal))).toBe('permanent file')
    const config = (environment: string) => problem(openSquare({ name: 's', kind: 'square', config: { environment } }, { token: 't' }))
    expect([config('production'), config('sandbox'), config('https://evil.example'), config('nonsense')]).toEqual([
      null,
      null,
      'permanent connection',
      'permanent connection',
    ])
  })

  it('ends with everything there once, by the rules of the core', async () => {
    const ended = await publishOnce(open(), mug())
    expect(ended).toMatchObject({ problems: [], stopped: null, sent: 3, remote: { stock: 7 } })
    expect([...shop.files.values()].map((file) => file.sha256)).toEqual(pictures.map((media) => media.key))
    expect(await publishOnce(open(), mug())).toMatchObject({ problems: [], sent: 0 })
    const plain = listing('no-sku', [first()])
    expect(await publishOnce(open(), plain)).toMatchObject({ problems: [], stopped: null, sent: 0 })
    expect(await publishOnce(open(), plain)).toMatchObject({ problems: [], sent: 0 })
    expect([...shop.objects.values()].filter((row) => row.type === 'ITEM')).toHaveLength(2)
  })
})

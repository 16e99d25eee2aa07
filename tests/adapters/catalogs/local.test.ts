import { existsSync } from 'node:fs'
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { localKind, openLocal } from '../../../main/adapters/catalogs/local.ts'
import { publish, value } from './local-publish.ts'
import { galleryOf, localShop, market, mediaOf, problem, ref, served, signal } from './local-shop.ts'
import { clip, image, listing } from './shop.ts'

const shop = localShop()

describe('a listing', () => {
  it('is there once however often it is sent, and reads back what is on the disk', async () => {
    expect(value(await shop.catalog.find(ref('mug'), signal))).toBeNull()
    expect([existsSync(shop.dir), existsSync(shop.stateDir)]).toEqual([false, false])
    const mug = listing('mug', [await image(shop.renditions, 1), await clip(shop.renditions)], {
      price: { minor: 1250, currency: 'EUR' },
      stock: 3,
    })
    const first = value(await publish(shop.catalog, mug))
    expect(first).toMatchObject({
      remoteId: 'mug',
      visible: true,
      opensAt: null,
      title: 'Product mug',
      price: { minor: 1250, currency: 'EUR' },
      stock: 3,
      media: mug.media.map(({ key, kind }) => ({ remoteId: key, key, kind, state: 'ready', attached: true })),
      url: expect.stringMatching(/^file:.*\/products\/mug\/index\.html$/),
    })
    expect(value(await shop.catalog.finish(market, signal)).page).toBe(join(shop.dir, 'index.html'))
    const before = await served(shop.dir)
    shop.now += 60_000
    expect(value(await publish(shop.catalog, mug))).toEqual(first)
    expect(value(await shop.catalog.create(mug, 'again', signal))).toEqual(first)
    await shop.catalog.finish(market, signal)
    expect(await served(shop.dir)).toEqual(before)
    expect(value(await shop.open().find(ref('mug'), signal))).toEqual(first)
    expect(mediaOf(before)).toHaveLength(4)
    expect(value(await shop.catalog.find(ref('nobody'), signal))).toBeNull()

    const [picture] = mug.media
    await truncate(join(shop.dir, 'media', `${picture?.sources[0]?.key.slice(0, 24)}-240.jpg`), 10)
    const looked = value(await shop.catalog.find(ref('mug'), signal))
    expect(looked?.media.map((one) => one.state)).toEqual(['failed', 'ready'])
    value(await publish(shop.catalog, mug))
    await shop.catalog.finish(market, signal)
    expect(await served(shop.dir)).toEqual(before)
    expect(value(await shop.catalog.find(ref('mug'), signal))).toEqual(first)

    await rm(join(shop.dir, 'products/mug/index.html'))
    expect(value(await shop.catalog.find(ref('mug'), signal))).toMatchObject({ visible: false, url: null })
  })

  it('takes over text, order, pictures of others and their loss; a change by somebody else is a conflict', async () => {
    const [one, two, three] = await Promise.all([1, 2, 3].map((seed) => image(shop.renditions, seed)))
    if (one === undefined || two === undefined || three === undefined) throw new Error('expected three pictures')
    const mug = listing('mug', [one, two])
    const first = value(await publish(shop.catalog, mug))
    const turned = { ...mug, title: 'Mug, again', media: [three, one], price: { minor: 5, currency: 'JPY' } }
    value(await shop.catalog.upload(three, { remoteId: 'mug', handle: 'mug' }, 'k', signal))
    const change = { remoteId: 'mug', listing: turned, text: true, gallery: galleryOf(turned), keep: [two.key], base: first.revision }
    const second = value(await shop.catalog.set(change, signal))
    expect(second).toMatchObject({ title: 'Mug, again', visible: true, media: [{ key: three.key }, { key: one.key }, { key: two.key }] })
    expect(second.revision).not.toBe(first.revision)
    expect(await shop.catalog.set(change, signal)).toMatchObject(problem('conflict', 'changed'))
    const page = await readFile(join(shop.dir, 'products/mug/index.html'), 'utf8')
    expect(
      [page.indexOf(three.key.slice(0, 24)), page.indexOf(one.key.slice(0, 24)), page.indexOf(two.key.slice(0, 24))].every(
        (at, n, all) => at > (all[n - 1] ?? 0),
      ),
    ).toBe(true)

    const hidden = await shop.catalog.flip([{ productId: 'mug', remoteId: 'mug' }], 'hidden', null, signal)
    expect(hidden).toEqual([{ productId: 'mug', reply: { ok: true, value: { visible: false, opensAt: null } } }])
    expect(value(await shop.catalog.find(ref('mug'), signal))?.revision).toBe(second.revision)
    expect(await shop.catalog.set({ ...change, base: null, keep: ['f'.repeat(64)] }, signal)).toMatchObject(
      problem('conflict', 'kept-gone'),
    )
    expect(await shop.catalog.set({ ...change, base: null, remoteId: 'nobody' }, signal)).toMatchObject(problem('conflict', 'listing-gone'))
    expect(await shop.catalog.set({ ...change, base: null, gallery: [{ key: two.key, remoteId: two.key }] }, signal)).toMatchObject(
      problem('permanent', 'bad-gallery'),
    )
    // Only this library writes here: the words are ours even on a listing that another of its products had.
    const adopted = { ...change, base: null, text: false, listing: { ...turned, productId: 'adopted', title: 'Mug of another product' } }
    expect(value(await shop.catalog.set(adopted, signal)).title).toBe('Mug of another product')
    expect(value(await shop.catalog.find(ref('adopted'), signal))?.remoteId).toBe('mug')
    // What the vault lost is taken again from where it was rendered.
    await rm(join(shop.stateDir, 'media', `${three.key}.jpg`))
    expect(value(await shop.catalog.set({ ...change, base: null }, signal)).media[0]).toMatchObject({ key: three.key, state: 'ready' })
  })

  it('is found by remote id, product, SKU and handle, in this order, and never by a SKU that two have', async () => {
    const mug = listing('p1', [], { handle: 'mug', sku: 'A' })
    const cup = listing('p2', [], { handle: 'cup', sku: 'B' })
    for (const entry of [mug, cup]) value(await shop.catalog.create(entry, entry.productId, signal))
    const found = async (more: Parameters<typeof ref>[1]) =>
      value(await shop.catalog.find(ref('new', { handle: 'none', ...more }), signal))?.remoteId
    expect([
      await found({ remoteId: 'mug', sku: 'B' }),
      await found({ productId: 'p2', sku: 'A' }),
      await found({ sku: 'B', handle: 'mug' }),
      await found({ handle: 'mug' }),
      await found({}),
    ]).toEqual(['mug', 'cup', 'cup', 'mug', undefined])
    value(await shop.catalog.create(listing('p3', [], { sku: 'A' }), 'k', signal))
    expect(await found({ sku: 'A' })).toBeUndefined()
  })

  it('refuses media that is not what its key says, and keeps nothing of it', async () => {
    const picture = await image(shop.renditions, 1)
    const send = (media: typeof picture) => shop.catalog.upload(media, { remoteId: 'mug', handle: 'mug' }, 'k', signal)
    await writeFile(picture.path, 'seventeen bytes..')
    expect(await send(picture)).toMatchObject(
      problem('permanent', 'media-changed', expect.stringMatching(/expected to hold.*Render it again/)),
    )
    await rm(picture.path)
    expect(await send(picture)).toMatchObject(problem('permanent', 'media-missing'))
    expect(await send({ ...(await image(shop.renditions, 3)), key: '../../outside' })).toMatchObject(problem('permanent', 'bad-key'))
    expect(value(await shop.catalog.findMedia([picture.key], 'mug', signal))).toEqual([])
    expect(await readdir(join(shop.stateDir, 'media'))).toEqual([])
    expect(await send({ ...(await image(shop.renditions, 2)), bytes: 3 })).toMatchObject(
      problem('permanent', 'media-changed', expect.stringContaining('3 bytes')),
    )
    const dear = listing('mug', [], { price: { minor: 100, currency: 'euro' } })
    expect(await shop.catalog.create(dear, 'k', signal)).toMatchObject(
      problem('permanent', 'listing-invalid', expect.stringContaining('price.currency')),
    )
    expect(value(await shop.catalog.find(ref('mug'), signal))).toBeNull()
    expect(mediaOf(await served(shop.dir))).toEqual([])
  })

  it('stops when asked, and goes on when asked again', async () => {
    const controller = new AbortController()
    controller.abort()
    const mug = listing('mug', [await image(shop.renditions, 1)])
    const stopped = problem('retryable', 'stopped')
    expect(await shop.catalog.create(mug, 'k', controller.signal)).toMatchObject(stopped)
    value(await shop.catalog.create(mug, 'k', signal))
    const [picture] = mug.media
    if (picture === undefined) throw new Error('expected a picture')
    expect(await shop.catalog.upload(picture, { remoteId: 'mug', handle: 'mug' }, 'k', controller.signal)).toMatchObject(stopped)
    expect(value(await publish(shop.catalog, mug)).media).toHaveLength(1)
  })

  it('takes changes sent at once one after the other, and loses none', async () => {
    const pictures = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => image(shop.renditions, seed)))
    const replies = await Promise.all([
      ...pictures.map((picture, index) => publish(shop.catalog, listing(`p${index}`, [picture]))),
      shop.catalog.finish(market, signal),
    ])
    expect(replies.every((reply) => reply.ok)).toBe(true)
    value(await shop.catalog.finish(market, signal))
    const feed: { products: { title: string; image_link: string }[] } = JSON.parse(await readFile(join(shop.dir, 'feed.json'), 'utf8'))
    expect(feed.products.map(({ title }) => title).sort()).toEqual(pictures.map((_, index) => `Product p${index}`))
    const again = shop.open()
    for (const [index, picture] of pictures.entries())
      expect(value(await again.find(ref(`p${index}`), signal))).toMatchObject({
        visible: true,
        media: [{ key: picture.key, state: 'ready' }],
      })
  })

  it('gets a page of its own whatever handle it asks for, and keeps it: codes are printed', async () => {
    const handles = ['Mug', 'mug', 'mug', '../../etc/passwd', 'con', '日本', '--', 'x'.repeat(300), 'é']
    const names = []
    for (const [index, handle] of handles.entries()) {
      const { remoteId } = value(await shop.catalog.create(listing(`id-${index}`, [], { handle }), 'k', signal))
      names.push(remoteId)
      await shop.catalog.flip([{ productId: `id-${index}`, remoteId }], 'live', null, signal)
    }
    expect(new Set(names).size).toBe(handles.length)
    expect(names.every((name) => /^[a-z0-9-]{1,100}$/.test(name))).toBe(true)
    expect(names.slice(0, 2)).toEqual(['mug', expect.stringMatching(/^mug-[0-9a-f]{6}$/)])
    expect(names[4]).not.toBe('con')
    await shop.catalog.finish(market, signal)
    expect((await readdir(join(shop.dir, 'products'))).sort()).toEqual([...names].sort())
    value(await publish(shop.catalog, listing('id-0', [], { handle: 'cup' })))
    await shop.catalog.finish(market, signal)
    expect((await readdir(join(shop.dir, 'products'))).sort()).toEqual([...names].sort())
  })
})

describe('a connection', () => {
  const deps = () => ({ clock: { now: () => shop.now }, defaultDir: shop.dir, stateDir: join(shop.home, 'library', 'shops', 'local') })
  const connect = (config: Record<string, string>) => openLocal({ name: 'local', kind: 'local', config }, {}, deps())

  it('takes a name, an address and a folder, and tests them without leaving a trace', async () => {
    const elsewhere = join(shop.home, 'elsewhere')
    const opened = value(connect({ title: ' Harbour ', baseUrl: 'https://shop.example/store', folder: elsewhere }))
    expect(value(await opened.test(signal))).toEqual({ shop: 'Harbour', url: 'https://shop.example/store/', missing: [] })
    expect(existsSync(elsewhere)).toBe(false)
    expect(value(await publish(opened, listing('mug', [])))).toMatchObject({ url: 'https://shop.example/store/products/mug/index.html' })
    await opened.finish?.(market, signal)
    expect(await readFile(join(elsewhere, 'index.html'), 'utf8')).toContain('<title>Harbour</title>')
    expect(value(await value(connect({})).test(signal))).toEqual({ shop: 'Harbour', url: null, missing: [] })
    expect(localKind.fields.map(({ name, required }) => [name, required])).toEqual([
      ['title', false],
      ['baseUrl', false],
      ['folder', false],
    ])
  })

  it.each([
    [{ baseUrl: 'shop.example' }, 'bad-address'],
    [{ baseUrl: 'ftp://shop.example/' }, 'bad-address'],
    [{ baseUrl: 'https://me:secret@shop.example/' }, 'bad-address'],
    [{ baseUrl: 'https://shop.example/?a=b' }, 'bad-address'],
    [{ folder: 'shop' }, 'bad-folder'],
    [{ folder: '/' }, 'bad-folder'],
  ])('says what is wrong with %j', (config, code) => {
    const reply = connect(config)
    expect(reply).toMatchObject(problem('permanent', code))
    expect(JSON.stringify(reply)).not.toContain('secret')
  })

  it('refuses a folder that holds the library', () => {
    expect(connect({ folder: join(shop.home, 'library') })).toMatchObject(
      problem('permanent', 'bad-folder', expect.stringContaining('holds the library')),
    )
  })
})

import { existsSync, statSync } from 'node:fs'
import { appendFile, lstat, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLocalCatalog } from '../../../main/adapters/catalogs/local/catalog.ts'
import { publish, value } from './local-publish.ts'
import { localShop, market, mediaOf, problem, ref, served, signal, tree } from './local-shop.ts'
import { clip, image, listing } from './shop.ts'

const shop = localShop()
const elsewhere = existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev ? '/dev/shm' : null

describe('showing and hiding', () => {
  it('holds back everything of a hidden listing: no page, no picture, no word in any file', async () => {
    const shared = await image(shop.renditions, 1)
    const secret = await image(shop.renditions, 2, 'Secret glaze')
    const mug = listing('secret-mug', [shared, secret, await clip(shop.renditions)], { title: 'Secret mug', sku: 'SECRET-1' })
    const opensAt = new Date(shop.now + 3_600_000).toISOString()
    const drop = { id: 'd1', title: 'Winter drop', opensAt, closesAt: null, zone: 'Europe/Paris', products: ['secret-mug'] }
    const withDrop = { title: 'Market', drops: [drop] }
    const telling = async () =>
      Object.entries(await served(shop.dir))
        .filter(([name, text]) => /secret/i.test(name) || /secret/i.test(Buffer.from(text, 'base64').toString('latin1')))
        .map(([name]) => name)
    value(await publish(shop.catalog, listing('bowl', [shared])))
    value(await publish(shop.catalog, mug, 'hidden'))
    value(await shop.catalog.finish(withDrop, signal))
    expect(await telling()).toEqual([])
    expect(mediaOf(await served(shop.dir))).toHaveLength(2)
    expect(Object.keys(await served(shop.dir))).toContain('drops/d1/index.html')

    shop.now += 3_600_000
    expect(await shop.catalog.flip([{ productId: 'secret-mug', remoteId: 'secret-mug' }], 'live', null, signal)).toMatchObject([
      { productId: 'secret-mug', reply: { ok: true, value: { visible: true } } },
    ])
    expect(await telling()).toEqual(
      expect.arrayContaining([
        'products/secret-mug/index.html',
        'index.html',
        'drops/d1/index.html',
        'feed.xml',
        'feed.json',
        'products.csv',
      ]),
    )
    expect(mediaOf(await served(shop.dir))).toHaveLength(6)
    const shown = join(shop.dir, mediaOf(await served(shop.dir))[0] ?? '')
    expect((await lstat(shown)).nlink).toBe(2)

    await shop.catalog.flip([{ productId: 'secret-mug', remoteId: 'secret-mug' }], 'hidden', null, signal)
    expect(await telling()).toEqual([])
    expect(mediaOf(await served(shop.dir))).toHaveLength(2)
    expect(value(await shop.catalog.find(ref('secret-mug'), signal))).toMatchObject({
      visible: false,
      media: [{ state: 'ready' }, { state: 'ready' }, { state: 'ready' }],
    })
  })

  it('shows what it can, and says of the rest why not', async () => {
    const [one, two] = await Promise.all([1, 2].map((seed) => image(shop.renditions, seed)))
    if (one === undefined || two === undefined) throw new Error('expected two pictures')
    for (const entry of [listing('mug', [one]), listing('bowl', [two])]) value(await publish(shop.catalog, entry, 'hidden'))
    await rm(join(shop.stateDir, 'media', `${one.key}.jpg`))
    const flips = ['mug', 'bowl', 'nobody'].map((id) => ({ productId: id, remoteId: id }))
    expect(await shop.catalog.flip(flips, 'live', null, signal)).toMatchObject([
      { productId: 'mug', reply: problem('conflict', 'media-gone') },
      { productId: 'bowl', reply: { ok: true, value: { visible: true } } },
      { productId: 'nobody', reply: problem('conflict', 'listing-gone') },
    ])
    expect(await readdir(join(shop.dir, 'products'))).toEqual(['bowl'])
    const later = await shop.catalog.flip(flips, 'live', new Date(shop.now + 1000).toISOString(), signal)
    expect(later.map((each) => each.reply)).toMatchObject([1, 2, 3].map(() => problem('permanent', 'no-schedule')))
  })

  it.skipIf(elsewhere === null)(
    'copies where it cannot link: a served folder on another disk [needs /dev/shm on a disk of its own]',
    async () => {
      const dir = await mkdtemp(join(elsewhere ?? '', 'served-'))
      try {
        const catalog = createLocalCatalog({
          name: 'local',
          dir,
          stateDir: shop.stateDir,
          clock: { now: () => shop.now },
          title: null,
          baseUrl: null,
        })
        const mug = listing('mug', [await image(shop.renditions, 1)])
        expect(value(await publish(catalog, mug))).toMatchObject({ visible: true, media: [{ state: 'ready' }] })
        value(await catalog.finish(market, signal))
        const files = await readdir(join(dir, 'media'))
        expect(files).toHaveLength(2)
        const name = files.find((one) => one.endsWith('-480.jpg')) ?? ''
        expect((await lstat(join(dir, 'media', name))).nlink).toBe(1)
        // Somebody damages the copy; the original is whole, and the next program puts it back.
        await truncate(join(dir, 'media', name), 10)
        expect(value(await catalog.find(ref('mug'), signal))?.media).toMatchObject([{ state: 'failed' }])
        const next = createLocalCatalog({
          name: 'local',
          dir,
          stateDir: shop.stateDir,
          clock: { now: () => shop.now },
          title: null,
          baseUrl: null,
        })
        value(await next.finish(market, signal))
        expect(value(await next.find(ref('mug'), signal))?.media).toMatchObject([{ state: 'ready' }])
        await next.flip([{ productId: 'mug', remoteId: 'mug' }], 'hidden', null, signal)
        expect(await readdir(join(dir, 'media'))).toEqual([])
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    },
  )

  it('finishes what a stop left half shown or half hidden, and takes nothing back', async () => {
    const mug = listing('mug', [await image(shop.renditions, 1)])
    value(await publish(shop.catalog, mug, 'hidden'))
    // As far as the commit, and no further.
    await appendFile(
      join(shop.stateDir, 'changes.jsonl'),
      `${JSON.stringify({ show: ['mug'], visible: true, at: '2026-11-21T12:00:00.000Z' })}\n`,
    )
    expect(value(await shop.open().find(ref('mug'), signal))).toMatchObject({ visible: false })
    value(await shop.open().finish(market, signal))
    expect(value(await shop.open().find(ref('mug'), signal))).toMatchObject({ visible: true, media: [{ state: 'ready' }] })
    await appendFile(
      join(shop.stateDir, 'changes.jsonl'),
      `${JSON.stringify({ show: ['mug'], visible: false, at: '2026-11-21T12:00:00.000Z' })}\n`,
    )
    expect(value(await shop.open().find(ref('mug'), signal))).toMatchObject({ visible: true })
    await shop.open().flip([{ productId: 'mug', remoteId: 'mug' }], 'hidden', null, signal)
    expect([await readdir(join(shop.dir, 'products')), mediaOf(await served(shop.dir))]).toEqual([[], []])
  })

  it('deletes a picture only when nothing shows it; sweeps what nobody refers to and nothing that is not ours', async () => {
    const [shared, gone] = await Promise.all([1, 2].map((seed) => image(shop.renditions, seed)))
    if (shared === undefined || gone === undefined) throw new Error('expected two pictures')
    value(await publish(shop.catalog, listing('mug', [shared, gone])))
    value(await publish(shop.catalog, listing('bowl', [shared])))
    expect(await shop.catalog.removeMedia({ remoteId: shared.key, key: shared.key }, signal)).toMatchObject(
      problem('conflict', 'media-in-use'),
    )
    expect(await shop.catalog.removeMedia({ remoteId: gone.key, key: shared.key }, signal)).toMatchObject(
      problem('conflict', 'media-in-use'),
    )
    value(await publish(shop.catalog, listing('mug', [shared])))
    expect(value(await shop.catalog.findMedia([gone.key, shared.key], 'mug', signal))).toMatchObject([
      { key: gone.key, attached: false },
      { key: shared.key, attached: true },
    ])
    expect(await shop.catalog.removeMedia({ remoteId: gone.key, key: shared.key }, signal)).toMatchObject(
      problem('conflict', 'media-in-use'),
    )
    for (const _ of [1, 2]) expect(value(await shop.catalog.removeMedia({ remoteId: gone.key, key: gone.key }, signal))).toBeNull()

    await writeFile(join(shop.dir, 'media', 'my-notes.txt'), 'mine')
    await mkdir(join(shop.dir, 'products', 'my-page'))
    await writeFile(join(shop.dir, 'products', 'my-page', 'index.html'), 'mine')
    await writeFile(join(shop.dir, 'media', '.0123456789abcdef01234567-480.jpg.0a1b2c3d.part'), 'half')
    await writeFile(join(shop.dir, 'products', 'bowl', '.index.html.0a1b2c3d.part'), 'half')
    await shop.catalog.flip([{ productId: 'mug', remoteId: 'mug' }], 'hidden', null, signal)
    value(await shop.catalog.finish(market, signal))
    expect(Object.keys(await served(shop.dir))).toEqual([
      '.dropcard-owner',
      '404.html',
      'assets/countdown.js',
      'feed.json',
      'feed.xml',
      'index.html',
      ...[shared, ...shared.sources].map((file) => `media/${file.key.slice(0, 24)}-${file.width}.jpg`).sort(),
      'media/my-notes.txt',
      'products.csv',
      'products/bowl/index.html',
      'products/my-page/index.html',
      'robots.txt',
    ])
    const kept = Object.keys(await tree(shop.stateDir)).filter((name) => /^(?:media|small)\//.test(name))
    expect(kept).toEqual([`media/${shared.key}.jpg`, ...shared.sources.map(({ key }) => `small/${key}.jpg`)])
  })
})

import { existsSync } from 'node:fs'
import { appendFile, cp, link, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLocalCatalog } from '../../../main/adapters/catalogs/local/catalog.ts'
import { publish, value } from './local-publish.ts'
import { localShop, market, mediaOf, problem, ref, served, signal, tree } from './local-shop.ts'
import { image, listing } from './shop.ts'

const shop = localShop()

describe('what it finds', () => {
  const state = () => join(shop.stateDir, 'catalog.json')
  it.each([
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2), /not complete JSON/],
    ['empty', () => '', /it is empty/],
    ['of a newer Dropcard', (text: string) => text.replace('"schema":2', '"schema":3'), /newer Dropcard/],
    ['with a handle that leads out', (text: string) => text.replace('"handle":"mug"', '"handle":"../../mug"'), /handle/],
    ['of something else', () => '{"name":"my-app"}', /expected the format/],
  ])('names a catalog.json %s and leaves it as it is', async (_, damage, reason) => {
    value(await shop.catalog.create(listing('mug', []), 'k', signal))
    // Everything into catalog.json.
    const line = (await readFile(join(shop.stateDir, 'changes.jsonl'), 'utf8')).trim()
    const whole = JSON.parse(await readFile(state(), 'utf8'))
    const text = JSON.stringify({ ...whole, listings: [JSON.parse(line).put] })
    await writeFile(join(shop.stateDir, 'changes.jsonl'), '')
    await writeFile(state(), damage(text))
    const before = [await tree(shop.dir), await tree(shop.stateDir)]
    const replies = [
      await shop.catalog.create(listing('bowl', []), 'k', signal),
      await shop.catalog.find(ref('mug'), signal),
      await shop.catalog.test(signal),
      await shop.catalog.finish(market, signal),
      (await shop.catalog.flip([{ productId: 'mug', remoteId: 'mug' }], 'live', null, signal))[0]?.reply,
    ]
    for (const reply of replies) expect(reply).toMatchObject(problem('permanent', 'state-damaged', expect.stringMatching(reason)))
    expect([await tree(shop.dir), await tree(shop.stateDir)]).toEqual(before)
  })

  it('drops a line that a stop cut short, and refuses one that is damaged', async () => {
    value(await shop.catalog.create(listing('mug', []), 'k', signal))
    const changes = join(shop.stateDir, 'changes.jsonl')
    const good = await readFile(changes, 'utf8')
    // In the middle of a character.
    await appendFile(changes, Buffer.from(`${good.slice(0, 40)}é`).subarray(0, 41))
    value(await shop.catalog.create(listing('bowl', []), 'k', signal))
    expect(value(await shop.open().find(ref('bowl'), signal))).toMatchObject({ title: 'Product bowl' })
    expect((await readFile(changes, 'utf8')).split('\n')).toHaveLength(3)
    await writeFile(changes, `${good.replace('"visible"', '"visibel"')}${good}`)
    expect(await shop.catalog.find(ref('mug'), signal)).toMatchObject(
      problem('permanent', 'state-damaged', expect.stringContaining('changes.jsonl')),
    )
  })

  it('loses nothing when the same folder is opened twice in one program, as when its connection is changed under way', async () => {
    const two = [shop.open(), shop.open()]
    value(await shop.catalog.create(listing('first', []), 'k', signal))
    const entries = Array.from({ length: 40 }, (_, index) => listing(`p${index}`, []))
    const replies = await Promise.all(entries.map((entry, index) => (two[index % 2] ?? shop.catalog).create(entry, 'k', signal)))
    const again = shop.open()
    for (const [index, reply] of replies.entries()) {
      if (!reply.ok) expect(reply).toMatchObject(problem('retryable', 'meanwhile'))
      expect(value(await again.find(ref(`p${index}`), signal)) !== null).toBe(reply.ok)
    }
    expect(replies.filter((reply) => reply.ok).length).toBeGreaterThan(10)
  })

  it('gathers changes into catalog.json when they are many, and knows the same as before', async () => {
    const long = 'Thrown by hand. '.repeat(400)
    for (let index = 0; index < 50; index += 1)
      value(await shop.catalog.create(listing(`p${index}`, [], { description: long }), 'k', signal))
    value(await shop.catalog.finish(market, signal))
    expect((await lstat(join(shop.stateDir, 'changes.jsonl'))).size).toBe(0)
    value(await shop.catalog.create(listing('last', []), 'k', signal))
    const again = shop.open()
    for (const id of ['p0', 'p49', 'last']) expect(value(await again.find(ref(id), signal))).toMatchObject({ remoteId: id })
  })

  it("never writes over somebody else's page, nor into another library's catalog", async () => {
    await mkdir(shop.dir)
    await writeFile(join(shop.dir, 'index.html'), '<h1>My own site</h1>')
    const foreign = problem('conflict', 'other-site')
    expect(await shop.catalog.test(signal)).toMatchObject(foreign)
    expect(await shop.catalog.finish(market, signal)).toMatchObject(foreign)
    expect(await shop.catalog.create(listing('mug', []), 'k', signal)).toMatchObject(foreign)
    expect(await readdir(shop.dir)).toEqual(['index.html'])
    await rm(join(shop.dir, 'index.html'))
    value(await shop.catalog.finish(market, signal))
    const before = await served(shop.dir)
    const other = createLocalCatalog({
      name: 'local',
      dir: shop.dir,
      stateDir: join(shop.home, 'other'),
      clock: { now: () => shop.now },
      title: null,
      baseUrl: null,
    })
    const taken = problem('conflict', 'other-catalog', expect.stringContaining('.dropcard-owner'))
    expect(await other.test(signal)).toMatchObject(taken)
    expect(await other.finish(market, signal)).toMatchObject(taken)
    expect(await served(shop.dir)).toEqual(before)
    expect(existsSync(join(shop.home, 'other'))).toBe(false)
  })

  it.each([
    'media',
    'products',
    'products/mug',
    'index.html',
    'feed.xml',
    'assets',
    '../state/media',
    '../state/catalog.json',
    '../state/changes.jsonl',
  ])('refuses to go through a link at %s', async (name) => {
    const outside = join(shop.home, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'file'), 'precious')
    await mkdir(join(shop.dir, name === 'products/mug' ? 'products' : ''), { recursive: true })
    await mkdir(shop.stateDir, { recursive: true })
    await symlink(
      name.includes('.html') || name.includes('.xml') || name.includes('.json') ? join(outside, 'file') : outside,
      join(shop.dir, name),
    )
    const put = await publish(shop.catalog, listing('mug', [await image(shop.renditions, 1)]))
    const end = await shop.catalog.finish(market, signal)
    expect([put, end].find((reply) => !reply.ok)).toMatchObject(
      problem('permanent', 'in-the-way', expect.stringMatching(/Expected a (?:folder|plain file)/)),
    )
    expect(await readdir(outside)).toEqual(['file'])
    expect(await readFile(join(outside, 'file'), 'utf8')).toBe('precious')
  })

  it('says so when a file stands where the folder should be, and when the state would be served', async () => {
    await writeFile(shop.dir, 'a file')
    expect(await shop.catalog.create(listing('mug', []), 'k', signal)).toMatchObject(
      problem('permanent', 'in-the-way', expect.stringContaining(shop.dir)),
    )
    expect(await readFile(shop.dir, 'utf8')).toBe('a file')
    await rm(shop.dir)
    await mkdir(shop.dir)
    await symlink(join(shop.dir, 'hidden'), shop.stateDir)
    await mkdir(join(shop.dir, 'hidden'))
    expect(await shop.catalog.create(listing('mug', []), 'k', signal)).toMatchObject(problem('permanent', 'state-served'))
  })

  it('moves the state of an older shop out of the served folder, files of hidden listings included, and loses nothing', async () => {
    const [one, two] = await Promise.all([1, 2].map((seed) => image(shop.renditions, seed)))
    if (one === undefined || two === undefined) throw new Error('expected two pictures')
    const file = (picture: { key: string; width: number }) => join(shop.dir, 'media', `${picture.key.slice(0, 24)}-${picture.width}.jpg`)
    await mkdir(join(shop.dir, 'media'), { recursive: true })
    for (const picture of [one, two]) {
      await cp(picture.path, file(picture))
      for (const small of picture.sources) await cp(small.path, file(small))
    }
    const bytes = async (path: string) => (await lstat(path)).size
    const record = async (id: string, picture: typeof one, visible: boolean) => ({
      productId: id,
      handle: id,
      wanted: id,
      title: `Product ${id}`,
      description: '',
      sku: null,
      price: null,
      stock: null,
      visible,
      media: [
        {
          key: picture.key,
          kind: 'image',
          type: picture.type,
          width: picture.width,
          height: picture.height,
          bytes: picture.bytes,
          alt: picture.alt,
          sources: await Promise.all(picture.sources.map(async ({ path, ...small }) => ({ ...small, bytes: await bytes(path) }))),
          poster: null,
          durationUs: null,
        },
      ],
      updatedAt: '2026-11-20T12:00:00.000Z',
      publishedAt: '2026-11-20T12:00:00.000Z',
    })
    const older = JSON.stringify({
      schema: 1,
      shop: { title: 'Old' },
      listings: [await record('mug', one, true), await record('secret', two, false)],
    })
    await writeFile(join(shop.dir, 'catalog.json'), older)
    await writeFile(join(shop.dir, 'index.html'), '<meta name="generator" content="Dropcard local catalog">')

    expect(value(await shop.catalog.find(ref('secret'), signal))).toMatchObject({ remoteId: 'secret', visible: false })
    expect(existsSync(shop.stateDir)).toBe(false)
    value(await shop.catalog.finish(market, signal))
    expect(Object.keys(await served(shop.dir))).not.toContain('catalog.json')
    expect(mediaOf(await served(shop.dir))).toHaveLength(2)
    const kept = (await readdir(shop.stateDir)).find((name) => name.startsWith('catalog-older-'))
    expect(await readFile(join(shop.stateDir, kept ?? ''), 'utf8')).toBe(older)
    for (const [id, picture, visible] of [
      ['mug', one, true],
      ['secret', two, false],
    ] as const)
      expect(value(await shop.open().find(ref(id), signal))).toMatchObject({ visible, media: [{ key: picture.key, state: 'ready' }] })
    // Somebody puts it back: the newer state stays, the old one goes out of sight again.
    await link(join(shop.stateDir, kept ?? ''), join(shop.dir, 'catalog.json'))
    value(await publish(shop.open(), listing('bowl', [])))
    expect(existsSync(join(shop.dir, 'catalog.json'))).toBe(false)
    expect(value(await shop.open().find(ref('bowl'), signal))).not.toBeNull()
    const damaged = join(shop.home, 'damaged')
    await mkdir(damaged)
    await writeFile(join(damaged, 'catalog.json'), older.slice(0, 100))
    const third = createLocalCatalog({
      name: 'local',
      dir: damaged,
      stateDir: join(shop.home, 'third'),
      clock: { now: () => shop.now },
      title: null,
      baseUrl: null,
    })
    expect(await third.finish(market, signal)).toMatchObject(problem('permanent', 'state-damaged'))
    expect(await readFile(join(damaged, 'catalog.json'), 'utf8')).toBe(older.slice(0, 100))
  })
})

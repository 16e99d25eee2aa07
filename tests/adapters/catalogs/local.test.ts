import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalCatalog } from '../../../main/adapters/catalogs/local.ts'
import type { Catalog, CatalogReply } from '../../../main/core/ports.ts'
import { clip, image, listing } from './shop.ts'

let home: string
let dir: string
let renditions: string
let catalog: Catalog
let now: number
const signal = new AbortController().signal

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'catalog-'))
  dir = join(home, 'shop')
  renditions = join(home, 'renditions')
  now = Date.UTC(2026, 10, 21, 12)
  catalog = createLocalCatalog({ dir, clock: { now: () => now } })
})
afterEach(() => rm(home, { recursive: true, force: true }))

/** Every file below the catalog with its content: two equal trees are the same catalog. */
async function tree(): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.sort().map(async (file) => [file.slice(dir.length + 1), (await readFile(file)).toString('base64')] as const)),
  )
}

function value<T>(reply: CatalogReply<T>): T {
  if (!reply.ok) throw new Error(reply.problem.message)
  return reply.value
}

describe('put and read', () => {
  it('leaves one listing however often it is sent, and reads back what is on the disk', async () => {
    expect(value(await catalog.read('mug'))).toBeNull()
    expect(existsSync(dir)).toBe(false)
    const mug = listing('mug', [await image(renditions, 1), await clip(renditions)])
    const first = value(await catalog.put(mug, signal))
    expect(value(await catalog.finish({ title: 'Market' })).page).toBe(join(dir, 'index.html'))
    const before = await tree()
    now += 60_000
    expect(value(await catalog.put(mug, signal))).toEqual(first)
    await catalog.finish({ title: 'Market' })
    expect(await tree()).toEqual(before)
    expect(value(await catalog.read('mug'))).toEqual(first)
    expect(first).toMatchObject({ remoteId: 'mug', mediaKeys: mug.media.map((media) => media.key) })
    expect(Object.keys(before).filter((name) => name.startsWith('media/'))).toHaveLength(4)
    expect(value(await catalog.read('nobody'))).toBeNull()

    const [picture] = mug.media
    await truncate(join(dir, 'media', `${picture?.sources[0]?.key.slice(0, 24)}-240.jpg`), 10)
    expect(value(await catalog.read('mug'))?.mediaKeys).toEqual([mug.media[1]?.key])
    await catalog.put(mug, signal)
    await catalog.finish({ title: 'Market' })
    expect(await tree()).toEqual(before)

    await rm(join(dir, 'products/mug/index.html'))
    expect(value(await catalog.read('mug'))).toBeNull()
  })

  it('refuses media that is not what its key says, and keeps nothing of it', async () => {
    const picture = await image(renditions, 1)
    await writeFile(picture.path, 'seventeen bytes..')
    const reply = await catalog.put(listing('mug', [picture]), signal)
    expect(reply).toMatchObject({
      ok: false,
      problem: { class: 'permanent', message: expect.stringMatching(/expected to hold.*Render it again/) },
    })
    await rm(picture.path)
    expect(await catalog.put(listing('mug', [picture]), signal)).toMatchObject({
      ok: false,
      problem: { class: 'permanent', message: expect.stringContaining('missing') },
    })
    const small = { ...(await image(renditions, 2)), bytes: 3 }
    expect(await catalog.put(listing('mug', [small]), signal)).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('3 bytes') },
    })
    const odd = { ...(await image(renditions, 3)), key: '../../outside' }
    expect(await catalog.put(listing('mug', [odd]), signal)).toMatchObject({
      ok: false,
      problem: { message: expect.stringContaining('SHA-256') },
    })
    const dear = listing('mug', [], { price: { minor: 100, currency: 'euro' } })
    expect(await catalog.put(dear, signal)).toMatchObject({
      ok: false,
      problem: { class: 'permanent', message: expect.stringContaining('price.currency') },
    })
    expect(value(await catalog.read('mug'))).toBeNull()
    await catalog.finish({ title: 'Market' })
    expect(Object.keys(await tree()).filter((name) => name.startsWith('media/') || name.startsWith('products/'))).toEqual([])
  })

  it('stops between files when asked, and goes on when asked again', async () => {
    const controller = new AbortController()
    controller.abort()
    const mug = listing('mug', [await image(renditions, 1)])
    expect(await catalog.put(mug, controller.signal)).toMatchObject({ ok: false, problem: { class: 'retryable' } })
    expect(value(await catalog.put(mug, signal)).mediaKeys).toHaveLength(1)
  })

  it('takes changes sent at once one after the other, and loses none', async () => {
    const pictures = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => image(renditions, seed)))
    const replies = await Promise.all([
      ...pictures.map((picture, index) => catalog.put(listing(`p${index}`, [picture]), signal)),
      catalog.finish({ title: 'Market' }),
      catalog.remove('p3'),
    ])
    expect(replies.every((reply) => reply.ok)).toBe(true)
    expect(
      JSON.parse(await readFile(join(dir, 'catalog.json'), 'utf8')).listings.map((entry: { productId: string }) => entry.productId),
    ).toEqual(['p0', 'p1', 'p2', 'p4', 'p5'])
  })

  it('gives every product a page of its own whatever handle it asks for', async () => {
    const handles = ['Mug', 'mug', 'mug', '../../etc/passwd', 'con', '日本', '--', 'x'.repeat(300), 'é']
    const receipts = []
    for (const [index, handle] of handles.entries()) receipts.push(value(await catalog.put(listing(`id-${index}`, [], { handle }), signal)))
    const names = receipts.map((receipt) => receipt.remoteId)
    expect(new Set(names).size).toBe(handles.length)
    expect(names.every((name) => /^[a-z0-9-]{1,100}$/.test(name))).toBe(true)
    expect(names.slice(0, 2)).toEqual(['mug', expect.stringMatching(/^mug-[0-9a-f]{6}$/)])
    expect(names[4]).not.toBe('con')
    await catalog.finish({ title: 'Market' })
    expect((await readdir(join(dir, 'products'))).sort()).toEqual([...names].sort())

    value(await catalog.put(listing('id-1', [], { handle: 'mug', title: 'again' }), signal))
    value(await catalog.put(listing('id-0', [], { handle: 'cup' }), signal))
    expect(value(await catalog.read('id-1'))?.remoteId).toBe(names[1])
    expect((await readdir(join(dir, 'products'))).sort()).toEqual([...names.slice(1), 'cup'].sort())
  })
})

describe('remove and sweep', () => {
  it('takes away a listing, its page and, at the end, files nobody refers to; nothing that is not ours', async () => {
    const shared = await image(renditions, 1)
    await catalog.put(listing('mug', [shared, await image(renditions, 2)]), signal)
    await catalog.put(listing('bowl', [shared]), signal)
    await catalog.finish({ title: 'Market' })
    await writeFile(join(dir, 'media', 'my-notes.txt'), 'mine')
    await mkdir(join(dir, 'products', 'my-page'))
    await writeFile(join(dir, 'products', 'my-page', 'notes.txt'), 'mine')
    await writeFile(join(dir, 'media', '.0123456789abcdef01234567-480.jpg.0a1b2c3d.part'), 'half')
    await writeFile(join(dir, 'products', 'bowl', '.index.html.0a1b2c3d.part'), 'half')
    expect(value(await catalog.remove('mug'))).toBeNull()
    expect(value(await catalog.remove('mug'))).toBeNull()
    await catalog.finish({ title: 'Market' })
    expect(Object.keys(await tree())).toEqual([
      'catalog.json',
      'feed.json',
      'feed.xml',
      'index.html',
      ...[shared, ...shared.sources].map((file) => `media/${file.key.slice(0, 24)}-${file.width}.jpg`).sort(),
      'media/my-notes.txt',
      'products.csv',
      'products/bowl/index.html',
      'products/my-page/notes.txt',
      'robots.txt',
    ])
  })

  it('shows hidden listings nowhere, and takes the page away when one is hidden', async () => {
    const mug = listing('mug', [await image(renditions, 1)], { title: 'Secret mug' })
    await catalog.put(mug, signal)
    await catalog.put({ ...mug, visible: false }, signal)
    await catalog.finish({ title: 'Market' })
    const files = await tree()
    const telling = Object.entries(files).filter(([, content]) => Buffer.from(content, 'base64').includes('Secret mug'))
    expect(telling.map(([name]) => name)).toEqual(['catalog.json'])
    expect(Buffer.from(files['index.html'] ?? '', 'base64').toString()).toContain('Nothing here yet')
    expect(Object.keys(files).some((name) => name.startsWith('products/'))).toBe(false)
    expect(value(await catalog.read('mug'))?.mediaKeys).toEqual([mug.media[0]?.key])
    await catalog.put(mug, signal)
    await catalog.finish({ title: 'Market' })
    expect(Object.keys(await tree())).toContain('products/mug/index.html')
  })
})

describe('what it finds', () => {
  it.each([
    ['cut in the middle', (text: string) => text.slice(0, text.length / 2), /not complete JSON/],
    ['empty', () => '', /it is empty/],
    ['of a newer Dropcard', (text: string) => text.replace('"schema": 1', '"schema": 2'), /newer Dropcard/],
    ['with a handle that leads out', (text: string) => text.replace('"handle": "mug"', '"handle": "../../mug"'), /handle/],
    ['of something else', () => '{"name":"my-app"}', /expected the format/],
  ])('names a catalog.json %s and leaves it as it is', async (_, damage, reason) => {
    await catalog.put(listing('mug', []), signal)
    const path = join(dir, 'catalog.json')
    const damaged = damage(await readFile(path, 'utf8'))
    await writeFile(path, damaged)
    const before = await tree()
    const replies = [
      await catalog.put(listing('bowl', []), signal),
      await catalog.read('mug'),
      await catalog.remove('mug'),
      await catalog.finish({ title: 'Market' }),
    ]
    for (const reply of replies)
      expect(reply).toMatchObject({ ok: false, problem: { class: 'permanent', message: expect.stringMatching(reason) } })
    expect(await tree()).toEqual(before)
  })

  it("never writes over somebody else's page", async () => {
    await mkdir(dir)
    await writeFile(join(dir, 'index.html'), '<h1>My own site</h1>')
    expect(await catalog.finish({ title: 'Market' })).toMatchObject({ ok: false, problem: { class: 'conflict' } })
    expect(await catalog.put(listing('mug', []), signal)).toMatchObject({ ok: false, problem: { class: 'conflict' } })
    expect(await readdir(dir)).toEqual(['index.html'])
  })

  it.each(['media', 'products', 'products/mug', 'catalog.json', 'index.html', 'feed.xml'])(
    'refuses to go through a link at %s',
    async (name) => {
      const outside = join(home, 'outside')
      await mkdir(outside)
      await writeFile(join(outside, 'file'), 'precious')
      await mkdir(join(dir, name === 'products/mug' ? 'products' : ''), { recursive: true })
      await symlink(name.includes('.') ? join(outside, 'file') : outside, join(dir, name))
      const put = await catalog.put(listing('mug', [await image(renditions, 1)]), signal)
      const end = await catalog.finish({ title: 'Market' })
      expect([put, end].find((reply) => !reply.ok)).toMatchObject({
        ok: false,
        problem: { class: 'permanent', message: expect.stringMatching(/Expected a (?:folder|plain file)/) },
      })
      expect(await readdir(outside)).toEqual(['file'])
      expect(await readFile(join(outside, 'file'), 'utf8')).toBe('precious')
    },
  )

  it('says so when a file stands where the folder should be', async () => {
    await writeFile(dir, 'a file')
    expect(await catalog.put(listing('mug', []), signal)).toMatchObject({
      ok: false,
      problem: { class: 'permanent', message: expect.stringContaining(dir) },
    })
    expect(await readFile(dir, 'utf8')).toBe('a file')
  })
})

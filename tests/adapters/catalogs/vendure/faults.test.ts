import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openVendure } from '../../../../main/adapters/catalogs/vendure.ts'
import type { Catalog } from '../../../../main/core/catalog.ts'
import { type Chaos, createChaos, type Seen } from '../chaos.ts'
import { classOf, faults } from '../faults.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { image, listing, sha256 } from '../shop.ts'
import { startVendure, type Vendure, vendureHome } from './server.ts'

// A hundred seconds: the short run leaves it to the stand-ins of the other shops and to the kills in tests/faults.
const there = process.env['DROPCARD_LONG'] === '1' ? await vendureHome() : { reason: '[needs DROPCARD_LONG=1]' }
const reason = 'reason' in there ? there.reason : ''
const { signal } = new AbortController()

const named = (name: string) => (seen: Seen) => seen.head.includes(`"operationName":"${name}"`)
/** Where it goes wrong. `changes`: a lost answer leaves doubt. */
const operations: { name: string; matches: (seen: Seen) => boolean; changes: boolean }[] = [
  { name: 'create', matches: named('createProduct'), changes: true },
  { name: 'look up', matches: named('findAssets'), changes: false },
  { name: 'upload', matches: (seen) => seen.headers['content-type']?.startsWith('multipart/') === true, changes: true },
  { name: 'set', matches: named('updateProduct'), changes: true },
  { name: 'flip', matches: named('updateProducts'), changes: true },
]

let home: string
let shop: Vendure
let chaos: Chaos
beforeAll(async () => {
  if (reason !== '') return
  home = await mkdtemp(join(tmpdir(), 'vendure-faults-'))
  shop = await startVendure(join(home, 'shop'), { stock: true })
  chaos = await createChaos(shop.url)
}, 180_000)
afterAll(async () => {
  await chaos?.[Symbol.asyncDispose]()
  await shop?.[Symbol.asyncDispose]()
  if (home !== undefined) await rm(home, { recursive: true, force: true })
})

function connect(timeoutMs = 20_000): Catalog {
  // The rules of waiting are only counted here, so the server's own half second is what there is.
  const opened = openVendure({ name: 'v', kind: 'vendure', config: { url: chaos.url } }, { token: shop.token }, { settleMs: 10, timeoutMs })
  if (!opened.ok) throw new Error(opened.problem.message)
  return opened.value
}
const inShop = z.object({
  products: z.object({ items: z.array(z.object({ enabled: z.boolean(), assets: z.array(z.object({ id: z.string() })) })) }),
  assets: z.object({ items: z.array(z.object({ id: z.string() })) }),
})

describe.skipIf(reason !== '')(`Vendure, every fault at every step ${reason}`, () => {
  for (const [index, { name, fault, change, read }] of faults.entries()) {
    it(`${name}: everything ends there once`, async () => {
      for (const [place, operation] of operations.entries()) {
        const handle = `f-${index}-${place}`
        const picture = await image(join(home, handle), index * 10 + place + 1)
        const catalog = connect(fault.kind === 'hang' ? 3000 : 20_000)
        await catalog.test(signal)
        const aimed = chaos.once(operation.matches, fault)
        const ended = await publishOnce(catalog, listing(handle, [picture]), { repair: () => {} })
        const flipped = await flipOnce(catalog, handle, ended.remote?.remoteId ?? '')
        const where = `${operation.name}, ${name}: ${[...ended.problems, ...flipped].join('; ')}`
        expect(aimed.used(), where).toBe(true)
        expect(classOf(operation.name === 'flip' ? flipped : ended.problems), where).toBe(operation.changes ? change : read)
        const found = await shop.owner(
          'query ($slug: String!, $key: String!) { products(options: { filter: { slug: { contains: $slug } } }) { items { enabled assets { id } } } assets(options: { filter: { source: { contains: $key } } }) { items { id } } }',
          { slug: handle, key: picture.key },
          inShop,
        )
        expect([found.products.items.map((one) => [one.enabled, one.assets.length]), found.assets.items.length], where).toEqual([
          [[true, 1]],
          1,
        ])
      }
    }, 120_000)
  }

  it('takes nothing for a picture that the server does not see as the one that was sent, and leaves nothing of it behind', async () => {
    chaos.choose(() => ({ kind: 'none' }))
    const bytes = Buffer.from('not a picture at all')
    const path = join(home, 'text.jpg')
    await writeFile(path, bytes)
    const media = { ...(await image(join(home, 'x'), 999)), path, bytes: bytes.length, key: sha256(bytes) }
    const catalog = connect()
    const refused = await catalog.upload(media, { remoteId: '1', handle: 'text' }, 'x', signal)
    expect(refused.ok).toBe(false)
    expect(await catalog.findMedia([media.key], '1', signal)).toEqual({ ok: true, value: [] })
    const large = { ...media, path: join(home, 'large.jpg'), bytes: 21_000_000, key: '0'.repeat(64) }
    await writeFile(large.path, Buffer.alloc(large.bytes, 1))
    expect(await catalog.upload(large, { remoteId: '1', handle: 'large' }, 'x', signal)).toMatchObject({
      ok: false,
      problem: { class: 'permanent' },
    })
  })

  it('removes only what is ours and what nothing shows', async () => {
    const catalog = connect()
    const [shown, spare] = await Promise.all([46, 47].map((seed) => image(join(home, 'sweep'), seed)))
    if (shown === undefined || spare === undefined) throw new Error('expected two pictures')
    const ended = await publishOnce(catalog, listing('swept', [shown]))
    const at = { remoteId: ended.remote?.remoteId ?? '', handle: 'swept' }
    const second = await catalog.upload(spare, at, 'x', signal)
    if (!second.ok || ended.remote === null) throw new Error('expected both to be there')
    const first = { remoteId: ended.remote.media[0]?.remoteId ?? '', key: shown.key }
    expect(await catalog.removeMedia(first, signal)).toMatchObject({ ok: false, problem: { class: 'conflict', code: 'in-use' } })
    expect(await catalog.removeMedia({ remoteId: second.value.remoteId, key: shown.key }, signal)).toMatchObject({
      problem: { class: 'conflict', code: 'not-ours' },
    })
    expect(await catalog.removeMedia({ remoteId: second.value.remoteId, key: spare.key }, signal)).toEqual({ ok: true, value: null })
    expect(await catalog.findMedia([spare.key, shown.key], at.remoteId, signal)).toMatchObject({
      ok: true,
      value: [{ key: shown.key, attached: true }],
    })
    // One that is gone does not keep the others from being shown.
    const flips = [
      { productId: 'a', remoteId: '987654' },
      { productId: 'b', remoteId: at.remoteId },
    ]
    expect(await catalog.flip(flips, 'live', null, signal)).toMatchObject([
      { productId: 'a', reply: { ok: false, problem: { class: 'conflict' } } },
      { productId: 'b', reply: { ok: true, value: { visible: true } } },
    ])
  })
})

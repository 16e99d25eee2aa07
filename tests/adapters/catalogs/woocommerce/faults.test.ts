import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWoocommerce } from '../../../../main/adapters/catalogs/woocommerce.ts'
import type { CatalogMedia } from '../../../../main/core/catalog.ts'
import { createChaos, type Seen } from '../chaos.ts'
import { classOf, faults, patienceMs } from '../faults.ts'
import { reportTable } from '../files/report.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { image, listing } from '../shop.ts'
import { wooStandIn } from './stand-in.ts'

const asked =
  (method: string, path: RegExp) =>
  (seen: Seen): boolean =>
    seen.method === method && path.test(seen.path)
const operations: { name: string; matches: (seen: Seen) => boolean; commits: boolean }[] = [
  { name: 'find', matches: asked('GET', /wc\/v3\/products\?slug/), commits: false },
  { name: 'create', matches: asked('POST', /wc\/v3\/products$/), commits: true },
  { name: 'look up', matches: asked('GET', /wp\/v2\/media\?slug/), commits: false },
  { name: 'upload', matches: asked('POST', /wp\/v2\/media/), commits: true },
  { name: 'set', matches: asked('PUT', /wc\/v3\/products/), commits: true },
  { name: 'flip', matches: asked('POST', /products\/batch/), commits: true },
]
/** What a real WordPress says about a file. */
const own = [
  {
    name: 'not done, WordPress cannot take the file (500)',
    status: 500,
    code: 'rest_upload_unknown_error',
    wanted: 'permanent',
  },
  { name: 'not done, arrived damaged (412)', status: 412, code: 'rest_upload_hash_mismatch', wanted: 'retryable' },
  { name: 'not done, no room (413 by the web server)', status: 413, code: '', wanted: 'permanent' },
]

let home: string
let picture: CatalogMedia
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'woo-faults-'))
  picture = await image(home, 1)
})
afterAll(() => rm(home, { recursive: true, force: true }))

const open = (url: string, password: string, timeoutMs: number) => {
  const opened = openWoocommerce({ name: 'w', kind: 'woocommerce', config: { address: url, user: 'admin' } }, { password }, { timeoutMs })
  if (!opened.ok) throw new Error(opened.problem.message)
  return opened.value
}

describe('WooCommerce, every fault at every step', () => {
  const cells = new Map<string, string>()
  for (const { name, fault, change, read } of faults) {
    it(`${name}: everything ends there once`, async () => {
      const one = async (operation: (typeof operations)[number]) => {
        await using shop = await wooStandIn()
        await using chaos = await createChaos(shop.url)
        const catalog = open(chaos.url, shop.password.now, patienceMs(fault))
        const aimed = chaos.once(operation.matches, fault)
        const ended = await publishOnce(catalog, listing('mug', [picture]), { repair: () => {} })
        const flipped = await flipOnce(catalog, 'mug', ended.remote?.remoteId ?? '')
        const where = `${operation.name}, ${name}: ${[...ended.problems, ...flipped].join('; ')}`
        const all = operation.name === 'flip' ? flipped : ended.problems
        expect(aimed.used(), where).toBe(true)
        cells.set(`${name}/${operation.name}`, classOf(all))
        expect(ended.problems.length + flipped.length, where).toBe(fault.kind === 'delay' ? 0 : 1)
        expect(classOf(all), where).toBe(operation.commits ? change : read)
        expect(
          [...shop.files.values()].map((file) => [file.sha256, file.slug]),
          where,
        ).toEqual([[picture.key, picture.key]])
        const [file] = shop.files.values()
        expect([...shop.products.values()], where).toMatchObject([{ slug: 'mug', status: 'publish', images: [{ id: file?.id }] }])
      }
      await Promise.all(operations.map(one))
    })
  }

  for (const { name, status, code, wanted } of own) {
    it(name, async () => {
      await using shop = await wooStandIn()
      await using chaos = await createChaos(shop.url)
      const catalog = open(chaos.url, shop.password.now, 20_000)
      const body = code === '' ? '<html>too large</html>' : JSON.stringify({ code, message: 'No.', data: { status } })
      chaos.once(asked('POST', /wp\/v2\/media/), { kind: 'answer', status, body, forwarded: false })
      const ended = await publishOnce(catalog, listing('mug', [picture]))
      expect(classOf(ended.problems)).toBe(wanted)
      cells.set(`${name}/upload`, wanted)
      expect(ended.stopped?.class ?? null).toBe(wanted === 'permanent' ? 'permanent' : null)
      expect(shop.files.size).toBe(wanted === 'permanent' ? 0 : 1)
    })
  }

  it('offline, and an expired password: it waits, and goes on', async () => {
    await using shop = await wooStandIn()
    await using chaos = await createChaos(shop.url)
    await chaos.offline()
    const away = await publishOnce(open(chaos.url, shop.password.now, 5000), listing('mug', [picture]), {
      after: async () => void (chaos.log.length === 0 && (await chaos.online().catch(() => {}))),
    })
    expect(classOf(away.problems)).toBe('retryable')
    cells.set('nothing listens (offline)/find', 'retryable')
    const before = shop.password.now
    shop.password.now = 'another one'
    const old = await publishOnce(open(chaos.url, before, 5000), listing('bowl', [picture]))
    expect(old.stopped).toMatchObject({ class: 'auth' })
    cells.set('the password expired/find', 'auth')
    expect(JSON.stringify(old)).not.toContain(before)
    await publishOnce(open(chaos.url, shop.password.now, 5000), listing('bowl', [picture]))
    expect([...shop.files.values()].map((file) => file.slug)).toEqual([picture.key])
  })

  it('is what the report says', async () => {
    const rows = [...faults.map((one) => one.name), ...own.map((one) => one.name), 'nothing listens (offline)', 'the password expired']
    const { now, written } = await reportTable(
      'WooCommerce, stand-in',
      rows,
      operations.map((one) => one.name),
      cells,
    )
    expect(written).toBe(now)
  })
})

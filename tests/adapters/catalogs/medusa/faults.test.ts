import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogMedia } from '../../../../main/core/catalog.ts'
import { createChaos } from '../chaos.ts'
import { classOf, faults, patienceMs } from '../faults.ts'
import { reportTable } from '../files/report.ts'
import { publishOnce } from '../once.ts'
import { image, listing, sha256 } from '../shop.ts'
import { connect, operations, reportFile, runCase } from './matrix.ts'
import { medusaStandIn } from './stand-in.ts'

let home: string
let picture: CatalogMedia
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'medusa-faults-'))
  picture = await image(home, 1)
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('Medusa, every fault at every step, a stand-in', () => {
  const cells = new Map<string, string>()
  for (const one of faults) {
    it(`${one.name}: everything ends there once`, async () => {
      const run = async (operation: (typeof operations)[number]) => {
        await using shop = await medusaStandIn()
        await using chaos = await createChaos(shop.url)
        const { cell, left, where } = await runCase(one, operation, {
          chaos,
          apiKey: shop.key.now,
          picture,
          handle: 'mug',
          patienceMs: patienceMs(one.fault),
        })
        cells.set(`${one.name}/${operation.name}`, cell)
        const [it] = shop.products.values()
        expect(shop.products.size, where).toBe(1)
        expect(it, where).toMatchObject({ handle: 'mug', status: 'published', images: [{ url: it?.thumbnail }], variants: [{}] })
        expect(
          [...shop.files.values()].map((bytes) => sha256(bytes)),
          where,
        ).toEqual(Array.from({ length: 1 + left }, () => picture.key))
        // The picture in the gallery is the last one that was sent: the only one whose address is known.
        expect(decodeURIComponent(it?.thumbnail ?? ''), where).toBe(`${shop.url}/static/${[...shop.files.keys()].at(-1)}`)
      }
      await Promise.all(operations.map(run))
    })
  }

  it('offline, and a revoked key: it waits, and goes on', async () => {
    await using shop = await medusaStandIn()
    await using chaos = await createChaos(shop.url)
    await chaos.offline()
    const away = await publishOnce(connect(chaos.url, shop.key.now, 5000), listing('mug', [picture]), {
      after: async () => void (chaos.log.length === 0 && (await chaos.online().catch(() => {}))),
    })
    expect(classOf(away.problems)).toBe('retryable')
    cells.set('nothing listens (offline)/find', 'retryable')
    const before = shop.key.now
    shop.key.now = 'sk_another'
    const old = await publishOnce(connect(chaos.url, before, 5000), listing('bowl', [picture]))
    expect(old.stopped).toMatchObject({ class: 'auth', code: 'unauthorized' })
    cells.set('the key was revoked/find', 'auth')
    expect(JSON.stringify(old)).not.toContain(before)
    const again = await publishOnce(connect(chaos.url, shop.key.now, 5000), listing('bowl', [picture]))
    expect(again).toMatchObject({ problems: [], sent: 1 })
  })

  it('is what the report says', async () => {
    const rows = [...faults.map((one) => one.name), 'nothing listens (offline)', 'the key was revoked']
    const columns = operations.map((one) => one.name)
    const { now, written } = await reportTable('Medusa, stand-in', rows, columns, cells, reportFile)
    expect(written).toBe(now)
  })
})

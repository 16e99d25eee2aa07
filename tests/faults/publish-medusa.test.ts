import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createChaos } from '../adapters/catalogs/chaos.ts'
import { faults } from '../adapters/catalogs/faults.ts'
import { reportTable } from '../adapters/catalogs/files/report.ts'
import { connect, operations, reportFile, runCase } from '../adapters/catalogs/medusa/matrix.ts'
import { noMedusa, type RealMedusa, startMedusa } from '../adapters/catalogs/medusa/server.ts'
import { flipOnce, publishOnce } from '../adapters/catalogs/once.ts'
import { image, listing } from '../adapters/catalogs/shop.ts'

const reason = await noMedusa()

let home: string
let shop: RealMedusa
beforeAll(async () => {
  if (reason !== null) return
  home = await mkdtemp(join(tmpdir(), 'medusa-faults-'))
  shop = await startMedusa()
}, 900_000)
afterAll(async () => {
  await shop?.[Symbol.asyncDispose]()
  if (home !== undefined) await rm(home, { recursive: true, force: true })
}, 60_000)

const inShop = z.object({
  products: z.array(
    z.object({
      handle: z.string(),
      status: z.string(),
      thumbnail: z.string().nullable(),
      images: z.array(z.object({ url: z.string(), rank: z.number() })),
      variants: z.array(z.object({ id: z.string() })),
    }),
  ),
})
const look = async (handle: string) => {
  const fields = 'handle,status,thumbnail,images.url,images.rank,variants.id'
  return (await shop.owner('GET', `/admin/products?handle=${handle}&fields=${fields}`, undefined, inShop)).products
}
const filesOf = async (key: string) => (await shop.files()).filter((one) => one === key).length

describe.skipIf(reason !== null)(`a real Medusa server, broken on purpose ${reason ?? ''}`, () => {
  const cells = new Map<string, string>()
  for (const [index, one] of faults.entries()) {
    test(`${one.name}, at every step: everything ends there once`, async () => {
      for (const [place, operation] of operations.entries()) {
        const handle = `f-${index}-${place}`
        const picture = await image(join(home, handle), 100 + index * 10 + place)
        await using chaos = await createChaos(shop.url)
        const { cell, left, where } = await runCase(one, operation, {
          chaos,
          apiKey: shop.keys.secret,
          picture,
          handle,
          patienceMs: 10_000,
        })
        cells.set(`${one.name}/${operation.name}`, cell)
        const products = await look(handle)
        expect(products, where).toMatchObject([{ status: 'published', images: [{ url: products[0]?.thumbnail }], variants: [{}] }])
        expect(await filesOf(picture.key), where).toBe(1 + left)
      }
    }, 600_000)
  }

  test('is what the report says', async () => {
    const rows = faults.map((one) => one.name)
    const columns = operations.map((one) => one.name)
    const { now, written } = await reportTable('Medusa 2.21.2', rows, columns, cells, reportFile)
    expect(written).toBe(now)
  })

  test('killed while products are made, pictures sent and galleries set: every gallery is whole and in order, and every product is there once', async () => {
    const products = 10
    const each = 3
    let kills = 0
    let restart: Promise<void> | null = null
    await using chaos = await createChaos(shop.url)
    const aims = operations.filter((operation) => ['create', 'upload', 'set'].includes(operation.name))
    const aimed = new Map<string, number>()
    chaos.choose((seen) => {
      const aim = aims.find((operation) => operation.matches(seen))
      // Anywhere between the first byte and well after the answer.
      if (aim !== undefined && restart === null && kills < 24 && Math.random() < 0.6) {
        kills++
        aimed.set(aim.name, (aimed.get(aim.name) ?? 0) + 1)
        restart = sleep(Math.random() * 600).then(async () => {
          await shop.kill()
          await shop.start()
          restart = null
        })
      }
      return { kind: 'none' }
    })
    const catalog = connect(chaos.url, shop.keys.secret, 20_000)
    const wanted = new Map<string, string[]>()
    let sent = 0
    for (let n = 0; n < products; n++) {
      const handle = `k-${n}`
      const media = await Promise.all(Array.from({ length: each }, (_, p) => image(join(home, handle), 1 + n * each + p)))
      wanted.set(
        handle,
        media.map((one) => one.key),
      )
      const back = async () => {
        while (restart !== null) await restart
      }
      const ended = await publishOnce(catalog, listing(handle, media, { price: { minor: 500, currency: 'EUR' }, stock: 1 }), {
        after: back,
      })
      expect(ended.stopped, ended.problems.join('; ')).toBeNull()
      sent += ended.sent
      await back()
      await flipOnce(catalog, handle, ended.remote?.remoteId ?? '')
      await back()
    }
    const files = await shop.files()
    for (const [handle, keys] of wanted) {
      const found = await look(handle)
      const urls = (found[0]?.images ?? []).toSorted((a, b) => a.rank - b.rank).map((one) => one.url)
      expect([found.length, found[0]?.status, found[0]?.thumbnail === urls[0]]).toEqual([1, 'published', true])
      expect(urls.map((url) => /-([0-9a-f]{64})\./.exec(url)?.[1])).toEqual(keys)
      for (const url of urls) expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
    }
    const all = [...wanted.values()].flat()
    const unseen = files.filter((file) => all.includes(file)).length - all.length
    console.log(JSON.stringify({ kills, ...Object.fromEntries(aimed), pictures: all.length, sent, unseen }))
    expect(kills).toBeGreaterThanOrEqual(15)
    // A file whose answer was lost is left; nothing else is.
    expect(unseen).toBeLessThanOrEqual(sent - all.length)
  }, 1_200_000)
})

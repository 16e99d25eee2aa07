import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { catalogName } from '../../main/contract/ids.ts'
import { openLibrary } from '../../main/core/library/db.ts'
import { modelShop } from '../core/publishing/model-shop.ts'
import { shopEngine, stock } from '../core/publishing/shop-engine.ts'
import { linuxRoot, memoryDisk } from '../support/disks.ts'

const can = { settleMs: 50 }
const model = catalogName.parse('model')

/** Nothing more fits. @returns gives the room back */
function fill(dir: string): () => void {
  const path = join(dir, 'ballast')
  for (const bytes of [1 << 20, 1 << 12, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: 'a' })
    } catch {
      // Less fits, or nothing.
    }
  }
  return () => rmSync(path)
}

const exactlyOnce = (shop: ReturnType<typeof modelShop>) => {
  const keys = [...shop.media.values()].map((one) => one.key)
  return {
    products: [...shop.products.values()].filter((one) => one.visible && one.gallery.length === 2).length,
    files: keys.length,
    distinct: new Set(keys).size,
    twins: shop.twins(),
  }
}

describe.skipIf(!linuxRoot)('the disk of the library is full [needs root on Linux]', () => {
  test('while listings are queued: said, nothing half queued; with room everything goes once', async () => {
    const disk = memoryDisk('48m')
    await stock(join(disk.dir, 'library'), 80, 2)
    const shop = modelShop(() => 'none', Date.now, can)
    const it = await shopEngine({ dir: join(disk.dir, 'library'), catalogs: [shop] })
    const room = fill(disk.dir)
    const refused = await it.call('publish.start', { catalog: model, productIds: null }).then(
      () => null,
      (error: Error) => error.message,
    )
    room()
    if (refused !== null) expect(refused).toMatch(/disk of the library/)
    await it.call('publish.start', { catalog: model, productIds: null })
    await it.call('engine.settle', {})
    expect(exactlyOnce(shop)).toEqual({ products: 80, files: 160, distinct: 160, twins: 1 })
    expect(refused).not.toBe(null)
  })

  test('between an upload and the note of it: what was sent is found again, not sent twice', async () => {
    const disk = memoryDisk('48m')
    const dir = join(disk.dir, 'library')
    await stock(dir, 200, 2)
    const plain = modelShop(() => 'none', Date.now, can)
    let uploads = 0
    let room: (() => void) | null = null
    const shop = {
      ...plain,
      // The shop takes the fifteenth file, and then there is no room to write that down.
      upload: async (...args: Parameters<typeof plain.upload>) => {
        const reply = await plain.upload(...args)
        uploads += 1
        if (uploads === 15) room = fill(disk.dir)
        return reply
      },
    }
    const it = await shopEngine({ dir, catalogs: [shop] })
    await it.call('publish.start', { catalog: model, productIds: null })
    for (let tries = 0; tries < 400 && room === null; tries++) await sleep(25)
    await sleep(1500)
    const sent = uploads
    ;(room as (() => void) | null)?.()
    await it.call('engine.settle', {})
    expect(sent).toBeLessThan(400)
    await it.call('publish.start', { catalog: model, productIds: null })
    await it.call('engine.settle', {})
    expect(exactlyOnce(plain)).toEqual({ products: 200, files: 400, distinct: 400, twins: 1 })
    await it.close()
    await using library = await openLibrary(dir)
    expect(await library.db.selectFrom('job').select('stage').where('state', '!=', 'done').execute()).toEqual([])
  })
})

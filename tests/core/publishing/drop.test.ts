import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { productId } from '../../../main/contract/ids.ts'
import { tempFolder } from '../../support/temp.ts'
import { type Fault, modelShop } from './model-shop.ts'
import { shopEngine, stock } from './shop-engine.ts'

const saturday = Date.parse('2026-11-28T11:00:00.000Z')

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (await what()) return
    await sleep(25)
  }
  throw new Error('it never came to be')
}

/** A clock that can be set; between settings it runs. */
function clock(start: number) {
  let offset = start - Date.now()
  return {
    now: () => Date.now() + offset,
    set(to: number) {
      offset = to - Date.now()
    },
  }
}

async function saturdayDrop(start: number, can: { scheduleOpen?: boolean; settleMs?: number } = {}) {
  const dir = tempFolder()
  const ids = await stock(dir, 3, 2)
  const time = clock(start)
  const faults: Fault[] = []
  const shop = modelShop(() => faults.shift() ?? 'none', time.now, can)
  const open = () => shopEngine({ dir, catalogs: [shop], now: time.now })
  const engine = await open()
  const drop = await engine.call('drop.save', {
    dropId: null,
    title: 'Saturday',
    zone: 'Europe/Berlin',
    opensWall: '2026-11-28T12:00',
    closesWall: '2026-11-29T24:00',
    products: ids.map((id, n) => ({ productId: productId.parse(id), price: { minor: 1000 + n, currency: 'EUR' }, stock: 3 })),
    catalogs: ['model'],
  })
  await engine.call('engine.settle', {})
  const visible = () => [...shop.products.values()].map((one) => one.visible)
  return { engine, open, drop, shop, time, visible, faults }
}

test('a drop goes up hidden, opens at its hour, closes at its hour, and says how late it was', async () => {
  const it = await saturdayDrop(saturday - 3_600_000)
  expect(it.drop).toMatchObject({ opensAt: '2026-11-28T11:00:00.000Z', closesAt: '2026-11-29T23:00:00.000Z', state: 'planned' })
  expect(it.drop.mustBeOn.join('; ')).toContain('Sat, 28 Nov 2026, 12:00 (Europe/Berlin)')
  expect(it.visible()).toEqual([false, false, false])
  expect([...it.shop.products.values()].map((one) => [one.price?.minor, one.stock, one.gallery.length])).toEqual([
    [1000, 3, 2],
    [1001, 3, 2],
    [1002, 3, 2],
  ])
  it.time.set(saturday - 200)
  // Nothing tells the engine that the clock was set: a drop is saved again, as a person would.
  await it.engine.call('drop.end', { dropId: it.drop.id }).catch(() => null)
  expect(it.visible()).toEqual([false, false, false])
})

test('the hour is kept by a running engine; closing after a sleep comes before anything else', async () => {
  const it = await saturdayDrop(saturday - 400)
  await until(async () => it.visible().every(Boolean))
  const state = async () => (await it.engine.call('drop.list', {}))[0]
  await until(async () => (await state())?.state === 'open')
  const late = (await state())?.catalogs[0]?.openLateMs
  expect(late).toBeGreaterThanOrEqual(0)
  expect((await it.engine.call('publish.state', { catalog: 'model' })).published).toBe(3)
  // The lid was closed on Saturday and opened on Tuesday.
  await it.engine.close()
  it.time.set(saturday + 3 * 86_400_000)
  const tuesday = await it.open()
  await until(async () => it.visible().every((one) => !one))
  await until(async () => (await tuesday.call('drop.list', {}))[0]?.state === 'closed')
  const receipt = await tuesday.call('report.receipt', { dropId: it.drop.id })
  expect(receipt.lines.map((line) => [line.state, line.images, line.liveAt !== null])).toEqual(
    Array.from({ length: 3 }, () => ['hidden', 2, true]),
  )
})

test('a window that passed while nobody was there is never opened', async () => {
  const it = await saturdayDrop(saturday - 3_600_000)
  await it.engine.close()
  it.time.set(saturday + 3 * 86_400_000)
  const tuesday = await it.open()
  await until(async () => (await tuesday.call('drop.list', {}))[0]?.state === 'missed')
  expect(it.visible()).toEqual([false, false, false])
  expect((await tuesday.call('drop.list', {}))[0]?.catalogs[0]?.because).toContain('was not opened')
})

test('a shop that is away at the hour is asked until it answers; one that lies is not believed', async () => {
  const it = await saturdayDrop(saturday - 3_600_000)
  await it.engine.close()
  it.faults.push(...Array.from({ length: 3 }, (): Fault => 'busy'), 'lies', 'lost reply')
  it.time.set(saturday - 200)
  const engine = await it.open()
  await until(async () => it.visible().every(Boolean))
  await until(async () => (await engine.call('drop.list', {}))[0]?.state === 'open')
  expect(it.faults).toEqual([])
})

test('a lost "show" that the shop acts on when the drop is over is taken back', async () => {
  const it = await saturdayDrop(saturday - 3_600_000, { settleMs: 8000 })
  await it.engine.close()
  it.faults.push('acts late')
  it.time.set(saturday - 200)
  const engine = await it.open()
  const state = async () => (await engine.call('drop.list', {}))[0]?.state
  await until(async () => (await state()) === 'open')
  expect(it.faults).toEqual([])
  await engine.call('drop.end', { dropId: it.drop.id })
  await until(async () => (await engine.call('publish.state', { catalog: 'model' })).published === 0)
  expect(it.visible()).toEqual([false, false, false])
  it.time.set(it.time.now() + 60_000)
  it.shop.passTo(it.time.now())
  expect(it.visible().filter(Boolean)).toHaveLength(1)
  await until(async () => it.visible().every((one) => !one))
  await until(async () => (await engine.call('publish.state', { catalog: 'model' })).waiting === 0)
})

test('so is one whose drop is ended before it is asked for again', async () => {
  const it = await saturdayDrop(saturday - 3_600_000, { settleMs: 8000 })
  await it.engine.close()
  const lost = ['acts late', 'acts late', 'acts late'] as const
  it.faults.push(...lost)
  it.time.set(saturday - 200)
  const engine = await it.open()
  await until(async () => it.faults.length === 0)
  await engine.call('drop.end', { dropId: it.drop.id })
  await until(async () => (await engine.call('publish.state', { catalog: 'model' })).hidden === 3)
  it.time.set(it.time.now() + 60_000)
  it.shop.passTo(it.time.now())
  expect(it.visible()).toEqual(lost.map(() => true))
  await until(async () => it.visible().every((one) => !one))
})

test('impossible hours are refused in words', async () => {
  const it = await saturdayDrop(saturday - 3_600_000)
  const save = (more: object) =>
    it.engine.call('drop.save', {
      dropId: null,
      title: 'x',
      zone: 'Europe/Berlin',
      opensWall: '2026-12-05T12:00',
      closesWall: null,
      products: [{ productId: productId.parse('p-1'), price: null, stock: null }],
      catalogs: ['model'],
      ...more,
    })
  await expect(save({ zone: 'Nowhere' })).rejects.toThrow(/no time zone/)
  await expect(save({ closesWall: '2026-12-05T11:00' })).rejects.toThrow(/close before it opens/)
  await expect(save({ opensWall: '2026-11-01T12:00' })).rejects.toThrow(/passed already/)
  await expect(save({ opensWall: '2026-02-30T12:00' })).rejects.toThrow(/no such date/)
  await expect(save({ catalogs: ['nope'] })).rejects.toThrow(/no catalog called nope/)
})

test('a shop that opens by itself is told the hour, told again when there is none, and closed first when nobody was there', async () => {
  const it = await saturdayDrop(saturday - 3_600_000, { scheduleOpen: true })
  const hours = () => [...it.shop.products.values()].map((one) => one.opensAt)
  expect(hours()).toEqual(Array.from({ length: 3 }, () => '2026-11-28T11:00:00.000Z'))
  expect(it.drop.mustBeOn.join()).not.toContain('to open it')
  await it.engine.call('drop.end', { dropId: it.drop.id })
  await until(async () => hours().every((one) => one === null))
  expect(it.visible()).toEqual([false, false, false])
  // Another one; the shop opens it on Saturday, this computer wakes on Tuesday.
  const { title, zone, opensWall, closesWall } = it.drop
  const products = it.drop.products.map(({ productId: id, price, stock: left }) => ({ productId: id, price, stock: left }))
  await it.engine.call('drop.save', { dropId: null, title, zone, opensWall, closesWall, products, catalogs: ['model'] })
  await it.engine.call('engine.settle', {})
  await it.engine.close()
  it.time.set(saturday + 3 * 86_400_000)
  it.shop.passTo(it.time.now())
  expect(it.visible()).toEqual([true, true, true])
  const tuesday = await it.open()
  await until(async () => it.visible().every((one) => !one))
  await until(async () => (await tuesday.call('drop.list', {})).some((one) => one.state === 'missed'))
})

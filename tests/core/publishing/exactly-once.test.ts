import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sequence } from '../../support/card.ts'
import { type Crash, driver, listingOf, type World } from './driver.ts'
import { type Fault, modelShop } from './model-shop.ts'

const fault = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fault>('none') },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Fault>('offline', 'throttled', 'busy', 'lost reply', 'acts late', 'lost request', 'lies', 'half done'),
  },
)
const crash = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Crash>('no') },
  { weight: 2, arbitrary: fc.constantFrom<Crash>('before the run', 'after the run') },
)
/** One product is asked for (again): these pictures in this order, shown or hidden; some time passes, and the wall clock may be set. */
const edit = fc.record({
  product: fc.integer({ min: 1, max: 2 }),
  pictures: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
  wanted: fc.constantFrom<'live' | 'hidden'>('live', 'hidden'),
  /** Jobs that run before the next edit. */
  jobs: fc.integer({ min: 0, max: 12 }),
  clock: fc.constantFrom(0, 0, 0, 3_600_000, -3_600_000, 86_400_000 * 30),
  /** Asked for while a job runs. */
  during: fc.boolean(),
})
/** The length that is given: fast-check by itself makes at most ten. */
const long = (maxLength: number) => ({ maxLength, size: 'max' }) as const

const later = (
  product: number,
  pictures: number[],
  wanted: 'live' | 'hidden',
  jobs: number,
  more: { clock?: number; during?: boolean } = {},
) => ({
  product,
  pictures,
  wanted,
  jobs,
  clock: more.clock ?? 0,
  during: more.during ?? false,
})
/** What once went wrong. */
const known: [ReturnType<typeof later>[], Fault[], Crash[]][] = [
  // A lost "show" that the shop acts on after a later "hide".
  [
    [
      later(1, [4], 'live', 9),
      later(2, [1, 5, 3], 'hidden', 12, { clock: 86_400_000 * 30 }),
      later(1, [5, 4], 'live', 7),
      later(1, [2, 5, 3], 'hidden', 10),
    ],
    ['lost request', 'lies', 'none', 'none', 'none', 'lies', 'none', 'acts late', 'throttled'],
    [],
  ],
  // Asked for while the last step of what was asked for before is running.
  [[later(2, [1], 'live', 4), later(2, [1], 'hidden', 1, { during: true }), later(1, [1], 'live', 0)], [], []],
  [[later(2, [3, 2, 1, 4], 'live', 10, { during: true }), later(2, [2], 'live', 9, { during: true })], [], []],
]
const isLong = process.env['DROPCARD_LONG'] === '1'
/** The same cases for every change, others in the long run; `DROPCARD_SEED` repeats one. */
const seed = Number(process.env['DROPCARD_SEED'] ?? (isLong ? Date.now() | 0 : 20_261_122))

test('whatever breaks, in whatever order: one product, one file a picture, the gallery as asked for', async () => {
  onTestFinished(() => void vi.restoreAllMocks())
  let lives = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      fc.array(fault, long(60)),
      fc.array(crash, long(40)),
      async (edits, faults, crashes) => {
        // Chance in the product (back-off) is the same in each run of a case.
        vi.spyOn(Math, 'random').mockImplementation(sequence(1))
        const [nextFault, nextCrash] = [faults.values(), crashes.values()]
        const world: World = { wall: Date.parse('2026-03-28T12:00:00Z'), time: 0 }
        const shop = modelShop(
          () => nextFault.next().value ?? 'none',
          () => world.time,
        )
        const it = await driver(shop, world, () => nextCrash.next().value ?? 'no')
        try {
          const last = new Map<number, (typeof edits)[number]>()
          for (const one of edits) {
            // Pictures of one product are its own: shops keep one file for each.
            const own = { ...one, pictures: one.pictures.map((picture) => picture + one.product * 100) }
            last.set(one.product, own)
            if (one.during) it.askSoon(listingOf(one.product, own.pictures), one.wanted)
            else await it.ask(listingOf(one.product, own.pictures), one.wanted)
            await it.work(one.jobs)
            world.wall += one.clock
          }
          // The network is back; a person asks again for what was given up.
          for (let round = 0; round < 4; round++) {
            await it.work(500)
            for (const [id, state] of Object.entries(await it.states())) {
              if (state !== 'failed') continue
              await it.db.updateTable('publication').set({ state: 'sending', looked: 0 }).where('product_id', '=', id).execute()
              await it.enqueue(id)
            }
          }
          shop.passTo(Number.POSITIVE_INFINITY)
          await it.work(500)
          lives += it.lives()
          const shown = [...shop.products.values()].map((product) => ({
            handle: product.handle,
            visible: product.visible,
            keys: product.gallery.map((id) => shop.media.get(id)?.key),
          }))
          const wanted = [...last].map(([n, one]) => ({
            handle: `thing-${n}`,
            visible: one.wanted === 'live',
            keys: listingOf(n, one.pictures).media.map((media) => media.key),
          }))
          const byHandle = (a: { handle: string }, b: { handle: string }): number => a.handle.localeCompare(b.handle)
          expect(shown.toSorted(byHandle)).toEqual(wanted.toSorted(byHandle))
          expect(shop.twins()).toBe(1)
          const keys = [...shop.media.values()].map((one) => one.key)
          expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted())
        } finally {
          await it.close()
        }
      },
    ),
    { numRuns: isLong ? 5000 : 150, seed, examples: known },
  )
  expect(lives).toBeGreaterThan(300)
})

test('a shop that acts ten minutes after it was given up leaves no second file for good, and the gallery stays', async () => {
  const world: World = { wall: Date.parse('2026-03-28T12:00:00Z'), time: 0 }
  const faults: Fault[] = []
  const shop = modelShop(
    () => faults.shift() ?? 'none',
    () => world.time,
  )
  const it = await driver(shop, world, () => 'no')
  await it.ask(listingOf(1, [1, 2, 3]), 'live')
  while (shop.products.size === 0) await it.work(1)
  // The first picture, then the first try of the third: what follows is sent while the shop sits on these.
  faults.push('none', 'acts too late')
  await it.work(200)
  const [product] = [...shop.products.values()]
  const keys = listingOf(1, [1, 2, 3]).media.map((one) => one.key)
  const gallery = () => product?.gallery.map((id) => shop.media.get(id)?.key)
  expect([await it.states(), gallery(), shop.media.size]).toEqual([{ 'p-1': 'published' }, keys, 3])
  expect(world.time).toBeLessThan(600_000)
  world.time += 600_000
  shop.passTo(world.time)
  expect(shop.twins()).toBe(2)
  await it.tidy()
  await it.work(200)
  expect([gallery(), shop.media.size]).toEqual([keys, 3])
  // After a day nothing more is looked for.
  world.time += 25 * 3_600_000
  await it.tidy()
  await it.work(200)
  expect(await it.db.selectFrom('publication_media').select('key').where('unsure', '=', 1).execute()).toEqual([])
  await it.close()
})

test('what others did in the shop is a difference to look at, not something to write over', async () => {
  const world: World = { wall: Date.parse('2026-03-28T12:00:00Z'), time: 0 }
  const shop = modelShop(
    () => 'none',
    () => world.time,
  )
  const it = await driver(shop, world, () => 'no')
  await it.ask(listingOf(1, [1, 2, 3]), 'live')
  await it.work(100)
  const [product] = [...shop.products.values()]
  if (product === undefined) throw new Error('nothing was made')
  shop.media.set('guest', { id: 'guest', key: null, kind: 'image' })
  product.gallery = ['guest', ...product.gallery.toReversed()]
  await it.ask(listingOf(1, [1, 2]), 'live')
  await it.work(100)
  expect(await it.states()).toEqual({ 'p-1': 'conflict' })
  expect(product.gallery[0]).toBe('guest')
  // A person says: ours. The picture of somebody else stays, behind ours.
  await it.db.updateTable('publication').set({ state: 'sending', base: null }).execute()
  await it.enqueue('p-1')
  await it.work(100)
  expect(await it.states()).toEqual({ 'p-1': 'published' })
  expect(product.gallery.map((id) => shop.media.get(id)?.key ?? id)).toEqual([...listingOf(1, [1, 2]).media.map((one) => one.key), 'guest'])
  await it.close()
})

test.each([
  ['hidden while its last step runs', 'flip'],
  ['asked for again while the shop says that somebody changed it', 'set'],
] as const)('what a listing is known to be in the shop is kept when it is %s: words of the seller are not written over', async (_, act) => {
  const world: World = { wall: Date.parse('2026-03-28T12:00:00Z'), time: 0 }
  const shop = modelShop(
    () => 'none',
    () => world.time,
  )
  const sellers = (): void => {
    for (const product of shop.products.values()) product.title = 'By the seller'
  }
  let isArmed = act === 'flip'
  const real = { flip: shop.flip, set: shop.set }
  const it = await driver(
    Object.assign(shop, {
      flip: (...of: Parameters<typeof real.flip>) => {
        if (isArmed && act === 'flip') it.askSoon(listingOf(1, [1, 2]), 'hidden')
        if (act === 'flip') isArmed = false
        return real.flip(...of)
      },
      set: (...of: Parameters<typeof real.set>) => {
        if (isArmed && act === 'set') {
          isArmed = false
          sellers()
          it.askSoon(listingOf(1, [1, 2], { title: 'Mine' }), 'live')
        }
        return real.set(...of)
      },
    }),
    world,
    () => 'no',
  )
  await it.ask(listingOf(1, [1, 2]), 'live')
  await it.work(100)
  if (act === 'flip') sellers()
  else isArmed = true
  await it.ask(listingOf(1, [1, 2], { title: 'Mine' }), 'live')
  await it.work(100)
  expect([isArmed, await it.states()]).toEqual([false, { 'p-1': 'conflict' }])
  expect([...shop.products.values()].map((product) => product.title)).toEqual(['By the seller'])
  await it.close()
})

import { expect, test } from 'vitest'
import { catalogName } from '../../../main/contract/ids.ts'
import type { Catalog, CatalogKinds, Secrets } from '../../../main/core/catalog.ts'
import { tempFolder } from '../../support/temp.ts'
import { modelShop } from './model-shop.ts'
import { shopEngine, stock } from './shop-engine.ts'

test('a key that runs out or is taken back in the middle pauses the shop, not the job: nothing more is asked, and with a new key it goes on, once', async () => {
  const dir = tempFolder()
  await stock(dir, 3, 2)
  let good = 'first'
  const model = modelShop(() => 'none', Date.now, { settleMs: 50 })
  let asked = 0
  const refusal = {
    ok: false,
    problem: { class: 'auth', code: 'UNAUTHORIZED', message: 'The shop does not take this key any more.' },
  } as const
  /** The model shop for those who have the key. */
  const open = (name: string, key: string): Catalog => {
    const guarded = <A extends unknown[], R>(act: (...args: A) => Promise<R>) => {
      return async (...args: A): Promise<R | typeof refusal> => {
        asked += 1
        return key === good ? act(...args) : refusal
      }
    }
    const { find, create, findMedia, upload, set, removeMedia } = model
    const own = { find, create, findMedia, set, removeMedia }
    const guards = Object.fromEntries(
      Object.entries(own).map(([verb, act]) => [verb, guarded(act as (...args: unknown[]) => Promise<unknown>)]),
    )
    return {
      ...model,
      ...(guards as Partial<Catalog>),
      name,
      test: async () => (key === good ? { ok: true, value: { shop: 'model', url: null, missing: [] } } : refusal),
      // The third picture is the last one under the first key.
      upload: guarded(async (...args: Parameters<typeof upload>) => {
        const sent = await upload(...args)
        if (model.media.size === 3) good = 'second'
        return sent
      }),
    }
  }
  const kinds: CatalogKinds = {
    list: () => [
      {
        kind: 'model',
        label: 'Model',
        about: '',
        tested: 'stand-in',
        fields: [{ name: 'key', label: 'Key', type: 'secret', required: true, hint: '', example: null, choices: null }],
      },
    ],
    open: (connection, secrets) => ({ ok: true, value: open(connection.name, secrets['key'] ?? '') }),
  }
  const kept = new Map<string, string>()
  const secrets: Secrets = {
    where: 'memory',
    get: async (name) => kept.get(name) ?? null,
    set: async (name, value) => void (value === null ? kept.delete(name) : kept.set(name, value)),
  }
  const it = await shopEngine({ dir, catalogs: [], kinds, secrets })
  const connect = (key: string, name: string | null) => it.call('catalog.connect', { name, kind: 'model', config: {}, secrets: { key } })
  const { name } = await connect('first', null)
  const catalog = catalogName.parse(name)
  await it.call('publish.start', { catalog, productIds: null })
  await it.call('engine.settle', {})
  const paused = await it.call('publish.state', { catalog })
  expect(paused).toMatchObject({ paused: 'The shop does not take this key any more.', failed: [], conflicts: [] })
  expect(model.media.size).toBe(3)
  const before = asked
  await it.call('publish.start', { catalog, productIds: null })
  await it.call('engine.settle', {})
  expect(asked).toBe(before)

  await expect(connect('a wrong one', name)).rejects.toThrow('does not take this key')
  await connect('second', name)
  await it.call('engine.settle', {})
  expect(await it.call('publish.state', { catalog })).toMatchObject({ paused: null, published: 3, failed: [] })
  expect([[...model.products.values()].map((one) => [one.visible, one.gallery.length]), model.media.size, model.twins()]).toEqual([
    [
      [true, 2],
      [true, 2],
      [true, 2],
    ],
    6,
    1,
  ])
})

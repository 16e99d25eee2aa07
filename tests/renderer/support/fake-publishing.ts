import type { ProductId } from '../../../main/contract/ids.ts'
import type { ConnectionView, PlanLine, ProductView, PublishPlan, PublishState, QueueLine } from '../../../main/contract/views.ts'
import type { CallOut } from '../../../renderer/bridge.ts'
import { fakeDrops } from './fake-drops.ts'
import { fakeKinds } from './fake-kinds.ts'
import type { PublishingParts } from './fake-parts.ts'
import { fakeReporting } from './fake-reporting.ts'

const noState = (catalog: string): PublishState => ({
  catalog,
  waiting: 0,
  published: 0,
  hidden: 0,
  failed: [],
  conflicts: [],
  paused: null,
  resting: null,
  page: null,
})

const shop = (name: string, label: string, part: Partial<ConnectionView>): ConnectionView => ({
  name,
  kind: name,
  label,
  config: {},
  shop: null,
  paused: null,
  checkedAt: null,
  embedded: false,
  ...part,
})

/** The FAKE engine's shops, queue, drops and report. Scene `market` is a busy Saturday: one shop offline, one paused, a conflict, three drops. */
export function fakePublishing({ scene, listings, change, tell, refused }: PublishingParts) {
  const isBusy = scene === 'market'
  const shops: ConnectionView[] = [
    shop('local', 'This computer', { embedded: true }),
    ...(isBusy
      ? [
          shop('shopify', 'Shopify', {
            config: { shop: 'mira-ceramics.myshopify.com' },
            shop: 'Mira Ceramics',
            checkedAt: '2026-05-03T17:40:00.000Z',
          }),
          shop('square', 'Square', {
            config: { environment: 'production' },
            shop: 'Mira at the market',
            paused: 'Square does not accept the access token any more (it was revoked or has run out)',
            checkedAt: '2026-05-02T08:00:00.000Z',
          }),
        ]
      : []),
  ]
  const states = new Map<string, PublishState>(shops.map(({ name }) => [name, noState(name)]))
  const lines = new Map<string, QueueLine[]>()
  if (isBusy) {
    const all = listings()
    const line = (at: number, part: Partial<QueueLine>): QueueLine => ({
      catalog: 'shopify',
      productId: all[at]?.id ?? ('product-x' as ProductId),
      title: all[at]?.title ?? '',
      state: 'published',
      because: null,
      done: 5,
      total: 5,
      url: `https://mira-ceramics.myshopify.com/products/${at}`,
      at: '2026-05-03T17:40:00.000Z',
      ...part,
    })
    const away = 'The shop does not answer: this computer is offline'
    const queue = [
      line(0, { state: 'sending', because: away, done: 3, url: null }),
      line(1, { state: 'sending', because: away, done: 0, url: null }),
      line(2, { state: 'rendering', done: 0, total: 0, url: null }),
      line(3, { state: 'conflict', because: 'the gallery was changed in the shop' }),
      line(4, { state: 'failed', because: 'Shopify refused the clip: longer than 60 seconds', done: 4 }),
      line(5, {}),
      line(6, {}),
      line(7, { state: 'hidden' }),
    ]
    lines.set('shopify', queue)
    states.set('shopify', {
      ...noState('shopify'),
      waiting: 3,
      published: 2,
      hidden: 1,
      failed: [{ productId: line(4, {}).productId, title: line(4, {}).title, because: 'Shopify refused the clip: longer than 60 seconds' }],
      conflicts: [
        {
          productId: line(3, {}).productId,
          title: line(3, {}).title,
          differences: [
            'A picture was added in the shop, at place 2',
            'The main picture is another one',
            'The title there is “Bowl, speckled (last one!)”, here it is “Bowl, speckled”',
          ],
        },
      ],
      resting: { because: away, until: new Date(Date.now() + 95_000).toISOString() },
    })
    states.set('square', { ...noState('square'), waiting: 2, published: 4, paused: shops[2]?.paused ?? null })
    lines.set('square', [
      line(0, { catalog: 'square', state: 'sending', done: 0, url: null }),
      line(1, { catalog: 'square', state: 'sending', done: 0, url: null }),
      line(2, { catalog: 'square', url: null }),
    ])
  }
  const stateOf = (name: string): PublishState => states.get(name) ?? noState(name)
  const put = (name: string, part: Partial<PublishState>): void => {
    const state = { ...stateOf(name), ...part }
    states.set(name, state)
    tell('publish.changed', state)
  }
  const isPublished = (name: string): boolean => stateOf(name).page !== null
  const plan = (catalog: string): PublishPlan => {
    const whole = ({ id, title, assets }: ProductView): PlanLine => ({
      productId: id,
      title,
      images: assets.length,
      clips: 0,
      changes: ['new'],
      left: [],
    })
    const all = listings().filter(({ assets }) => assets.length > 0)
    const done = isPublished(catalog)
    const [second] = all.slice(1, 2)
    return {
      catalog,
      create: done
        ? []
        : all
            .slice(isBusy ? 3 : 1)
            .map((one, at) => ({ ...whole(one), left: at === 1 ? ['one clip: Shopify takes clips up to 60 seconds'] : [] })),
      update: done
        ? []
        : all.slice(0, 1).map((one) => ({
            ...whole(one),
            clips: 1,
            changes: ['title: “Bowl” → “Bowl, speckled”', '2 new pictures', 'another main picture'],
          })),
      hide:
        isBusy && second !== undefined && !done
          ? [{ ...whole(second), changes: ['nothing of it is picked any more: it is taken off'] }]
          : [],
      unchanged: done
        ? all.map(({ id, title }) => ({ productId: id, title }))
        : isBusy
          ? all.slice(2, 3).map(({ id, title }) => ({ productId: id, title }))
          : [],
      refused:
        scene === 'decided' || isBusy
          ? [{ productId: null, title: '3 May, IMG_0019', because: 'Its only photo is smaller than 500 × 500 pixels' }]
          : [],
    }
  }
  const start = (catalog: string, productIds: string[] | null): PublishPlan => {
    const whole = plan(catalog)
    const wanted = <T extends { productId: string | null }>(part: T[]): T[] =>
      productIds === null ? part : part.filter(({ productId }) => productId !== null && productIds.includes(productId))
    const chosen: PublishPlan = {
      ...whole,
      create: wanted(whole.create),
      update: wanted(whole.update),
      hide: wanted(whole.hide),
      refused: wanted(whole.refused),
    }
    const work = [...chosen.create, ...chosen.update, ...chosen.hide]
    lines.set(
      catalog,
      work.map(({ productId, title, images }) => ({
        catalog,
        productId,
        title,
        state: 'sending',
        because: null,
        done: 0,
        total: images,
        url: null,
        at: new Date().toISOString(),
      })),
    )
    put(catalog, { waiting: work.length })
    const timer = setInterval(() => {
      const queue = lines.get(catalog) ?? []
      const next = queue.find(({ state }) => state === 'sending')
      if (next !== undefined) Object.assign(next, { state: 'published', done: next.total })
      const waiting = queue.filter(({ state }) => state === 'sending').length
      put(catalog, {
        waiting,
        published: queue.length - waiting,
        page: waiting === 0 ? '/home/mira/Dropcard/shop/index.html' : null,
      })
      if (waiting === 0) clearInterval(timer)
    }, 150)
    return chosen
  }

  const dropping = fakeDrops({ scene, listings, tell, refused })
  const reporting = fakeReporting({ listings, refused, isLive: () => stateOf('local').page !== null || isBusy, titleOf: dropping.titleOf })
  return {
    publications: (productId: string): ProductView['publications'] =>
      shops.flatMap(({ name }): ProductView['publications'] => {
        if (name === 'local')
          return isPublished('local') ? [{ catalog: 'local', state: 'published', at: '2026-05-03T18:20:00.000Z', url: null }] : []
        const found = lines.get(name)?.find((line) => line.productId === productId)
        return found === undefined ? [] : [{ catalog: name, state: found.state, at: found.at, url: found.url }]
      }),
    page: () => stateOf('local').page ?? '',
    answers: {
      'publish.plan': ({ catalog }: { catalog: string }) => plan(catalog),
      'publish.start': ({ catalog, productIds }: { catalog: string; productIds?: string[] | null }) => start(catalog, productIds ?? null),
      'publish.state': ({ catalog }: { catalog: string }) => stateOf(catalog),
      'publish.queue': ({ catalog }: { catalog: string | null }) =>
        catalog === null ? [...lines.values()].flat() : (lines.get(catalog) ?? []),
      'publish.hide': ({ catalog, productIds }: { catalog: string; productIds: string[] }) => {
        for (const line of lines.get(catalog) ?? []) if (productIds.includes(line.productId)) line.state = 'hidden'
        put(catalog, {
          published: Math.max(0, stateOf(catalog).published - productIds.length),
          hidden: stateOf(catalog).hidden + productIds.length,
        })
        return {}
      },
      'publish.resolve': ({ catalog, productId, how }: { catalog: string; productId: string; how: string }) => {
        for (const line of lines.get(catalog) ?? []) if (line.productId === productId) line.state = how === 'ours' ? 'sending' : 'published'
        put(catalog, { conflicts: stateOf(catalog).conflicts.filter((one) => one.productId !== productId) })
        return {}
      },
      'publish.conflict': ({ productId }: { productId: string }): CallOut<'publish.conflict'> => {
        const product = listings().find(({ id }) => id === productId)
        const [first, second, third = second, ...rest] = (product?.assets ?? []).map((assetId) => ({
          kind: 'image' as const,
          assetId,
          token: null,
        }))
        const pictures = [first, second, third, ...rest].flatMap((one) => (one === undefined ? [] : [one]))
        const words = { price: product?.price ?? null, stock: product?.stock ?? null }
        return {
          differences: stateOf('shopify').conflicts.find((one) => one.productId === productId)?.differences ?? [],
          words: true,
          ours: {
            ...words,
            title: product?.title ?? '',
            pictures: pictures.map((one, at) => ({
              ...one,
              is: at === 0 ? ('moved' as const) : at === 2 ? ('missing' as const) : ('same' as const),
            })),
          },
          theirs: {
            ...words,
            title: product?.title ?? '',
            price: { minor: 5200, currency: 'EUR' },
            visible: true,
            pictures: [
              ...pictures.slice(1, 2).map((one) => ({ ...one, is: 'same' as const })),
              ...pictures.slice(0, 1).map((one) => ({ ...one, is: 'moved' as const })),
              { kind: 'image' as const, assetId: null, token: null, is: 'added' as const },
            ],
          },
        }
      },
      'publish.versions': () => [
        { n: 3, at: '2026-05-03T18:20:00.000Z', title: 'Bowl, speckled', images: 6, clips: 1, current: true },
        { n: 2, at: '2026-05-01T09:05:00.000Z', title: 'Bowl', images: 4, clips: 0, current: false },
        { n: 1, at: '2026-04-28T15:41:00.000Z', title: 'Bowl', images: 2, clips: 0, current: false },
      ],
      'publish.rollback': () => ({}),
      'publish.retry': ({ catalog }: { catalog: string }) => {
        for (const line of lines.get(catalog) ?? []) if (line.state === 'failed') Object.assign(line, { state: 'sending', because: null })
        put(catalog, { failed: [], waiting: stateOf(catalog).waiting + stateOf(catalog).failed.length })
        return {}
      },
      'publish.stop': ({ catalog }: { catalog: string }) => {
        put(catalog, { waiting: 0 })
        return {}
      },
      'catalog.kinds': () => fakeKinds,
      'catalog.list': () => shops,
      'catalog.test': ({ secrets }: { secrets: Record<string, string> }) =>
        Object.values(secrets).some((value) => value === 'wrong')
          ? {
              ok: false,
              shop: null,
              url: null,
              missing: [],
              because: 'The shop does not accept this key',
              secrets: 'the keychain of this computer',
            }
          : {
              ok: scene !== 'problem',
              shop: 'Mira Ceramics',
              url: 'https://mira-ceramics.example',
              missing: scene === 'problem' ? ['write_files: to send pictures', 'write_publications: to show and hide'] : [],
              because: null,
              secrets: 'the keychain of this computer',
            },
      'catalog.connect': ({ name, kind, config }: { name: string | null; kind: string; config: Record<string, string> }) => {
        const found = fakeKinds.find((one) => one.kind === kind)
        const view = shop(name ?? kind, found?.label ?? kind, { kind, config, shop: 'Mira Ceramics', checkedAt: new Date().toISOString() })
        const at = shops.findIndex((one) => one.name === view.name)
        if (at >= 0) shops[at] = view
        else shops.push(view)
        put(view.name, { paused: null })
        return view
      },
      'catalog.disconnect': ({ name }: { name: string }) => {
        shops.splice(
          shops.findIndex((one) => one.name === name),
          1,
        )
        tell('products.changed', {})
        return {}
      },
      'catalog.resume': () => ({
        ok: false,
        shop: 'Mira at the market',
        url: null,
        missing: [],
        because: 'Square does not accept the access token',
        secrets: 'the keychain of this computer',
      }),
      'product.edit': ({ productId, ...part }: { productId: string } & Partial<ProductView>) =>
        part.sku === 'TAKEN' ? refused('“Vase” has the SKU TAKEN already', 'Give each product its own SKU.') : change(productId, part),
      ...dropping.answers,
      ...reporting.answers,
    } as const,
  }
}

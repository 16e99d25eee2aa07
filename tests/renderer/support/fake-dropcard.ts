import type { AssetId } from '../../../main/contract/ids.ts'
import type { EventName, EventOf } from '../../../main/contract/ipc.ts'
import type { Reply, WireError } from '../../../main/contract/reply.ts'
import type { AssetView, Decision, LibraryStatus, ProductView, ShotRole } from '../../../main/contract/views.ts'
import type { CallName, CallOut, Door } from '../../../renderer/bridge.ts'
import { fakeClips } from './fake-clips.ts'
import { type FakeLibrary, fakeClip, fakeDetail, fakeLibrary, fakeOffload, fakeReport, offloadIdOf, productIdOf } from './fake-data.ts'
import { fakeDeciding } from './fake-deciding.ts'
import { fakeHandOver } from './fake-hand-over.ts'
import { fakeLearning } from './fake-learning.ts'
import { fakeOffloading } from './fake-offloading.ts'
import { fakePublishing } from './fake-publishing.ts'
import type { Scene } from './fake-scenes.ts'

type Answer<T> = T | { ok: false; error: WireError }

const refused = (message: string, next: string | null): { ok: false; error: WireError } => ({
  ok: false,
  error: { code: 'unavailable', message, next, retryable: false },
})

/** Came from a sheet; nobody has photographed it yet. */
const sheetProduct: ProductView = {
  id: productIdOf('product-sheet'),
  title: 'Espresso cup, ash glaze',
  sku: 'CUP-7',
  description: '',
  price: { minor: 2400, currency: 'EUR' },
  stock: 12,
  assets: [],
  roles: {},
  clips: [],
  updatedAt: '2026-05-02T09:00:00.000Z',
  publications: [],
}

/** A FAKE of `window.dropcard` that lives in the page: no engine, no files. Only tests and screenshots load it. */
export function createFake(scene: Scene): Door & { tell<N extends EventName>(name: N, event: EventOf<N>): void } {
  const listeners = new Map<string, Set<(event: never) => void>>()
  const library: FakeLibrary =
    scene === 'empty' || scene === 'card' || scene === 'live'
      ? { assets: [], stacks: [] }
      : fakeLibrary(scene === 'huge' ? 10_000 : 260, {
          decided: scene === 'decided' || scene === 'market',
          waiting: scene === 'waiting' || scene === 'running',
        })
  const offloads =
    scene === 'empty' || scene === 'card' || scene === 'live'
      ? []
      : scene === 'running' || scene === 'paused'
        ? [fakeOffload({ state: scene === 'paused' ? 'paused' : 'copying', finishedAt: null, filesDone: 96, bytesDone: 940_000_000 })]
        : [
            fakeOffload({}),
            fakeOffload({ id: offloadIdOf('offload-0'), label: 'Phone photos', state: 'cancelled', filesDone: 31, bytesDone: 122_000_000 }),
          ]
  let products: ProductView[] | null = null

  const tell = <N extends EventName>(name: N, event: EventOf<N>): void => {
    for (const listener of listeners.get(name) ?? []) (listener as (event: EventOf<N>) => void)(event)
  }
  const status = (): LibraryStatus => {
    const by = (wanted: Decision): number => library.assets.filter(({ decision }) => decision === wanted).length
    return {
      path: '/home/mira/Dropcard',
      schema: 3,
      photos: library.assets.filter(({ kind }) => kind === 'photo').length,
      clips: library.assets.filter(({ kind }) => kind === 'clip').length,
      picks: by('pick'),
      rejects: by('reject'),
      undecided: by('undecided'),
      products: listings().length,
      jobs: {
        queued: scene === 'waiting' || scene === 'running' ? 88 : 0,
        running: scene === 'waiting' ? 2 : 0,
        failed: scene === 'problem' ? 3 : 0,
      },
      degraded:
        scene === 'problem'
          ? ['No ffmpeg was found: clips are copied and kept, but not played or cut. Install ffmpeg, or set its path.']
          : [],
    }
  }
  const inOrder = (before: readonly AssetId[], assets: readonly AssetView[]): AssetId[] => {
    const ids = assets.map((asset) => asset.id)
    return [...before.filter((id) => ids.includes(id)), ...ids.filter((id) => !before.includes(id))]
  }
  const change = (productId: string, part: Partial<ProductView>) => {
    products = listings().map((product) => (product.id === productId ? { ...product, ...part } : product))
    return products.find(({ id }) => id === productId) ?? refused('This listing is gone.', 'Pick its photos again.')
  }
  const listings = (): ProductView[] => {
    const picks = library.assets.filter(({ decision }) => decision === 'pick')
    const stacks = [...Map.groupBy(picks, ({ stack, id }) => stack ?? id).values()]
    const known = new Map(products?.map((product) => [product.id, product]))
    products = stacks.map((assets, index) => {
      const id = productIdOf(`product-${assets[0]?.id.slice(-16) ?? index}`)
      const title = `3 May, ${assets[0]?.name.replace(/\..*/, '') ?? ''}`
      const was = known.get(id)
      return {
        id,
        title: was?.title ?? title,
        sku: was === undefined ? (index === 1 ? null : `BOWL-${index + 1}`) : was.sku,
        description: was?.description ?? (index === 0 ? 'Thrown stoneware, speckled glaze. Dishwasher safe.' : ''),
        price: was === undefined ? (index === 1 ? null : { minor: 4800 + index * 350, currency: 'EUR' }) : was.price,
        stock: was === undefined ? (index === 1 ? null : index) : was.stock,
        assets: inOrder(was?.assets ?? [], assets),
        roles: was?.roles ?? {},
        clips: [],
        updatedAt: `2026-05-03T18:${String(10 + index).padStart(2, '0')}:00.000Z`,
        publications: [],
      }
    })
    if (scene === 'market') products.push(known.get(productIdOf('product-sheet')) ?? sheetProduct)
    return products
  }
  const publishing = fakePublishing({ scene, listings, change, tell, refused })
  /** Plays an offload of 40 frames: copying, arriving, scored. */
  const play = (offloadId: ReturnType<typeof offloadIdOf>, path: string, label: string): void => {
    const whole = fakeLibrary(40)
    let done = 0
    const base = { id: offloadId, path, label, files: 40, bytes: 392_000_000, startedAt: '2026-05-03T18:02:11.000Z' }
    const timer = setInterval(() => {
      done += 2
      library.assets = whole.assets.slice(0, done)
      library.stacks = whole.stacks.filter(({ members }) => members.every((id) => library.assets.some((asset) => asset.id === id)))
      const isOver = done >= 40
      const view = fakeOffload({
        ...base,
        filesDone: done,
        bytesDone: done * 9_800_000,
        state: isOver ? 'done' : 'copying',
        finishedAt: isOver ? '2026-05-03T18:02:31.000Z' : null,
      })
      offloads.splice(0, offloads.length, view)
      tell('offload.changed', view)
      tell('assets.changed', { assetIds: library.assets.slice(-2).map(({ id }) => id) })
      if (isOver) {
        clearInterval(timer)
        tell('stacks.changed', {})
      }
    }, 60)
  }

  const answers: { [N in CallName]: (input: never) => Answer<CallOut<N>> | Promise<Answer<CallOut<N>>> } = {
    ...fakeLearning(),
    ...fakeOffloading({ scene, library, offloads, tell, refused }),
    ...fakeDeciding({ scene, library, tell, refused }),
    ...fakeClips({ scene, library, tell, refused }),
    'library.status': status,
    'poster.make': () => ({
      path: '/home/mira/Dropcard/library/posters/blue-mug-local.pdf',
      address: 'https://mira.example/products/blue-mug/',
    }),
    'offload.start': ({ path }: { path: string }) => {
      const offloadId = offloadIdOf('offload-9')
      offloads.unshift(
        fakeOffload({ id: offloadId, path, label: 'Sample card', state: 'copying', finishedAt: null, filesDone: 0, bytesDone: 0 }),
      )
      play(offloadId, path, 'Sample card')
      return { offloadId }
    },
    'offload.list': () => offloads,
    'offload.report': ({ offloadId }: { offloadId: string }) =>
      fakeReport(offloads.find(({ id }) => id === offloadId) ?? fakeOffload({}), { isSafe: scene !== 'bad' }),
    'asset.list': ({ assetIds = null }: { assetIds?: AssetId[] | null }) => ({
      assets: library.assets.filter(({ id }) => assetIds === null || assetIds.includes(id)),
      more: false,
    }),
    'asset.get': ({ assetId }: { assetId: AssetId }) => {
      const found = library.assets.find(({ id }) => id === assetId)
      return found === undefined ? refused('This photo is not in the library any more.', 'Go back to the grid.') : fakeDetail(found)
    },
    'asset.subject': () => ({}),
    'clip.set': ({ assetId, range }: { assetId: AssetId; range: { inUs: number; outUs: number } | null }) => {
      const found = library.assets.find(({ id }) => id === assetId)
      if (found === undefined) return refused('This clip is not in the library any more.', 'Go back to the grid.')
      const { clips } = fakeDetail(found)
      return { clips: range === null ? clips : [fakeClip(assetId, range), ...clips] }
    },
    'stack.list': () => library.stacks,
    'product.list': () => (scene === 'empty' ? [] : listings().map((one) => ({ ...one, publications: publishing.publications(one.id) }))),
    'product.sheet': () => ({ text: 'SKU,Title,Description,Price,Stock\r\n' }),
    'product.rename': ({ productId, title }: { productId: string; title: string }) => change(productId, { title }),
    'product.arrange': ({ productId, assetIds }: { productId: string; assetIds: AssetId[] }) => change(productId, { assets: assetIds }),
    'product.role': ({ productId, assetId, role }: { productId: string; assetId: AssetId; role: ShotRole | null }) => {
      const roles = listings().find(({ id }) => id === productId)?.roles ?? {}
      const { [assetId]: _old, ...rest } = roles
      return change(productId, { roles: role === null ? rest : { ...rest, [assetId]: role } })
    },
    'product.assign': ({ productId }: { productId: string | null }) => ({ productId: productIdOf(productId ?? 'product-new'), moved: [] }),
    'product.propose': ({ productId, most }: { productId: string; most?: number }) => {
      const assets = listings().find(({ id }) => id === productId)?.assets ?? []
      const words = ['the best picture of the whole product', 'looks like: a close-up', 'shows another side']
      return {
        set: assets.slice(0, most ?? 5).map((assetId, at) => ({ assetId, role: null, because: words[at] ?? 'the best of what is left' })),
        rest: assets.slice(most ?? 5),
        missing: ['Nothing shows how large it is: add one in a hand or in use.'],
      }
    },
    ...fakeHandOver(library),
    ...publishing.answers,
    'job.retry': () => ({ retried: 3 }),
    'doctor.run': () => ({
      ok: scene !== 'problem',
      checks: [
        { name: 'Node', state: 'ok', found: '24.21.0', next: null },
        scene === 'problem'
          ? { name: 'ffmpeg', state: 'missing', found: 'not found', next: 'Install ffmpeg, or set DROPCARD_FFMPEG to its path.' }
          : { name: 'ffmpeg', state: 'ok', found: '7.0.2: H.264, HEVC, AAC, scale, zscale', next: null },
        { name: 'Models', state: 'ok', found: 'object-quality 1.0, hash matches', next: null },
        {
          name: 'Disk',
          state: 'warning',
          found: '9.1 GB free at /home/mira/Dropcard',
          next: 'A full 64 GB card will not fit. Free some space or move the library.',
        },
        { name: 'Electron', state: 'ok', found: '45.4.1', next: null },
      ],
    }),
    'shell.chooseFolder': () => ({ path: '/home/mira/Pictures/market' }),
    'shell.openCatalog': () => ({ opened: publishing.page() }),
    'shell.saveText': ({ name }: { name: string }) => ({ path: `/home/mira/Documents/${name}` }),
    'shell.savePoster': () => ({ path: '/home/mira/Documents/blue-mug-local.pdf', address: 'https://mira.example/products/blue-mug/' }),
    'shell.showSaved': () => ({}),
    'shell.showLog': () => ({}),
    'shell.dragOut': () => ({}),
    'shell.showExport': () => ({}),
    'shell.engineState': () => ({
      state: scene === 'stopped' ? 'stopped' : scene === 'restarting' ? 'restarting' : 'ready',
      at: '2026-05-03T18:02:11.000Z',
      because: scene === 'stopped' ? 'It ended three times within a minute (exit code 134).' : null,
      log: null,
    }),
  }
  return {
    tell,
    on: (name, listener) => {
      const all = listeners.get(name) ?? new Set()
      listeners.set(name, all)
      all.add(listener)
      return () => all.delete(listener)
    },
    call: async (name, input) => {
      if (scene === 'silent' && name !== 'shell.engineState') return new Promise(() => undefined)
      await new Promise((done) => setTimeout(done, 5))
      // The table is typed by name; the link between a name and its input is lost in the lookup.
      const value = await (answers[name] as (input: unknown) => unknown)(structuredClone(input))
      const isRefused = typeof value === 'object' && value !== null && 'error' in value
      return (isRefused ? value : { ok: true, value: structuredClone(value) }) as Reply<never>
    },
  }
}

import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { AssetId, DropId, OffloadId, ProductId } from '../main/contract/ids.ts'
import type { AssetView, TakeView } from '../main/contract/views.ts'
import { ask, CallError, type Door } from './bridge.ts'
import { byTime } from './cull/order.ts'

/** Everything the window reads, one line each. Events say when to read again (live.ts), so nothing polls. */

/** What a person says about an asset. */
export type Marks = Partial<Pick<AssetView, 'decision' | 'rating' | 'label'>>

/** Decisions, stars and labels on their way to the engine; they win over anything read meanwhile. */
export type Pending = Map<AssetId, Marks>

export type Library = { door: Door; pending: Pending }
export const LibraryContext = createContext<Library | null>(null)

export function useLibrary(): Library {
  const library = useContext(LibraryContext)
  if (library === null) throw new Error('expected a LibraryContext above this component')
  return library
}

export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: Infinity,
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (times, error) => times < 2 && error instanceof CallError && error.wire.retryable,
        retryDelay: 400,
      },
      mutations: { networkMode: 'always' },
    },
  })
}

export const keysOf = {
  status: ['status'],
  cards: ['cards'],
  offloads: ['offloads'],
  reports: ['report'],
  peeks: ['peek'],
  cardPlans: ['plan'],
  cameras: ['cameras'],
  trash: ['trash'],
  settings: ['settings'],
  assets: ['assets'],
  partial: ['assets-partial'],
  history: ['history'],
  details: ['detail'],
  stacks: ['stacks'],
  products: ['products'],
  takes: ['takes'],
  exports: ['exports'],
  channels: ['channels'],
  exportPlan: ['export-plan'],
  clipTaste: ['clip-taste'],
  plans: ['publish-plan'],
  publish: ['publish-state'],
  queue: ['publish-queue'],
  versions: ['publish-versions'],
  conflicts: ['publish-conflict'],
  shopKinds: ['shop-kinds'],
  shops: ['shops'],
  drops: ['drops'],
  receipts: ['receipts'],
  doctor: ['doctor'],
  engine: ['engine'],
} as const

const sameFrame = (a: AssetView, b: AssetView): boolean =>
  (Object.keys(b) as (keyof AssetView)[]).every((field) => {
    const [was, is] = [a[field], b[field]]
    return (
      was === is || (Array.isArray(was) && Array.isArray(is) && was.length === is.length && was.every((one, index) => one === is[index]))
    )
  })

/**
 * What a long reading found, over what is shown by now. What was decided, read again, added or removed while it went on is newer than its pages.
 *
 * @param shown what was shown when it began, or when its first page was shown
 * @param now what is shown when it ends
 */
export function readOver(shown: readonly AssetView[], now: readonly AssetView[], read: readonly AssetView[]): AssetView[] {
  const before = new Map(shown.map((asset) => [asset.id, asset]))
  const current = new Map(now.map((asset) => [asset.id, asset]))
  const known = new Set<AssetId>()
  const over: AssetView[] = []
  for (const asset of read) {
    known.add(asset.id)
    const [was, is] = [before.get(asset.id), current.get(asset.id)]
    if (is === was) over.push(is !== undefined && sameFrame(is, asset) ? is : asset)
    else if (is !== undefined) over.push(is)
  }
  const added = now.filter(({ id }) => !known.has(id) && !before.has(id))
  return added.length === 0 ? over : [...over, ...added].sort(byTime)
}

/** The same object when the marks change nothing. */
export function marked(asset: AssetView, marks: Marks | undefined): AssetView {
  if (marks === undefined) return asset
  const isSame =
    (marks.decision === undefined || marks.decision === asset.decision) &&
    (marks.rating === undefined || marks.rating === asset.rating) &&
    (marks.label === undefined || marks.label === asset.label)
  return isSame ? asset : { ...asset, ...marks }
}

export const withPending = (asset: AssetView, pending: Pending): AssetView => marked(asset, pending.get(asset.id))

/** The first page is shown at once: more than fits on most screens, and no more than the engine reads at once when it has just started. */
const firstPage = 200
const nextPages = 5000

/** In camera order, so that the room sorts what is sorted already. */
async function allAssets({ door, pending }: Library, onPart: (assets: AssetView[]) => void): Promise<AssetView[]> {
  const assets = new Map<AssetId, AssetView>()
  let after: AssetId | null = null
  for (;;) {
    const limit: number = after === null ? firstPage : nextPages
    const page: { assets: AssetView[]; more: boolean } = await ask(door, 'asset.list', { after, limit })
    for (const asset of page.assets) assets.set(asset.id, withPending(asset, pending))
    const isFirst = after === null
    after = page.assets.at(-1)?.id ?? null
    const sorted = !page.more || after === null || isFirst ? [...assets.values()].sort(byTime) : []
    if (!page.more || after === null) return sorted
    if (isFirst) onPart(sorted)
  }
}

/** Every take, page by page. */
async function allTakes(door: Door): Promise<TakeView[]> {
  const takes: TakeView[] = []
  for (;;) {
    const page = await ask(door, 'clip.takes', { after: takes.at(-1)?.assetId ?? null, limit: 300 })
    takes.push(...page.takes)
    if (!page.more || page.takes.length === 0) return takes
  }
}

/** Reads these assets again and puts them where they are shown; the others are not touched. Those that are gone leave. */
export async function refresh({ door, pending }: Library, queries: QueryClient, ids: readonly AssetId[]): Promise<void> {
  if (ids.length === 0) return
  const { assets: found } = await ask(door, 'asset.list', { assetIds: [...ids] })
  const fresh = new Map(found.map((asset) => [asset.id, asset]))
  const asked = new Set(ids)
  queries.setQueryData<AssetView[]>(keysOf.assets, (assets) => {
    if (assets === undefined) return assets
    let isOther = false
    const next: AssetView[] = []
    for (const asset of assets) {
      if (!asked.has(asset.id)) {
        next.push(asset)
        continue
      }
      const read = fresh.get(asset.id)
      fresh.delete(asset.id)
      const now = read === undefined ? null : withPending(read, pending)
      if (now !== null) next.push(sameFrame(asset, now) ? asset : now)
      if (now === null || next.at(-1) !== asset) isOther = true
    }
    if (fresh.size === 0) return isOther ? next : assets
    return [...next, ...[...fresh.values()].map((asset) => withPending(asset, pending))].sort(byTime)
  })
}

/** As many thumbnails as a plan shows; the tile of a card shows the first of them. */
const peekedAt = 24
/** Enough shots to meet every camera that took more than a few of them. */
const lookedAt = 120

export const reads = {
  status: ({ door }: Library) => queryOptions({ queryKey: keysOf.status, queryFn: () => ask(door, 'library.status', {}) }),
  cards: ({ door }: Library) => queryOptions({ queryKey: keysOf.cards, queryFn: () => ask(door, 'card.list', {}) }),
  offloads: ({ door }: Library) => queryOptions({ queryKey: keysOf.offloads, queryFn: () => ask(door, 'offload.list', {}) }),
  report: ({ door }: Library, offloadId: OffloadId) =>
    queryOptions({ queryKey: [...keysOf.reports, offloadId], queryFn: () => ask(door, 'offload.report', { offloadId }) }),
  settings: ({ door }: Library) => queryOptions({ queryKey: keysOf.settings, queryFn: () => ask(door, 'settings.get', {}) }),
  /** Read again after ten seconds: files may be added to a folder that nobody watches. */
  plan: ({ door }: Library, path: string) =>
    queryOptions({
      queryKey: [...keysOf.cardPlans, path],
      queryFn: () => ask(door, 'offload.plan', { path }),
      gcTime: 60_000,
      staleTime: 10_000,
      retry: false,
    }),
  peek: ({ door }: Library, path: string) =>
    queryOptions({ queryKey: [...keysOf.peeks, path], queryFn: () => ask(door, 'card.peek', { path, limit: peekedAt }), retry: false }),
  /** Which cameras took what is on a card: shots from all over it, only asked for where their clocks are set. */
  cameras: ({ door }: Library, path: string) =>
    queryOptions({
      queryKey: [...keysOf.cameras, path],
      queryFn: async () => (await ask(door, 'card.peek', { path, limit: lookedAt, spread: true })).cameras,
      retry: false,
    }),
  trash: ({ door }: Library) => queryOptions({ queryKey: keysOf.trash, queryFn: () => ask(door, 'trash.list', {}), staleTime: 0 }),
  assets: (library: Library, queries: QueryClient) =>
    queryOptions({
      queryKey: keysOf.assets,
      queryFn: async () => {
        const known = queries.getQueryData<AssetView[]>(keysOf.assets)
        let shown = known ?? []
        const all = await allAssets(library, (part) => {
          if (known !== undefined) return
          shown = part
          queries.setQueryData(keysOf.partial, true)
          queries.setQueryData(keysOf.assets, part)
        })
        queries.setQueryData(keysOf.partial, false)
        return readOver(shown, queries.getQueryData<AssetView[]>(keysOf.assets) ?? [], all)
      },
      structuralSharing: false,
    }),
  detail: ({ door }: Library, assetId: AssetId) =>
    queryOptions({ queryKey: [...keysOf.details, assetId], queryFn: () => ask(door, 'asset.get', { assetId }) }),
  stacks: ({ door }: Library) => queryOptions({ queryKey: keysOf.stacks, queryFn: () => ask(door, 'stack.list', {}) }),
  history: ({ door }: Library) =>
    queryOptions({ queryKey: keysOf.history, queryFn: () => ask(door, 'decision.history', {}), staleTime: 0, gcTime: 0 }),
  products: ({ door }: Library) => queryOptions({ queryKey: keysOf.products, queryFn: () => ask(door, 'product.list', {}) }),
  takes: ({ door }: Library) => queryOptions({ queryKey: keysOf.takes, queryFn: () => allTakes(door) }),
  exports: ({ door }: Library) => queryOptions({ queryKey: keysOf.exports, queryFn: () => ask(door, 'clip.exports', {}) }),
  channels: ({ door }: Library) =>
    queryOptions({ queryKey: keysOf.channels, queryFn: async () => (await ask(door, 'clip.channels', {})).channels }),
  clipTaste: ({ door }: Library) => queryOptions({ queryKey: keysOf.clipTaste, queryFn: () => ask(door, 'clip.taste', {}) }),
  publishPlan: ({ door }: Library, catalog: string) =>
    queryOptions({ queryKey: [...keysOf.plans, catalog], queryFn: () => ask(door, 'publish.plan', { catalog }), gcTime: 0, staleTime: 0 }),
  publishState: ({ door }: Library, catalog: string) =>
    queryOptions({ queryKey: [...keysOf.publish, catalog], queryFn: () => ask(door, 'publish.state', { catalog }) }),
  queue: ({ door }: Library, catalog: string) =>
    queryOptions({ queryKey: [...keysOf.queue, catalog], queryFn: () => ask(door, 'publish.queue', { catalog }) }),
  /** Read from the shop each time it is shown, and on request. */
  conflict: ({ door }: Library, catalog: string, productId: ProductId) =>
    queryOptions({
      queryKey: [...keysOf.conflicts, catalog, productId],
      queryFn: () => ask(door, 'publish.conflict', { catalog, productId }),
      gcTime: 0,
      staleTime: 0,
      retry: false,
    }),
  versions: ({ door }: Library, catalog: string, productId: ProductId) =>
    queryOptions({
      queryKey: [...keysOf.versions, catalog, productId],
      queryFn: () => ask(door, 'publish.versions', { catalog, productId }),
      staleTime: 0,
      gcTime: 0,
    }),
  shopKinds: ({ door }: Library) => queryOptions({ queryKey: keysOf.shopKinds, queryFn: () => ask(door, 'catalog.kinds', {}) }),
  shops: ({ door }: Library) => queryOptions({ queryKey: keysOf.shops, queryFn: () => ask(door, 'catalog.list', {}) }),
  drops: ({ door }: Library) => queryOptions({ queryKey: keysOf.drops, queryFn: () => ask(door, 'drop.list', {}) }),
  receipt: ({ door }: Library, dropId: DropId | null) =>
    queryOptions({ queryKey: [...keysOf.receipts, dropId], queryFn: () => ask(door, 'report.receipt', { dropId }), staleTime: 0 }),
  doctor: ({ door }: Library) => queryOptions({ queryKey: keysOf.doctor, queryFn: () => ask(door, 'doctor.run', {}) }),
  engine: ({ door }: Library) => queryOptions({ queryKey: keysOf.engine, queryFn: () => ask(door, 'shell.engineState', {}) }),
}

export const useStatus = () => useQuery(reads.status(useLibrary()))
export const useOffloads = () => useQuery(reads.offloads(useLibrary()))
export const useCards = () => useQuery(reads.cards(useLibrary()))
export const useSettings = () => useQuery(reads.settings(useLibrary()))
export const useProducts = () => useQuery(reads.products(useLibrary()))
export const useShops = () => useQuery(reads.shops(useLibrary()))
export const useDrops = () => useQuery(reads.drops(useLibrary()))

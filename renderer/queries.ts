import { QueryClient, queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import type { AssetId, OffloadId } from '../main/contract/ids.ts'
import type { AssetView, Decision } from '../main/contract/views.ts'
import { ask, CallError, type Door } from './bridge.ts'
import { byTime } from './cull/room.ts'

/** Everything the window reads, one line each. Events say when to read again (live.ts), so nothing polls. */

/** Decisions on their way to the engine; they win over anything read meanwhile. */
export type Pending = Map<AssetId, Decision>

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
  settings: ['settings'],
  assets: ['assets'],
  details: ['detail'],
  stacks: ['stacks'],
  products: ['products'],
  plans: ['publish-plan'],
  publish: ['publish-state'],
  doctor: ['doctor'],
  engine: ['engine'],
} as const

const sameFrame = (a: AssetView, b: AssetView): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Keeps the old object of every asset that did not change, so that its tile is not drawn again. */
export function reuse(before: readonly AssetView[], after: readonly AssetView[]): AssetView[] {
  const known = new Map(before.map((asset) => [asset.id, asset]))
  return after.map((asset) => {
    const old = known.get(asset.id)
    return old !== undefined && sameFrame(old, asset) ? old : asset
  })
}

export const withPending = (asset: AssetView, pending: Pending): AssetView => {
  const decision = pending.get(asset.id)
  return decision === undefined || decision === asset.decision ? asset : { ...asset, decision }
}

/** In camera order, so that the room, built anew after every decision, sorts what is sorted already. */
async function allAssets({ door, pending }: Library): Promise<AssetView[]> {
  const assets: AssetView[] = []
  let after: AssetId | null = null
  for (;;) {
    const page: { assets: AssetView[]; more: boolean } = await ask(door, 'asset.list', { after, limit: 10_000 })
    assets.push(...page.assets.map((asset) => withPending(asset, pending)))
    after = page.assets.at(-1)?.id ?? null
    if (!page.more || after === null) return assets.sort(byTime)
  }
}

/** As many thumbnails as a plan shows; the tile of a card shows the first of them. */
const peekedAt = 40

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
  assets: (library: Library, queries: QueryClient) =>
    queryOptions({
      queryKey: keysOf.assets,
      queryFn: async () => reuse(queries.getQueryData<AssetView[]>(keysOf.assets) ?? [], await allAssets(library)),
      structuralSharing: false,
    }),
  detail: ({ door }: Library, assetId: AssetId) =>
    queryOptions({ queryKey: [...keysOf.details, assetId], queryFn: () => ask(door, 'asset.get', { assetId }) }),
  stacks: ({ door }: Library) => queryOptions({ queryKey: keysOf.stacks, queryFn: () => ask(door, 'stack.list', {}) }),
  products: ({ door }: Library) => queryOptions({ queryKey: keysOf.products, queryFn: () => ask(door, 'product.list', {}) }),
  publishPlan: ({ door }: Library, catalog: string) =>
    queryOptions({ queryKey: [...keysOf.plans, catalog], queryFn: () => ask(door, 'publish.plan', { catalog }), gcTime: 0, staleTime: 0 }),
  publishState: ({ door }: Library, catalog: string) =>
    queryOptions({ queryKey: [...keysOf.publish, catalog], queryFn: () => ask(door, 'publish.state', { catalog }) }),
  doctor: ({ door }: Library) => queryOptions({ queryKey: keysOf.doctor, queryFn: () => ask(door, 'doctor.run', {}) }),
  engine: ({ door }: Library) => queryOptions({ queryKey: keysOf.engine, queryFn: () => ask(door, 'shell.engineState', {}) }),
}

export const useStatus = () => useQuery(reads.status(useLibrary()))
export const useOffloads = () => useQuery(reads.offloads(useLibrary()))
export const useCards = () => useQuery(reads.cards(useLibrary()))
export const useSettings = () => useQuery(reads.settings(useLibrary()))
export const useProducts = () => useQuery(reads.products(useLibrary()))

/** The catalog this window publishes to. Choosing among several comes with the second catalog. */
export const catalog = 'local'

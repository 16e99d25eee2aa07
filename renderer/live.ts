import type { QueryClient } from '@tanstack/react-query'
import type { AssetId } from '../main/contract/ids.ts'
import type { AssetView, CardView, ClipExportView, LibraryStatus, OffloadView } from '../main/contract/views.ts'
import { keysOf, type Library, refresh } from './queries.ts'
import { playTone } from './tone.ts'
import type { UiStore } from './ui-state.ts'

const quietMs = 200
/** Up to this many changed assets are read alone; beyond it the whole list is as cheap. */
const fewAssets = 3000
/** Who moved so short ago is at it: what would build the room of a big library anew waits, but not for ever. */
const actingMs = 800
const mostWaits = 15
/** So few jobs are what follows a decision (learning, grouping, notes); what they change they announce. */
const fewJobs = 2

/** Gathers calls and runs `flush` once they pause for `ms`, or at the latest `5 × ms` after the first; never two at a time. */
export function createGather(flush: () => Promise<void>, ms: number): { touch(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let first = 0
  let busy = false
  let again = false
  const run = async (): Promise<void> => {
    timer = undefined
    if (busy) {
      again = true
      return
    }
    busy = true
    first = 0
    await flush().catch(() => undefined)
    busy = false
    if (again) {
      again = false
      touch()
    }
  }
  const touch = (): void => {
    const now = Date.now()
    if (first === 0) first = now
    clearTimeout(timer)
    timer = setTimeout(() => void run(), Math.max(0, Math.min(ms, first + 5 * ms - now)))
  }
  return { touch, stop: () => clearTimeout(timer) }
}

/** Whether some of these are not shown yet: a room with more in it is built anew. */
const brings = (known: readonly AssetView[], ids: readonly AssetId[]): boolean => {
  const shown = new Set(known.map(({ id }) => id))
  return ids.some((id) => !shown.has(id))
}

/** What is being read already may have passed by what changed since: it ends, and another reading follows. */
async function readAgain(queries: QueryClient, queryKey: readonly string[]): Promise<void> {
  const begun = queries.getQueryCache().findAll({ queryKey, fetchStatus: 'fetching' })
  await Promise.allSettled(begun.map(({ promise }) => promise))
  await queries.invalidateQueries({ queryKey })
}

/** Listens to the engine's facts and reads again what they touch. Returns the function that ends it. */
export function listen(library: Library, queries: QueryClient, ui: UiStore, tone: () => void = playTone): () => void {
  const { door } = library
  const changed = new Set<AssetId>()
  const stale = new Set<keyof typeof keysOf>()
  let [actedAt, waits, most] = [0, 0, 0]
  const gather = createGather(async () => {
    const ids = [...changed]
    const names = [...stale]
    changed.clear()
    stale.clear()
    const known = queries.getQueryData<AssetView[]>(keysOf.assets)
    const isBig = known !== undefined && known.length > fewAssets
    const isHeavy = isBig && (names.includes('assets') || ids.length > fewAssets || brings(known, ids))
    if (isHeavy && Date.now() - actedAt < actingMs && waits < mostWaits) {
      waits += 1
      for (const id of ids) changed.add(id)
      touch(...names)
      return
    }
    waits = 0
    if (ids.length > 0 && !names.includes('assets')) {
      if (known === undefined || ids.length > fewAssets) names.push('assets')
      else await refresh(library, queries, ids)
    }
    const touched = new Set<unknown>(ids)
    void queries.invalidateQueries({ queryKey: keysOf.details, predicate: ({ queryKey }) => touched.has(queryKey.at(-1)) })
    await Promise.all([...new Set(names)].map((name) => readAgain(queries, keysOf[name])))
  }, quietMs)
  const touch = (...names: (keyof typeof keysOf)[]): void => {
    for (const name of names) stale.add(name)
    gather.touch()
  }
  let wasDown = false

  const ends = [
    ui.subscribe((now, before) => {
      if (now.selection !== before.selection || now.zoom !== before.zoom) actedAt = Date.now()
    }),
    door.on('assets.changed', ({ assetIds }) => {
      for (const id of assetIds) changed.add(id)
      if (assetIds.length > 0) stale.add('trash')
      touch('status', 'takes')
    }),
    door.on('stacks.changed', () => touch('stacks', 'assets', 'products')),
    door.on('cards.changed', ({ cards }) => {
      const before = queries.getQueryData<CardView[]>(keysOf.cards) ?? []
      queries.setQueryData(keysOf.cards, cards)
      for (const { path } of before.filter((old) => cards.every((card) => card.path !== old.path))) {
        // The next card in this reader is another card.
        queries.removeQueries({ queryKey: [...keysOf.peeks, path] })
        queries.removeQueries({ queryKey: [...keysOf.cameras, path] })
        queries.removeQueries({ queryKey: [...keysOf.cardPlans, path] })
      }
      const fresh = cards.find((card) => card.choice === 'ask' && before.every((old) => old.path !== card.path))
      if (fresh !== undefined) welcomeCard(fresh, ui)
    }),
    door.on('settings.changed', (settings) => {
      queries.setQueryData(keysOf.settings, settings)
      touch('cardPlans')
    }),
    door.on('notice', ({ title, body, sound }) => {
      if (sound) tone()
      if (ui.getState().screen !== 'offload') ui.getState().toast(`${title}. ${body}`, toOffload(ui))
    }),
    door.on('offload.changed', (offload) => {
      const isNew = queries.getQueryData<OffloadView[]>(keysOf.offloads)?.every(({ id }) => id !== offload.id) === true
      const { watching, planFor } = ui.getState()
      // One that began by itself, and may be over before it is drawn.
      if (isNew && offload.finishedAt === null && watching === null && planFor === null) ui.getState().set({ watching: offload.id })
      queries.setQueryData<OffloadView[]>(keysOf.offloads, (all = []) =>
        all.some(({ id }) => id === offload.id) ? all.map((other) => (other.id === offload.id ? offload : other)) : [offload, ...all],
      )
      if (offload.finishedAt !== null) touch('reports', 'assets', 'stacks', 'status', 'products', 'cardPlans')
    }),
    door.on('clips.changed', () => touch('takes', 'clipTaste')),
    door.on('exports.changed', () => touch('exports')),
    door.on('export.progress', ({ exportId, share }) => {
      queries.setQueryData<ClipExportView[]>(keysOf.exports, (all) =>
        all?.map((one) => (one.id === exportId ? { ...one, state: 'making', share } : one)),
      )
    }),
    door.on('products.changed', () => touch('products', 'plans', 'status', 'shops', 'publish', 'queue', 'receipts')),
    door.on('publish.changed', (state) => {
      queries.setQueryData([...keysOf.publish, state.catalog], state)
      touch('products', 'queue', 'receipts', 'shops', 'drops')
    }),
    door.on('drops.changed', () => touch('drops', 'receipts', 'publish', 'queue')),
    door.on('jobs.changed', (jobs) => {
      queries.setQueryData<LibraryStatus>(keysOf.status, (status) => (status === undefined ? status : { ...status, jobs }))
      most = Math.max(most, jobs.queued + jobs.running)
      if (jobs.queued + jobs.running === 0) {
        if (most > fewJobs) touch('assets', 'stacks')
        most = 0
        ui.getState().set({ progress: {} })
        touch('status', 'products', 'takes', 'exports')
      }
    }),
    door.on('engine.state', (state) => {
      queries.setQueryData(keysOf.engine, state)
      if (state.state === 'ready' && wasDown) {
        wasDown = false
        ui.getState().set({ progress: {} })
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== keysOf.engine[0] })
      } else if (state.state !== 'ready') wasDown = true
    }),
    door.on('progress', ({ what, done, total }) => {
      const { [what]: _old, ...rest } = ui.getState().progress
      ui.getState().set({ progress: done >= total ? rest : { ...rest, [what]: { done, total } } })
    }),
  ]
  return () => {
    gather.stop()
    for (const end of ends) end()
  }
}

const toOffload = (ui: UiStore) => ({ label: 'Show', run: () => ui.getState().set({ screen: 'offload' }) })

/** On the offload screen the card shows itself; elsewhere one line says that it is here. */
function welcomeCard({ label }: CardView, ui: UiStore): void {
  ui.getState().say(`${label} is here`)
  if (ui.getState().screen !== 'offload')
    ui.getState().toast(`${label} is here.`, {
      label: 'Show',
      run: () => ui.getState().set({ screen: 'offload', planFor: null, watching: null }),
    })
}

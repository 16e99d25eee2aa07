import { createContext, useContext } from 'react'
import { createStore, type StoreApi, useStore } from 'zustand'
import type { AssetId, ClipId, DropId } from '../main/contract/ids.ts'
import type { WireError } from '../main/contract/reply.ts'
import type { Filter } from './cull/filter.ts'
import { atOne, type Looking } from './cull/looking.ts'
import type { Sort } from './cull/order.ts'
import { only, type Selection } from './cull/selection.ts'
import type { KeyChoice } from './key-presets.ts'

export type Screen = 'offload' | 'cull' | 'clips' | 'products' | 'shops' | 'drops' | 'report' | 'settings' | 'trash'
export type Theme = 'system' | 'light' | 'dark'

/** `error` stays until it is closed; the others leave by themselves. */
export type Toast = {
  id: number
  kind: 'done' | 'error'
  message: string
  next: string | null
  action: { label: string; run: () => void } | null
}

/** Where the close view looks, in fractions of the upright frame, and how many screen pixels one of the photo gets (1 = true size); null = the whole frame. */
export type Zoom = { x: number; y: number; scale?: number } | null

/** What the window remembers between starts. */
export type Kept = {
  theme: Theme
  autoAdvance: boolean
  tileSize: number
  why: boolean
  /** Whether suggestions are shown. */
  suggestions: boolean
  screen: Screen
  mode: 'grid' | 'loupe'
  filter: Filter
  sort: Sort
  current: AssetId | null
  keys: KeyChoice
}

export type Ui = Omit<Kept, 'current'> & {
  selection: Selection
  opened: ReadonlySet<string> | 'all'
  zoom: Zoom
  looking: Looking
  /** Where you are in the review of clips. */
  clip: ClipId | null
  help: boolean
  /** The panel of the culling room that is open. */
  panel: 'filter' | 'history' | 'hand-over' | 'product' | null
  /** Folder or card whose plan is on screen. */
  planFor: { path: string; label: string } | null
  /** The shop that is looked at, and that publishing goes to. */
  shop: string
  /** The drop that the report is about; null = everything. */
  reportOf: DropId | null
  /** Offload whose progress or verdict is on screen. */
  watching: string | null
  toasts: Toast[]
  /** The last thing said to screen readers; `n` makes a repeat heard again. */
  said: { text: string; n: number }
  progress: Readonly<Record<string, { done: number; total: number }>>
  set(patch: Partial<Omit<Ui, 'set' | 'say' | 'toast' | 'fail' | 'dismiss'>>): void
  say(text: string): void
  toast(message: string, action?: Toast['action']): void
  fail(error: WireError, action?: Toast['action']): void
  dismiss(id: number): void
}

export type UiStore = StoreApi<Ui>

export function createUi(kept: Kept): UiStore {
  return createStore<Ui>()((set, get) => {
    let serial = 0
    const add = (toast: Omit<Toast, 'id'>): void => {
      serial += 1
      const id = serial
      set({
        toasts: [...get().toasts.filter((other) => other.kind === 'error' && other.message !== toast.message), { ...toast, id }].slice(-3),
      })
    }
    return {
      theme: kept.theme,
      autoAdvance: kept.autoAdvance,
      tileSize: kept.tileSize,
      why: kept.why,
      suggestions: kept.suggestions,
      screen: kept.screen,
      mode: kept.mode,
      filter: kept.filter,
      sort: kept.sort,
      keys: kept.keys,
      selection: only(kept.current),
      opened: new Set(),
      zoom: null,
      looking: atOne,
      clip: null,
      help: false,
      panel: null,
      planFor: null,
      shop: 'local',
      reportOf: null,
      watching: null,
      toasts: [],
      said: { text: '', n: 0 },
      progress: {},
      set: (patch) => set(patch),
      say: (text) => set((ui) => ({ said: { text, n: ui.said.n + 1 } })),
      toast: (message, action = null) => add({ kind: 'done', message, next: null, action }),
      fail: (error, action = null) => add({ kind: 'error', message: error.message, next: error.next, action }),
      dismiss: (id) => set({ toasts: get().toasts.filter((toast) => toast.id !== id) }),
    }
  })
}

export const UiContext = createContext<UiStore | null>(null)

export function useUiStore(): UiStore {
  const store = useContext(UiContext)
  if (store === null) throw new Error('expected a UiContext above this component')
  return store
}

export function useUi<T>(select: (ui: Ui) => T): T {
  return useStore(useUiStore(), select)
}

import type { AssetId } from '../main/contract/ids.ts'
import { everything, parseFilter } from './cull/filter.ts'
import { byCameraTime, parseSort } from './cull/order.ts'
import { parseKeyChanges } from './key-changes.ts'
import { isPreset, type KeyChoice, usualKeys } from './key-presets.ts'
import type { Kept, UiStore } from './ui-state.ts'

const storageKey = 'dropcard.window'
const defaults: Kept = {
  theme: 'system',
  autoAdvance: false,
  tileSize: 200,
  why: true,
  suggestions: true,
  screen: 'offload',
  mode: 'grid',
  filter: everything,
  sort: byCameraTime,
  current: null,
  keys: usualKeys,
}

export const smallestTile = 120
export const largestTile = 360

const isId = (value: unknown): value is AssetId => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)

/** What the window remembers between starts. Anything that does not parse falls back, field by field. */
export function parseKept(stored: string | null): Kept {
  let found: unknown = null
  try {
    found = JSON.parse(stored ?? 'null')
  } catch {
    return defaults
  }
  if (typeof found !== 'object' || found === null) return defaults
  const field = (name: keyof Kept): unknown => Object.getOwnPropertyDescriptor(found, name)?.value
  const flag = (name: 'autoAdvance' | 'why' | 'suggestions'): boolean => {
    const value = field(name)
    return typeof value === 'boolean' ? value : defaults[name]
  }
  const theme = field('theme')
  const tileSize = field('tileSize')
  const current = field('current')
  return {
    theme: theme === 'light' || theme === 'dark' || theme === 'system' ? theme : defaults.theme,
    autoAdvance: flag('autoAdvance'),
    tileSize: typeof tileSize === 'number' && tileSize >= smallestTile && tileSize <= largestTile ? tileSize : defaults.tileSize,
    why: flag('why'),
    suggestions: flag('suggestions'),
    // Back to the photos, where a cull goes on; everything else starts where a card comes in.
    screen: field('screen') === 'cull' ? 'cull' : 'offload',
    mode: field('mode') === 'loupe' ? 'loupe' : 'grid',
    filter: parseFilter(field('filter')),
    sort: parseSort(field('sort')),
    current: isId(current) ? current : null,
    keys: parseKeys(field('keys')),
  }
}

function parseKeys(found: unknown): KeyChoice {
  if (typeof found !== 'object' || found === null) return usualKeys
  const field = (name: keyof KeyChoice): unknown => Object.getOwnPropertyDescriptor(found, name)?.value
  const preset = field('preset')
  return { preset: isPreset(preset) ? preset : usualKeys.preset, changes: parseKeyChanges(field('changes')) }
}

export const readKept = (storage: Storage): Kept => parseKept(storage.getItem(storageKey))

/** Keeps localStorage and the theme attribute in step with the store. Returns the function that stops it. */
export function keep(store: UiStore, storage: Storage, root: HTMLElement): () => void {
  let timer: number | undefined
  const paint = (): void => {
    const { theme } = store.getState()
    if (root.dataset['theme'] !== theme) root.dataset['theme'] = theme
  }
  const write = (): void => {
    window.clearTimeout(timer)
    timer = undefined
    const { theme, autoAdvance, tileSize, why, suggestions, screen, mode, filter, sort, keys, selection } = store.getState()
    const kept: Kept = { theme, autoAdvance, tileSize, why, suggestions, screen, mode, filter, sort, keys, current: selection.current }
    storage.setItem(storageKey, JSON.stringify(kept))
  }
  // A window that is closed in the middle of work opens there again.
  const last = (): void => {
    if (timer !== undefined) write()
  }
  paint()
  window.addEventListener('pagehide', last)
  const end = store.subscribe(() => {
    paint()
    window.clearTimeout(timer)
    timer = window.setTimeout(write, 300)
  })
  return () => {
    end()
    window.removeEventListener('pagehide', last)
  }
}

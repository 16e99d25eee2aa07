import type { AssetId } from '../main/contract/ids.ts'
import type { Kept, UiStore } from './ui-state.ts'

const storageKey = 'dropcard.window'
const defaults: Kept = { theme: 'system', autoAdvance: false, tileSize: 200, why: true, current: null }

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
  const theme = field('theme')
  const autoAdvance = field('autoAdvance')
  const tileSize = field('tileSize')
  const why = field('why')
  const current = field('current')
  return {
    theme: theme === 'light' || theme === 'dark' || theme === 'system' ? theme : defaults.theme,
    autoAdvance: typeof autoAdvance === 'boolean' ? autoAdvance : defaults.autoAdvance,
    tileSize: typeof tileSize === 'number' && tileSize >= smallestTile && tileSize <= largestTile ? tileSize : defaults.tileSize,
    why: typeof why === 'boolean' ? why : defaults.why,
    current: isId(current) ? current : null,
  }
}

export const readKept = (storage: Storage): Kept => parseKept(storage.getItem(storageKey))

/** Keeps localStorage and the theme attribute in step with the store. Returns the function that stops it. */
export function keep(store: UiStore, storage: Storage, root: HTMLElement): () => void {
  let timer: number | undefined
  const paint = (): void => {
    root.dataset['theme'] = store.getState().theme
  }
  paint()
  return store.subscribe((ui) => {
    paint()
    window.clearTimeout(timer)
    timer = window.setTimeout(() => {
      const kept: Kept = { theme: ui.theme, autoAdvance: ui.autoAdvance, tileSize: ui.tileSize, why: ui.why, current: ui.selection.current }
      storage.setItem(storageKey, JSON.stringify(kept))
    }, 300)
  })
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const windowState = z.strictObject({
  x: z.number().int().nullable(),
  y: z.number().int().nullable(),
  width: z.number().int().min(200).max(20_000),
  height: z.number().int().min(200).max(20_000),
  maximized: z.boolean(),
})
export type WindowState = z.infer<typeof windowState>
export type Area = { x: number; y: number; width: number; height: number }

/** A first start: the system places the window. */
export const firstState: WindowState = { x: null, y: null, width: 1280, height: 820, maximized: false }

/** What was kept, or the first state when there is nothing readable. */
export function readWindowState(path: string): WindowState {
  try {
    return windowState.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return firstState
  }
}

/** Lands by rename. A disk that refuses loses a window position, nothing else. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.part`, JSON.stringify(state))
    renameSync(`${path}.part`, path)
  } catch {}
}

/** Brings a window back that would open where no screen is any more, or larger than its screen. */
export function fitToScreens(state: WindowState, screens: Area[]): WindowState {
  const { x, y } = state
  const seen = (area: Area) =>
    x === null || y === null
      ? 0
      : Math.max(0, Math.min(x + state.width, area.x + area.width) - Math.max(x, area.x)) *
        // the title bar has to be in reach, so only the top of the window counts
        Math.max(0, Math.min(y + 40, area.y + area.height) - Math.max(y, area.y))
  const best = [...screens].sort((a, b) => seen(b) - seen(a))[0]
  if (best === undefined) return { ...state, x: null, y: null }
  const width = Math.min(state.width, best.width)
  const height = Math.min(state.height, best.height)
  // less than a hand's breadth of title bar in sight cannot be grabbed
  if (x === null || y === null || seen(best) < 120 * 20) return { ...state, x: null, y: null, width, height }
  return { ...state, width, height }
}

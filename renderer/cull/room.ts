import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, StackView } from '../../main/contract/views.ts'

/** The culling room as plain data: what is shown, in which order, and where each key leads. Pure. */

export type Filter = 'all' | 'undecided' | 'picks' | 'rejects' | 'clips'

/** A stack, or a single asset as a group of one. */
export type Group = { id: string; members: AssetView[]; cover: AssetView }
export type Room = { groups: Group[]; byId: ReadonlyMap<AssetId, AssetView> }

/** The frames of a group that the filter lets through. */
export type ShownGroup = { group: Group; frames: AssetView[] }
export type Cell = {
  frame: AssetView
  group: Group /** 1 for a lone frame or a frame of an opened stack. */
  stands: number
  opened: boolean
}
export type Shown = { groups: ShownGroup[]; frames: AssetView[]; cells: Cell[] }

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Camera time, then name, then id. Assets without a time come last, in name order. */
export function byTime(a: AssetView, b: AssetView): number {
  if (a.capturedAt !== b.capturedAt) {
    if (a.capturedAt === null) return 1
    if (b.capturedAt === null) return -1
    return text(a.capturedAt, b.capturedAt)
  }
  return text(a.name, b.name) || text(a.id, b.id)
}

export function buildRoom(assets: readonly AssetView[], stacks: readonly StackView[]): Room {
  const byId = new Map(assets.map((asset) => [asset.id, asset]))
  const stackOf = new Map<AssetId, StackView>()
  for (const stack of stacks) for (const id of stack.members) if (byId.has(id)) stackOf.set(id, stack)
  const groups = new Map<string, Group>()
  for (const asset of [...assets].sort(byTime)) {
    const stack = stackOf.get(asset.id)
    const key = stack?.id ?? asset.id
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { id: key, members: [asset], cover: asset })
    else group.members.push(asset)
    const kept = groups.get(key)
    if (kept !== undefined && stack?.cover === asset.id) kept.cover = asset
  }
  return { groups: [...groups.values()], byId }
}

export function matches(asset: AssetView, filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'undecided':
      return asset.decision === 'undecided'
    case 'picks':
      return asset.decision === 'pick'
    case 'rejects':
      return asset.decision === 'reject'
    case 'clips':
      return asset.kind === 'clip'
  }
}

/** The frame a stack is entered by: its cover if shown, else the best ranked shown frame. */
export function bestOf({ group, frames }: ShownGroup): AssetView {
  const cover = frames.find((frame) => frame.id === group.cover.id)
  return cover ?? frames.reduce((best, frame) => ((frame.rank ?? Infinity) < (best.rank ?? Infinity) ? frame : best))
}

export type ShowOptions = {
  filter: Filter
  current: AssetId | null
  /** Assets that stay although they no longer match: the current one and the selection. */
  keep: ReadonlySet<AssetId>
  /** Ids of stacks opened in place, or 'all'. */
  opened: ReadonlySet<string> | 'all'
}

export function show(room: Room, { filter, current, keep, opened }: ShowOptions): Shown {
  const shown: Shown = { groups: [], frames: [], cells: [] }
  for (const group of room.groups) {
    const frames = group.members.filter((frame) => matches(frame, filter) || frame.id === current || keep.has(frame.id))
    if (frames.length === 0) continue
    const entry = { group, frames }
    shown.groups.push(entry)
    shown.frames.push(...frames)
    const isOpen = frames.length === 1 || opened === 'all' || opened.has(group.id)
    if (isOpen) for (const frame of frames) shown.cells.push({ frame, group, stands: 1, opened: group.members.length > 1 })
    else
      shown.cells.push({
        frame: frames.find((frame) => frame.id === current) ?? bestOf(entry),
        group,
        stands: frames.length,
        opened: false,
      })
  }
  return shown
}

export const indexOfCell = (shown: Shown, id: AssetId | null): number => shown.cells.findIndex((cell) => cell.frame.id === id)

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value))

/** One frame on (or back), over all shown frames: the large view. */
export function stepFrame(shown: Shown, current: AssetId | null, by: 1 | -1): AssetId | null {
  const at = shown.frames.findIndex((frame) => frame.id === current)
  return shown.frames[clamp(at + by, shown.frames.length - 1)]?.id ?? null
}

/** One cell on (or back): the grid, where a closed stack counts once. */
export function stepCell(shown: Shown, current: AssetId | null, by: number): AssetId | null {
  return shown.cells[clamp(indexOfCell(shown, current) + by, shown.cells.length - 1)]?.frame.id ?? null
}

/** The next (or previous) stack, landing on its best frame. */
export function stepStack(shown: Shown, current: AssetId | null, by: 1 | -1): AssetId | null {
  const at = shown.groups.findIndex(({ frames }) => frames.some((frame) => frame.id === current))
  const to = clamp(at + by, shown.groups.length - 1)
  const entry = shown.groups[to]
  if (entry === undefined) return null
  return to === at ? current : bestOf(entry).id
}

/** `rows` rows down (up when negative). From the outermost row it goes on to the next (previous) stack, so no frame is out of reach. */
export function stepRow(shown: Shown, current: AssetId | null, columns: number, rows: number): AssetId | null {
  const at = indexOfCell(shown, current)
  if (at < 0) return shown.cells[0]?.frame.id ?? null
  const last = shown.cells.length - 1
  const to = at + rows * columns
  const row = (index: number): number => Math.floor(index / columns)
  if (to >= 0 && to <= last) return shown.cells[to]?.frame.id ?? null
  if (to > last && row(at) < row(last)) return shown.cells[last]?.frame.id ?? null
  if (to < 0 && row(at) > 0) return shown.cells[at % columns]?.frame.id ?? null
  return stepStack(shown, current, rows > 0 ? 1 : -1)
}

/** Where a filter change leaves you: on the same frame if it still matches, else on the nearest shown one, later before earlier. */
export function placeAfterFilter(room: Room, current: AssetId | null, filter: Filter): AssetId | null {
  const order = room.groups.flatMap((group) => group.members)
  const at = order.findIndex((frame) => frame.id === current)
  const later = order.slice(Math.max(at, 0)).find((frame) => matches(frame, filter))
  const earlier = order.slice(0, Math.max(at, 0)).findLast((frame) => matches(frame, filter))
  return (later ?? earlier)?.id ?? null
}

export function groupOf(shown: Shown, id: AssetId | null): ShownGroup | null {
  return shown.groups.find(({ frames }) => frames.some((frame) => frame.id === id)) ?? null
}

export function countByFilter(room: Room): Record<Filter, number> {
  const counts: Record<Filter, number> = { all: 0, undecided: 0, picks: 0, rejects: 0, clips: 0 }
  for (const asset of room.byId.values()) for (const filter of filters) if (matches(asset, filter)) counts[filter] += 1
  return counts
}

export const filters: readonly Filter[] = ['all', 'undecided', 'picks', 'rejects', 'clips']

/** Undecided frames in view that carry a suggestion to pick or to reject. */
export const suggested = (frames: readonly AssetView[]): AssetView[] =>
  frames.filter((frame) => frame.decision === 'undecided' && (frame.suggestion === 'pick' || frame.suggestion === 'reject'))

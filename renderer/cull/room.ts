import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, StackView } from '../../main/contract/views.ts'
import { type Facts, type Filter, testOf } from './filter.ts'
import { byCameraTime, byTime, firstKey, type Sort, sorted } from './order.ts'

/** The culling room as plain data: what is shown, in which order, and where each key leads. Pure. */

/** A stack, or a single asset as a group of one. */
export type Group = { id: string; members: AssetView[]; cover: AssetView; stack: StackView | null }
export type Room = {
  /** In camera time. */
  groups: Group[]
  byId: ReadonlyMap<AssetId, AssetView>
  /** Where an asset's group stands in `groups`. */
  at: ReadonlyMap<AssetId, number>
}

/** The frames of a group that the filter lets through. */
export type ShownGroup = { group: Group; frames: AssetView[] }
export type Cell = {
  frame: AssetView
  group: Group /** 1 for a lone frame or a frame of an opened stack. */
  stands: number
  opened: boolean
}
export type Shown = { groups: ShownGroup[]; frames: AssetView[]; cells: Cell[] }

export function buildRoom(assets: readonly AssetView[], stacks: readonly StackView[]): Room {
  const byId = new Map(assets.map((asset) => [asset.id, asset]))
  const stackOf = new Map<AssetId, StackView>()
  for (const stack of stacks) for (const id of stack.members) if (byId.has(id)) stackOf.set(id, stack)
  const groups = new Map<string, Group>()
  for (const asset of isSorted(assets) ? assets : [...assets].sort(byTime)) {
    const stack = stackOf.get(asset.id)
    const key = stack?.id ?? asset.id
    let group = groups.get(key)
    if (group === undefined) {
      group = { id: key, members: [], cover: asset, stack: stack ?? null }
      groups.set(key, group)
    }
    group.members.push(asset)
    if (stack?.cover === asset.id) group.cover = asset
  }
  const all = [...groups.values()]
  const at = new Map<AssetId, number>()
  for (const [index, { members }] of all.entries()) for (const { id } of members) at.set(id, index)
  return { groups: all, byId, at }
}

const isSorted = (assets: readonly AssetView[]): boolean =>
  assets.every((asset, index) => {
    const before = assets[index - 1]
    return before === undefined || byTime(before, asset) <= 0
  })

/**
 * The room after some assets changed: only their groups are made anew. null when more than that changed (assets came, went or moved in time), and
 * the room has to be built again.
 */
export function patchRoom(room: Room, before: readonly AssetView[], after: readonly AssetView[]): Room | null {
  if (before.length !== after.length) return null
  const changed: AssetView[] = []
  for (const [index, asset] of after.entries()) {
    const old = before[index]
    if (old === asset) continue
    if (old === undefined || old.id !== asset.id || old.capturedAt !== asset.capturedAt || old.name !== asset.name) return null
    changed.push(asset)
  }
  if (changed.length === 0) return room
  const byId = new Map(room.byId)
  const groups = [...room.groups]
  const touched = new Set<number>()
  for (const asset of changed) {
    byId.set(asset.id, asset)
    const at = room.at.get(asset.id)
    if (at === undefined) return null
    touched.add(at)
  }
  const now = (asset: AssetView): AssetView => byId.get(asset.id) ?? asset
  for (const at of touched) {
    const group = groups[at]
    if (group !== undefined) groups[at] = { ...group, members: group.members.map(now), cover: now(group.cover) }
  }
  return { groups, byId, at: room.at }
}

/** The frame a stack is entered by: its cover if shown, else the best ranked shown frame. */
export function bestOf({ group, frames }: ShownGroup): AssetView {
  const cover = frames.find((frame) => frame.id === group.cover.id)
  return cover ?? frames.reduce((best, frame) => ((frame.rank ?? Infinity) < (best.rank ?? Infinity) ? frame : best))
}

export type ShowOptions = {
  filter: Filter
  facts: Facts
  sort?: Sort
  current: AssetId | null
  /** Assets that stay although they no longer match: the current one and the selection. */
  keep: ReadonlySet<AssetId>
  /** Ids of stacks opened in place, or 'all'. */
  opened: ReadonlySet<string> | 'all'
  /** How the current and the chosen ones were when they were come to: they keep the place in the order that they had then. */
  held?: ReadonlyMap<AssetId, AssetView>
}

export function show(room: Room, { filter, facts, sort = byCameraTime, current, keep, opened, held }: ShowOptions): Shown {
  const test = testOf(filter, facts)
  const entries: ShownGroup[] = []
  // Frames that are sorted one by one are groups of their own here.
  const apart = opened === 'all' && sort.by !== 'time'
  for (const group of room.groups) {
    const frames =
      test === null ? group.members : group.members.filter((frame) => frame.id === current || keep.has(frame.id) || test(frame))
    if (frames.length === 0) continue
    if (apart) for (const frame of frames) entries.push({ group, frames: [frame] })
    else entries.push({ group, frames })
  }
  const then = (frames: AssetView[]): AssetView[] =>
    held === undefined || held.size === 0 ? frames : frames.map((frame) => held.get(frame.id) ?? frame)
  const groups =
    sort.by === 'time'
      ? sort.down
        ? entries.toReversed()
        : entries
      : sorted(entries, ({ frames }) => firstKey(then(frames), sort.by, facts), sort.down)
  const shown: Shown = { groups, frames: [], cells: [] }
  for (const entry of groups) {
    const { group, frames } = entry
    for (const frame of frames) shown.frames.push(frame)
    if (frames.length === 1 || opened === 'all' || opened.has(group.id))
      for (const frame of frames) shown.cells.push({ frame, group, stands: 1, opened: group.members.length > 1 })
    else shown.cells.push({ frame: standIn(entry, current), group, stands: frames.length, opened: false })
  }
  return shown
}

/** What stands for a closed stack: the frame you are on, else its best. */
const standIn = (entry: ShownGroup, current: AssetId | null): AssetView =>
  entry.frames.find((frame) => frame.id === current) ?? bestOf(entry)

/** The same room with another current frame, where nothing but what stands for its stack depends on that. */
export function moveIn(shown: Shown, current: AssetId | null): Shown {
  if (current === null || shown.cells.some(({ frame }) => frame.id === current)) return shown
  const entry = groupOf(shown, current)
  const at = entry === null ? -1 : shown.cells.findIndex(({ group, opened }) => group === entry.group && !opened)
  const cell = shown.cells[at]
  return entry === null || cell === undefined
    ? shown
    : { ...shown, cells: shown.cells.with(at, { ...cell, frame: standIn(entry, current) }) }
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

/** Where a change of the filter leaves you: on the same frame if it still matches, else on the nearest shown one in time, later before earlier. */
export function placeAfterFilter(room: Room, current: AssetId | null, filter: Filter, facts: Facts): AssetId | null {
  const test = testOf(filter, facts)
  const order = room.groups.flatMap((group) => group.members)
  const at = order.findIndex((frame) => frame.id === current)
  const fits = (frame: AssetView): boolean => test === null || test(frame)
  const later = order.slice(Math.max(at, 0)).find(fits)
  const earlier = order.slice(0, Math.max(at, 0)).findLast(fits)
  return (later ?? earlier)?.id ?? null
}

export function groupOf(shown: Shown, id: AssetId | null): ShownGroup | null {
  return shown.groups.find(({ frames }) => frames.some((frame) => frame.id === id)) ?? null
}

/** Undecided frames in view that carry a suggestion to pick or to reject. */
export const suggested = (frames: readonly AssetView[]): AssetView[] =>
  frames.filter((frame) => frame.decision === 'undecided' && (frame.suggestion === 'pick' || frame.suggestion === 'reject'))

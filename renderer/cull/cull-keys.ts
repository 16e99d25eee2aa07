import { type RefObject, useRef } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { Decision, Label } from '../../main/contract/views.ts'
import { largestTile, smallestTile } from '../kept.ts'
import { useKeys } from '../keyboard.ts'
import { useAssign, usePicked } from '../products/assigning.ts'
import { useUi, useUiStore } from '../ui-state.ts'
import { tileLabel } from '../words.ts'
import { useDecide } from './decisions.ts'
import { everything, type Filter, isEverything } from './filter.ts'
import { groupOf, type Room, type Shown, stepCell, stepFrame, stepRow, stepStack, suggested } from './room.ts'
import { extend, only, targets } from './selection.ts'

export type CullActs = {
  decide(decision: Decision, event?: KeyboardEvent): void
  rate(stars: number, event?: KeyboardEvent): void
  /** Takes the label away where all have it already; null = takes it away. */
  label(label: Label | null, event?: KeyboardEvent): void
  keepOnly(): void
  accept(): void
  acceptStack(): void
  oneProduct(): void
  /** Asks for a product that is there. */
  toProduct(): void
  /** Asks first when it is many. */
  remove(): void
  removeNow(ids: AssetId[]): void
  undo(): void
  go(id: AssetId | null): void
  next(): void
  previous(): void
}

const rowsInView = 3
/** More than this at once is asked about first. */
const removedUnasked = 20
/** A Space pressed longer than this was a peek: letting go leaves true size. */
const peekMs = 250

/** Binds the keys of the culling room and hands the same acts to the buttons. */
export function useCullKeys({
  room,
  shown,
  columns,
  video,
  onManyToRemove,
  onFilter,
}: {
  room: Room
  shown: Shown
  columns: RefObject<number>
  video: RefObject<HTMLVideoElement | null>
  onManyToRemove: (ids: AssetId[]) => void
  onFilter: (filter: Filter) => void
}): CullActs {
  const ui = useUiStore()
  const decisions = useDecide()
  const mode = useUi((state) => state.mode)
  const peekedAt = useRef(0)
  const isLoupe = mode === 'loupe'
  const at = (): AssetId | null => ui.getState().selection.current

  const go = (id: AssetId | null): void => {
    if (id === null || id === at()) return
    ui.getState().set({ selection: only(id) })
    const asset = room.byId.get(id)
    if (isLoupe && asset !== undefined) ui.getState().say(tileLabel(asset, groupOf(shown, id)?.frames.length ?? 1))
  }
  const step = (by: 1 | -1): AssetId | null => (isLoupe ? stepFrame(shown, at(), by) : stepCell(shown, at(), by))
  /** Does something to the selection, or to the current frame and then goes on to the next, if that is on. */
  const act = (event: KeyboardEvent | undefined, does: (ids: AssetId[]) => void): void => {
    const { selection, autoAdvance } = ui.getState()
    const ids = targets(selection)
    const moves = (autoAdvance || event?.getModifierState('CapsLock') === true) && selection.chosen.size === 0
    const next = moves ? step(1) : null
    does(ids)
    go(next)
  }
  const decide = (decision: Decision, event?: KeyboardEvent): void => act(event, (ids) => void decisions.set(ids, decision))
  const rate = (stars: number, event?: KeyboardEvent): void => act(event, (ids) => void decisions.rate(ids, stars))
  const label = (label: Label | null, event?: KeyboardEvent): void =>
    act(event, (ids) => {
      const isOn = label !== null && ids.every((id) => room.byId.get(id)?.label === label)
      void decisions.label(ids, isOn ? null : label)
    })
  const keepOnly = (): void => {
    const id = at()
    const group = groupOf(shown, id)
    if (id === null || group === null) return
    const next = stepStack(shown, id, 1)
    void decisions.keepOnly(
      id,
      group.group.members.flatMap((member) => (member.id === id ? [] : [member.id])),
    )
    go(next)
  }
  const ignores = (): boolean => {
    if (ui.getState().suggestions) return false
    ui.getState().toast('Suggestions are ignored now.', { label: 'Show them', run: () => ui.getState().set({ suggestions: true }) })
    return true
  }
  const accept = (): void => {
    if (ignores()) return
    const { filter, selection } = ui.getState()
    const all = isEverything(filter) && selection.chosen.size === 0
    const frames = selection.chosen.size > 0 ? shown.frames.filter(({ id }) => selection.chosen.has(id)) : shown.frames
    const ids = suggested(frames).map(({ id }) => id)
    void decisions.accept(all ? null : ids)
  }
  const assign = useAssign()
  const pickedOf = usePicked()
  const picks = () => pickedOf(targets(ui.getState().selection).flatMap((id) => room.byId.get(id) ?? []))
  const oneProduct = (): void => {
    const shots = picks()
    if (shots.length > 0) void assign(shots, null)
  }
  const toProduct = (): void => {
    if (picks().length > 0) ui.getState().set({ panel: 'product' })
  }
  const acceptStack = (): void => {
    if (ignores()) return
    const id = at()
    const group = id === null ? undefined : room.groups[room.at.get(id) ?? -1]
    void decisions.accept(suggested(group?.members ?? []).map((frame) => frame.id))
  }
  const removeNow = (ids: AssetId[]): void => {
    const going = new Set(ids)
    const around = isLoupe ? shown.frames : shown.cells.map(({ frame }) => frame)
    const here = around.findIndex(({ id }) => id === at())
    const next = around.slice(Math.max(0, here)).find(({ id }) => !going.has(id)) ?? around.findLast(({ id }) => !going.has(id))
    void decisions.remove(ids)
    go(next?.id ?? null)
  }
  const remove = (): void => {
    const ids = targets(ui.getState().selection)
    if (ids.length > removedUnasked) onManyToRemove(ids)
    else removeNow(ids)
  }
  const grow = (id: AssetId | null): void => {
    if (id === null) return
    const { selection } = ui.getState()
    ui.getState().set({
      selection: extend(
        selection,
        shown.cells.map(({ frame }) => frame.id),
        id,
      ),
    })
  }
  const resize = (by: 1 | -1): void => {
    const tileSize = Math.max(smallestTile, Math.min(largestTile, ui.getState().tileSize + by * 40))
    ui.getState().set({ tileSize })
  }
  const toggleZoom = (): void => {
    const { zoom } = ui.getState()
    ui.getState().set({ zoom: zoom === null ? { x: 0.5, y: 0.5 } : null })
  }
  const isClip = (): boolean => {
    const id = at()
    return id !== null && room.byId.get(id)?.kind === 'clip'
  }
  const openLoupe = (): void => {
    if (at() !== null) ui.getState().set({ mode: 'loupe' })
  }
  const closeLoupe = (): void => ui.getState().set({ mode: 'grid', zoom: null })

  useKeys(isLoupe ? ['cull', 'loupe'] : ['cull', 'grid'], {
    pick: (event) => decide('pick', event),
    reject: (event) => decide('reject', event),
    clear: (event) => decide('undecided', event),
    stars0: (event) => rate(0, event),
    stars1: (event) => rate(1, event),
    stars2: (event) => rate(2, event),
    stars3: (event) => rate(3, event),
    stars4: (event) => rate(4, event),
    stars5: (event) => rate(5, event),
    labelRed: (event) => label('red', event),
    labelYellow: (event) => label('yellow', event),
    labelGreen: (event) => label('green', event),
    labelBlue: (event) => label('blue', event),
    labelPurple: (event) => label('purple', event),
    keepOnly,
    accept,
    acceptStack,
    suggestions: () => {
      const suggestions = !ui.getState().suggestions
      ui.getState().set({ suggestions })
      ui.getState().say(suggestions ? 'Suggestions are shown' : 'Suggestions are ignored')
    },
    history: () => ui.getState().set({ panel: 'history' }),
    handOver: () => ui.getState().set({ panel: 'hand-over' }),
    oneProduct,
    toProduct,
    filter: () => ui.getState().set({ panel: 'filter' }),
    clearFilter: () => {
      if (!isEverything(ui.getState().filter)) onFilter(everything)
      ui.getState().say('Everything is shown')
    },
    bigger: () => resize(1),
    smaller: () => resize(-1),
    remove: (event) => {
      if (!event.repeat) remove()
    },
    autoAdvance: () => {
      const autoAdvance = !ui.getState().autoAdvance
      ui.getState().set({ autoAdvance })
      ui.getState().say(autoAdvance ? 'Moving on after each decision' : 'Staying after each decision')
    },
    nextFrame: () => go(step(1)),
    previousFrame: () => go(step(-1)),
    down: () => go(isLoupe ? stepStack(shown, at(), 1) : stepRow(shown, at(), columns.current, 1)),
    up: () => go(isLoupe ? stepStack(shown, at(), -1) : stepRow(shown, at(), columns.current, -1)),
    nextStack: () => go(stepStack(shown, at(), 1)),
    previousStack: () => go(stepStack(shown, at(), -1)),
    first: () => go(shown.cells[0]?.frame.id ?? null),
    last: () => go(shown.cells.at(-1)?.frame.id ?? null),
    pageDown: () => go(stepRow(shown, at(), columns.current, rowsInView)),
    pageUp: () => go(stepRow(shown, at(), columns.current, -rowsInView)),
    openLoupe,
    closeLoupe,
    grid: closeLoupe,
    zoom: () => {
      if (!isClip()) toggleZoom()
    },
    peek: (event) => {
      if (event.repeat) return
      if (isClip()) {
        if (video.current?.paused === true) void video.current.play().catch(() => undefined)
        else video.current?.pause()
        return
      }
      const wasOff = ui.getState().zoom === null
      toggleZoom()
      peekedAt.current = performance.now()
      window.addEventListener(
        'keyup',
        () => {
          if (wasOff && performance.now() - peekedAt.current > peekMs) ui.getState().set({ zoom: null })
        },
        { once: true },
      )
    },
    why: () => ui.getState().set({ why: !ui.getState().why, ...(isLoupe ? {} : { mode: 'loupe' as const, why: true }) }),
    expand: () => {
      const { opened } = ui.getState()
      const group = groupOf(shown, at())?.group
      if (group === undefined || group.members.length < 2) return
      const next = new Set(opened === 'all' ? room.groups.map(({ id }) => id) : opened)
      if (!next.delete(group.id)) next.add(group.id)
      ui.getState().set({ opened: next })
    },
    extendNext: () => grow(step(1)),
    extendPrevious: () => grow(step(-1)),
    extendDown: () => grow(stepRow(shown, at(), columns.current, 1)),
    extendUp: () => grow(stepRow(shown, at(), columns.current, -1)),
    selectAll: () => {
      const { selection } = ui.getState()
      ui.getState().set({ selection: { ...selection, chosen: new Set(shown.frames.map(({ id }) => id)) } })
      ui.getState().say(`${shown.frames.length} selected`)
    },
    escape: () => {
      const { zoom, selection } = ui.getState()
      if (zoom !== null) ui.getState().set({ zoom: null })
      else if (isLoupe) closeLoupe()
      else ui.getState().set({ selection: only(selection.current) })
    },
  })
  return {
    decide,
    rate,
    label,
    keepOnly,
    accept,
    acceptStack,
    oneProduct,
    toProduct,
    remove,
    removeNow,
    undo: () => void decisions.undo(),
    go,
    next: () => go(step(1)),
    previous: () => go(step(-1)),
  }
}

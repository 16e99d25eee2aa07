import { type RefObject, useRef } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { Decision } from '../../main/contract/views.ts'
import { useKeys } from '../keyboard.ts'
import { useUi, useUiStore } from '../ui-state.ts'
import { tileLabel } from '../words.ts'
import { useDecide } from './decisions.ts'
import { groupOf, type Room, type Shown, stepCell, stepFrame, stepRow, stepStack, suggested } from './room.ts'
import { extend, only, targets } from './selection.ts'

export type CullActs = {
  decide(decision: Decision, event?: KeyboardEvent): void
  keepOnly(): void
  accept(): void
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
}: {
  room: Room
  shown: Shown
  columns: RefObject<number>
  video: RefObject<HTMLVideoElement | null>
  onManyToRemove: (ids: AssetId[]) => void
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
  const decide = (decision: Decision, event?: KeyboardEvent): void => {
    const { selection, autoAdvance } = ui.getState()
    const ids = targets(selection)
    const moves = (autoAdvance || event?.getModifierState('CapsLock') === true) && selection.chosen.size === 0
    const next = moves ? step(1) : null
    void decisions.set(ids, decision)
    go(next)
  }
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
  const accept = (): void => {
    const { filter, selection } = ui.getState()
    const all = filter === 'all' && selection.chosen.size === 0
    const frames = selection.chosen.size > 0 ? shown.frames.filter(({ id }) => selection.chosen.has(id)) : shown.frames
    const ids = suggested(frames).map(({ id }) => id)
    void decisions.accept(all ? null : ids)
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
  const grow = (by: 1 | -1): void => {
    const id = step(by)
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
    keepOnly,
    accept,
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
    extendNext: () => grow(1),
    extendPrevious: () => grow(-1),
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
    keepOnly,
    accept,
    remove,
    removeNow,
    undo: () => void decisions.undo(),
    go,
    next: () => go(step(1)),
    previous: () => go(step(-1)),
  }
}

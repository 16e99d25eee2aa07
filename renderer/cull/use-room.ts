import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef } from 'react'
import type { AssetId } from '../../main/contract/ids.ts'
import type { AssetView, StackView } from '../../main/contract/views.ts'
import { keysOf, reads, useLibrary, useProducts } from '../queries.ts'
import { useUi } from '../ui-state.ts'
import { type Facts, noFacts, testOf } from './filter.ts'
import { firstKey } from './order.ts'
import { buildRoom, moveIn, patchRoom, type Room, type Shown, show } from './room.ts'
import type { Selection } from './selection.ts'

export function useAssets() {
  return useQuery(reads.assets(useLibrary(), useQueryClient()))
}

const noAssets: AssetView[] = []
const noStacks: StackView[] = []
const nothingHeld: ReadonlyMap<AssetId, AssetView> = new Map()
const nothingKept: ReadonlySet<AssetId> = new Set()

/** The room, made anew only where assets changed. */
function useBuilt(assets: readonly AssetView[], stacks: readonly StackView[]): Room {
  const last = useRef<{ assets: readonly AssetView[]; stacks: readonly StackView[]; room: Room } | null>(null)
  return useMemo(() => {
    const before = last.current
    const room = (before?.stacks === stacks ? patchRoom(before.room, before.assets, assets) : null) ?? buildRoom(assets, stacks)
    last.current = { assets, stacks, room }
    return room
  }, [assets, stacks])
}

const isSameMap = <K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean =>
  a.size === b.size && [...b].every(([key, value]) => a.get(key) === value)

/** Which product an asset is in; the same map as long as that did not change. */
export function useFacts(): Facts {
  const { data: products } = useProducts()
  const last = useRef<Facts>(noFacts)
  return useMemo(() => {
    const productOf = new Map((products ?? []).flatMap(({ id, assets }) => assets.map((asset) => [asset, id] as const)))
    const productTitles = new Map((products ?? []).map(({ id, title }) => [id as string, title]))
    const old = last.current
    if (!isSameMap(old.productOf, productOf) || !isSameMap(old.productTitles, productTitles)) last.current = { productOf, productTitles }
    return last.current
  }, [products])
}

/** How the current and the chosen assets were when they were come to. */
function useHeld(room: Room, { current, chosen }: Selection): ReadonlyMap<AssetId, AssetView> {
  const last = useRef(new Map<AssetId, AssetView>())
  return useMemo(() => {
    const held = new Map<AssetId, AssetView>()
    for (const id of current === null ? chosen : [...chosen, current]) {
      const asset = last.current.get(id) ?? room.byId.get(id)
      if (asset !== undefined) held.set(id, asset)
    }
    last.current = held
    return held
  }, [room, current, chosen])
}

/** The room as the filter, the order, the place and the opened stacks show it now. */
export function useRoom(): {
  room: Room
  shown: Shown
  facts: Facts
  /** False while the rest of a big library is still on its way. */
  isWhole: boolean
  isPending: boolean
  error: Error | null
  retry: () => void
} {
  const library = useLibrary()
  const assets = useAssets()
  const stacks = useQuery(reads.stacks(library))
  const { data: isPartial } = useQuery({ queryKey: keysOf.partial, queryFn: () => false, initialData: false })
  const filter = useUi((ui) => ui.filter)
  const sort = useUi((ui) => ui.sort)
  const selection = useUi((ui) => ui.selection)
  const opened = useUi((ui) => ui.opened)
  const facts = useFacts()
  const room = useBuilt(assets.data ?? noAssets, stacks.data ?? noStacks)
  const held = useHeld(room, selection)
  /** Those of them that the filter or the order would move or hide by now. Mostly none, and then a step changes nothing below. */
  const moved = useMemo(() => {
    const test = testOf(filter, facts)
    const found = new Map<AssetId, AssetView>()
    for (const [id, asset] of held) {
      const now = room.byId.get(id)
      if (now === undefined) continue
      const isHidden = test !== null && !test(now)
      const isMoved = now !== asset && firstKey([now], sort.by, facts) !== firstKey([asset], sort.by, facts)
      if (isHidden || isMoved) found.set(id, asset)
    }
    return found.size === 0 ? nothingHeld : found
  }, [held, room, filter, sort, facts])
  const base = useMemo(
    () =>
      show(room, { filter, sort, facts, current: null, keep: moved.size === 0 ? nothingKept : new Set(moved.keys()), opened, held: moved }),
    [room, filter, sort, facts, opened, moved],
  )
  const shown = useMemo(() => moveIn(base, selection.current), [base, selection.current])
  const failed = assets.data === undefined ? assets : stacks
  return {
    room,
    shown,
    facts,
    isWhole: !isPartial,
    // The first part of a big library is enough to begin with, unless your place or the first in the order may be in the rest.
    isPending:
      assets.isPending ||
      stacks.isPending ||
      (isPartial && (sort.by !== 'time' || sort.down || (selection.current !== null && !room.byId.has(selection.current)))),
    error: failed.error,
    retry: () => {
      void assets.refetch()
      void stacks.refetch()
    },
  }
}

import type { AssetId } from '../../main/contract/ids.ts'

/** Which frames are chosen together. Empty `chosen` means: only the current one. */
export type Selection = { current: AssetId | null; anchor: AssetId | null; chosen: ReadonlySet<AssetId> }

export const only = (id: AssetId | null): Selection => ({ current: id, anchor: id, chosen: new Set() })

/** Control or Command click: adds or removes one; the current frame joins on the first toggle. */
export function toggle(selection: Selection, id: AssetId): Selection {
  const chosen = new Set(selection.chosen)
  if (chosen.size === 0 && selection.current !== null && selection.current !== id) chosen.add(selection.current)
  if (chosen.has(id)) chosen.delete(id)
  else chosen.add(id)
  return { current: id, anchor: id, chosen }
}

/** Shift click or Shift+arrow: everything between the anchor and `id`, in the order shown. */
export function extend(selection: Selection, order: readonly AssetId[], id: AssetId): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor)
  const to = order.indexOf(id)
  if (from < 0 || to < 0) return only(id)
  return { current: id, anchor: selection.anchor, chosen: new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1)) }
}

/** What a decision applies to: the selection when there is one, else the current frame. */
export function targets({ current, chosen }: Selection): AssetId[] {
  if (chosen.size > 0) return [...chosen]
  return current === null ? [] : [current]
}

/** Forgets frames that are gone from the library. */
export function prune(selection: Selection, known: (id: AssetId) => boolean): Selection {
  const chosen = new Set([...selection.chosen].filter(known))
  const keep = (id: AssetId | null): AssetId | null => (id !== null && known(id) ? id : null)
  return { current: keep(selection.current), anchor: keep(selection.anchor), chosen }
}

import type { AssetId } from '../../main/contract/ids.ts'
import type { ProductView, ShotRole } from '../../main/contract/views.ts'

export const roleWords: Readonly<Record<ShotRole, string>> = {
  front: 'Front',
  back: 'Back',
  side: 'Side',
  detail: 'Close-up',
  scale: 'Size',
  'in-use': 'In use',
  packaging: 'Packaging',
}

export const roleOrder: readonly ShotRole[] = ['front', 'back', 'side', 'detail', 'scale', 'in-use', 'packaging']

/** The picture at `from` goes to `to`; everything between moves by one. */
export function moved<T>(order: readonly T[], from: number, to: number): T[] {
  const next = [...order]
  const [one] = next.splice(from, 1)
  if (one !== undefined) next.splice(Math.max(0, Math.min(to, next.length)), 0, one)
  return next
}

/** Takes `keys` out and puts them, in their order, before or after `target`. */
export function dropped(order: readonly AssetId[], keys: ReadonlySet<unknown>, target: unknown, where: 'before' | 'after'): AssetId[] {
  const taken = order.filter((id) => keys.has(id))
  const rest = order.filter((id) => !keys.has(id))
  const at = rest.findIndex((id) => Object.is(id, target))
  if (at < 0) return [...order]
  const place = where === 'before' ? at : at + 1
  return [...rest.slice(0, place), ...taken, ...rest.slice(place)]
}

/** What a person may want to move in: the pictures of the other listings, nearest first. */
export const others = (all: readonly ProductView[], product: ProductView): ProductView[] => {
  const at = all.findIndex((one) => one.id === product.id)
  return all
    .map((one, index) => ({ one, apart: Math.abs(index - at) }))
    .filter(({ one }) => one.id !== product.id && one.assets.length > 0)
    .toSorted((a, b) => a.apart - b.apart)
    .map(({ one }) => one)
}

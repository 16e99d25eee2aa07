import type { ClipId } from '../../main/contract/ids.ts'
import type { ReviewClip, TakeView } from '../../main/contract/views.ts'

/** Where the keys go between clips. Pure. */
export type Move = 'next' | 'previous' | 'nextTake' | 'previousTake' | 'first' | 'last'

type Takes = readonly Pick<TakeView, 'clips'>[]

export const clipsOf = (takes: Takes): ReviewClip[] => takes.flatMap(({ clips }) => clips)

/** The clip that a move leads to; the same one at the ends, null where there is none. Takes without clips are stepped over. */
export function moved(takes: Takes, current: ClipId | null, move: Move): ClipId | null {
  const all = clipsOf(takes)
  const at = all.findIndex(({ id }) => id === current)
  if (all.length === 0) return null
  if (at < 0) return (move === 'last' ? all.at(-1) : all[0])?.id ?? null
  if (move === 'first') return all[0]?.id ?? null
  if (move === 'last') return all.at(-1)?.id ?? null
  if (move === 'next') return (all[at + 1] ?? all[at])?.id ?? null
  if (move === 'previous') return (all[at - 1] ?? all[at])?.id ?? null
  const rows = takes.filter(({ clips }) => clips.length > 0)
  const row = rows.findIndex(({ clips }) => clips.some(({ id }) => id === current))
  const column = rows[row]?.clips.findIndex(({ id }) => id === current) ?? 0
  const target = rows[row + (move === 'nextTake' ? 1 : -1)]?.clips
  if (target === undefined) return current
  return (target[Math.min(column, target.length - 1)] ?? target[0])?.id ?? current
}

/** Where to be when the list changed: the same clip, else the nearest one that was not decided. */
export function kept(takes: Takes, current: ClipId | null): ClipId | null {
  const all = clipsOf(takes)
  if (all.some(({ id }) => id === current)) return current
  return (all.find(({ choice }) => choice === 'undecided') ?? all[0])?.id ?? null
}

import type { AssetDetail } from '../../../main/contract/views.ts'

type Components = AssetDetail['components']

const shownAtMost = 3

/** By how many points `b` is ahead of (or behind) `a`, measure by measure, the largest differences first. Pure. */
export function differences(a: Components, b: Components): { name: string; by: number; because: string }[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names]
    .map((name) => ({ name, by: (b[name]?.points ?? 0) - (a[name]?.points ?? 0), because: b[name]?.because ?? '' }))
    .filter(({ by }) => Math.abs(by) >= 1)
    .sort((x, y) => Math.abs(y.by) - Math.abs(x.by))
    .slice(0, shownAtMost)
}

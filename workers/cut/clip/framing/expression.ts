import type { Knot } from './frame.ts'

/** A value for every output picture n as an ffmpeg expression: even movement between knots, a jump where a new list begins. */
export function expressionOf(lists: readonly (readonly Knot[])[], scale: (at: number) => number): string {
  const pieces: Piece[] = lists.flatMap((knots, shot) => {
    const next = lists[shot + 1]?.[0]?.frame ?? Number.POSITIVE_INFINITY
    return knots.map((knot, i): Piece => {
      const after = knots[i + 1]
      const slope = after === undefined ? 0 : (scale(after.at) - scale(knot.at)) / (after.frame - knot.frame)
      return { until: after?.frame ?? next, base: scale(knot.at) - slope * knot.frame, slope }
    })
  })
  return tree(pieces)
}

/** Below picture `until` the value is base + slope · n. */
type Piece = { until: number; base: number; slope: number }

/** Nested in halves: ffmpeg refuses expressions nested deeper than about a hundred. */
function tree(pieces: readonly Piece[]): string {
  const half = pieces.length >> 1
  const before = pieces[half - 1]
  if (before !== undefined) return `if(lt(n,${before.until}),${tree(pieces.slice(0, half))},${tree(pieces.slice(half))})`
  const only = pieces[0]
  if (only === undefined) return '0'
  return only.slope === 0
    ? only.base.toFixed(2)
    : `${only.base.toFixed(2)}${only.slope < 0 ? '-' : '+'}${Math.abs(only.slope).toFixed(5)}*n`
}

/** The same value in our own arithmetic, for one picture. */
export function valueAt(lists: readonly (readonly Knot[])[], frame: number): number {
  const knots = lists.findLast((list) => (list[0]?.frame ?? 0) <= frame) ?? lists[0] ?? []
  const at = knots.findLastIndex((knot) => knot.frame <= frame)
  const [here, next] = [knots[Math.max(0, at)], knots[at + 1]]
  if (here === undefined) return 0
  if (next === undefined || at < 0) return here.at
  return here.at + ((next.at - here.at) * (frame - here.frame)) / (next.frame - here.frame)
}

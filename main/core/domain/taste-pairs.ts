import type { StackKind } from '../../contract/views.ts'
import type { BurstFrame } from './frame.ts'
import type { TastePair } from './taste.ts'

/** The newest decision of one photo, as far as a person made it. */
export type Decided = { assetId: string; decision: 'pick' | 'reject'; at: string; seq: number }

/** How much a pair says: beside its stack mates a pick is a clear word; a mate that was only passed over, or another scene of the day, is less of one. */
const says = { rejectedMate: 1, passedMate: 0.5, sameDay: 0.3 } as const
/** Pairs across stacks for each pick: the rejects nearest in time. */
const dayMates = 2
/** The newest pairs are enough, and taste may change. */
const mostPairs = 1_200

/**
 * Pairs a person's decisions imply, oldest decision first. Inside a stack every kept frame against every mate that was rejected or passed over;
 * across stacks kept against rejected of the same day. Series that are kept whole say nothing. `suggested`: decided by an accepted suggestion,
 * which teaches nothing.
 */
export function tastePairs(
  frames: readonly BurstFrame[],
  stacks: readonly { kind: StackKind; members: readonly string[] }[],
  decided: readonly Decided[],
  suggested: ReadonlySet<string>,
): { pairs: TastePair[]; picks: number; since: string | null } {
  const byId = new Map<string, BurstFrame>(frames.map((frame) => [frame.id, frame]))
  const said = new Map(decided.map((one) => [one.assetId, one]))
  const made: { pair: TastePair; seq: number }[] = []
  const put = (kept: BurstFrame, left: BurstFrame, weight: number, seq: number): void => {
    const [a, b] = [taste(kept), taste(left)]
    if (a !== null && b !== null) made.push({ pair: { kept: a, left: b, weight }, seq })
  }
  for (const { kind, members } of stacks) {
    if (members.length < 2 || (kind !== 'burst' && kind !== 'copies' && kind !== 'focus-stack')) continue
    for (const id of members) {
      const [pick, kept] = [said.get(id), byId.get(id)]
      if (pick?.decision !== 'pick' || kept === undefined) continue
      for (const mate of members) {
        const left = byId.get(mate)
        const decision = said.get(mate)?.decision ?? null
        if (mate === id || left === undefined || decision === 'pick' || (decision === null && suggested.has(mate))) continue
        put(kept, left, decision === 'reject' ? says.rejectedMate : says.passedMate, pick.seq)
      }
    }
  }
  acrossStacks(byId, stacks, decided, put)
  const picks = decided.filter((one) => one.decision === 'pick' && byId.has(one.assetId))
  const pairs = made
    .toSorted((p, q) => p.seq - q.seq)
    .slice(-mostPairs)
    .map(({ pair }) => pair)
  const since = picks.reduce<string | null>((first, one) => (first === null || one.at < first ? one.at : first), null)
  return { pairs, picks: picks.length, since }
}

const taste = (frame: BurstFrame): TastePair['kept'] | null => (frame.score === null ? null : { ...frame, score: frame.score })

function acrossStacks(
  byId: ReadonlyMap<string, BurstFrame>,
  stacks: readonly { members: readonly string[] }[],
  decided: readonly Decided[],
  put: (kept: BurstFrame, left: BurstFrame, weight: number, seq: number) => void,
): void {
  const stackOf = new Map(stacks.flatMap(({ members }, index) => members.map((id) => [id, index] as const)))
  const days = Map.groupBy(
    decided.flatMap((one) => {
      const frame = byId.get(one.assetId)
      return frame?.capturedAt ? [{ ...one, frame, ms: Date.parse(`${frame.capturedAt}Z`) }] : []
    }),
    ({ frame }) => frame.capturedAt?.slice(0, 10) ?? '',
  )
  for (const day of days.values()) {
    const rejects = day.filter((one) => one.decision === 'reject')
    for (const pick of day) {
      if (pick.decision !== 'pick') continue
      const near = rejects
        .filter((one) => stackOf.get(one.assetId) !== stackOf.get(pick.assetId))
        .toSorted((p, q) => Math.abs(p.ms - pick.ms) - Math.abs(q.ms - pick.ms) || p.seq - q.seq)
      for (const one of near.slice(0, dayMates)) put(pick.frame, one.frame, says.sameDay, Math.max(pick.seq, one.seq))
    }
  }
}

import type { Comparison, StackKind } from '../../contract/views.ts'
import type { BurstFrame } from './frame.ts'
import type { TastePair } from './taste.ts'

/** The newest decision of one photo, as far as a person made it. */
export type Decided = { assetId: string; decision: 'pick' | 'reject'; at: string; seq: number; act: number }

/** One photo over another, said while the two were compared. `act`: its place among all acts, as in Decided. */
type Compared = Pick<Comparison, 'winner' | 'loser'> & { at: string; act: number }

/** How much a pair says: beside its stack mates a pick is a clear word; a mate that was only passed over, or another scene of the day, is less of one. */
const says = { compared: 1, rejectedMate: 1, passedMate: 0.5, sameDay: 0.3 } as const
/** Pairs across stacks for each pick: the rejects nearest in time. */
const dayMates = 2
/** The newest pairs are enough, and taste may change. */
const mostPairs = 1_200

type Made = { kept: string; left: string; pair: TastePair; act: number; seq: number }
type Put = (kept: BurstFrame, left: BurstFrame, weight: number, when: { act: number; seq: number }) => void

/**
 * Pairs a person's decisions imply, and pairs he compared, oldest first. Inside a stack every kept frame against every mate that was rejected or passed
 * over; across stacks kept against rejected of the same day. Series that are kept whole say nothing. `suggested`: decided by an accepted suggestion,
 * which teaches nothing. `gone`: photos in the trash, which are only asked about what was compared. Where two photos were compared and decided about, the newer word counts.
 */
export function tastePairs(
  frames: readonly BurstFrame[],
  stacks: readonly { kind: StackKind; members: readonly string[] }[],
  decided: readonly Decided[],
  suggested: ReadonlySet<string>,
  compared: readonly Compared[] = [],
  gone: readonly BurstFrame[] = [],
): { pairs: TastePair[]; picks: number; comparisons: number; since: string | null } {
  const byId = new Map<string, BurstFrame>(frames.map((frame) => [frame.id, frame]))
  const said = new Map(decided.map((one) => [one.assetId, one]))
  const made: Made[] = []
  const put: Put = (kept, left, weight, { act, seq }) => {
    const [a, b] = [taste(kept), taste(left)]
    if (a !== null && b !== null) made.push({ kept: kept.id, left: left.id, pair: { kept: a, left: b, weight }, act, seq })
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
        put(kept, left, decision === 'reject' ? says.rejectedMate : says.passedMate, pick)
      }
    }
  }
  acrossStacks(byId, stacks, decided, put)
  const any = new Map<string, BurstFrame>([...gone, ...frames].map((frame) => [frame.id, frame]))
  const taught = compared.flatMap((one) => {
    const [kept, left] = [any.get(one.winner), any.get(one.loser)]
    if (kept === undefined || left === undefined || kept.score === null || left.score === null) return []
    put(kept, left, says.compared, { act: one.act, seq: 0 })
    return [one]
  })
  const picks = decided.filter((one) => one.decision === 'pick' && byId.has(one.assetId))
  const firsts = [...picks, ...taught].map(({ at }) => at)
  return {
    pairs: newest(made).slice(-mostPairs),
    picks: picks.length,
    comparisons: taught.length,
    since: firsts.reduce<string | null>((first, at) => (first === null || at < first ? at : first), null),
  }
}

/** In the order in which they were said, each two photos once: the newer word, as clear as it was ever said that way round. */
function newest(made: readonly Made[]): TastePair[] {
  const pairs = new Map<string, Made>()
  for (const one of made.toSorted((p, q) => p.act - q.act || p.seq - q.seq)) {
    const key = [one.kept, one.left].toSorted().join()
    const before = pairs.get(key)
    pairs.delete(key)
    const weight = before?.kept === one.kept ? Math.max(before.pair.weight, one.pair.weight) : one.pair.weight
    pairs.set(key, { ...one, pair: { ...one.pair, weight } })
  }
  return [...pairs.values()].map(({ pair }) => pair)
}

const taste = (frame: BurstFrame): TastePair['kept'] | null => (frame.score === null ? null : { ...frame, score: frame.score })

function acrossStacks(
  byId: ReadonlyMap<string, BurstFrame>,
  stacks: readonly { members: readonly string[] }[],
  decided: readonly Decided[],
  put: Put,
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
      for (const one of near.slice(0, dayMates)) put(pick.frame, one.frame, says.sameDay, pick.seq > one.seq ? pick : one)
    }
  }
}

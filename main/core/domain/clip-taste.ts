import { z } from 'zod'
import type { Measure } from '../../../workers/protocol.ts'
import { weighClip } from './clip-score.ts'
import { dot, fit, type Row } from './logistic.ts'

/** How much each measure of a clip counts for this seller: factors on the shipped weights, 1 = as shipped. */
export type ClipWeights = Readonly<Record<string, number>>

export const clipLearned = z.strictObject({
  version: z.literal(1),
  /** Empty while it is silent. */
  factors: z.record(z.string(), z.number()),
  choices: z.number().int(),
  pairs: z.number().int(),
  words: z.array(z.string()),
})
export type ClipLearned = z.infer<typeof clipLearned>

/** What was said about one clip of a take. */
export type ChosenClip = { take: string; measures: Record<string, Measure>; isApproved: boolean }

/** `ridge` and `errors` come from `node tests/bench/eval-clip-learning.ts`, on made-up sellers. */
export const clipTasting = {
  /** Below this many choices nothing is learned, and nothing said. */
  leastChoices: 20,
  /** Points of the shipped score that make one clip e times as likely to be approved as another; as for photos. */
  pointsPerLogit: 8,
  /** Strong: twenty choices of one mind move a weight by a third or so, not to its bounds. */
  ridge: 1,
  folds: 5,
  /** It must order the takes it has not seen better by so many standard errors of the pairs on which the two differ (McNemar). */
  errors: 1,
  /** A measure never counts less than this share of its shipped weight, nor more than this many times. */
  least: 0.4,
  most: 2.5,
  /** A factor this far from 1 is worth a word. */
  worthSaying: 1.2,
} as const

/** Words for a measure that counts more, and less, for this seller. */
const sayings: Readonly<Record<string, readonly [more: string, less: string]>> = {
  steady: ['a steady hand counts more', 'a moving camera is fine'],
  sharp: ['sharpness counts more', 'soft moments are fine'],
  subject: ['the product in the picture counts more', 'moments without the product are fine'],
  lively: ['movement counts more', 'quiet moments are fine'],
  ends: ['clean beginnings and ends count more', 'rough beginnings and ends are fine'],
  exposed: ['good light counts more', 'dark and bright moments are fine'],
  sound: ['sound counts more', 'sound counts less'],
}

type Pair = Row & { take: string }
type Tuning = { ridge: number; errors: number }

/**
 * Learns from choices: in every take, each approved clip against each that was not, by logistic regression on top of the shipped score with a strong
 * pull towards it (see taste.ts for photos). Used only when it orders takes it has not seen better than the shipped score does. Pure: the same
 * choices always give the same factors.
 */
export function learnClips(chosen: readonly ChosenClip[], { ridge, errors }: Tuning = clipTasting): ClipLearned {
  const silent: ClipLearned = { version: 1, factors: {}, choices: chosen.length, pairs: 0, words: [] }
  const names = [...new Set(chosen.flatMap((one) => Object.keys(one.measures)))].toSorted()
  const pairs = [...Map.groupBy(chosen, (one) => one.take)].flatMap(([take, clips]) => pairsOf(take, clips, names))
  if (chosen.length < clipTasting.leastChoices || pairs.length === 0) return { ...silent, pairs: pairs.length }
  if (!isBetter(pairs, ridge, errors)) return { ...silent, pairs: pairs.length }
  const found = fit(pairs, ridge)
  const slopes = shippedSlopes(chosen, names)
  const factors = Object.fromEntries(names.map((name, index) => [name, factor(found[index] ?? 0, slopes.get(name) ?? 0)]))
  return { ...silent, factors, pairs: pairs.length, words: wordsOf(factors) }
}

/** Kept against left within one take; a take with many pairs says no more than its choices. */
function pairsOf(take: string, clips: readonly ChosenClip[], names: readonly string[]): Pair[] {
  const [kept, left] = [clips.filter((one) => one.isApproved), clips.filter((one) => !one.isApproved)]
  const weight = (kept.length + left.length) / Math.max(1, 2 * kept.length * left.length)
  return kept.flatMap((a) =>
    left.map((b) => ({
      take,
      x: Float64Array.from(names, (name) => felt(a, name) - felt(b, name)),
      prior: (weighClip(a.measures).score - weighClip(b.measures).score) / clipTasting.pointsPerLogit,
      weight,
    })),
  )
}

/** A measure as far as it is sure of itself. */
const felt = ({ measures }: ChosenClip, name: string): number => {
  const one = Object.hasOwn(measures, name) ? measures[name] : undefined
  return one === undefined ? 0 : one.confidence * one.value
}

/** Logits that a whole unit of each measure is worth in the shipped score, on average over these clips. */
function shippedSlopes(chosen: readonly ChosenClip[], names: readonly string[]): Map<string, number> {
  return new Map(
    names.map((name) => {
      const shares = chosen.flatMap((clip) => {
        const one = clip.measures[name]
        if (one === undefined || one.confidence <= 0) return []
        // The points of a perfect measure are its share of all weights, times a hundred.
        const whole = weighClip({ ...clip.measures, [name]: { ...one, value: 1 } }).components[name]?.points ?? 0
        return [whole / one.confidence / clipTasting.pointsPerLogit]
      })
      return [name, shares.reduce((sum, one) => sum + one, 0) / Math.max(1, shares.length)]
    }),
  )
}

/** Whether takes that were left out of the learning come in the seller's order more often than by the shipped score. */
function isBetter(pairs: readonly Pair[], ridge: number, errors: number): boolean {
  const takes = [...new Set(pairs.map((one) => one.take))]
  const foldOf = new Map(takes.map((take, index) => [take, index % clipTasting.folds]))
  let [won, lost] = [0, 0]
  for (let fold = 0; fold < clipTasting.folds; fold++) {
    const weights = fit(
      pairs.filter((one) => foldOf.get(one.take) !== fold),
      ridge,
    )
    if (weights.length === 0) continue
    for (const one of pairs.filter((pair) => foldOf.get(pair.take) === fold)) {
      const gain = one.weight * (right(one.prior + dot(weights, one.x)) - right(one.prior))
      won += Math.max(0, gain)
      lost += Math.max(0, -gain)
    }
  }
  return won - lost > errors * Math.sqrt(won + lost)
}

const right = (margin: number): number => (margin > 1e-9 ? 1 : margin < -1e-9 ? 0 : 0.5)

const factor = (logits: number, shipped: number): number =>
  shipped <= 0 ? 1 : Math.round(1000 * Math.min(clipTasting.most, Math.max(clipTasting.least, 1 + logits / shipped))) / 1000

function wordsOf(factors: ClipWeights): string[] {
  return Object.entries(factors)
    .filter(([, by]) => by >= clipTasting.worthSaying || by <= 1 / clipTasting.worthSaying)
    .toSorted(([, a], [, b]) => Math.abs(Math.log(b)) - Math.abs(Math.log(a)))
    .slice(0, 4)
    .map(([name, by]) => sayings[name]?.[by > 1 ? 0 : 1] ?? `${name} counts ${by > 1 ? 'more' : 'less'}`)
}

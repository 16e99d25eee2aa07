// biome-ignore-all lint/style/noNonNullAssertion: small dense matrices; every index is in range by the loop bounds
import type { z } from 'zod'
import type { Measure } from '../../../workers/protocol.ts'
import { learnedTaste } from '../../contract/views.ts'
import { dot, fit, type Row } from './logistic.ts'
import { allAtOnce } from './same-scene.ts'
import { weights as shippedWeights } from './score.ts'
import { colourSide, lumaSide, sketchBytes } from './sketch.ts'

/**
 * This seller's own taste: offsets on top of the shipped score, learned from pairs "this one was kept, that one was not" by logistic (Bradley–Terry)
 * regression with a ridge towards no offset at all. Pure and deterministic: the same pairs give the same taste.
 */

/** What is known of one photo when taste is asked. */
export type Tasted = { score: number; measures: Record<string, Measure>; width: number; height: number; sketch: Uint8Array | null }

/** `kept` was picked by a person, `left` was not, and the two could be compared. `weight` 0–1: how much the pair says. */
export type TastePair = { kept: Tasted; left: Tasted; weight: number }

/** What was learned, as it is kept and as it is carried away. */
export const learned = learnedTaste
export type Learned = z.infer<typeof learned>

export const tasting = {
  /** Below this nothing is learned, and nothing said. */
  leastPicks: 30,
  /** Points of the shipped score that make one frame e times as likely to be kept as another. */
  pointsPerLogit: 8,
  /** Strength of the shipped score, tried from weak to strong; the strongest that is as good as the best by one standard error is taken. */
  ridges: [0.3, 1, 3, 10, 30, 100],
  folds: 5,
  /**
   * Learned taste must order this much more of the seller's own pairs than the shipped score, and by this many standard errors of the pairs on which
   * the two differ (McNemar; pairs of one series hang together, hence more than the usual two), or it stays silent.
   */
  gain: 0.01,
  errors: 3,
  /** What it adds or takes tends to this much and never gets there. */
  mostPoints: 100,
  /** Points that make the measure "taste" 0 or 1. */
  fullPoints: 20,
  /** Smallest effect that is worth a word: points between the lowest and highest fifth of what this seller shoots. */
  worthSaying: 1.5,
} as const

/** What he likes more, and less, of a feature. */
const sayings: Readonly<Record<string, readonly [more: string, less: string]>> = {
  focus: ['sharper subjects than most', 'softer pictures than most'],
  quality: ['technically clean pictures', 'character over clean technique'],
  motion: ['steadier frames', 'a little movement'],
  noise: ['cleaner pictures', 'grain does not bother you'],
  exposure: ['careful exposure of the subject', 'exposure away from the usual'],
  contrast: ['more contrast', 'softer contrast'],
  'colour-cast': ['neutral colours', 'a tint in the light'],
  framing: ['whole subjects with room around them', 'tight or unusual framing'],
  clutter: ['nothing but the product in the frame', 'things and hands around the product'],
  resolution: ['larger files', 'smaller files'],
  eyes: ['open eyes', 'eyes matter less'],
  faces: ['faces in the picture', 'pictures without faces'],
  score: ['what scores high anyway', 'your own eye over the shipped score'],
  'look-bright': ['brighter pictures', 'darker pictures'],
  'look-colourful': ['stronger colours', 'quieter colours'],
  'look-warm': ['warmer light', 'cooler light'],
  'look-close': ['closer views', 'more space around the subject'],
  'look-upright': ['upright formats', 'wide formats'],
}

const silent = new Set(['detail', 'taste', 'complete'])

/** What taste may act on: every component as far as it is known, and a few things a person sees at once. Each about −1 … 1; unknown = 0. */
export function features(of: Tasted): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [name, { value, confidence }] of Object.entries(of.measures)) {
    if (silent.has(name) || !Number.isFinite(value) || !Number.isFinite(confidence)) continue
    found[name] = 2 * clamp(confidence) * (clamp(value) - (shippedWeights[name]?.pivot ?? 0.5))
  }
  // Lets a seller who does not share the shipped order weaken it as a whole.
  found['score'] = (of.score - 50) / 25
  const region = of.measures['framing']?.region ?? null
  if (region !== null) found['look-close'] = clamp(2 * Math.sqrt(Math.max(0, region.w * region.h)) - 1, -1, 1)
  found['look-upright'] = of.height > of.width ? 0.5 : of.width > of.height ? -0.5 : 0
  if (of.sketch !== null && of.sketch.length === sketchBytes) {
    const cells = lumaSide ** 2
    const tints = colourSide ** 2
    let [light, colour, warm] = [0, 0, 0]
    for (let i = 0; i < cells; i++) light += of.sketch[i]!
    for (let i = 0; i < tints; i++) {
      const blue = of.sketch[cells + i]! - 128
      const red = of.sketch[cells + tints + i]! - 128
      colour += Math.hypot(blue, red)
      warm += red - blue
    }
    found['look-bright'] = clamp((light / cells - 118) / 80, -1, 1)
    found['look-colourful'] = clamp(colour / tints / 25 - 0.6, -1, 1)
    found['look-warm'] = clamp(warm / tints / 40, -1, 1)
  }
  return found
}

/** Learns from pairs. `picks` and `comparisons`: how many of them stand behind the pairs; `since`: the first of them. */
export const learn = (pairs: readonly TastePair[], picks: number, since: string | null, comparisons = 0): Learned =>
  allAtOnce(learningSteps(pairs, picks, since, comparisons))

/** The same, with breaks of a few milliseconds' work in which others may work. */
export function* learningSteps(
  pairs: readonly TastePair[],
  picks: number,
  since: string | null,
  comparisons: number,
): Generator<void, Learned> {
  const empty: Learned = {
    version: 1,
    weights: {},
    middle: {},
    picks,
    comparisons,
    pairs: pairs.length,
    agreement: { shipped: 0, learned: 0 },
    active: false,
    words: [],
    since,
  }
  if (picks < tasting.leastPicks || pairs.length === 0) return empty
  const seen = pairs.map(({ kept, left, weight }) => ({
    kept: features(kept),
    left: features(left),
    prior: (kept.score - left.score) / tasting.pointsPerLogit,
    weight,
  }))
  const names = [...new Set(seen.flatMap(({ kept, left }) => [...Object.keys(kept), ...Object.keys(left)]))].toSorted()
  // One unit of a feature should be a usual difference inside the seller's own pairs.
  const scale = names.map((name) => Math.sqrt(seen.reduce((sum, p) => sum + difference(p, name) ** 2, 0) / seen.length))
  const used = names.map((name, k) => ({ name, scale: scale[k]! })).filter((one) => one.scale > 1e-3)
  const rows: Row[] = seen.map((pair) => ({
    x: Float64Array.from(used, ({ name, scale: unit }) => difference(pair, name) / unit),
    prior: pair.prior,
    weight: pair.weight,
  }))
  const { ridge, agreement, errors } = yield* chooseRidge(rows)
  const fitted = fit(rows, ridge)
  const weights = Object.fromEntries(used.map(({ name, scale: unit }, k) => [name, round((fitted[k]! * tasting.pointsPerLogit) / unit)]))
  const middle = Object.fromEntries(
    used.map(({ name }) => [name, round(seen.reduce((sum, p) => sum + (p.kept[name] ?? 0) + (p.left[name] ?? 0), 0) / (2 * seen.length))]),
  )
  const active = agreement.learned >= agreement.shipped + tasting.gain && errors >= tasting.errors
  return { ...empty, weights, middle, agreement, active, words: active ? wordsOf(weights, seen) : [] }
}

const difference = (pair: { kept: Record<string, number>; left: Record<string, number> }, name: string): number =>
  (pair.kept[name] ?? 0) - (pair.left[name] ?? 0)

/** Points that the taste adds to one photo, or takes from it; 0 while it is silent. */
export function tastePoints(taste: Learned | null, of: Tasted): number {
  if (taste === null || !taste.active) return 0
  const found = features(of)
  let points = 0
  for (const [name, weight] of Object.entries(taste.weights)) points += weight * ((found[name] ?? 0) - (taste.middle[name] ?? 0))
  // Soft at the ends and finely rounded, so that two frames past them still differ.
  return Math.round(1000 * tasting.mostPoints * Math.tanh(points / tasting.mostPoints)) / 1000
}

/** The same as a measure, for ranking inside a series and for showing. It weighs nothing in the overall score, which stays the shipped one. */
export function tasteMeasure(points: number): Measure {
  const value = 0.5 + points / (2 * tasting.fullPoints)
  const because =
    Math.abs(points) < 0.5 ? 'neither for nor against your taste' : points > 0 ? 'close to your taste' : 'not quite your taste'
  return {
    value: clamp(value),
    confidence: 1,
    region: null,
    because: `${because} (${points > 0 ? '+' : ''}${points.toFixed(1)} when ranking)`,
  }
}

function* chooseRidge(
  rows: readonly Row[],
): Generator<void, { ridge: number; agreement: { shipped: number; learned: number }; errors: number }> {
  const total = rows.reduce((sum, row) => sum + row.weight, 0)
  const shipped = rows.reduce((sum, row) => sum + row.weight * right(row.prior), 0) / total
  // Folds are runs of neighbours: pairs of one stack stay together.
  const foldOf = (i: number): number => Math.min(tasting.folds - 1, Math.floor((i * tasting.folds) / rows.length))
  const scores: { ridge: number; share: number; error: number; errors: number }[] = []
  for (const ridge of tasting.ridges) {
    const shares: number[] = []
    let sum = 0
    let [won, lost] = [0, 0]
    for (let fold = 0; fold < tasting.folds; fold++) {
      yield
      const weights = fit(
        rows.filter((_, i) => foldOf(i) !== fold),
        ridge,
      )
      let [hits, all] = [0, 0]
      for (const [i, row] of rows.entries()) {
        if (foldOf(i) !== fold) continue
        const now = right(row.prior + dot(weights, row.x))
        const before = right(row.prior)
        won += row.weight * Math.max(0, now - before)
        lost += row.weight * Math.max(0, before - now)
        hits += row.weight * now
        all += row.weight
      }
      sum += hits
      if (all > 0) shares.push(hits / all)
    }
    const middle = shares.reduce((a, b) => a + b, 0) / shares.length
    const error = Math.sqrt(shares.reduce((a, b) => a + (b - middle) ** 2, 0) / Math.max(1, shares.length - 1) / shares.length)
    scores.push({ ridge, share: sum / total, error, errors: (won - lost) / Math.sqrt(won + lost + 1e-9) })
  }
  const best = scores.reduce((a, b) => (b.share > a.share ? b : a))
  const chosen = scores.findLast((one) => one.share >= best.share - 0.5 * best.error) ?? best
  return { ridge: chosen.ridge, agreement: { shipped: round(shipped), learned: round(chosen.share) }, errors: chosen.errors }
}

const right = (margin: number): number => (margin > 0 ? 1 : margin < 0 ? 0 : 0.5)

/** What was learned, strongest first: "You keep brighter pictures." */
function wordsOf(
  weights: Record<string, number>,
  seen: readonly { kept: Record<string, number>; left: Record<string, number> }[],
): string[] {
  return Object.entries(weights)
    .map(([name, weight]) => ({ name, effect: weight * spread(seen.flatMap(({ kept, left }) => [kept[name] ?? 0, left[name] ?? 0])) }))
    .filter(({ effect }) => Math.abs(effect) >= tasting.worthSaying)
    .toSorted((a, b) => Math.abs(b.effect) - Math.abs(a.effect) || (a.name < b.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name, effect }) => {
      const said = sayings[name] ?? [`more "${name}"`, `less "${name}"`]
      return effect > 0 ? said[0] : said[1]
    })
}

const spread = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0) - (sorted[Math.floor(0.1 * (sorted.length - 1))] ?? 0)
}

const clamp = (value: number, least = 0, most = 1): number => Math.min(most, Math.max(least, value))
const round = (value: number): number => Math.round(value * 1e4) / 1e4

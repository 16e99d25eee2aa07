/**
 * Does learning find a seller's taste, and does it leave the shipped score alone where that is the taste?
 *   node tests/bench/eval-learning.ts [SELLERS]
 * Simulated sellers, seeded: series of five photos whose components differ the way those of real series do (much between scenes, little inside), a
 * hidden taste that is a weighing of components and looks, and noisy choices (about one in six differs from the taste). Measured on pairs of other
 * series, by the taste itself without noise. Baseline: the shipped score on the same pairs.
 */
import { pathToFileURL } from 'node:url'
import { weigh } from '../../main/core/domain/score.ts'
import { features, learn, type Tasted, type TastePair, tastePoints, tasting } from '../../main/core/domain/taste.ts'
import type { Measure } from '../../workers/protocol.ts'
import { random } from './made-products.ts'

const components = ['quality', 'focus', 'motion', 'noise', 'exposure', 'contrast', 'colour-cast', 'framing', 'resolution', 'compression']
const sketchLength = 48 ** 2 + 2 * 16 ** 2 + 8 ** 2

type Draw = () => number
const normal = (next: Draw): number => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next())
const clamp = (v: number): number => Math.min(1, Math.max(0, v))

/** Five photos of one scene. Components share two causes (light, steadiness), as real ones do. */
export function madeSeries(next: Draw, count = 5): Tasted[] {
  const scene = components.map(() => 0.6 + 0.14 * normal(next))
  const look = [118 + 30 * normal(next), 15 + 8 * normal(next), 8 * normal(next)]
  return Array.from({ length: count }, () => {
    const [light, steady] = [normal(next), normal(next)]
    const measures: Record<string, Measure> = {}
    for (const [i, name] of components.entries()) {
      const cause = ['focus', 'motion', 'quality'].includes(name) ? steady : ['exposure', 'contrast', 'noise'].includes(name) ? light : 0
      const value = clamp((scene[i] ?? 0.6) + 0.07 * cause + 0.09 * normal(next))
      measures[name] = { value, confidence: 0.8, region: { x: 0.2, y: 0.2, w: 0.6, h: 0.6 }, because: '' }
    }
    const side = clamp(0.5 + 0.12 * normal(next))
    measures['framing'] = {
      ...(measures['framing'] ?? { value: 0.5, confidence: 0.8, because: '' }),
      region: { x: 0, y: 0, w: side, h: side },
    }
    const sketch = new Uint8Array(sketchLength)
    const byte = (v: number): number => Math.min(255, Math.max(0, Math.round(v)))
    const tint = (look[2] ?? 0) + 6 * normal(next)
    sketch.fill(byte((look[0] ?? 118) + 22 * light + 8 * normal(next)), 0, 48 ** 2)
    sketch.fill(byte(128 - (look[1] ?? 15) / 2 - tint / 2), 48 ** 2, 48 ** 2 + 256)
    sketch.fill(byte(128 + (look[1] ?? 15) / 2 + tint / 2), 48 ** 2 + 256, 48 ** 2 + 512)
    return { score: weigh(measures).score, measures, width: 4000, height: 3000, sketch }
  })
}

export type Taste = 'as shipped' | 'half own' | 'own'

/** Features of a made photo are asked for thousands of times. */
const known = new WeakMap<Tasted, Record<string, number>>()
function featuresOf(of: Tasted): Record<string, number> {
  const there = known.get(of) ?? features(of)
  known.set(of, there)
  return there
}

type Seller = { utility(of: Tasted): number; noise: number }

/** A hidden taste on the scale of one usual difference inside a series. */
function seller(kind: Taste, next: Draw): Seller {
  const sample = Array.from({ length: 30 }, () => madeSeries(next))
  const names = [...new Set(sample.flatMap((series) => series.flatMap((one) => Object.keys(featuresOf(one)))))].toSorted()
  const unit = (value: (of: Tasted) => number): number => {
    const all = sample.flatMap((series) => series.slice(1).map((one) => value(one) - value(series[0] ?? one)))
    return Math.sqrt(all.reduce((sum, v) => sum + v * v, 0) / all.length) || 1
  }
  const own = names.map((name) => ({ name, weight: normal(next), unit: unit((of) => featuresOf(of)[name] ?? 0) }))
  const raw = (of: Tasted): number => own.reduce((sum, one) => sum + (one.weight * (featuresOf(of)[one.name] ?? 0)) / one.unit, 0)
  const ownUnit = unit(raw)
  const scoreUnit = unit((of) => of.score)
  const share = kind === 'as shipped' ? 0 : kind === 'half own' ? 0.5 : 1
  const utility = (of: Tasted): number => (share * raw(of)) / ownUnit + ((1 - share) * of.score) / scoreUnit
  return { utility, noise: 0.35 * unit(utility) }
}

/** One pick of each series, the rest passed over or rejected. */
function choose(by: Seller, series: readonly Tasted[], next: Draw): TastePair[] {
  const felt = series.map((of) => ({ of, u: by.utility(of) + by.noise * normal(next) })).toSorted((a, b) => b.u - a.u)
  const [kept, ...left] = felt
  return kept === undefined ? [] : left.map((one) => ({ kept: kept.of, left: one.of, weight: next() < 0.5 ? 1 : 0.5 }))
}

export type Learning = {
  taste: Taste
  picks: number
  shipped: number
  learned: number
  low: number
  high: number
  worst: number
  used: number
}

/** Pair accuracy of the shipped score and of what was learned from so many picks, mean over sellers with 95 % bootstrap interval. */
export function evalLearning(sellers = 40, counts: readonly number[] = [20, 50, 100, 200], seed = 1): Learning[] {
  const found: Learning[] = []
  for (const taste of ['as shipped', 'half own', 'own'] as const) {
    for (const picks of counts) {
      const results = Array.from({ length: sellers }, (_, i) => {
        const next = random(seed * 100_003 + i * 977 + 7)
        const one = seller(taste, next)
        const test = Array.from({ length: 50 }, () => madeSeries(next))
        const pairs = Array.from({ length: picks }, () => choose(one, madeSeries(next), next)).flat()
        const learned = learn(pairs, picks, null)
        const share = (value: (of: Tasted) => number): number => {
          let [hits, all] = [0, 0]
          for (const series of test) {
            for (const [k, a] of series.entries()) {
              for (const b of series.slice(k + 1)) {
                const truth = one.utility(a) - one.utility(b)
                const said = value(a) - value(b)
                hits += said === 0 ? 0.5 : said > 0 === truth > 0 ? 1 : 0
                all++
              }
            }
          }
          return hits / all
        }
        return {
          shipped: share((of) => of.score),
          learned: share((of) => of.score + tastePoints(learned, of)),
          used: learned.active ? 1 : 0,
        }
      })
      const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
      const next = random(99)
      const boot = Array.from({ length: 400 }, () =>
        mean(results.map(() => results[Math.floor(next() * results.length)]?.learned ?? 0)),
      ).toSorted((a, b) => a - b)
      found.push({
        taste,
        picks,
        shipped: mean(results.map((r) => r.shipped)),
        learned: mean(results.map((r) => r.learned)),
        low: boot[10] ?? 0,
        high: boot[389] ?? 0,
        worst: Math.min(...results.map((r) => r.learned - r.shipped)),
        used: mean(results.map((r) => r.used)),
      })
    }
  }
  return found
}

export function learningLines(found: readonly Learning[]): string[] {
  return [
    'taste       picks  shipped  learned [95 %]         worst seller  used',
    ...found.map(
      (row) =>
        `${row.taste.padEnd(11)} ${String(row.picks).padStart(5)}  ${row.shipped.toFixed(3)}    ${row.learned.toFixed(3)} [${row.low.toFixed(3)}, ${row.high.toFixed(3)}]  ${row.worst >= 0 ? '+' : ''}${row.worst.toFixed(3)}        ${Math.round(100 * row.used)} %`,
    ),
    `Below ${tasting.leastPicks} picks nothing is learned. "used": share of sellers for whom the learned taste was switched on.`,
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  for (const line of learningLines(evalLearning(Number(process.argv[2] ?? 40)))) console.log(line)

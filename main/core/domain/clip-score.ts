import type { Measure } from '../../../workers/protocol.ts'
import type { ComponentView } from '../../contract/views.ts'

/** How much each measure of a clip counts; a measure without a line counts 1. */
const weights: Record<string, number> = { steady: 2, sharp: 2, subject: 1.5, lively: 1.5, ends: 1, exposed: 1, sound: 0.5 }

/**
 * Score of a clip, 0–100: the weighted mean of its measures, each as far as it is sure of itself. The points add up to the score.
 * `factors` (learned from a seller's picks, 1 = as it is) multiply the weight of the measures they name; negative or broken ones count 0.
 */
export function weighClip(
  measures: Record<string, Measure>,
  factors: Readonly<Record<string, number>> = {},
): {
  score: number
  components: Record<string, ComponentView>
  reasons: string[]
} {
  const entries = Object.entries(measures)
  const weightOf = (name: string): number => {
    const factor = Object.hasOwn(factors, name) ? (factors[name] ?? 1) : 1
    return (Object.hasOwn(weights, name) ? (weights[name] ?? 1) : 1) * (Number.isFinite(factor) && factor > 0 ? factor : 0)
  }
  const total = entries.reduce((sum, [name, one]) => sum + weightOf(name) * one.confidence, 0)
  const components: Record<string, ComponentView> = {}
  let score = 0
  for (const [name, one] of entries) {
    const points = total === 0 ? 0 : (100 * one.value * one.confidence * weightOf(name)) / total
    score += points
    components[name] = { ...one, points: Math.round(points * 10) / 10 }
  }
  const reasons = entries
    .toSorted(([, a], [, b]) => Math.abs(b.value - 0.5) * b.confidence - Math.abs(a.value - 0.5) * a.confidence)
    .map(([, one]) => one.because)
    .slice(0, 4)
  return { score: Math.round(score * 10) / 10, components, reasons }
}

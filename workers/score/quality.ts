import { correlationLength, featureLength } from './features.ts'
import { clamp, type Rgb } from './pixels.ts'
import { readingCount, readingVector } from './readings.ts'

/** Folded ridge regression on what `qualityInput` gives: MOS = bias + Σ w · cut((x − mean) · scale). */
export type QualityHead = { mean: Float32Array; scale: Float32Array; weights: Float32Array; bias: number }

/** What both networks say of one photo: `objects` over the whole frame, `general` mostly of its middle, and the correlations of one layer. */
export type QualityViews = { objects: Float32Array; general: Float32Array; correlations: Float32Array }

/** Length of the head's input. */
export const qualityLength = 2 * featureLength + correlationLength + readingCount

/** Standardised features beyond this many deviations are cut: an odd picture must not swing a linear head. Same limit in training. */
const outlier = 4

/** Channels of the layers behind one block of `featureLength`: each gives its means, then its deviations. */
const layers = [16, 24, 32, 64, 96, 160, 320, 1280]
const last = 1280

/** What the head is trained on and asked with. Deviations and the last layer's means (never negative) spread over decades: taken as logs. */
export function qualityInput({ objects, general, correlations }: QualityViews, small: Rgb): Float32Array {
  const out = new Float32Array(qualityLength)
  for (const [k, block] of [objects, general].entries()) {
    if (block.length !== featureLength) throw new Error(`expected ${featureLength} features, got ${block.length}`)
    let at = 0
    for (const channels of layers) {
      for (let i = 0; i < 2 * channels; i++, at++) {
        const value = block[at] ?? 0
        out[k * featureLength + at] = i >= channels || channels === last ? Math.log(Math.max(0, value) + 0.01) : value
      }
    }
  }
  if (correlations.length !== correlationLength) throw new Error(`expected ${correlationLength} correlations, got ${correlations.length}`)
  out.set(correlations, 2 * featureLength)
  out.set(readingVector(small), 2 * featureLength + correlationLength)
  return out
}

/** Mean opinion of people about technical quality, 0–100 with most photos between 30 and 80. */
export function predictMos(input: Float32Array, { mean, scale, weights, bias }: QualityHead): number {
  let mos = bias
  for (let i = 0; i < qualityLength; i++) {
    mos += (weights[i] ?? 0) * clamp(((input[i] ?? 0) - (mean[i] ?? 0)) * (scale[i] ?? 0), -outlier, outlier)
  }
  return mos
}

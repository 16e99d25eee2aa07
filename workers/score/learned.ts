import type { Measure } from '../protocol.ts'
import { featureLength } from './features.ts'
import { descriptorLength, type Models } from './models.ts'
import { clamp, type Rgb, release } from './pixels.ts'
import { predictMos, qualityInput } from './quality.ts'
import { middle, stretch } from './renditions.ts'

/** Standardised features beyond this many deviations are cut in the descriptor. Same limit in training. */
const outlier = 5

/**
 * Likeness and quality, by the networks that are there. `shown`: the object backbone's features of this photo, null without that network;
 * `preview`: longest side ≤ 2,048, or half of it; `small`: ≤ 480. What is not there gives null, and the rest goes on.
 */
export async function learned(
  models: Models,
  shown: Float32Array | null,
  preview: Rgb,
  small: Rgb,
): Promise<{ embedding: Float32Array<ArrayBuffer> | null; quality: Measure | null }> {
  const { general, descriptor, quality } = models
  const embedding = shown && descriptor ? project(shown, descriptor) : null
  const square = shown && general && quality ? await middle(preview, general.side) : null
  const made = general && square ? await general.look(square) : null
  if (square) release(square.data)
  const corr = made?.maps['corr']
  if (!shown || !made || !corr || !quality) return { embedding, quality: null }
  const input = qualityInput({ objects: shown, general: made.features, correlations: corr }, small)
  return { embedding, quality: qualityMeasure(predictMos(input, quality)) }
}

/** The likeness descriptor of any picture, alone. */
export async function likenessOf({ objects, descriptor }: Models, picture: Rgb): Promise<Float32Array<ArrayBuffer> | null> {
  return objects && descriptor ? project(await objects.features(await stretch(picture, objects.side, objects.side)), descriptor) : null
}

/** `mos` on the scale of the crowd scores it was trained on, 0–100; most photos lie between 30 and 80. */
function qualityMeasure(mos: number): Measure {
  const value = clamp(mos / 100)
  const because =
    value >= 0.7
      ? 'very good technical quality'
      : value >= 0.57
        ? 'good technical quality'
        : value >= 0.42
          ? 'middling technical quality'
          : 'poor technical quality'
  return { value, confidence: 0.8, region: null, because }
}

function project(
  features: Float32Array,
  { mean, scale, matrix, columnScale }: NonNullable<Models['descriptor']>,
): Float32Array<ArrayBuffer> {
  const out = new Float64Array(descriptorLength)
  for (let i = 0; i < featureLength; i++) {
    const z = clamp(((features[i] ?? 0) - (mean[i] ?? 0)) * (scale[i] ?? 0), -outlier, outlier)
    const row = i * descriptorLength
    for (let k = 0; k < descriptorLength; k++) out[k] = (out[k] ?? 0) + z * (matrix[row + k] ?? 0)
  }
  let square = 0
  for (let k = 0; k < descriptorLength; k++) {
    const value = (out[k] ?? 0) * (columnScale[k] ?? 0)
    out[k] = value
    square += value * value
  }
  const length = Math.sqrt(square) || 1
  return Float32Array.from(out, (value) => value / length)
}

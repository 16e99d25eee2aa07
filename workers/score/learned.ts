import type { Measure } from '../protocol.ts'
import type { Readings } from './analyse.ts'
import { featureLength } from './features.ts'
import { descriptorLength, type Models, qualityLength } from './models.ts'
import { clamp, type Rgb } from './pixels.ts'
import { readingVector } from './readings.ts'
import { stretch } from './renditions.ts'

/** Standardised features beyond this many deviations are cut: an odd picture must not swing a linear head. Same limit in training. */
const outlier = 5

/** Runs the networks that are there. What is not there gives null, and the rest goes on. */
export async function learned(
  models: Models,
  preview: Rgb,
  readings: Readings,
  jpegQuality: number | null,
): Promise<{ embedding: Float32Array<ArrayBuffer> | null; quality: Measure | null }> {
  const { objects, general, descriptor, quality } = models
  const shown = objects ? await objects.features(await stretch(preview, objects.side, objects.side)) : null
  const made = general && quality ? await general.features(await stretch(preview, general.side, general.side)) : null
  const embedding = shown && descriptor ? project(shown, descriptor) : null
  if (!shown || !made || !quality) return { embedding, quality: null }
  const input = new Float32Array(qualityLength)
  input.set(shown, 0)
  input.set(made, featureLength)
  input.set(readingVector(readings, jpegQuality), 2 * featureLength)
  let mos = quality.bias
  for (let i = 0; i < qualityLength; i++) {
    mos += (quality.weights[i] ?? 0) * clamp(((input[i] ?? 0) - (quality.mean[i] ?? 0)) * (quality.scale[i] ?? 0), -outlier, outlier)
  }
  return { embedding, quality: qualityMeasure(mos) }
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

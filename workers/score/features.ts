import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { type Rgb, release } from './pixels.ts'
import { sessionOptions } from './session.ts'

/** Values per backbone: mean and deviation of eight layers (16, 24, 32, 64, 96, 160, 320 and 1,280 channels). */
export const featureLength = 3984
/** Values of the general backbone's `corr`: correlations between the 96 channels of one layer, upper triangle. */
export const correlationLength = (96 * 95) / 2

/** A feature extractor: one session and how its input is scaled. Runs one photo at a time. */
export type Backbone = { name: string; side: number; features(square: Rgb): Promise<Float32Array>; look(square: Rgb): Promise<Look> }

/** One pass: the features, and by name the maps that the graph gives out beside them (none for most). */
export type Look = { features: Float32Array; maps: Record<string, Float32Array> }

type Runtime = { InferenceSession: typeof InferenceSession; Tensor: typeof Tensor }

/** `range`: what 0…255 becomes: 'signed' = −1…1, 'unit' = 0…1. `side`: the one input size used, which its memory is planned for. */
export async function openBackbone(
  runtime: Runtime,
  name: string,
  weights: Uint8Array,
  side: number,
  range: 'signed' | 'unit',
): Promise<Backbone> {
  const session = await runtime.InferenceSession.create(weights, sessionOptions)
  const [scale, shift] = range === 'signed' ? [1 / 127.5, -1] : [1 / 255, 0]
  const look = async (square: Rgb): Promise<Look> => {
    const n = side * side
    if (square.data.length !== 3 * n) throw new Error(`${name}: expected ${side} × ${side} RGB, got ${square.width} × ${square.height}`)
    const input = new Float32Array(3 * n)
    for (let i = 0, j = 0; i < n; i++, j += 3) {
      input[i] = (square.data[j] ?? 0) * scale + shift
      input[n + i] = (square.data[j + 1] ?? 0) * scale + shift
      input[2 * n + i] = (square.data[j + 2] ?? 0) * scale + shift
    }
    const out = await session.run({ x: new runtime.Tensor('float32', input, [1, 3, side, side]) })
    release(input)
    const feat = out['feat']?.data
    if (!(feat instanceof Float32Array) || feat.length !== featureLength) throw new Error(`${name}: expected ${featureLength} features`)
    const maps: Record<string, Float32Array> = {}
    for (const [key, { data }] of Object.entries(out)) if (key !== 'feat' && data instanceof Float32Array) maps[key] = data
    return { features: feat, maps }
  }
  return { name, side, look, features: async (square) => (await look(square)).features }
}

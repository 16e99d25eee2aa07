// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
/** What a sketch holds (see workers/score/sketch.ts), made ready for comparing. Pure arithmetic; thresholds are in burst.ts and kinds.ts. */

export const lumaSide = 48
export const colourSide = 16
export const grainSide = 8
export const sketchBytes = lumaSide ** 2 + 2 * colourSide ** 2 + grainSide ** 2

export type Sketch = {
  /** 48 × 48 structure: what differs from its surroundings, by how much it differs there; light and contrast are out of it. */
  form: Float32Array
  /** The same at 24 × 24, for coarse search. */
  coarse: Float32Array
  /** Mean of the structure's squares: 0 = a plain picture that says nothing. */
  energy: number
  /** 16 × 16 each, 128 = none. */
  blue: Uint8Array
  red: Uint8Array
}

/** Contrasts of a few grey levels are noise and soft shadow, not form. */
const floor = 5
const reach = 4

/** 48 × 48 luma of a sketch as stored; null for anything but a sketch. */
export const lumaOf = (bytes: Uint8Array | null): Uint8Array | null =>
  bytes === null || bytes.length !== sketchBytes ? null : bytes.subarray(0, lumaSide ** 2)

/** 8 × 8 fine-detail energy, 16 × log2; null for anything but a sketch. */
export const grainOf = (bytes: Uint8Array | null): Uint8Array | null =>
  bytes === null || bytes.length !== sketchBytes ? null : bytes.subarray(sketchBytes - grainSide ** 2)

/** null for anything but a sketch of this length. */
export function parseSketch(bytes: Uint8Array | null): Sketch | null {
  if (bytes === null || bytes.length !== sketchBytes) return null
  const cells = lumaSide ** 2
  const tint = colourSide ** 2
  const luma = bytes.subarray(0, cells)
  const form = structure(luma)
  return {
    form,
    coarse: halved(form, lumaSide),
    energy: form.reduce((sum, v) => sum + v * v, 0) / cells,
    blue: bytes.subarray(cells, cells + tint),
    red: bytes.subarray(cells + tint, cells + 2 * tint),
  }
}

/** Difference from the local mean over the local deviation: the same for any exposure that does not clip. */
function structure(luma: Uint8Array): Float32Array {
  const n = lumaSide
  const mean = boxMean(Float64Array.from(luma), n)
  const high = new Float64Array(n * n)
  for (let i = 0; i < high.length; i++) high[i] = luma[i]! - mean[i]!
  const spread = boxMean(
    high.map((v) => v * v),
    n,
  )
  const out = new Float32Array(n * n)
  for (let i = 0; i < out.length; i++) out[i] = high[i]! / (Math.sqrt(Math.max(0, spread[i]!)) + floor)
  return out
}

/** Mean over (2 reach + 1)², at the borders over what there is. */
function boxMean(values: Float64Array, n: number): Float64Array {
  const pass = (from: Float64Array, step: number, line: number): Float64Array => {
    const out = new Float64Array(n * n)
    for (let l = 0; l < n; l++) {
      let sum = 0
      let count = 0
      for (let k = -reach; k < n; k++) {
        if (k + reach < n) {
          sum += from[l * line + (k + reach) * step]!
          count++
        }
        if (k - reach - 1 >= 0) {
          sum -= from[l * line + (k - reach - 1) * step]!
          count--
        }
        if (k >= 0) out[l * line + k * step] = sum / count
      }
    }
    return out
  }
  return pass(pass(values, 1, n), n, 1)
}

function halved(values: Float32Array, n: number): Float32Array {
  const m = n >> 1
  const out = new Float32Array(m * m)
  for (let y = 0; y < m; y++) {
    for (let x = 0; x < m; x++) {
      const i = 2 * (y * n + x)
      out[y * m + x] = (values[i]! + values[i + 1]! + values[i + n]! + values[i + n + 1]!) / 4
    }
  }
  return out
}

import { readTensors } from '../../models/tensors.ts'

/** Regression trees in flat arrays: a node is a leaf where `feature` is -1; the left child follows its parent, the right one is `right` further on. */
export type Trees = { feature: Int8Array; value: Float32Array; right: Float32Array; roots: Float32Array }
export type Guess = { mean: number /** Standard deviation between the trees: how much they disagree. */; spread: number }

/** What the trees read from the signs of `faults.ts`. */
export type FaultModel = { signs: number; blur: Trees; motion: Trees; noise: Trees }

/** In pixels of the picture's own scale, and 8-bit steps. */
export type Faults = {
  /** ln(.5 + σ) of the gaussian that blurs as much. */
  blur: Guess
  /** ln(1 + length) of a straight movement. */
  motion: Guess
  /** ln(.7 + σ) of grain. */
  noise: Guess
}

/** Throws with the name of what is missing: the caller has checked the file's hash. */
export function readFaultModel(bytes: Buffer): FaultModel {
  const t = readTensors(bytes)
  const count = (name: string): number => Number(t.notes[name])
  const trees = (name: string): Trees => {
    const nodes = count(`${name}-nodes`)
    return {
      feature: t.i8(`${name}-feature`, nodes),
      value: t.f32(`${name}-value`, nodes),
      right: t.f32(`${name}-right`, nodes),
      roots: t.f32(`${name}-roots`, count('trees')),
    }
  }
  return { signs: count('signs'), blur: trees('blur'), motion: trees('motion'), noise: trees('noise') }
}

export function guessFaults(model: FaultModel, signs: Float32Array): Faults {
  if (signs.length !== model.signs) throw new Error(`expected ${model.signs} signs, got ${signs.length}`)
  return { blur: guess(model.blur, signs), motion: guess(model.motion, signs), noise: guess(model.noise, signs) }
}

function guess({ feature, value, right, roots }: Trees, x: Float32Array): Guess {
  let [sum, squares] = [0, 0]
  for (const root of roots) {
    let i = root
    for (let f = feature[i] ?? -1; f >= 0; f = feature[i] ?? -1) i += (x[f] ?? 0) <= (value[i] ?? 0) ? 1 : (right[i] ?? 0)
    const leaf = value[i] ?? 0
    sum += leaf
    squares += leaf * leaf
  }
  const n = Math.max(1, roots.length)
  const mean = sum / n
  return { mean, spread: Math.sqrt(Math.max(0, squares / n - mean * mean)) }
}

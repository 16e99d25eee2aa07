import { quantile } from './pixels.ts'
import { log, type Pyramid, structure, type Tiles, topMean } from './tiles.ts'

/** Share of tiles that stand for what is in focus. */
const best = 0.1
const directions = 16

/**
 * What the fault model reads: logs of energies, their ratios between scales and directions. Nothing in it knows how bright or how colourful a
 * picture is. `native`: a crop at the subject at the picture's own scale; `frame`: the subject on the preview. A change here means a new model.
 */
export function faultVector(native: Pyramid, frame: Pyramid): Float32Array {
  return Float32Array.from([...signs(native), ...signs(frame), Math.log2(frame[0].pixels / native[0].pixels)])
}

function signs(levels: Pyramid): number[] {
  const sigma = quantile(levels[0].noise, 0.1)
  const clean = levels.map((level, k) => level.lap.map((v) => Math.max(0, v - 20 * sigma * sigma * 0.25 ** k)))
  const lapTop = clean.map((values) => log(topMean(values, best)))
  const tenTop = levels.map((level) => log(topMean(level.ten, best)))
  const tenMean = levels.map((level) => log(topMean(level.ten, 1)))
  const noise = levels.map((level) => [0.1, 0.3, 0.6].map((share) => Math.log(quantile(level.noise, share) + 0.05)))
  const [fine, middle, coarse] = levels
  const at = (values: number[], i: number): number => values[i] ?? 0
  return [
    ...noise.flat(),
    at(noise[0] ?? [], 0) - at(noise[1] ?? [], 0),
    at(noise[1] ?? [], 0) - at(noise[2] ?? [], 0),
    ...lapTop,
    ...tenTop,
    ...tenMean,
    at(lapTop, 0) - at(lapTop, 1),
    at(lapTop, 1) - at(lapTop, 2),
    at(tenTop, 0) - at(tenTop, 1),
    at(tenTop, 1) - at(tenTop, 2),
    at(lapTop, 0) - at(tenTop, 0),
    at(lapTop, 1) - at(tenTop, 1),
    ...tileRatios(clean, 0),
    ...tileRatios(clean, 1),
    ...levels.slice(0, 2).flatMap((level) => [peaks(level), grain(level), plainGrain(level)]),
    ...turns(fine, coarse),
    ...turns(fine, middle),
    ...curves(fine, coarse),
    ...curves(fine, middle),
    ...[fine, coarse].map((level) => spread(level)),
    Math.log(structure(fine).support + 0.003),
  ]
}

/** Tile by tile, how much of the fine detail a level has of the next: upper tenth and median, over tiles that have any detail. */
function tileRatios(clean: readonly Float64Array[], level: 0 | 1): number[] {
  const [upper, lower] = [clean[level], clean[level + 1]]
  const ratios: number[] = []
  if (upper && lower && upper.length === lower.length) {
    for (let i = 0; i < lower.length; i++) if ((lower[i] ?? 0) > 8) ratios.push(log(upper[i] ?? 0) - log(lower[i] ?? 0))
  }
  return ratios.length > 0 ? [quantile(ratios, 0.9), quantile(ratios, 0.5)] : [-3, -4]
}

/** Thin lines (few strong values) against even grain: amount over strength of the Laplacian, in the tiles with most of it. */
function peaks(level: Tiles): number {
  const gate = quantile(level.lap, 1 - best)
  let [amount, square] = [0, 0]
  for (let i = 0; i < level.lap.length; i++) {
    if ((level.lap[i] ?? 0) < gate) continue
    amount += level.lapAmount[i] ?? 0
    square += Math.sqrt(level.lap[i] ?? 0)
  }
  return Math.log((amount + 0.01) / (square + 0.01))
}

/** The same of the noise kernel: 0.8 of its strength where grain is gaussian, less where it is texture. Over the plainest tiles. */
function plainGrain(level: Tiles): number {
  return grainOf(level, quantile(level.noise, 0.25))
}

const grain = (level: Tiles): number => grainOf(level, Infinity)

function grainOf(level: Tiles, gate: number): number {
  let [amount, strength] = [0, 0]
  for (let i = 0; i < level.noise.length; i++) {
    if ((level.noise[i] ?? 0) > gate) continue
    amount += level.noise[i] ?? 0
    strength += Math.sqrt(level.curl[i] ?? 0)
  }
  return Math.log((amount + 0.01) / (strength + 0.01))
}

/** Directions of the gradients: how unevenly fine detail is lost against a coarser level. */
function turns(fine: Tiles, coarse: Tiles): number[] {
  const [a, b] = [structure(fine), structure(coarse)]
  const q = Array.from({ length: directions }, (_, k) => {
    const angle = (k * Math.PI) / directions
    return log(a.energy(angle)) - log(b.energy(angle))
  })
  return [Math.max(...q) - Math.min(...q), Math.min(...q)]
}

/** The same of second differences, which are finer still, in four directions. */
function curves(fine: Tiles, coarse: Tiles): number[] {
  const q = [0, 1, 2, 3].map((k) => log(strongest(fine, k)) - log(strongest(coarse, k)))
  return [Math.max(...q) - Math.min(...q), Math.min(...q)]
}

function strongest(level: Tiles, k: number): number {
  const gate = quantile(level.ten, 1 - 2 * best)
  let sum = 0
  for (let i = 0; i < level.ten.length; i++) if ((level.ten[i] ?? 0) >= gate) sum += level.second[k]?.[i] ?? 0
  return sum
}

/** Strongest over weakest direction of the gradients. */
function spread(level: Tiles): number {
  const { energy } = structure(level)
  const all = Array.from({ length: directions }, (_, k) => log(energy((k * Math.PI) / directions)))
  return Math.max(...all) - Math.min(...all)
}

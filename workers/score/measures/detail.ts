import type { Measure } from '../../protocol.ts'
import type { Faults } from '../forest.ts'
import { type Box, clamp, ramp } from '../pixels.ts'
import type { Energies, Smear } from '../tiles.ts'

/** What the pixels say about sharpness: `native` = a crop at the subject at the picture's own scale, `frame` = the subject on the preview. */
export type Sharpness = { native: Energies; frame: Energies; smear: Smear; region: Box; frameRegion: Box }

/** Logistic, without a hard end: frames of one series stay apart even when all are sharp or all are soft. */
const squash = (value: number, middle: number, width: number): number => 1 / (1 + Math.exp(-(value - middle) / width))

/** What focus needs to know beside the sharpness. `range`: luma from the darkest to the brightest parts of the subject; `side`: longest side in pixels. */
export type Seen = { trust: number; range: number; side: number }

/**
 * In focus or not: the blur the fault model reads, in pixels of the picture's own scale, 1 = none beyond what cameras deliver, .5 = σ 1.6. A little
 * of the plain energies keeps the frames of one series in order where the trees see no difference. Where the trees disagree, and there is contrast
 * but no edge to show for it, the rule has a say: nothing in such a frame is in focus.
 */
export function focus(s: Sharpness, faults: Faults | null, seen: Seen): Measure {
  const rule = ruled(s, seen.range)
  const edges = ramp(Math.max(s.frame.tenTop, s.native.tenTop), -1, 0.8)
  // A thumbnail can be sharp at its own size; that says little about the photo.
  const told = (0.05 + 0.95 * ramp(seen.side, 120, 560)) * (0.15 + 0.85 * edges)
  const support = ramp(s.frame.tenTop, -1, 2.5)
  if (faults === null) {
    const confidence = clamp((0.3 + 0.2 * support + 0.2 * seen.trust) * (1 - 0.4 * ramp(s.native.sigma, 4, 14)) * told)
    return { value: rule, confidence, region: s.region, because: focusWords(rule, 0, edges, seen.side) }
  }
  // Grain hides detail and looks like it: what it adds to the energies is taken back.
  const blur =
    faults.blur.mean - 0.09 * (s.frame.tenHalf - 5) - 0.09 * (s.native.lapTopClean - 5.5) + 0.08 * (faults.noise.mean - Math.log(0.7))
  const nowhere = ramp(faults.blur.spread, 0.55, 0.8) * ramp(rule, 0.35, 0.1)
  const value = squash(-blur, -0.75, 0.28) * (1 - 0.8 * nowhere)
  // A plain frame or trees that disagree make it a guess. Grain does not: it must not make a soft frame cost less.
  const confidence = clamp((0.5 + 0.3 * support + 0.2 * seen.trust) * (1.1 - 0.3 * faults.blur.spread) * told)
  return { value, confidence, region: s.region, because: focusWords(value, Math.exp(faults.motion.mean) - 1, edges, seen.side) }
}

/** Below this many pixels on the longest side nothing is said about sharpness but how small the picture is. */
const tooSmall = 400

function focusWords(value: number, moved: number, edges: number, side: number): string {
  if (edges < 0.5) return 'nothing to focus on'
  if (side < tooSmall) return `too small to judge the focus: ${side} px on the longest side`
  if (value >= 0.75) return 'sharp on the subject'
  const why = moved >= 4 ? ', from movement' : ''
  if (value >= 0.5) return `slightly soft on the subject${why}`
  if (value >= 0.2) return `soft on the subject${why}`
  return moved >= 4 ? 'blurred by movement' : 'out of focus'
}

/**
 * By fixed rules: energy at the preview's scale (noise-proof), against the contrast there is, gates the noise-free scale ratio (content-free): a ratio
 * alone would rank a frame with nothing in focus first.
 */
function ruled(s: Sharpness, range: number): number {
  const energy = squash(s.frame.tenTop - 2 * Math.log(Math.min(200, Math.max(30, range)) / 190), 3.6, 0.75)
  const ratio = squash((s.native.r12 + s.frame.r01) / 2, -1.35, 0.3)
  return clamp(energy * (0.06 + 0.94 * ratio))
}

/** What more light adds to the log of an energy, and less takes from it: twice the log of the mean luma, against a middle one. */
const gained = (level: number): number => 2 * Math.log((level + 4) / 114)

/** Amount of fine detail on the subject, in step with its light (`level`: mean luma), so that a brighter frame is no sharper for it. Means nothing between scenes (content decides), everything within a series. */
export function detail(s: Sharpness, level: number): Measure {
  const value = squash(s.frame.tenHalf - gained(level), 6, 1.6)
  return { value, confidence: 0.9, region: s.frameRegion, because: 'fine detail, compared within its series only' }
}

/** Camera shake or a subject that moved: the length the fault model reads, the way from the gradients that are missing. */
export function motion(s: Sharpness, faults: Faults | null): Measure {
  const support = ramp(s.smear.support, 0.002, 0.03)
  if (faults === null) {
    const value = clamp(1 - ramp(s.smear.index, 0.5, 1.3))
    return { value, confidence: 0.5 * support, region: s.region, because: motionWords(value, null, s.smear.degrees) }
  }
  const pixels = Math.max(0, Math.exp(faults.motion.mean) - 1)
  // A short movement is hard to tell from a soft lens, a movement without any blur is none: half of what the blur trees see counts as evidence.
  const evidence = Math.max(0, Math.exp(faults.motion.mean + 0.5 * (faults.blur.mean + 0.6)) - 1)
  const value = 1 / (1 + (evidence / 6.5) ** 1.6)
  const confidence = clamp((0.35 + 0.5 * support) * (1.1 - 0.35 * faults.motion.spread))
  return { value, confidence, region: s.region, because: motionWords(value, pixels, s.smear.degrees) }
}

function motionWords(value: number, pixels: number | null, degrees: number): string {
  if (value >= 0.7) return 'no sign of camera shake'
  const way = degrees < 23 || degrees > 157 ? 'sideways' : degrees > 67 && degrees < 113 ? 'up or down' : 'diagonally'
  const far = pixels === null ? '' : `, about ${Math.max(2, Math.round(pixels))} px`
  return value >= 0.5 ? `may have moved ${way}${far}` : `moved ${way}${far}: camera or subject`
}

export function noise(s: Sharpness, faults: Faults | null): Measure {
  const grain = faults === null ? s.native.sigma : Math.max(0, Math.exp(faults.noise.mean + 0.2 * Math.log(s.native.sigma + 0.5)) - 0.7)
  const value = 1 / (1 + (grain / 8) ** 1.5)
  return {
    value,
    confidence: faults === null ? 0.5 : clamp(0.95 - 0.2 * faults.noise.spread),
    region: s.region,
    because: value >= 0.75 ? 'clean, little noise' : value >= 0.5 ? 'some noise' : 'strong noise: more light or a lower ISO would help',
  }
}

import type { Measure } from '../../protocol.ts'
import type { Faults } from '../forest.ts'
import { type Box, clamp, ramp } from '../pixels.ts'
import type { Energies, Smear } from '../tiles.ts'

/** What the pixels say about sharpness: `native` = a crop at the subject at the picture's own scale, `frame` = the subject on the preview. */
export type Sharpness = { native: Energies; frame: Energies; smear: Smear; region: Box; frameRegion: Box }

/** Logistic, without a hard end: frames of one series stay apart even when all are sharp or all are soft. */
const squash = (value: number, middle: number, width: number): number => 1 / (1 + Math.exp(-(value - middle) / width))

/**
 * In focus or not: the blur the fault model reads, in pixels of the picture's own scale, 1 = none beyond what cameras deliver, .5 = σ 1.6. A little
 * of the plain energies keeps the frames of one series in order where the trees see no difference.
 */
export function focus(s: Sharpness, faults: Faults | null, trust: number): Measure {
  if (faults === null) return focusByRule(s, trust)
  // Grain hides detail and looks like it: what it adds to the energies is taken back.
  const blur =
    faults.blur.mean - 0.09 * (s.frame.tenHalf - 5) - 0.09 * (s.native.lapTopClean - 5.5) + 0.08 * (faults.noise.mean - Math.log(0.7))
  const value = squash(-blur, -0.75, 0.28)
  // A plain frame or trees that disagree make it a guess. Grain does not: it must not make a soft frame cost less.
  const support = ramp(s.frame.tenTop, -1, 2.5)
  const confidence = clamp((0.5 + 0.3 * support + 0.2 * trust) * (1.1 - 0.3 * faults.blur.spread))
  return { value, confidence, region: s.region, because: focusWords(value, Math.exp(faults.motion.mean) - 1) }
}

function focusWords(value: number, moved: number): string {
  if (value >= 0.75) return 'sharp on the subject'
  const why = moved >= 4 ? ', from movement' : ''
  if (value >= 0.5) return `slightly soft on the subject${why}`
  if (value >= 0.2) return `soft on the subject${why}`
  return moved >= 4 ? 'blurred by movement' : 'out of focus'
}

/**
 * Without the fault model: energy at the preview's scale (noise-proof) gates the noise-free scale ratio (content-free): a ratio alone would rank a
 * frame with nothing in focus first.
 */
function focusByRule(s: Sharpness, trust: number): Measure {
  const energy = squash(s.frame.tenTop, 3.6, 0.75)
  const ratio = squash((s.native.r12 + s.frame.r01) / 2, -1.5, 0.3)
  const value = clamp(energy * (0.06 + 0.94 * ratio))
  const support = ramp(s.frame.tenTop, -1, 2.5)
  const confidence = clamp((0.3 + 0.2 * support + 0.2 * trust) * (1 - 0.4 * ramp(s.native.sigma, 4, 14)))
  return { value, confidence, region: s.region, because: focusWords(value, 0) }
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

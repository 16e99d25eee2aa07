import type { Measure } from '../../protocol.ts'
import { type Box, clamp, ramp } from '../pixels.ts'
import type { Energies, Smear } from '../tiles.ts'

/** What the pixels say about sharpness: `native` = a crop at the subject at the picture's own scale, `frame` = the subject at about half scale. */
export type Sharpness = { native: Energies; frame: Energies; smear: Smear; region: Box; frameRegion: Box }

/** Logistic in log energy, without a hard end: frames of one series stay apart even when all are sharp or all are soft. */
const squash = (value: number, middle: number, width: number): number => 1 / (1 + Math.exp(-(value - middle) / width))

/**
 * In focus or not. Energy at half scale (noise-proof) gates the noise-free scale ratio (content-free): a ratio alone would rank a frame with
 * nothing in focus first.
 */
export function focus(s: Sharpness, trust: number): Measure {
  const energy = squash(s.frame.tenTop, 3.6, 0.75)
  // On camera photos of 2–12 MP the mean of both ratios is about -0.75 as shot, -1.0 after blur σ 1, -1.8 after σ 2, -2.35 after σ 4.
  const ratio = squash((s.native.r12 + s.frame.r01) / 2, -1.5, 0.3)
  const value = clamp(energy * (0.06 + 0.94 * ratio))
  // A plain or very noisy frame has little to say either way.
  const support = ramp(s.frame.tenTop, -1, 2.5)
  const confidence = clamp((0.45 + 0.35 * support + 0.2 * trust) * (1 - 0.4 * ramp(s.native.sigma, 4, 14)))
  const because =
    value >= 0.6
      ? 'sharp on the subject'
      : value >= 0.35
        ? 'slightly soft on the subject'
        : value >= 0.15
          ? 'soft on the subject'
          : 'out of focus'
  return { value, confidence, region: s.region, because }
}

/** Amount of fine detail on the subject. Means nothing between scenes (content decides), everything within a series. */
export function detail(s: Sharpness): Measure {
  const value = squash(s.frame.tenTop, 5, 1.6)
  return { value, confidence: 0.9, region: s.frameRegion, because: 'fine detail, compared within its series only' }
}

export function motion(s: Sharpness): Measure {
  // Of camera photos as shot nine in ten lie below 0.5; a smear of 9 px gives 0.4–1.15, one of 21 px 0.5–1.35.
  const value = clamp(1 - ramp(s.smear.index, 0.5, 1.3))
  const confidence = clamp(ramp(s.smear.support, 0.002, 0.03) * 0.75)
  const way =
    s.smear.degrees < 23 || s.smear.degrees > 157
      ? 'sideways'
      : s.smear.degrees > 67 && s.smear.degrees < 113
        ? 'up and down'
        : 'diagonally'
  return {
    value,
    confidence,
    region: s.region,
    because: value >= 0.6 ? 'no sign of camera shake' : `looks smeared ${way}: camera or subject moved`,
  }
}

export function noise(s: Sharpness): Measure {
  const value = clamp(1 - ramp(Math.log2(1 + s.native.sigma), 1.3, 4.2))
  return {
    value,
    confidence: 0.7,
    region: s.region,
    because: value >= 0.7 ? 'clean, little noise' : value >= 0.4 ? 'some noise' : 'strong noise: more light or a lower ISO would help',
  }
}

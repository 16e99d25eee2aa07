import type { Measure } from '../../protocol.ts'
import type { Light } from '../light.ts'
import { type Box, clamp, ramp } from '../pixels.ts'

/** Stops by which `value` lies above `from` (γ 2.2), never below 0. */
const stopsAbove = (value: number, from: number): number => Math.max(0, 2.2 * Math.log2(Math.max(2, value) / from))

/** Brightest channel from which on nothing is missing. */
const fullyLit = 248

/**
 * How much light, as exp(-cost): no end of the scale where two photos could not be told apart. Too much: what is cut off on the subject and in the
 * frame, colours that lost their shade, a frame that is bright throughout. Too little: how far the brightest parts stay below white. Each part only
 * grows with the fault, so that more of it can never look better. A white backdrop is meant to be white, as long as the thing before it has an
 * outline and tones of its own. Figures: the right order among seven exposures of training scenes and of phone photos.
 */
export function exposure(light: Light, subject: Box, trust: number): Measure {
  const meant = ramp(light.sweep, 0.65, 0.9) * ramp(light.covered, 0.85, 0.5) * ramp(light.soft, 0.6, 0.3) * ramp(light.lost, 0.2, 0.04)
  const onSubject = light.patch / Math.max(0.3, 1 - light.covered) + (1 - meant) * light.hidden
  const inFrame = light.around + (1 - meant) * light.white
  const shades = 0.2 * Math.max(0, light.lost - light.patch)
  // A light scene is not too light as long as nothing in it is cut off.
  const glare = (1 - meant) * ramp(inFrame + light.patch, 0.004, 0.03) * stopsAbove(light.mean, 148)
  const over = 1.35 * Math.min(1, onSubject) ** 0.8 + 2.2 * inFrame ** 1.2 + shades + 0.32 * glare
  const below = stopsAbove(fullyLit, Math.max(8, light.top))
  const under = 0.35 * below + 0.015 * Math.max(0, -2.2 * Math.log2(Math.max(4, light.median) / 50))
  const value = Math.exp(-over - under)
  return { value, confidence: clamp(0.88 + 0.04 * trust), region: subject, because: exposureWords(light, value, meant, over > under) }
}

function exposureWords(light: Light, value: number, meant: number, over: boolean): string {
  if (value >= 0.68) return meant >= 0.5 && light.top >= 235 ? 'well lit on a clean white background' : 'well lit'
  const below = stopsAbove(fullyLit, Math.max(8, light.top))
  if (!over) return below > 1.4 ? 'much too dark' : 'rather dark: more light would help'
  const blown = light.patch + (1 - meant) * light.hidden
  if (blown >= 0.01) return `highlights on the subject are blown out (${Math.max(1, Math.round(100 * blown))} %)`
  return light.around + (1 - meant) * light.white >= 0.03 ? 'bright parts around the subject are blown out' : 'very bright'
}

export function contrast(light: Light, subject: Box): Measure {
  const range = light.high - light.low
  const value = ramp(range, 20, 150)
  return {
    value,
    confidence: 0.7,
    region: subject,
    because: value >= 0.6 ? 'good contrast' : value >= 0.3 ? 'rather flat contrast' : 'very flat, washed out',
  }
}

export function colourCast(light: Light): Measure {
  const value = clamp(1 - ramp(light.cast, 4, 22))
  const confidence = clamp(ramp(light.neutral, 0.02, 0.3) * 0.8)
  const because =
    confidence < 0.15
      ? 'nothing neutral in the frame to judge colour by'
      : value >= 0.75
        ? 'neutral colours'
        : `greys lean ${light.castToward === 'none' ? 'off neutral' : `towards ${light.castToward}`}`
  return { value, confidence, region: null, because }
}

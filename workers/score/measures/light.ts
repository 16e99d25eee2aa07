import type { Measure } from '../../protocol.ts'
import type { Light } from '../light.ts'
import { type Box, clamp, ramp } from '../pixels.ts'

/** Stops by which `value` lies above `from` (γ 2.2), never below 0. */
const stopsAbove = (value: number, from: number): number => Math.max(0, 2.2 * Math.log2(Math.max(2, value) / from))

/** Brightest channel from which on nothing is missing. */
const fullyLit = 250

/**
 * How much light, as exp(-cost): no end of the scale where two photos could not be told apart. Too much: what is cut off on the subject and in the
 * frame, colours that lost their shade, a frame that is bright throughout. Too little: how far the brightest parts stay below white. Each part only
 * grows with the fault, so that more of it can never look better. A white backdrop is meant to be white, as long as the thing before it has an
 * outline and tones of its own; so is the paper of a drawing. Figures: the right order among seven exposures of training scenes and of phone photos,
 * white composites within 3 points of grey ones, and as much agreement with what people said about phone photos as before.
 */
export function exposure(light: Light, subject: Box, trust: number): Measure {
  const meant = whiteMeant(light)
  const paper = 1 - light.drawn
  const onSubject = (paper * light.patch) / Math.max(0.3, 1 - light.covered) + (1 - meant) * light.hidden
  const inFrame = paper * light.around + (1 - meant) * light.white
  const oneChannel = paper * light.spent + (1 - meant) * light.white
  const shades = 0.15 * paper * Math.max(0, light.lost - light.patch)
  // A light scene is hardly too light as long as nothing in it is cut off.
  const glare = ramp(inFrame + light.patch, 0.004, 0.03) * 0.32 * stopsAbove(light.bulk, 142) + 0.03 * stopsAbove(light.bulk, 105)
  const over = 0.62 * Math.min(1, onSubject) ** 0.5 + 1.85 * inFrame ** 1.27 + 0.15 * oneChannel ** 0.7 + shades + (1 - meant) * glare
  const under = 0.4 * missing(light) + 0.012 * Math.max(0, -2.2 * Math.log2(Math.max(4, light.median) / 50))
  const value = Math.exp(-over - under)
  return { value, confidence: clamp(0.88 + 0.04 * trust), region: subject, because: exposureWords(light, value, meant, over > under) }
}

/**
 * How sure it is that what is cut off behind the thing is a backdrop meant to be white: it goes around the frame, the thing's outline is hard, its
 * colours are whole. A thing that fills little of its box (a bird, a chair) has to have an outline and tones that are beyond doubt.
 */
function whiteMeant({ sweep, covered, soft, lost, low, median, drawn }: Light): number {
  const full = ramp(covered, 0.85, 0.5)
  const sparse = ramp(covered, 0.95, 0.8) * ramp(soft, 0.2, 0.12) * ramp(lost, 0.02, 0.004) * ramp(low, 120, 80) * ramp(median, 220, 190)
  return Math.max(drawn, ramp(sweep, 0.65, 0.9) * Math.max(full, sparse) * ramp(soft, 0.6, 0.3) * ramp(lost, 0.2, 0.04))
}

/** Stops of light that the brightest parts are short of white. */
const missing = (light: Light): number => stopsAbove(fullyLit, Math.max(8, light.top))

function exposureWords(light: Light, value: number, meant: number, over: boolean): string {
  if (value >= 0.68) return meant >= 0.5 && light.top >= 235 && light.white >= 0.1 ? 'well lit on a clean white background' : 'well lit'
  if (!over) {
    // Nothing near black either: haze or a faded print, which more light would make worse.
    if (light.black >= 45 && light.bulk >= 90) return 'pale and veiled: neither white nor black in it'
    return missing(light) > 1.4 ? 'much too dark' : 'rather dark: more light would help'
  }
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

/** Trusted only as far as something neutral is there to judge by; a tinted backdrop and slightly coloured paper look the same, and the words leave that open. */
export function colourCast(light: Light): Measure {
  const value = clamp(Math.exp(-Math.max(0, light.cast - 0.02) / 0.12))
  // Half sure is not sure: a table of wood and a plaster wall are even backdrops too.
  const confidence = clamp(0.85 * light.neutral * ramp(light.neutral, 0.2, 0.6))
  const what = light.castOn === 'backdrop' ? 'the backdrop' : 'the greys'
  const because =
    confidence < 0.15
      ? 'nothing neutral in the frame to judge colour by'
      : value >= 0.75
        ? 'neutral colours'
        : `${what} lean${light.castOn === 'backdrop' ? 's' : ''} ${light.castToward === 'none' ? 'off neutral' : `towards ${light.castToward}`}`
  return { value, confidence, region: null, because }
}

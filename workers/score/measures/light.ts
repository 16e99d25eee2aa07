import type { Measure } from '../../protocol.ts'
import type { Light } from '../light.ts'
import { type Box, clamp, ramp } from '../pixels.ts'

/** Stops by which `value` lies above `from` (γ 2.2), never below 0. */
const stopsAbove = (value: number, from: number): number => Math.max(0, 2.2 * Math.log2(Math.max(2, value) / from))

/**
 * How much light, as exp(-cost): no end of the scale where two photos could not be told apart. Too much: areas cut off on the subject (half as much
 * elsewhere in the frame), a very bright subject. Too little: how far the brightest parts stay below white, a very dark subject. A white backdrop
 * around a subject that is not cut off itself is meant to be white.
 */
export function exposure(light: Light, subject: Box, trust: number): Measure {
  let cut = Math.max(0, light.patch - 0.004) + 0.3 * Math.max(0, light.lost - light.patch - 0.02)
  cut = Math.max(cut, 0.6 * Math.max(0, light.around - 0.004))
  const onSweep = light.sweep >= 0.5
  if (onSweep) {
    // Where the thing itself is cut off too, the white around it is no backdrop but a scene with far too much light.
    const meant = ramp(light.sweep, 0.55, 0.85) * (1 - ramp(light.lost + light.around, 0.03, 0.12))
    cut = Math.max(cut, (1 - meant) * light.hidden, ramp(light.soft, 0.35, 0.7) * 0.6 * light.hidden) + 0.6 * ramp(light.covered, 0.8, 0.97)
  }
  const over = 2 * cut ** 0.6 + (light.sweep < 0.85 ? 0.4 * stopsAbove(light.median, 190) : 0)
  const below = stopsAbove(255, Math.max(8, light.top))
  const under = 0.2 * below + 0.05 * stopsAbove(60, Math.max(4, light.median))
  const value = Math.exp(-over - under)
  return { value, confidence: clamp(0.6 + 0.35 * trust), region: subject, because: exposureWords(light, value, over > under, below) }
}

function exposureWords(light: Light, value: number, over: boolean, below: number): string {
  if (value >= 0.75) return light.sweep >= 0.5 && light.top >= 235 ? 'well lit on a clean white background' : 'well lit'
  if (!over) {
    if (below < 0.6) return 'the subject is very dark'
    return below > 1.6 ? 'much too dark' : 'rather dark: more light would help'
  }
  const share = Math.round(100 * Math.max(light.patch, light.hidden))
  if (light.patch >= 0.01 || light.hidden >= 0.05) return `highlights on the subject are blown out (${Math.max(1, share)} %)`
  return light.around >= 0.03 ? 'bright parts around the subject are blown out' : 'very bright'
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

import type { Readings } from './analyse.ts'

/** The classical readings as the quality head gets them: logs and distances, in a fixed order. A change here means a new head. */
export function readingVector({ sharpness, light }: Pick<Readings, 'sharpness' | 'light'>, jpegQuality: number | null): Float32Array {
  const { native, frame, smear } = sharpness
  const energies = [native, frame].flatMap((e) => [
    e.sigma,
    Math.log(e.sigma + 0.01),
    e.lapTop,
    e.lapTopClean,
    e.tenTop,
    e.tenMean,
    e.r01,
    e.r12,
  ])
  return Float32Array.from([
    ...energies,
    smear.index,
    smear.support,
    Math.log(smear.support + 0.01),
    light.sweep,
    light.blown,
    light.black,
    light.median,
    light.low,
    light.high,
    light.high - light.low,
    light.cast,
    light.neutral,
    light.mean,
    Math.abs(light.mean - 118),
    light.clipped,
    jpegQuality ?? 90,
  ])
}

export const readingCount = 32

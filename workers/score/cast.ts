// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds, and a check per pixel is what would be slow
import type { Backdrop } from './backdrop.ts'
import { type Rgb, ramp } from './pixels.ts'

type Toward = 'red' | 'orange' | 'green' | 'blue' | 'yellow' | 'magenta' | 'cyan' | 'none'

/**
 * A tint of the light, as far as something in the frame is there to judge it by. `cast`: distance of the mean colour from grey, as a share of its
 * brightness; `neutral`: 0–1, how far it can be trusted that what was read is meant to be neutral; `on`: what that was.
 */
export type Cast = { cast: number; castToward: Toward; neutral: number; castOn: 'backdrop' | 'greys' | 'nothing' }

/** What an even backdrop may deviate from grey to be a neutral one in tinted light; beyond, it is coloured paper. */
const [stillGrey, coloured] = [0.23, 0.3]

/**
 * By the backdrop, where an even one goes around the frame; else by large areas near grey that agree in colour, as a grey card or a table does, and
 * then with half the trust. What is cut off in two channels says nothing about colour.
 */
export function readCast({ data, width, height }: Rgb, { on, share }: Backdrop): Cast {
  const n = width * height
  const behind = share >= 0.5
  const [back, near] = [new Float64Array(3), new Float64Array(3)]
  let [backCount, nearCount, squares] = [0, 0, 0]
  // Every third pixel is plenty for a mean.
  for (let i = 0, j = 0; i < n; i += 3, j += 9) {
    const r = data[j]!
    const g = data[j + 1]!
    const b = data[j + 2]!
    const most = r > g ? (r > b ? r : b) : g > b ? g : b
    const least = r < g ? (r < b ? r : b) : g < b ? g : b
    if (behind && on[i]) {
      if (r + g + b - most - least >= 250) continue
      back[0]! += r
      back[1]! += g
      back[2]! += b
      backCount++
    } else if (most > 60 && most < 245 && most - least < 0.25 * most) {
      const one = 1 / most
      near[0]! += r * one
      near[1]! += g * one
      near[2]! += b * one
      squares += ((r - g) * (r - g) + (b - g) * (b - g)) * one * one
      nearCount++
    }
  }
  const seen = n / 3
  if (behind && backCount >= 0.02 * seen) {
    const found = deviation(back)
    const neutral = ramp(share, 0.5, 0.8) * ramp(backCount / seen, 0.02, 0.15) * ramp(found.cast, coloured, stillGrey)
    return { ...found, neutral, castOn: 'backdrop' }
  }
  if (nearCount < 0.3 * seen) return { cast: 0, castToward: 'none', neutral: 0, castOn: 'nothing' }
  const [r, g, b] = [near[0]! / nearCount, near[1]! / nearCount, near[2]! / nearCount]
  const scatter = Math.sqrt(Math.max(0, squares / nearCount - (r - g) ** 2 - (b - g) ** 2))
  return { ...deviation(near), neutral: 0.5 * ramp(nearCount / seen, 0.3, 0.6) * ramp(scatter, 0.05, 0.02), castOn: 'greys' }
}

function deviation([r = 0, g = 0, b = 0]: Float64Array): { cast: number; castToward: Toward } {
  const mean = Math.max(1e-9, (r + g + b) / 3)
  const [dr, dg, db] = [r / mean - 1, g / mean - 1, b / mean - 1]
  const cast = Math.hypot(dr, dg, db)
  const strongest = Math.max(Math.abs(dr), Math.abs(dg), Math.abs(db))
  if (cast < 0.02) return { cast, castToward: 'none' }
  // Lamps and shade go from orange to blue, with green in the middle.
  if (dr * db < 0 && Math.abs(dg) < 0.5 * Math.min(Math.abs(dr), Math.abs(db))) return { cast, castToward: dr > 0 ? 'orange' : 'blue' }
  if (strongest === Math.abs(db)) return { cast, castToward: db > 0 ? 'blue' : 'yellow' }
  if (strongest === Math.abs(dr)) return { cast, castToward: dr > 0 ? 'red' : 'cyan' }
  return { cast, castToward: dg > 0 ? 'green' : 'magenta' }
}

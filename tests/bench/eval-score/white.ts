// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
import { cut } from '../../../models/train/degrade.ts'
import { type Rgb, rectAround } from '../../../workers/score/pixels.ts'
import { type Looked, look } from './looked.ts'
import { quantileOf } from './statistics.ts'

export type OnWhite = { scene: string; grey: Looked; white: Looked; blown: Looked }

const width = 2000
const height = 1500

/**
 * A thing with the surface of a real photo: the middle of it, cut out along a smooth outline (between ellipse and box) with an edge as soft as a
 * lens makes it and a contact shadow, on an even backdrop. It stands for a product; no product photo with a true mask is at hand.
 */
function composite(surface: Rgb, backdrop: number, gain: number): Rgb {
  const data = new Uint8Array(3 * width * height)
  const [cx, cy, rx, ry] = [width / 2, height * 0.52, width * 0.21, height * 0.33]
  const squareness = 3.2
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const r = (Math.abs((x - cx) / rx) ** squareness + Math.abs((y - cy) / ry) ** squareness) ** (1 / squareness)
      const inside = Math.min(1, Math.max(0, (1 - r) * rx * 0.6 + 0.5))
      const shade = 1 - 0.35 * Math.exp(-(((x - cx) / (rx * 1.05)) ** 4) - ((y - cy - ry) / (ry * 0.1)) ** 2)
      const [u, v] = [Math.round(x - cx + surface.width / 2), Math.round(y - cy + surface.height / 2)]
      const j = 3 * (Math.min(surface.height - 1, Math.max(0, v)) * surface.width + Math.min(surface.width - 1, Math.max(0, u)))
      for (let c = 0; c < 3; c++) {
        const thing = Math.min(255, surface.data[j + c]! * gain)
        data[i + c] = Math.round(inside * thing + (1 - inside) * backdrop * shade)
      }
    }
  }
  return { data, width, height }
}

/** The same thing on grey and on pure white; and on white with its surface blown out, which must cost. null where the photo gives no fit surface. */
export function placed(rgb: Rgb): { grey: Rgb; white: Rgb; blown: Rgb } | null {
  const side = Math.ceil(height * 0.7)
  if (rgb.width < side || rgb.height < side) return null
  const rect = rectAround({ x: 0.5, y: 0.5, w: 0, h: 0 }, rgb, side)
  const surface = cut(rgb, { x: rect.x / rgb.width, y: rect.y / rgb.height, w: side / rgb.width, h: side / rgb.height })
  // Correctly exposed: the brightest hundredth just below white, the middle neither dark nor bright.
  const sorted = surface.data.filter((_, i) => i % 97 === 0).toSorted()
  const top = sorted[Math.floor(0.99 * sorted.length)] ?? 255
  const gain = 238 / Math.max(1, top)
  const middle = (sorted[sorted.length >> 1] ?? 0) * gain
  if (gain > 1.6 || middle < 50 || middle > 190) return null
  return { grey: composite(surface, 150, gain), white: composite(surface, 255, gain), blown: composite(surface, 255, gain * 3) }
}

export async function onWhite(scene: string, rgb: Rgb): Promise<OnWhite | null> {
  const made = placed(rgb)
  return made ? { scene, grey: await look(made.grey, 90), white: await look(made.white, 90), blown: await look(made.blown, 90) } : null
}

export function whiteTable(list: readonly OnWhite[]): void {
  const loss = (of: (looked: Looked) => number): number[] => list.map(({ grey, white }) => of(grey) - of(white))
  const line = (name: string, values: number[]): void =>
    console.log(
      `  ${name.padEnd(16)} median ${quantileOf(values, 0.5).toFixed(1)}, 90 % ${quantileOf(values, 0.9).toFixed(1)}, most ${Math.max(...values).toFixed(1)}; at most 3 in ${values.filter((v) => v <= 3).length} of ${values.length}`,
    )
  console.log(
    `\nA thing on pure white against the same on grey (composites of ${list.length} scenes): points lost for the white (goal ≤ 3)`,
  )
  line(
    'score',
    loss(({ score }) => score),
  )
  for (const name of ['exposure', 'quality', 'contrast', 'colour-cast', 'focus', 'framing', 'noise']) {
    line(
      name,
      loss(({ points }) => points[name] ?? 0),
    )
  }
  const blown = list.map(({ white, blown }) => (white.points['exposure'] ?? 0) - (blown.points['exposure'] ?? 0))
  console.log(
    `  its surface blown out on white costs, in exposure: median ${quantileOf(blown, 0.5).toFixed(1)}, least ${Math.min(...blown).toFixed(1)}`,
  )
}

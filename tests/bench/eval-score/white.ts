// biome-ignore-all lint/style/noNonNullAssertion: pixel loops; every index is in range by the loop bounds
import { cut, tinted } from '../../../models/train/degrade.ts'
import { type Rgb, rectAround } from '../../../workers/score/pixels.ts'
import { type Looked, look } from './looked.ts'
import { type Level, quantileOf, shown, within } from './statistics.ts'

/** One thing on many backdrops, by their names, and on neutral ones with the white balance off. */
export type OnWhite = { scene: string; on: Record<string, Looked>; tints: Tint[] }
type Tint = { under: string; way: string; level: number; looked: Looked }

const width = 2000
const height = 1500

/** Colour of the backdrop at a place (0–1 from the top), and the shadow there: `near` the foot of the thing, `wide` all around it. */
type Backdrop = { colour: (down: number) => readonly [number, number, number]; near: number; wide: number }
const plain = (r: number, g = r, b = r, near = 0.35, wide = 0): Backdrop => ({ colour: () => [r, g, b], near, wide })

/** `grey` is what the others are compared with. */
export const backdrops: Readonly<Record<string, Backdrop>> = {
  grey: plain(150),
  white: plain(255),
  'white, no shadow': plain(255, 255, 255, 0),
  'white, wide soft shadow': plain(255, 255, 255, 0.4, 0.3),
  'white falling off to grey': {
    colour: (down) => {
      const v = 255 - 75 * Math.max(0, (down - 0.35) / 0.65)
      return [v, v, v]
    },
    near: 0.35,
    wide: 0,
  },
  'off-white paper': plain(246, 242, 234),
  'coloured paper': plain(196, 218, 236),
}

/**
 * A thing with the surface of a real photo: the middle of it, cut out along a smooth outline (between ellipse and box) with an edge as soft as a
 * lens makes it and a contact shadow, on an even backdrop. It stands for a product; no product photo with a true mask is at hand.
 */
function composite(surface: Rgb, { colour, near, wide }: Backdrop, gain: number): Rgb {
  const data = new Uint8Array(3 * width * height)
  const [cx, cy, rx, ry] = [width / 2, height * 0.52, width * 0.21, height * 0.33]
  const squareness = 3.2
  for (let y = 0, i = 0; y < height; y++) {
    const behind = colour(y / height)
    for (let x = 0; x < width; x++, i += 3) {
      const r = (Math.abs((x - cx) / rx) ** squareness + Math.abs((y - cy) / ry) ** squareness) ** (1 / squareness)
      const inside = Math.min(1, Math.max(0, (1 - r) * rx * 0.6 + 0.5))
      const contact = near * Math.exp(-(((x - cx) / (rx * 1.05)) ** 4) - ((y - cy - ry) / (ry * 0.1)) ** 2)
      const shade = (1 - contact) * (1 - wide * Math.exp(-(((x - cx) / (rx * 1.5)) ** 2) - ((y - cy - ry) / (ry * 0.4)) ** 2))
      const [u, v] = [Math.round(x - cx + surface.width / 2), Math.round(y - cy + surface.height / 2)]
      const j = 3 * (Math.min(surface.height - 1, Math.max(0, v)) * surface.width + Math.min(surface.width - 1, Math.max(0, u)))
      for (let c = 0; c < 3; c++) {
        const thing = Math.min(255, surface.data[j + c]! * gain)
        data[i + c] = Math.round(inside * thing + (1 - inside) * behind[c]! * shade)
      }
    }
  }
  return { data, width, height }
}

/** The same thing on every backdrop; and on white with its surface blown out, which must cost. null where the photo gives no fit surface. */
export function placed(rgb: Rgb): ((backdrop: string | Backdrop, blown?: boolean) => Rgb) | null {
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
  return (backdrop, blown = false) => {
    const chosen = typeof backdrop === 'string' ? backdrops[backdrop] : backdrop
    if (!chosen) throw new Error(`no backdrop ${String(backdrop)}`)
    return composite(surface, chosen, blown ? gain * 3 : gain)
  }
}

/** White balance off, as it shows where the backdrop is not cut off. */
export const tintsOf = (rgb: Rgb): { way: string; level: number; rgb: Rgb }[] => [
  { way: 'warm', level: 0, rgb },
  ...[1, 2].flatMap((k) => [
    { way: 'warm', level: k, rgb: tinted(rgb, [1.18 ** k, 1, 0.85 ** k]) },
    { way: 'cool', level: k, rgb: tinted(rgb, [0.85 ** k, 1, 1.18 ** k]) },
  ]),
]
/** Neutral backdrops that a tint must be found on. */
export const neutrals: Readonly<Record<string, Backdrop>> = { 'a grey sweep': plain(150), 'a white sweep': plain(232) }

const points = (part: string) => (looked: Looked) => looked.points[part] ?? 0

export async function onWhite(scene: string, rgb: Rgb): Promise<OnWhite | null> {
  const made = placed(rgb)
  if (!made) return null
  const on: Record<string, Looked> = { blown: await look(made('white', true), 90) }
  for (const name of Object.keys(backdrops)) on[name] = await look(made(name), 90)
  const tints: Tint[] = []
  for (const [under, backdrop] of Object.entries(neutrals)) {
    for (const { way, level, rgb: tint } of tintsOf(made(backdrop))) tints.push({ under, way, level, looked: await look(tint, 90) })
  }
  return { scene, on, tints }
}

export function whiteTable(list: readonly OnWhite[]): void {
  const loss = (name: string, of: (looked: Looked) => number): number[] =>
    list.flatMap(({ on }) => {
      const [grey, other] = [on['grey'], on[name]]
      return grey && other ? [of(grey) - of(other)] : []
    })
  const line = (name: string, values: number[]): void =>
    console.log(
      `  ${name.padEnd(26)} median ${quantileOf(values, 0.5).toFixed(1)}, 90 % ${quantileOf(values, 0.9).toFixed(1)}, most ${Math.max(...values).toFixed(1)}; at most 3 in ${values.filter((v) => v <= 3).length} of ${values.length}`,
    )

  console.log(
    `\nA thing on pure white against the same on grey (composites of ${list.length} scenes): points lost for the white (goal ≤ 3)`,
  )
  line(
    'score',
    loss('white', ({ score }) => score),
  )
  for (const name of ['exposure', 'quality', 'contrast', 'colour-cast', 'focus', 'framing', 'noise'])
    line(name, loss('white', points(name)))
  const blown = list.map(({ on }) => points('exposure')(on['white']!) - points('exposure')(on['blown']!))
  console.log(
    `  its surface blown out on white costs, in exposure: median ${quantileOf(blown, 0.5).toFixed(1)}, least ${Math.min(...blown).toFixed(1)}`,
  )
  console.log('The same on other light backdrops, against grey: points lost in exposure; in the score')
  for (const name of Object.keys(backdrops).filter((one) => one !== 'grey' && one !== 'white')) {
    line(name, loss(name, points('exposure')))
    line(
      '  score',
      loss(name, ({ score }) => score),
    )
  }
  tintTable(list)
}

/** A tint where something neutral is there to judge it by: the greater one must have the lower value, within a scene and a way. */
function tintTable(list: readonly OnWhite[]): void {
  for (const under of Object.keys(neutrals)) {
    const rows = list.flatMap(({ scene, tints }) =>
      tints
        .filter((tint) => tint.under === under)
        .flatMap((tint) => (tint.level === 0 ? ['warm', 'cool'] : [tint.way]).map((way) => ({ ...tint, scene: `${scene}, ${way}` }))),
    )
    const levels = (of: (looked: Looked) => number): Level[] =>
      rows.map(({ scene, level, looked }) => ({ scene, level, value: of(looked) }))
    const sure = rows.map(({ looked }) => looked.measures['colour-cast']?.confidence ?? 0)
    console.log(
      `White balance off on ${under}, right order within a scene: colour-cast ${shown(within(levels(({ measures }) => measures['colour-cast']?.value ?? 0)))} (goal .9), ` +
        `its points ${shown(within(levels(points('colour-cast'))))}, score ${shown(within(levels(({ score }) => score)))}; confidence: median ${quantileOf(sure, 0.5).toFixed(2)}, least ${Math.min(...sure).toFixed(2)}`,
    )
  }
}

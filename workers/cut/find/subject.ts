import type { Box } from '../../score/pixels.ts'
import { type Finder, openFinder } from '../clip/framing/finder.ts'
import { rgbOf } from '../clip/framing/look.ts'
import type { VideoStream } from '../container/media.ts'

/** A picture that was kept while decoding: 4:2:0 in stored orientation, of the measured size. */
export type Kept = { timeUs: number; pixels: Uint8Array }
/** What was found in one picture. `worth` 0–1: how clearly and how well placed. */
export type Sighting = { timeUs: number; worth: number; face: boolean; box: Box }

/** How often a picture is looked at with the models, and at most how many of a take: each costs as much as decoding a second of 480p. */
export const lookEveryUs = 1_000_000
export const mostLooks = 120

type Rgb = { data: Uint8Array; width: number; height: number }

/**
 * Looks for the product or a face in the kept pictures. Without the models (no folder given, files missing, a runtime that does not start) there are
 * no sightings, and `because` names what is missing: the clips are then chosen without this measure.
 */
export async function sight(
  kept: readonly Kept[],
  size: { width: number; height: number },
  video: VideoStream,
  modelsDir: string | null,
  signal: AbortSignal,
): Promise<{ sightings: Sighting[]; because: string | null }> {
  if (modelsDir === null) return { sightings: [], because: 'the product was not looked for: no models were given' }
  const { finder, because } = await openFinder(modelsDir)
  if (finder === null) return { sightings: [], because: `the product was not looked for: ${because ?? 'the models are missing'}` }
  const sightings: Sighting[] = []
  for (const { timeUs, pixels } of kept) {
    signal.throwIfAborted()
    const rgb = rgbOf({ frame: 0, pixels }, { ...size, frames: 0, samples: [], cuts: [] })
    sightings.push({ timeUs, ...(await look(finder, upright(rgb, video))) })
  }
  return { sightings, because }
}

async function look(finder: Finder, picture: Rgb): Promise<Omit<Sighting, 'timeUs'>> {
  const faces = finder.faces === null ? [] : await finder.faces(picture)
  const face = faces.toSorted((a, b) => b.box.w * b.box.h - a.box.w * a.box.h)[0]
  const product = await finder.product(picture)
  const found = { box: product.box, worth: product.confidence * placed(product.box), face: false }
  if (face === undefined) return found
  // Somebody who looks at the lens holds a viewer as well as a product does.
  const person = {
    box: face.box,
    worth: Math.min(1, face.sure * (0.55 + 4 * face.box.w * face.box.h)) * (1 - 0.4 * face.turned),
    face: true,
  }
  return person.worth > found.worth ? person : found
}

/** 1 for a subject inside the frame of a useful size; less when it is tiny, cut by an edge, or everything. */
function placed({ x, y, w, h }: Box): number {
  const size = Math.sqrt(w * h)
  const large = Math.min(1, size / 0.22)
  const whole = size > 0.95 ? 0.7 : 1
  const cut = [x, y, 1 - x - w, 1 - y - h].filter((gap) => gap < 0.01).length
  return large * whole * (1 - 0.12 * cut)
}

/** The picture as it is shown: turned, mirrored, and in its own shape; longest side 320. */
export function upright({ data, width, height }: Rgb, video: Pick<VideoStream, 'width' | 'height' | 'rotation' | 'mirrored'>): Rgb {
  const scale = 320 / Math.max(video.width, video.height)
  const [wide, high] = [Math.max(2, Math.round(video.width * scale)), Math.max(2, Math.round(video.height * scale))]
  const out = new Uint8Array(3 * wide * high)
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const [u, v] = [(x + 0.5) / wide, (y + 0.5) / high]
      const [storedX, turnedY] =
        video.rotation === 90 ? [v, 1 - u] : video.rotation === 180 ? [1 - u, 1 - v] : video.rotation === 270 ? [1 - v, u] : [u, v]
      // The turn is that of the x axis, so what is left of a mirrored matrix flips top and bottom: (−1, 0, 0, 1) reads as 180° and mirrored.
      const storedY = video.mirrored ? 1 - turnedY : turnedY
      const from = 3 * (Math.min(height - 1, Math.floor(storedY * height)) * width + Math.min(width - 1, Math.floor(storedX * width)))
      const to = 3 * (y * wide + x)
      out[to] = data[from] ?? 0
      out[to + 1] = data[from + 1] ?? 0
      out[to + 2] = data[from + 2] ?? 0
    }
  }
  return { data: out, width: wide, height: high }
}

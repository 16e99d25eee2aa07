import type { Measure } from '../protocol.ts'
import type { Face } from './faces.ts'
import { type Box, clamp, lumaCrop, quantile, type Rect, type Rgb, ramp } from './pixels.ts'
import { energies, pyramid } from './tiles.ts'

/** A face smaller than this on the preview is somebody far away: nothing can be said about sharpness or eyes. */
const smallestFace = 40
/** From this turn on the far eye is hidden. */
const turnedAway = 0.7

/**
 * What is measured only where people are: nothing at all when there are none, so that a product alone can never lose for it.
 * `eyes` is the eye aspect ratio of the face with the narrowest eyes on a straight scale (value = ratio / .4, at most 1), because no ratio is right
 * for every face: frames of one series are compared by it (a fall by more than a third = closed), and alone it counts for little.
 */
export function peopleMeasures(faces: readonly Face[], preview: Rgb): Record<string, Measure> {
  const seen = faces.filter(({ box }) => Math.min(box.w * preview.width, box.h * preview.height) >= smallestFace)
  const main = seen[0]
  if (!main) return {}
  const measures: Record<string, Measure> = { faces: faceMeasure(main, seen.length, preview) }
  const frontal = seen.filter(({ turned }) => turned < turnedAway)
  const narrow = frontal.toSorted((a, b) => a.openness - b.openness)[0]
  if (narrow) {
    const value = clamp(narrow.openness / 0.4)
    const many = frontal.length > 1 ? ` (the narrowest of ${frontal.length} faces)` : ''
    measures['eyes'] = {
      value,
      confidence: clamp(0.45 * ramp(narrow.turned, turnedAway, 0.2) * ramp(narrow.sure, 0.5, 0.8)),
      region: narrow.box,
      because:
        value < 0.35 ? `the eyes look closed${many}` : value < 0.5 ? `the eyes may be half closed${many}` : `the eyes look open${many}`,
    }
  }
  return measures
}

/** Sharp and well lit, on the largest face. */
function faceMeasure(face: Face, count: number, preview: Rgb): Measure {
  const rect = rectOf(face.box, preview)
  const plane = lumaCrop(preview, rect)
  const { lapTopClean, r01, r12 } = energies(pyramid(plane))
  // On 33 faces as shot the mean of both ratios was about -0.9 (-1.8 on one blurred by hand), -1.6 after blur σ 1, -2.2 after σ 2, -2.5 after σ 4.
  const isSharp = ramp((r01 + r12) / 2, -2.2, -1.2) * ramp(lapTopClean, 0, 2)
  const middle = quantile(plane.data, 0.5)
  const light = ramp(middle, 20, 70) * ramp(quantile(plane.data, 0.9), 254, 235)
  const value = clamp(0.15 + 0.85 * Math.min(isSharp, 0.25 + 0.75 * light))
  const who = count > 1 ? 'the largest face' : 'the face'
  const because =
    isSharp < 0.4 ? `${who} is soft` : light < 0.4 ? `${who} is ${middle < 60 ? 'too dark' : 'too bright'}` : `${who} is sharp and well lit`
  return { value, confidence: clamp(ramp(face.sure, 0.5, 0.9) * 0.8), region: face.box, because }
}

function rectOf(box: Box, { width, height }: Rgb): Rect {
  const x = Math.min(width - 1, Math.max(0, Math.round(box.x * width)))
  const y = Math.min(height - 1, Math.max(0, Math.round(box.y * height)))
  return {
    x,
    y,
    width: Math.max(1, Math.min(width - x, Math.round(box.w * width))),
    height: Math.max(1, Math.min(height - y, Math.round(box.h * height))),
  }
}

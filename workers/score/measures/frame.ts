import type { Measure } from '../../protocol.ts'
import { clamp, ramp } from '../pixels.ts'
import type { JpegHeader } from '../sniff.ts'
import type { Subject } from '../subject.ts'

/** How the subject sits in the frame: cut at an edge, too small, off to one side. */
export function framing(subject: Subject): Measure {
  const { box } = subject
  const margin = Math.min(box.x, box.y, 1 - box.x - box.w, 1 - box.y - box.h)
  const cut = 1 - ramp(margin, 0, 0.04)
  const area = box.w * box.h
  const small = 1 - ramp(area, 0.02, 0.12)
  const off = ramp(Math.hypot(box.x + box.w / 2 - 0.5, box.y + box.h / 2 - 0.5), 0.12, 0.35)
  const value = clamp(1 - Math.max(0.8 * cut, 0.6 * small, 0.5 * off))
  const because =
    value >= 0.7
      ? 'the subject sits well in the frame'
      : cut >= small && cut >= off
        ? 'the subject runs close to an edge or is cut'
        : small >= off
          ? 'the subject is small in the frame'
          : 'the subject sits far to one side'
  return { value, confidence: 0.5 * subject.confidence, region: box, because }
}

/** Longest sides that large marketplaces ask for: at least, and to let buyers zoom in. */
const shopSides = { least: 1000, zoom: 2000 }

/** Enough pixels for a shop page and its zoom. */
export function resolution(width: number, height: number): Measure {
  const side = Math.max(width, height)
  const { least, zoom } = shopSides
  const value = side >= zoom ? 1 : clamp(Math.log2(side / 250) / Math.log2(zoom / 250))
  const because =
    side >= zoom ? 'enough pixels for zoom' : side >= least ? 'enough pixels for a shop page' : `only ${side} px on the longest side`
  return { value, confidence: 1, region: null, because }
}

/**
 * From the quantisation table the camera (or a messenger app) used, and from the blocks that an earlier, stronger compression left in a file that
 * was saved again at a high quality. `grid`: of camera photos as shot below .14; saved at quality 50 once about .3, at 30 about .45.
 */
export function compression(jpeg: JpegHeader | null, grid: number): Measure | null {
  const quality = jpeg?.quality ?? null
  const blocks = 1 - ramp(grid, 0.18, 0.6)
  if (quality === null && blocks === 1) return null
  const table = quality === null ? 1 : ramp(quality, 15, 85)
  const value = Math.min(table, blocks)
  return {
    value,
    confidence: 0.8,
    region: null,
    because:
      value >= 0.75
        ? 'lightly compressed'
        : table <= blocks
          ? `heavily compressed (JPEG quality about ${quality})`
          : 'shows blocks of a stronger compression: look for the original file',
  }
}

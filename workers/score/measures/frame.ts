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

/** Enough pixels for a shop's zoom: 2000 px on the longest side is what large marketplaces ask for. */
export function resolution(width: number, height: number): Measure {
  const side = Math.max(width, height)
  const value = side >= 2000 ? 1 : clamp(Math.log2(side / 250) / Math.log2(2000 / 250))
  return { value, confidence: 1, region: null, because: side >= 2000 ? 'enough pixels for zoom' : `only ${side} px on the longest side` }
}

/** From the quantisation table the camera (or a messenger app) used. */
export function compression(jpeg: JpegHeader | null): Measure | null {
  if (!jpeg || jpeg.quality === null) return null
  const value = ramp(jpeg.quality, 15, 85)
  return {
    value,
    confidence: 0.8,
    region: null,
    because: value >= 0.75 ? 'lightly compressed' : `heavily compressed (JPEG quality about ${jpeg.quality})`,
  }
}

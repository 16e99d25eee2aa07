import type { Measure } from '../protocol.ts'
import { faultVector } from './faults.ts'
import { type FaultModel, guessFaults } from './forest.ts'
import { type Light, readLight } from './light.ts'
import { detail, focus, motion, noise, type Sharpness } from './measures/detail.ts'
import { compression, framing, resolution } from './measures/frame.ts'
import { horizon, type Lean, readLean } from './measures/horizon.ts'
import { colourCast, contrast, exposure } from './measures/light.ts'
import { type Box, clamp, gridStep, lumaCrop, type Plane, type Rgb, rectAround, release } from './pixels.ts'
import type { JpegHeader } from './sniff.ts'
import type { Subject } from './subject.ts'
import { energies, pyramid, smear } from './tiles.ts'

/** Side of the crop at the picture's own scale: large enough for a subject, small enough to read in milliseconds. */
const nativeSide = 768

/** Everything the classical measures are made of, kept for training and for the record. `frame`: luma of the whole preview. */
export type Readings = { sharpness: Sharpness; light: Light; frame: Plane; signs: Float32Array; lean: Lean; grid: number }

/**
 * @param rgb the picture at its own scale; @param preview the same, longest side at most 2,048: one scale for all cameras;
 * @param small the same, longest side at most 480; @param frame luma of the preview,
 * where it is there already
 */
export function read(rgb: Rgb, preview: Rgb, small: Rgb, subject: Subject, frame: Plane = lumaOf(preview)): Readings {
  const nativeRect = rectAround(subject.box, rgb, nativeSide)
  const crop = lumaCrop(rgb, nativeRect)
  const native = pyramid(crop)
  const frameRect = boxRect(grow(subject.box, 0.1), frame)
  const part = cropPlane(frame, frameRect)
  const onSubject = pyramid(part)
  const whole = lumaOf(small)
  const readings = {
    sharpness: {
      native: energies(native),
      frame: energies(onSubject),
      smear: smear(native),
      region: {
        x: nativeRect.x / rgb.width,
        y: nativeRect.y / rgb.height,
        w: nativeRect.width / rgb.width,
        h: nativeRect.height / rgb.height,
      },
      frameRegion: {
        x: frameRect.x / frame.width,
        y: frameRect.y / frame.height,
        w: frameRect.width / frame.width,
        h: frameRect.height / frame.height,
      },
    },
    light: readLight(small, subject.box),
    frame,
    signs: faultVector(native, onSubject),
    grid: gridStep(crop),
    lean: readLean(whole),
  }
  for (const { data } of [crop, part, whole]) release(data)
  return readings
}

const lumaOf = (rgb: Rgb): Plane => lumaCrop(rgb, { x: 0, y: 0, width: rgb.width, height: rgb.height })

/** Names are stable: they are stored with every score and shown to people. `model` null: a degraded mode, by fixed rules. */
export function classicalMeasures(
  readings: Readings,
  subject: Subject,
  picture: { width: number; height: number; jpeg: JpegHeader | null; lost: number },
  model: FaultModel | null,
): Record<string, Measure> {
  const faults = model === null ? null : guessFaults(model, readings.signs)
  const measures: Record<string, Measure | null> = {
    focus: focus(readings.sharpness, faults, {
      trust: subject.confidence,
      range: readings.light.high - readings.light.low,
      side: Math.max(picture.width, picture.height),
    }),
    detail: detail(readings.sharpness, readings.light.level),
    motion: motion(readings.sharpness, faults),
    noise: noise(readings.sharpness, faults),
    exposure: exposure(readings.light, subject.box, subject.confidence),
    contrast: contrast(readings.light, subject.box),
    'colour-cast': colourCast(readings.light),
    horizon: horizon(readings.lean),
    framing: framing(subject),
    resolution: resolution(picture.width, picture.height),
    compression: compression(picture.jpeg, readings.grid),
    complete:
      picture.lost > 0
        ? {
            value: clamp(1 - 2 * picture.lost, 0, 0.5),
            confidence: 1,
            region: null,
            because: picture.lost > 0.05 ? `about ${Math.round(picture.lost * 100)} % of the picture is missing` : 'the file is damaged',
          }
        : null,
  }
  const trust = 1 - 0.8 * clamp(picture.lost * 2)
  return Object.fromEntries(
    Object.entries(measures)
      .filter((entry): entry is [string, Measure] => entry[1] !== null)
      .map(([name, m]) => [name, name === 'complete' ? m : { ...m, confidence: m.confidence * trust }]),
  )
}

const grow = (box: Box, by: number): Box => {
  const x = Math.max(0, box.x - by * box.w)
  const y = Math.max(0, box.y - by * box.h)
  return { x, y, w: Math.min(1, box.x + box.w * (1 + by)) - x, h: Math.min(1, box.y + box.h * (1 + by)) - y }
}

const boxRect = (box: Box, plane: Plane) => {
  const x = Math.min(plane.width - 1, Math.floor(box.x * plane.width))
  const y = Math.min(plane.height - 1, Math.floor(box.y * plane.height))
  return {
    x,
    y,
    width: Math.max(1, Math.min(plane.width - x, Math.ceil(box.w * plane.width))),
    height: Math.max(1, Math.min(plane.height - y, Math.ceil(box.h * plane.height))),
  }
}

function cropPlane(plane: Plane, rect: { x: number; y: number; width: number; height: number }): Plane {
  const out = new Uint8Array(rect.width * rect.height)
  for (let y = 0; y < rect.height; y++) {
    const from = (rect.y + y) * plane.width + rect.x
    out.set(plane.data.subarray(from, from + rect.width), y * rect.width)
  }
  return { data: out, width: rect.width, height: rect.height }
}

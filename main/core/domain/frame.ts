import type { Measure } from '../../../workers/protocol.ts'
import type { AssetId } from '../../contract/ids.ts'
import { type Print, parsePrint } from './likeness.ts'

/** A photo as grouping sees it. */
export type BurstFrame = {
  id: AssetId
  name: string
  /** Camera wall-clock ISO without zone, or null. */
  capturedAt: string | null
  camera: string | null
  orientation: number | null
  focalMm: number | null
  exposureS: number | null
  fNumber: number | null
  iso: number | null
  /** Upright size. */
  width: number
  height: number
  phash: string | null
  /** L2-normalised descriptor. */
  embedding: Float32Array | null
  /** See workers/score/sketch.ts; null for photos analysed before there was one. */
  sketch: Uint8Array | null
  score: number | null
  /** Points that this seller's own taste adds, see taste.ts; 0 = none learned. */
  taste: number
  measures: Record<string, Measure>
}

/** With its time in milliseconds, its parsed hash and its place in shooting order. */
export type Known = BurstFrame & { ms: number | null; print: Print | null; place: number }

const collator = new Intl.Collator('en', { numeric: true })

/** Time first, then camera, name and id: one order whatever order came in. */
export function inOrder(frames: readonly BurstFrame[]): Known[] {
  const unique = [...new Map(frames.map((frame) => [frame.id, frame])).values()]
  return unique
    .map((frame) => ({ ...frame, ms: wallClock(frame.capturedAt), print: parsePrint(frame.phash), place: 0 }))
    .sort(
      (p, q) =>
        (p.ms ?? Number.MAX_SAFE_INTEGER) - (q.ms ?? Number.MAX_SAFE_INTEGER) ||
        collator.compare(p.name, q.name) ||
        (p.id < q.id ? -1 : p.id > q.id ? 1 : 0),
    )
    .map((frame, place) => ({ ...frame, place }))
}

/** Camera wall-clock as if it were UTC: only differences matter. */
function wallClock(capturedAt: string | null): number | null {
  const ms = capturedAt === null ? Number.NaN : Date.parse(`${capturedAt}Z`)
  return Number.isFinite(ms) ? ms : null
}

/** Nothing about camera and framing was changed on purpose between the two. */
export function sameSetup(a: Known, b: Known): boolean {
  if (a.orientation !== null && b.orientation !== null && a.orientation !== b.orientation) return false
  if (a.width > a.height !== b.width > b.height) return false
  return a.focalMm === null || b.focalMm === null || Math.abs(a.focalMm - b.focalMm) <= 0.02 * Math.max(a.focalMm, b.focalMm)
}

/** IMG_E3606 and IMG_3606, DSC_0001 and DSC_0001-edit: the same last number of the first part of the name. */
export function sameNumber(a: string, b: string): boolean {
  const number = (name: string): string | null =>
    /(\d{3,})\D*(?:[-_ (]+(?:edit|edited|copy|\d{1,2}).*)?(?:\.\w+)?$/i.exec(base(name))?.[1] ?? null
  const [p, q] = [number(a), number(b)]
  return p !== null && p === q
}

const base = (name: string): string => name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)

/** " within 3 s", or nothing when the times are not known. */
export function within(from: number | null, to: number | null): string {
  if (from === null || to === null) return ''
  const seconds = (to - from) / 1000
  if (seconds < 1.5) return ' within a second'
  return ` within ${seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`}`
}

import type { Measure } from '../../../workers/protocol.ts'
import { type AssetId, type StackId, stackId } from '../../contract/ids.ts'
import { closePairs, cosine, distance, type Print, parsePrint } from './likeness.ts'
import { rankSeries } from './series.ts'

export type BurstFrame = {
  id: AssetId
  name: string
  /** Camera wall-clock ISO without zone, or null. */
  capturedAt: string | null
  camera: string | null
  orientation: number | null
  focalMm: number | null
  /** Upright size. */
  width: number
  height: number
  phash: string | null
  /** L2-normalised descriptor. */
  embedding: Float32Array | null
  score: number | null
  measures: Record<string, Measure>
}

/** A burst and its cover; a photo that belongs to no burst is a stack of one. `members` are best first. */
export type Stack = { id: StackId; cover: AssetId; members: AssetId[]; reason: string }

/**
 * Thresholds, with where they come from. Time gates likeness and likeness gates time: never one alone, except for copies. The cosines belong to
 * the shipped descriptor (its model card has the recall and false-pair table they were read from).
 */
export const grouping = {
  /** Frames this close in time need only `nearCosine` (the false pairs of a whole card do not meet within seconds). */
  nearMs: 2_000,
  farMs: 30_000,
  nearCosine: 0.55,
  farCosine: 0.66,
  /** Without capture times only neighbours by name are compared, and strictly. */
  blindCosine: 0.8,
  /** Every pair inside a stack must still be this much alike: cuts chains that drift from one subject to the next. */
  chainCosine: 0.45,
  /** Without a descriptor: differing bits of the perceptual hash. */
  nearBits: 18,
  farBits: 14,
  blindBits: 10,
  chainBits: 24,
  /** Copies and re-encodes, at any time: bits, and the cosine that must agree when there is one. */
  copyBits: 6,
  copyCosine: 0.85,
} as const

type Known = BurstFrame & { ms: number | null; print: Print | null; place: number }
type Link = { a: Known; b: Known; strength: number }

/**
 * Groups frames into stacks. Every frame is in exactly one stack. Deterministic and independent of the order given; duplicates of one id count
 * once. Rule: same camera, near in time and alike; or copies by hash. An orientation or focal-length change cuts unless the two are copies;
 * complete-link inside a stack cuts chains.
 */
export function groupBursts(frames: readonly BurstFrame[]): Stack[] {
  const known = inOrder(frames)
  const links = [...timeLinks(known), ...copyLinks(known)].toSorted(
    (p, q) => q.strength - p.strength || p.a.place - q.a.place || p.b.place - q.b.place,
  )
  const groupOf = new Map<AssetId, Known[]>(known.map((frame) => [frame.id, [frame]]))
  for (const { a, b } of links) {
    const one = groupOf.get(a.id)
    const other = groupOf.get(b.id)
    if (!one || !other || one === other || !holdsTogether(one, other)) continue
    const [large, small] = one.length >= other.length ? [one, other] : [other, one]
    for (const frame of small) groupOf.set(frame.id, large)
    large.push(...small)
  }
  const groups = [...new Set(groupOf.values())].map((group) => group.toSorted((p, q) => p.place - q.place))
  return groups.toSorted((p, q) => (p[0]?.place ?? 0) - (q[0]?.place ?? 0)).flatMap((group) => toStack(group))
}

const collator = new Intl.Collator('en', { numeric: true })

/** Time first, then camera, name and id: one order whatever order came in. */
function inOrder(frames: readonly BurstFrame[]): Known[] {
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

/** How many later frames each frame is compared with: a burst links through its neighbours, not through all pairs. */
const lookAhead = 6

function timeLinks(known: readonly Known[]): Link[] {
  const byCamera = Map.groupBy(known, ({ camera, ms }) => `${ms === null ? 'untimed' : 'timed'}:${camera ?? ''}`)
  const links: Link[] = []
  for (const row of byCamera.values()) {
    for (const [i, a] of row.entries()) {
      for (const b of row.slice(i + 1, i + 1 + lookAhead)) {
        const gap = a.ms === null || b.ms === null ? null : b.ms - a.ms
        if (gap !== null && gap > grouping.farMs) break
        if (!sameSetup(a, b)) continue
        const strength = likeness(a, b, gap)
        if (strength !== null) links.push({ a, b, strength })
      }
    }
  }
  return links
}

/** Strength of a link in cosine terms, or null when the two are not alike enough for how far apart they are. */
function likeness(a: Known, b: Known, gapMs: number | null): number | null {
  const kind = gapMs === null ? 'blind' : gapMs <= grouping.nearMs ? 'near' : 'far'
  const cos = cosine(a.embedding, b.embedding)
  const apart = a.print && b.print ? distance(a.print, b.print) : null
  if (cos !== null) return cos > grouping[`${kind}Cosine`] ? cos : null
  return apart !== null && apart <= grouping[`${kind}Bits`] ? 1 - apart / 64 : null
}

function copyLinks(known: readonly Known[]): Link[] {
  const links: Link[] = []
  for (const [i, j] of closePairs(
    known.map(({ print }) => print),
    grouping.copyBits,
  )) {
    const a = known[i]
    const b = known[j]
    if (!a || !b || !areCopies(a, b)) continue
    links.push({ a, b, strength: 1 })
  }
  return links
}

/** The same picture, re-encoded, resized or turned. */
export function areCopies(
  a: Pick<Known, 'print' | 'embedding' | 'width' | 'height'>,
  b: Pick<Known, 'print' | 'embedding' | 'width' | 'height'>,
): boolean {
  if (!a.print || !b.print) return false
  const aspects = (a.width * b.height) / (a.height * b.width)
  if (!(aspects > 0.97 && aspects < 1.03)) return false
  const apart = distance(a.print, b.print)
  const cos = cosine(a.embedding, b.embedding)
  // Hashes alone confuse products on one backdrop: without a descriptor to agree only near-identical hashes count.
  return cos === null ? apart <= 2 : apart <= grouping.copyBits && cos > grouping.copyCosine
}

function sameSetup(a: Known, b: Known): boolean {
  if (a.orientation !== null && b.orientation !== null && a.orientation !== b.orientation) return false
  if (a.width > a.height !== b.width > b.height) return false
  return a.focalMm === null || b.focalMm === null || Math.abs(a.focalMm - b.focalMm) <= 0.02 * Math.max(a.focalMm, b.focalMm)
}

/** At most this many members of each side are compared: enough to stop a drifting chain, bounded for frame floods. */
const witnesses = 6

function holdsTogether(one: readonly Known[], other: readonly Known[]): boolean {
  for (const a of spread(one)) {
    for (const b of spread(other)) {
      const cos = cosine(a.embedding, b.embedding)
      if (cos !== null) {
        if (cos < grouping.chainCosine) return false
      } else if (a.print && b.print && distance(a.print, b.print) > grouping.chainBits) return false
    }
  }
  return true
}

const spread = (group: readonly Known[]): readonly Known[] =>
  group.length <= witnesses
    ? group
    : Array.from({ length: witnesses }, (_, i) => group[Math.floor((i * (group.length - 1)) / (witnesses - 1))]).filter(
        (f) => f !== undefined,
      )

function toStack(group: readonly Known[]): Stack[] {
  const first = group[0]
  if (!first) return []
  const { order, why } = rankSeries(group)
  const cover = order[0] ?? first
  return [
    { id: stackId.parse(`s-${first.id.slice(0, 16)}`), cover: cover.id, members: order.map(({ id }) => id), reason: reasonOf(group, why) },
  ]
}

function reasonOf(group: readonly Known[], why: string): string {
  const first = group[0]
  const last = group.at(-1)
  if (!first || !last || group.length === 1) return 'a single photo'
  if (group.every((frame) => frame === first || areCopies(first, frame))) return `${group.length} copies of the same picture; ${why}`
  const seconds = first.ms === null || last.ms === null ? null : (last.ms - first.ms) / 1000
  const time =
    seconds === null
      ? ''
      : seconds < 1.5
        ? ' within a second'
        : ` within ${seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`}`
  return `${group.length} frames of the same scene${time}; ${why}`
}

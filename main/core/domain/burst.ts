import { type AssetId, type StackId, stackId } from '../../contract/ids.ts'
import type { StackKind } from '../../contract/views.ts'
import { type BurstFrame, inOrder, type Known, sameNumber, sameSetup, within } from './frame.ts'
import { findSeries, isFocusStack, type Series } from './kinds.ts'
import { closePairs, cosine, distance } from './likeness.ts'
import { allAtOnce, holds, type SceneMemory, sameness, sceneMemory } from './same-scene.ts'
import { rankSeries } from './series.ts'

export type { BurstFrame } from './frame.ts'

/**
 * What belongs together and its cover; a photo that belongs to nothing is a stack of one. `members`: the cover first; a burst or copies best first,
 * a series that is kept whole in shooting order.
 */
export type Stack = { id: StackId; kind: StackKind; cover: AssetId; members: AssetId[]; reason: string }

/**
 * Thresholds, with where they come from. Time gates likeness and likeness gates time: never one alone, except for copies. The cosines belong to
 * the shipped descriptor (its model card has the recall and false-pair table they were read from).
 */
export const grouping = {
  /** Frames this close in time need only `nearCosine` (the false pairs of a whole card do not meet within seconds). */
  nearMs: 2_000,
  /** Within a moment a subject may move; nobody swaps it for another. */
  momentMs: 1_000,
  farMs: 30_000,
  nearCosine: 0.55,
  farCosine: 0.66,
  /** With a sketch the two are laid on each other and compared place by place, so the descriptor only has to rule out other scenes. */
  sketchedCosine: 0.45,
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

/** `rule`: how closely the two must show the same when they are laid on each other; null = known already. */
type Link = { a: Known; b: Known; strength: number; rule: 'near' | 'far' | null }

/**
 * Groups frames into stacks. Every frame is in exactly one stack. Deterministic and independent of the order given; duplicates of one id count
 * once. Rule: series that belong together whatever they look like (brackets, panoramas, spins) first; then same camera, near in time and alike, place
 * by place; or copies. An orientation or focal-length change cuts unless the two are copies; complete-link inside a stack cuts chains.
 * `memory`: what was compared before, so that grouping again costs only what is new.
 */
export const groupBursts = (frames: readonly BurstFrame[], memory: SceneMemory = sceneMemory()): Stack[] =>
  allAtOnce(groupingSteps(frames, memory))

/** The same, with breaks in which others may work: the first look at a large library compares thousands of pairs. */
export function* groupingSteps(frames: readonly BurstFrame[], memory: SceneMemory): Generator<void, Stack[]> {
  const known = inOrder(frames)
  const series = yield* findSeries(known, memory)
  const taken = new Set(series.flatMap((one) => one.frames))
  const free = known.filter((frame) => !taken.has(frame))
  const links = [...timeLinks(free), ...copyLinks(free, memory)].toSorted(
    (p, q) => q.strength - p.strength || p.a.place - q.a.place || p.b.place - q.b.place,
  )
  const groupOf = new Map<AssetId, Known[]>(free.map((frame) => [frame.id, [frame]]))
  const refused = new Map<Known[], Map<Known[], number>>()
  for (const { a, b, rule } of links) {
    const one = groupOf.get(a.id)
    const other = groupOf.get(b.id)
    if (!one || !other || one === other) continue
    if (memory.isTired()) yield
    const [large, small] = one.length > other.length || (one.length === other.length && a.place < b.place) ? [one, other] : [other, one]
    const before = refused.get(large)?.get(small) ?? 0
    if (before >= mostRefusals) continue
    if (!showSame(a, b, rule, memory) || !holdsTogether(one, other)) {
      const row = refused.get(large) ?? new Map<Known[], number>()
      row.set(small, before + 1)
      refused.set(large, row)
      continue
    }
    for (const frame of small) groupOf.set(frame.id, large)
    large.push(...small)
  }
  const groups = [...new Set(groupOf.values())].map((group) => group.toSorted((p, q) => p.place - q.place))
  return [...groups.map((group) => ({ at: group[0]?.place ?? 0, made: () => toStack(group, memory) })), ...series.map(fromSeries)]
    .toSorted((p, q) => p.at - q.at)
    .flatMap(({ made }) => made())
}

/** After so many pairs of two groups were looked at and found to differ, the rest is not looked at. */
const mostRefusals = 2

/** Place by place, by the rule for how far apart the two are. What has no sketch was judged by descriptor and hash alone. */
function showSame(a: Known, b: Known, rule: Link['rule'], memory: SceneMemory): boolean {
  if (rule === null) return true
  const found = memory.align(a, b)
  return found === null || holds(found, sameness[rule])
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
        if (strength !== null) links.push({ a, b, strength, rule: gap !== null && gap <= grouping.momentMs ? 'near' : 'far' })
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
  if (cos !== null) {
    const least = a.sketch !== null && b.sketch !== null && kind !== 'blind' ? grouping.sketchedCosine : grouping[`${kind}Cosine`]
    return cos > least ? cos : null
  }
  return apart !== null && apart <= grouping[`${kind}Bits`] ? 1 - apart / 64 : null
}

function copyLinks(known: readonly Known[], memory: SceneMemory): Link[] {
  const links: Link[] = []
  for (const [i, j] of closePairs(
    known.map(({ print }) => print),
    grouping.copyBits,
  )) {
    const a = known[i]
    const b = known[j]
    if (!a || !b || !areCopies(a, b)) continue
    // Hash and descriptor of two products on one sweep can agree; place by place they do not.
    const found = memory.align(a, b)
    if (found !== null && !holds(found, sameness.retake)) continue
    links.push({ a, b, strength: 1, rule: null })
  }
  return [...links, ...versions(known)]
}

/** RAW beside JPEG on two cards, or an edited copy: one camera, one instant, one number in the name. */
function versions(known: readonly Known[]): Link[] {
  const links: Link[] = []
  for (const row of Map.groupBy(
    known.filter(({ ms }) => ms !== null),
    (frame) => `${frame.camera ?? ''}|${frame.ms}`,
  ).values()) {
    for (const [i, a] of row.entries()) {
      for (const b of row.slice(i + 1, i + 1 + lookAhead)) {
        const cos = cosine(a.embedding, b.embedding)
        if (sameNumber(a.name, b.name) && (cos === null || cos > grouping.sketchedCosine)) links.push({ a, b, strength: 1, rule: null })
      }
    }
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

/** At most this many members of each side are compared: enough to stop a drifting chain, bounded for frame floods. */
const witnesses = 4

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

const nameOf = (first: Known): StackId => stackId.parse(`s-${first.id.slice(0, 16)}`)

function fromSeries({ kind, frames, cover, reason }: Series): { at: number; made: () => Stack[] } {
  const [first] = frames
  return {
    at: first?.place ?? 0,
    made: () =>
      first === undefined
        ? []
        : [
            {
              id: nameOf(first),
              kind,
              cover: cover.id,
              members: [cover, ...frames.filter((one) => one !== cover)].map(({ id }) => id),
              reason,
            },
          ],
  }
}

function toStack(group: readonly Known[], memory: SceneMemory): Stack[] {
  const first = group[0]
  if (!first) return []
  const { order, why } = rankSeries(group)
  const cover = order[0] ?? first
  const kind = kindOf(group, memory)
  return [{ id: nameOf(first), kind, cover: cover.id, members: order.map(({ id }) => id), reason: reasonOf(group, kind, why) }]
}

function kindOf(group: readonly Known[], memory: SceneMemory): StackKind {
  const [first] = group
  if (first === undefined || group.length === 1) return 'single'
  if (group.every((frame) => frame === first || (sameMoment(first, frame) && areCopies(first, frame)) || areVersions(first, frame)))
    return 'copies'
  return memory.once(group, () => isFocusStack(group, memory)) ? 'focus-stack' : 'burst'
}

/** Two moments are two shots, however alike; a re-encoded picture may have lost its time. */
const sameMoment = (a: Known, b: Known): boolean => a.ms === null || b.ms === null || a.ms === b.ms

const areVersions = (a: Known, b: Known): boolean => a.ms !== null && a.ms === b.ms && a.camera === b.camera && sameNumber(a.name, b.name)

function reasonOf(group: readonly Known[], kind: StackKind, why: string): string {
  const first = group[0]
  const last = group.at(-1)
  if (!first || !last || group.length === 1) return 'a single photo'
  if (kind === 'copies') return `${group.length} copies of the same picture; ${why}`
  const time = within(first.ms, last.ms)
  if (kind === 'focus-stack') return `focus stack: ${group.length} frames${time}, the focus moves through the subject; ${why}`
  return `${group.length} frames of the same scene${time}; ${why}`
}

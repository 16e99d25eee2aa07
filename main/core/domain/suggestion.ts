import type { AssetId } from '../../contract/ids.ts'
import type { StackKind, Strictness, Suggestion } from '../../contract/views.ts'
import { areCopies, grouping, type Stack } from './burst.ts'
import type { BurstFrame } from './frame.ts'
import { cosine, parsePrint } from './likeness.ts'
import { allAtOnce, holds, type SceneMemory, sameness, sceneMemory } from './same-scene.ts'

/** What the machine proposes for one photo, and why, in words. It never becomes a decision by itself. */
export type Proposal = { suggestion: Suggestion; because: string }

/**
 * Scores and differences at which a proposal changes, on the 0–100 and 0–1 scales, by how strict the user wants it. Rejects are meant to be right when
 * they are made rather than to be many: what is not clearly bad is `maybe`. `nearCover`: this close behind the cover stays in play; `farFromCover`
 * and `softer`: this far behind it is clearly worse; `unusable`: below this, and with a named fault.
 */
export const proposing: Readonly<
  Record<Strictness, { pickSingle: number; pickCover: number; nearCover: number; farFromCover: number; softer: number; unusable: number }>
> = {
  strict: { pickSingle: 62, pickCover: 54, nearCover: 3, farFromCover: 10, softer: 0.16, unusable: 31 },
  balanced: { pickSingle: 53, pickCover: 46, nearCover: 5, farFromCover: 14, softer: 0.22, unusable: 26 },
  generous: { pickSingle: 44, pickCover: 39, nearCover: 8, farFromCover: 22, softer: 0.34, unusable: 18 },
}

/** In words, for series that are kept whole. */
const whole: Partial<Record<StackKind, string>> = {
  bracket: 'exposure bracket',
  'focus-stack': 'focus stack',
  panorama: 'panorama',
  spin: 'turntable series',
}

/** How far around an unusable frame another one of the same thing is looked for. */
const aroundMs = 60_000

type Rules = { limits: (typeof proposing)[Strictness]; memory: SceneMemory; around: (frame: BurstFrame) => BurstFrame | null }

/**
 * Proposals for every frame of every stack. Frames without a score are left out. Whatever the strictness: the only frame of a thing is never
 * rejected, nor the last of a stack, nor a part of a series that is kept whole, nor a frame that shows another side than its cover.
 */
export const suggest = (
  stacks: readonly Stack[],
  frames: readonly BurstFrame[],
  strictness: Strictness = 'balanced',
  memory: SceneMemory = sceneMemory(),
): Map<AssetId, Proposal> => allAtOnce(suggestingSteps(stacks, frames, strictness, memory))

/** The same, with breaks in which others may work. */
export function* suggestingSteps(
  stacks: readonly Stack[],
  frames: readonly BurstFrame[],
  strictness: Strictness,
  memory: SceneMemory,
): Generator<void, Map<AssetId, Proposal>> {
  const byId = new Map(frames.map((frame) => [frame.id, frame]))
  const rules: Rules = { limits: proposing[strictness], memory, around: neighbours(frames) }
  const proposals = new Map<AssetId, Proposal>()
  for (const stack of stacks) {
    if (memory.isTired()) yield
    const cover = byId.get(stack.cover)
    for (const [rank, id] of stack.members.entries()) {
      const frame = byId.get(id)
      if (!frame || frame.score === null) continue
      const worth = worthOf(frame, frame.score)
      proposals.set(id, rank === 0 || !cover ? forCover(frame, worth, stack, rules) : forOther(frame, worth, cover, rank, stack, rules))
    }
  }
  return proposals
}

/** Taste moves what is proposed by so many points at most: a ruined frame stays ruined, however much it is to one's taste. */
const mostTaste = 15

const worthOf = ({ taste }: BurstFrame, score: number): number => score + Math.min(mostTaste, Math.max(-mostTaste, taste))

function forCover(frame: BurstFrame, worth: number, stack: Stack, { limits, around }: Rules): Proposal {
  const many = stack.members.length > 1
  const fault = fatalFault(frame)
  if (!many && fault !== null && worth < limits.unusable) {
    const other = around(frame)
    return other === null
      ? { suggestion: 'maybe', because: `${fault}, but it is the only one` }
      : { suggestion: 'reject', because: `${fault}; ${other.name} shows the same` }
  }
  const kept = whole[stack.kind]
  if (worth >= (many ? limits.pickCover : limits.pickSingle)) {
    if (!many) return { suggestion: 'pick', because: frame.taste >= 3 ? 'a good photo, and to your taste' : 'a good photo' }
    const why = stack.reason.split('; ').at(-1) ?? stack.reason
    return { suggestion: 'pick', because: kept === undefined ? `best of ${stack.members.length}: ${why}` : `${kept}: ${why}` }
  }
  return {
    suggestion: 'maybe',
    because: many ? `best of ${stack.members.length}, but only ${grade(worth)}` : `${grade(worth)}, and the only one of its kind`,
  }
}

const grade = (score: number): string => (score < 40 ? 'weak' : 'middling')

function forOther(frame: BurstFrame, worth: number, cover: BurstFrame, rank: number, stack: Stack, { limits, memory }: Rules): Proposal {
  const place = `${rank + 1} of ${stack.members.length}`
  const kept = whole[stack.kind]
  if (kept !== undefined) return { suggestion: 'maybe', because: `part of the ${kept}, which is kept whole` }
  if (isCopy(frame, cover, memory)) return { suggestion: 'reject', because: `the same picture as ${cover.name}` }
  if (stack.kind === 'copies') return { suggestion: 'maybe', because: `another version of ${cover.name}` }
  if (!standsFor(cover, frame, memory)) return { suggestion: 'maybe', because: `another view than ${cover.name} (${place})` }
  const fault = fatalFault(frame)
  if (fault !== null && fatalFault(cover) === null) return { suggestion: 'reject', because: `${fault}; ${cover.name} shows the same` }
  if (eyesClosed(frame, cover)) return { suggestion: 'reject', because: `eyes closed here, open in ${cover.name}` }
  const behind = (cover.score === null ? worth : worthOf(cover, cover.score)) - worth
  const softer = lead(cover, frame, 'detail')
  if (rank === 1 && behind < limits.farFromCover && softer < limits.softer)
    return { suggestion: 'maybe', because: `close second to ${cover.name}` }
  if (softer >= limits.softer) return { suggestion: 'reject', because: `clearly softer than ${cover.name} (${place})` }
  if (behind >= limits.farFromCover) return { suggestion: 'reject', because: `clearly weaker than ${cover.name} (${place})` }
  return {
    suggestion: 'maybe',
    because: behind < limits.nearCover ? `nearly as good as ${cover.name} (${place})` : `weaker than ${cover.name} (${place})`,
  }
}

function isCopy(a: BurstFrame, b: BurstFrame, memory: SceneMemory): boolean {
  if (a.phash !== b.phash || Math.abs((a.score ?? 0) - (b.score ?? 0)) >= 8) return false
  if (!areCopies({ ...a, print: parsePrint(a.phash) }, { ...b, print: parsePrint(b.phash) })) return false
  const found = memory.align(a, b)
  return found === null || holds(found, sameness.retake)
}

/** Whether nothing is lost without the frame: the cover shows the same things from the same side. Within moments the subject may move a little. */
function standsFor(cover: BurstFrame, frame: BurstFrame, memory: SceneMemory): boolean {
  const found = memory.align(cover, frame)
  if (found === null) return true
  const gap = apart(cover, frame)
  return holds(found, gap !== null && gap <= grouping.momentMs ? sameness.near : sameness.retake)
}

function apart(a: BurstFrame, b: BurstFrame): number | null {
  const gap = a.capturedAt === null || b.capturedAt === null ? Number.NaN : Date.parse(`${a.capturedAt}Z`) - Date.parse(`${b.capturedAt}Z`)
  return Number.isFinite(gap) ? Math.abs(gap) : null
}

/** Another frame of the same thing, a moment away and without a fault of its own; null when there is none. */
function neighbours(frames: readonly BurstFrame[]): (frame: BurstFrame) => BurstFrame | null {
  const timed = frames
    .filter(({ capturedAt }) => capturedAt !== null)
    .toSorted((a, b) => ((a.capturedAt ?? '') < (b.capturedAt ?? '') ? -1 : 1))
  return (frame) => {
    const at = timed.indexOf(frame)
    if (at < 0) return null
    const near = [...timed.slice(Math.max(0, at - 6), at), ...timed.slice(at + 1, at + 7)]
    return (
      near.find((other) => {
        const gap = apart(frame, other)
        return (
          other.camera === frame.camera &&
          gap !== null &&
          gap <= aroundMs &&
          (cosine(frame.embedding, other.embedding) ?? 0) > grouping.nearCosine &&
          fatalFault(other) === null
        )
      }) ?? null
    )
  }
}

function lead(cover: BurstFrame, frame: BurstFrame, name: string): number {
  const a = cover.measures[name]
  const b = frame.measures[name]
  return a && b && Math.min(a.confidence, b.confidence) >= 0.4 ? a.value - b.value : 0
}

/** Share of the other's openness below which the eyes of the same face count as closed. */
const closedBelow = 0.65

/** No eye is as wide as another's, so eyes are judged against the same face in the same place of another frame. */
function eyesClosed(frame: BurstFrame, beside: BurstFrame): boolean {
  const [own, other] = [frame.measures['eyes'], beside.measures['eyes']]
  if (!own?.region || !other?.region || Math.min(own.confidence, other.confidence) < 0.2 || other.value < 0.4) return false
  const [a, b] = [own.region, other.region]
  const near = Math.hypot(a.x + a.w / 2 - b.x - b.w / 2, a.y + a.h / 2 - b.y - b.h / 2) < Math.max(a.w, a.h, b.w, b.h)
  return near && own.value < closedBelow * other.value
}

/** A fault that makes a photo of no use, said only when the measure is sure of it. */
function fatalFault({ measures }: BurstFrame): string | null {
  const { complete, focus, exposure } = measures
  if (complete && complete.value < 0.35) return complete.because
  if (focus && focus.value < 0.12 && focus.confidence > 0.5) return focus.because
  if (exposure && exposure.value < 0.2 && exposure.confidence > 0.5) return exposure.because
  return null
}

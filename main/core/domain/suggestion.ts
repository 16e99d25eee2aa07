import type { AssetId } from '../../contract/ids.ts'
import type { Suggestion } from '../../contract/views.ts'
import { areCopies, type BurstFrame, type Stack } from './burst.ts'
import { parsePrint } from './likeness.ts'

/** What the machine proposes for one photo, and why, in words. It never becomes a decision by itself. */
export type Proposal = { suggestion: Suggestion; because: string }

/**
 * Score and differences at which a proposal changes, on the 0–100 and 0–1 scales. Rejects are meant to be right when they are made rather than
 * to be many: what is not clearly bad is `maybe`.
 */
export const proposing = {
  pickSingle: 55,
  pickCover: 48,
  /** A frame this close behind its cover stays in play. */
  nearCover: 5,
  /** A frame this far behind its cover is clearly worse. */
  farFromCover: 14,
  softer: 0.22,
  /** Below this, and with a named, confident fault, even the only frame of a scene is proposed for rejection. */
  unusable: 26,
} as const

/** Proposals for every frame of every stack. Frames without a score are left out. */
export function suggest(stacks: readonly Stack[], frames: readonly BurstFrame[]): Map<AssetId, Proposal> {
  const byId = new Map(frames.map((frame) => [frame.id, frame]))
  const proposals = new Map<AssetId, Proposal>()
  for (const stack of stacks) {
    const cover = byId.get(stack.cover)
    for (const [rank, id] of stack.members.entries()) {
      const frame = byId.get(id)
      if (!frame || frame.score === null) continue
      proposals.set(id, rank === 0 || !cover ? forCover(frame, frame.score, stack) : forOther(frame, frame.score, cover, rank, stack))
    }
  }
  return proposals
}

function forCover(frame: BurstFrame, score: number, stack: Stack): Proposal {
  const fault = fatalFault(frame)
  if (fault !== null && score < proposing.unusable) return { suggestion: 'reject', because: fault }
  const many = stack.members.length > 1
  if (score >= (many ? proposing.pickCover : proposing.pickSingle)) {
    return {
      suggestion: 'pick',
      because: many ? `best of ${stack.members.length}: ${stack.reason.split('; ').at(-1) ?? stack.reason}` : 'a good photo',
    }
  }
  return {
    suggestion: 'maybe',
    because: many ? `best of ${stack.members.length}, but only ${grade(score)}` : `${grade(score)}, and the only one of its kind`,
  }
}

const grade = (score: number): string => (score < 40 ? 'weak' : 'middling')

function forOther(frame: BurstFrame, score: number, cover: BurstFrame, rank: number, stack: Stack): Proposal {
  const place = `${rank + 1} of ${stack.members.length}`
  if (isCopy(frame, cover)) return { suggestion: 'reject', because: `the same picture as ${cover.name}` }
  const fault = fatalFault(frame)
  if (fault !== null) return { suggestion: 'reject', because: `${fault}; ${cover.name} shows the same` }
  const behind = (cover.score ?? score) - score
  const softer = lead(cover, frame, 'detail')
  if (rank === 1 && behind < proposing.farFromCover && softer < proposing.softer)
    return { suggestion: 'maybe', because: `close second to ${cover.name}` }
  if (softer >= proposing.softer) return { suggestion: 'reject', because: `clearly softer than ${cover.name} (${place})` }
  if (behind >= proposing.farFromCover) return { suggestion: 'reject', because: `clearly weaker than ${cover.name} (${place})` }
  return {
    suggestion: 'maybe',
    because: behind < proposing.nearCover ? `nearly as good as ${cover.name} (${place})` : `weaker than ${cover.name} (${place})`,
  }
}

function isCopy(a: BurstFrame, b: BurstFrame): boolean {
  return (
    areCopies({ ...a, print: parsePrint(a.phash) }, { ...b, print: parsePrint(b.phash) }) &&
    Math.abs((a.score ?? 0) - (b.score ?? 0)) < 8 &&
    a.phash === b.phash
  )
}

function lead(cover: BurstFrame, frame: BurstFrame, name: string): number {
  const a = cover.measures[name]
  const b = frame.measures[name]
  return a && b && Math.min(a.confidence, b.confidence) >= 0.4 ? a.value - b.value : 0
}

/** A fault that makes a photo of no use, said only when the measure is sure of it. */
function fatalFault({ measures }: BurstFrame): string | null {
  const { complete, focus, exposure } = measures
  if (complete && complete.value < 0.35) return complete.because
  if (focus && focus.value < 0.06 && focus.confidence > 0.5) return focus.because
  if (exposure && exposure.value < 0.12 && exposure.confidence > 0.5) return exposure.because
  return null
}

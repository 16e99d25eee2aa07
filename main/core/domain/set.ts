import type { ShotRole } from '../../contract/views.ts'
import { cosine } from './likeness.ts'

/** A picked frame of one product. */
export type SetFrame = {
  id: string
  name: string
  score: number | null
  /** Frames of one burst share a stack: one of them is enough. */
  stack: string | null
  embedding: Float32Array | null
  /** Share of the frame that the subject fills, 0–1; null when it is not known. */
  fills: number | null
  /** Someone is in the picture. */
  person: boolean
  /** As a person said; null = guessed here. */
  role: ShotRole | null
}

export type Chosen = { id: string; role: ShotRole | null; because: string }
export type Proposal = { set: Chosen[]; rest: string[]; missing: string[] }

/**
 * How much a frame that shows something new may be weaker than one that repeats: points of score for a cosine distance of 1.
 * A judgement, not a measurement: 60 lets a frame from another side (distance about 0.5) win over one that is 30 points better.
 */
const worthOfNew = 60
/** A close-up fills clearly more of its frame than the product usually does in this set. */
const closeUp = 1.6
/** Below this distance two frames show the same side. */
const sameSide = 0.12

/**
 * The best `most` frames that complete each other, hero first: greedily the frame with the best score plus what it adds (maximal marginal
 * relevance, Carbonell & Goldstein, SIGIR 1998), one of each burst while others are left. `missing` says in words what a buyer would look for
 * and does not find. Deterministic; ties go to the earlier frame.
 */
export function proposeSet(frames: readonly SetFrame[], most: number): Proposal {
  const roles = new Map(frames.map((frame) => [frame.id, roleOf(frame, frames)]))
  const open = [...frames]
  const set: { frame: SetFrame; because: string }[] = []
  while (set.length < most && open.length > 0) {
    const seen = set.map(({ frame }) => frame)
    const fresh = open.filter((frame) => frame.stack === null || seen.every((other) => other.stack !== frame.stack))
    const best = (fresh.length > 0 ? fresh : open).reduce((a, b) => (worth(b, seen, roles) > worth(a, seen, roles) ? b : a))
    open.splice(open.indexOf(best), 1)
    set.push({ frame: best, because: reason(best, seen, roles) })
  }
  return {
    set: set.map(({ frame, because }) => ({ id: frame.id, role: roles.get(frame.id) ?? null, because })),
    rest: open.map((frame) => frame.id),
    missing: missing(
      set.map(({ frame }) => frame),
      roles,
    ),
  }
}

type Roles = ReadonlyMap<string, ShotRole | null>

/** What a person said, or what can be seen without doubt: a close-up, or someone using it. Front and back cannot be told apart from pixels. */
function roleOf(frame: SetFrame, frames: readonly SetFrame[]): ShotRole | null {
  if (frame.role !== null) return frame.role
  if (frame.person) return 'in-use'
  const known = frames.flatMap((one) => (one.fills === null ? [] : [one.fills])).toSorted((a, b) => a - b)
  const usual = known[known.length >> 1]
  return frame.fills !== null && usual !== undefined && known.length > 2 && frame.fills > closeUp * usual ? 'detail' : null
}

/** Distance to the nearest frame that is in the set already: 0 the same picture, 1 nothing in common; 0.3 where nothing is known. */
function novelty(frame: SetFrame, seen: readonly SetFrame[]): number {
  return Math.min(...seen.map((other) => Math.max(0, 1 - (cosine(frame.embedding, other.embedding) ?? 0.7))))
}

function worth(frame: SetFrame, seen: readonly SetFrame[], roles: Roles): number {
  const score = frame.score ?? 40
  const role = roles.get(frame.id) ?? null
  // The hero shows the product whole and alone, unless a person named the front.
  if (seen.length === 0) return score + (role === 'front' ? 100 : role === 'detail' || role === 'back' || role === 'in-use' ? -25 : 0)
  const newRole = role !== null && seen.every((other) => roles.get(other.id) !== role)
  return score + worthOfNew * novelty(frame, seen) + (newRole ? 20 : 0)
}

function reason(frame: SetFrame, seen: readonly SetFrame[], roles: Roles): string {
  const role = roles.get(frame.id) ?? null
  if (seen.length === 0) return role === 'front' ? 'the front, as you said' : 'the best picture of the whole product'
  if (role !== null && seen.every((other) => roles.get(other.id) !== role))
    return `${frame.role === null ? 'looks like' : 'you said'}: ${words[role]}`
  return novelty(frame, seen) > sameSide ? 'shows another side' : 'the best of what is left'
}

const words: Readonly<Record<ShotRole, string>> = {
  front: 'the front',
  back: 'the back',
  side: 'a side',
  detail: 'a close-up',
  scale: 'how large it is',
  'in-use': 'in use',
  packaging: 'the packaging',
}

function missing(set: readonly SetFrame[], roles: Roles): string[] {
  if (set.length === 0) return []
  const has = (...wanted: ShotRole[]): boolean => set.some((frame) => wanted.includes(roles.get(frame.id) ?? 'front'))
  const found: string[] = []
  const oneSide =
    set.length > 1 && set.slice(1).every((frame, at) => frame.embedding !== null && novelty(frame, set.slice(0, at + 1)) < sameSide)
  if (set.length === 1) found.push('There is one picture only: buyers look for the back, a close-up and its size.')
  else {
    if (oneSide) found.push('All of them show the same side: add the back or another angle.')
    if (!has('detail')) found.push('No close-up: add one of the material or the finish.')
    if (!has('scale', 'in-use')) found.push('Nothing shows how large it is: add one in a hand or in use.')
  }
  return found
}

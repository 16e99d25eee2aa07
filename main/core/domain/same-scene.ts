import { type Alignment, align, pan } from './align.ts'
import { parseSketch, type Sketch } from './sketch.ts'

/** What is needed of a photo to look at it again, place by place. */
export type Sketched = { id: string; sketch: Uint8Array | null; width: number; height: number }

/**
 * When two aligned photos show the same. Read from `tests/bench/eval-bursts.ts`: made product photos on shared backdrops, edits and focus sweeps of
 * real ones. `near` is for frames within a moment, in which nobody swaps the product; `far` for anything else; `retake` says that one frame can
 * stand for the other (same things, same side of them).
 */
export const sameness = {
  near: { agree: 0.6, odd: 0.35, tint: 25 },
  far: { agree: 0.8, odd: 0.1, tint: 12 },
  retake: { agree: 0.88, odd: 0.05, tint: 11 },
} as const

export const holds = (found: Alignment, rule: { agree: number; odd: number; tint: number }): boolean =>
  found.agree > rule.agree && found.odd < rule.odd && found.tint < rule.tint

/** A picture with less structure than this cannot be told from another by structure. */
const plain = 0.06
/** Parsed sketches kept at hand: neighbours are compared with neighbours. */
const kept = 256
/** New comparisons between two breaths: about ten milliseconds. */
const freshAtOnce = 16

/**
 * Remembers what was compared, so that grouping again costs only what is new. Photos do not change under their id. `known(a, b)`: null when one of
 * the two cannot be compared this way.
 */
export type SceneMemory = {
  align(a: Sketched, b: Sketched): Alignment | null
  pan(a: Sketched, b: Sketched): { dx: number; dy: number } | null
  /** Something worked out once for these photos and kept. */
  once(of: readonly Sketched[], make: () => boolean): boolean
  /** True once after every few new comparisons: a good moment to let others work. */
  isTired(): boolean
}

/** Runs the steps of grouping or suggesting in one go. */
export function allAtOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

export function sceneMemory(most = 300_000): SceneMemory {
  let fresh = 0
  const decided = new Map<string, boolean>()
  const sketches = new Map<string, Sketch | null>()
  const aligned = new Map<string, Alignment | null>()
  const panned = new Map<string, { dx: number; dy: number } | null>()
  const sketch = (of: Sketched): Sketch | null => {
    const known = sketches.get(of.id)
    if (known !== undefined) return known
    const made = parseSketch(of.sketch)
    if (sketches.size >= kept) sketches.delete(sketches.keys().next().value ?? '')
    sketches.set(of.id, made)
    return made
  }
  const remembered = <T>(cache: Map<string, T | null>, a: Sketched, b: Sketched, compare: (p: Sketch, q: Sketch) => T | null): T | null => {
    if (a.sketch === null || b.sketch === null) return null
    const key = `${a.id.slice(0, 20)}${b.id.slice(0, 20)}`
    const known = cache.get(key)
    if (known !== undefined) return known
    const [p, q] = [sketch(a), sketch(b)]
    const found = p === null || q === null ? null : compare(p, q)
    fresh++
    if (cache.size >= most) cache.clear()
    cache.set(key, found)
    return found
  }
  return {
    once(of, make) {
      const key = of.map(({ id }) => id.slice(0, 12)).join('')
      const known = decided.get(key)
      if (known !== undefined) return known
      const found = make()
      if (decided.size >= kept * 40) decided.clear()
      decided.set(key, found)
      return found
    },
    isTired() {
      const tired = fresh >= freshAtOnce
      if (tired) fresh = 0
      return tired
    },
    // The same either way round, so it is worked out once.
    align(one, other) {
      const [a, b] = one.id < other.id ? [one, other] : [other, one]
      return remembered(aligned, a, b, (p, q) => (Math.min(p.energy, q.energy) < plain ? null : align(p, q, a.width / a.height)))
    },
    pan: (a, b) => remembered(panned, a, b, (p, q) => (Math.min(p.energy, q.energy) < plain ? null : pan(p, q))),
  }
}

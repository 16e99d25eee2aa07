import type { CatalogProblem } from '../catalog.ts'
import type { Outcome } from './stage.ts'

/** Grows with each try and never beats in time with others: half of it is chance. Milliseconds. */
const backoffMs = (attempt: number): number => {
  const most = Math.min(60_000, 1000 * 2 ** attempt)
  return Math.round(most / 2 + (Math.random() * most) / 2)
}

/** A shop that is away is asked again after this long, milliseconds. */
const awayMs = 15_000

/**
 * How a job ends whose request did not end well. What is `ambiguous` is not sent again: the next run finds its intent unsure and looks it up.
 * `auth` and `conflict` are for the stage itself: nobody but a person can help.
 */
export function endingOf(problem: CatalogProblem, attempt: number): Outcome<never> {
  const because = problem.message
  switch (problem.class) {
    case 'throttled':
      return { kind: 'retry', because, afterMs: problem.retryAfterMs ?? backoffMs(1), free: true, rest: true }
    case 'retryable':
      return problem.code === 'offline'
        ? { kind: 'retry', because, afterMs: problem.retryAfterMs ?? awayMs, free: true, rest: true }
        : { kind: 'retry', because, afterMs: problem.retryAfterMs ?? backoffMs(attempt) }
    case 'ambiguous':
      return { kind: 'retry', because, afterMs: problem.retryAfterMs ?? backoffMs(attempt) }
    case 'auth':
    case 'conflict':
    case 'permanent':
      return { kind: 'refused', because }
    default: {
      const never: never = problem.class
      throw new TypeError(`unknown problem ${JSON.stringify(never)}`)
    }
  }
}

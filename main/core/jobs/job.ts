/** queued → running → done | failed | cancelled; running → queued on retry, crash recovery and shutdown; queued ⇄ paused. */
export const transitions = {
  queued: ['running', 'cancelled', 'paused'],
  paused: ['queued'],
  running: ['queued', 'done', 'failed', 'cancelled'],
  done: [],
  failed: ['queued'],
  cancelled: ['queued'],
} as const satisfies Record<string, readonly string[]>

export type JobState = keyof typeof transitions

export type Job = { id: number; stage: string; key: string; payload: unknown; attempts: number; faults: number; group: string | null }

/** What one job asks to happen next: another stage's input. */
export type NextJob = { stage: string; input: unknown; afterMs?: number }

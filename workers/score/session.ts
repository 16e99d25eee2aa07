/**
 * How every network here is opened. One thread each: the pool runs one worker per core, and these nets gain nothing from a second one. No arena: every
 * network would keep its own of the largest run for good (80 MB a thread for the five), while the plan of its fixed input shape asks for one block a
 * run anyway, at the same speed (tests/reports/bench-score.md).
 */
export const sessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
  enableCpuMemArena: false,
} as const

/** Weight of what was done between two runs of the collector. */
const every = 60
let since = 0

/**
 * After each task. The size of buffers does not call the collector any more (main/adapters/collector.ts), so it is called here, in a thread's own turn:
 * every dozen photos, or every sixty of anything else. Nothing where the thread was not started with it.
 */
export function collectNowAndThen(task: string): void {
  since += task === 'score.photo' ? 5 : 1
  if (since < every) return
  since = 0
  globalThis.gc?.()
}

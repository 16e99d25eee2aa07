import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How often this thread's heap is looked at, milliseconds, and by how much it may grow until it is collected, bytes. */
const lookMs = 1000
const slack = 48_000_000

/**
 * Before threads that hold pixels are started. V8 counts the bytes of buffers as if they lay in its own heap: with a heap of 15 MB, one decoded photo
 * (24 MB at 8 MP) makes it mark and sweep everything, once a photo, which was a sixth of the CPU time of an analysis (tests/reports/bench-score.md). Counted
 * towards the limit of both together that limit is hundreds of MB high. So the buffers are given back by hand (`release` in workers/score/pixels.ts)
 * and the threads call the collector themselves, every dozen photos (workers/collect.ts). The flag is for the whole process: the thread that starts the
 * others would let its own heap grow by hundreds of MB, too, while photos are grouped, and collects when it has grown by `slack`.
 */
export function calmCollector(): Disposable {
  setFlagsFromString('--external-memory-accounted-in-global-limit')
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  let held = getHeapStatistics().total_heap_size
  const timer = setInterval(() => {
    if (getHeapStatistics().total_heap_size < held + slack || typeof collect !== 'function') return
    collect()
    held = getHeapStatistics().total_heap_size
  }, lookMs).unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

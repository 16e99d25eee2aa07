import { setTimeout as sleep } from 'node:timers/promises'

/**
 * One change at a time: on SQLite all requests of a Vendure server share one database connection, and with it one transaction.
 * `soon` does not wait longer than `patienceMs`: the hour of a drop does not wait for a slow clip.
 */
export function createLane(patienceMs: number) {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    inTurn,
    async soon<T>(act: () => Promise<T>): Promise<T> {
      const before = last
      let end = () => {}
      // What comes later waits for this one.
      last = Promise.all([before, new Promise<void>((resolve) => (end = resolve))])
      const stop = new AbortController()
      await Promise.race([before, sleep(patienceMs, undefined, { signal: stop.signal }).catch(() => undefined)])
      stop.abort()
      try {
        return await act()
      } finally {
        end()
      }
    },
  }
}

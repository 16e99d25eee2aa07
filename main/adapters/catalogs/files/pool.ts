import type { CatalogProblem, CatalogReply } from '../../../core/catalog.ts'

export type Session<C> = {
  client: C
  /** Can still be used. */
  isOpen(): boolean
  close(): void
  /** Whether it keeps the program running; not while nobody uses it. */
  hold(isHeld: boolean): void
}

/** How long an unused connection is kept, milliseconds. */
const KEPT_MS = 10_000

/**
 * Connections that are used one after the other, and side by side when several are needed at once (a drop does not wait for a long upload). A connection
 * on which something failed is not used again: nobody knows what it would answer next.
 */
export function createPool<C>(
  open: (signal: AbortSignal) => Promise<CatalogReply<Session<C>>>,
  ofError: (thrown: unknown, sent: boolean) => CatalogProblem,
) {
  const idle: { session: Session<C>; timer: NodeJS.Timeout }[] = []

  const take = (): Session<C> | null => {
    for (let one = idle.pop(); one !== undefined; one = idle.pop()) {
      clearTimeout(one.timer)
      if (one.session.isOpen()) return one.session
      one.session.close()
    }
    return null
  }
  const giveBack = (session: Session<C>): void => {
    session.hold(false)
    const timer = setTimeout(() => {
      const at = idle.findIndex((one) => one.session === session)
      if (at >= 0) idle.splice(at, 1)
      session.close()
    }, KEPT_MS)
    timer.unref()
    idle.push({ session, timer })
  }

  /** `changes`: a connection that breaks while this runs leaves it open whether it happened. */
  return async function use<T>(
    changes: boolean,
    signal: AbortSignal,
    act: (client: C) => Promise<CatalogReply<T>>,
  ): Promise<CatalogReply<T>> {
    if (signal.aborted) return { ok: false, problem: { class: 'retryable', code: 'aborted', message: 'Stopped. Nothing was sent.' } }
    const kept = take()
    const opened: CatalogReply<Session<C>> = kept === null ? await open(signal) : { ok: true, value: kept }
    if (!opened.ok) return opened
    const session = opened.value
    session.hold(true)
    const stop = () => session.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      const reply = await act(session.client)
      if (reply.ok && session.isOpen()) giveBack(session)
      else session.close()
      return reply
    } catch (thrown) {
      session.close()
      return { ok: false, problem: ofError(thrown, changes) }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

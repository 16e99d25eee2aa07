import type { Log, Webhook, WebhookEvent } from '../core/ports.ts'
import { send } from './catalogs/http.ts'

/** What waits at most; beyond that the oldest are dropped, with a word in the log. */
const mostWaiting = 1000
const tries = 3

/**
 * Tells another program what happened, one POST of JSON each, in order: `{event, at, ...}`. Best effort: three tries, then it is left out and noted. Only
 * to this machine or by https (see http.ts); what it answers is not read. Nothing here waits for it.
 */
export function createWebhook(options: { log: Log; url(): Promise<string | null> }): Webhook {
  const { log } = options
  const waiting: WebhookEvent[] = []
  const stopped = new AbortController()
  let working: Promise<void> | null = null

  async function work(): Promise<void> {
    for (let event = waiting.shift(); event !== undefined && !stopped.signal.aborted; event = waiting.shift()) {
      const url = URL.parse((await options.url()) ?? '')
      if (url === null) continue
      await post(url, event)
    }
  }
  async function post(url: URL, event: WebhookEvent): Promise<void> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      const end = await send({
        method: 'POST',
        url,
        body: { kind: 'json', value: event },
        signal: stopped.signal,
        timeoutMs: 5000,
        maxReplyBytes: 65_536,
      })
      if (end.kind === 'reply' && end.status < 500) {
        if (end.status >= 400) log.warn('the webhook refused an event', { event: event.event, status: end.status })
        return
      }
      if (stopped.signal.aborted) return
      await new Promise((resume) => setTimeout(resume, 500 * attempt))
    }
    log.warn('the webhook did not take an event', { event: event.event, host: url.host })
  }
  return {
    tell(event) {
      waiting.push(event)
      if (waiting.length > mostWaiting) {
        waiting.shift()
        log.warn('the webhook is behind; an event was dropped')
      }
      working ??= work()
        .catch((error: unknown) => log.error('the webhook failed', { error: error instanceof Error ? error.message : String(error) }))
        .finally(() => {
          working = null
        })
    },
    async [Symbol.asyncDispose]() {
      stopped.abort()
      await working
    },
  }
}

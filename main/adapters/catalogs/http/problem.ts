import type { CatalogProblem } from '../../../core/catalog.ts'

/** A request that got no whole, usable answer. */
export type HttpFailure = {
  kind: 'failure'
  why: 'offline' | 'tls' | 'reset' | 'timeout' | 'aborted' | 'too-big' | 'nonsense' | 'redirect' | 'file' | 'address'
  /** Whether any of it may have reached the shop. false: certainly nothing did, it can simply be sent again. */
  sent: boolean
  /** The system's word for it: "ECONNREFUSED". */
  code: string
  /** Host or file, plain words, no secret. */
  detail: string
}

/** Anything with a status, so that an SDK's errors fit as well as our own replies. */
export type HttpStatus = { kind: 'reply'; status: number; headers: Headers }

/** What was asked for. */
export type Asked = {
  /** How the shop is called in messages: its host. */
  shop: string
  /** The request changes something in the shop; a lost answer is then `ambiguous`. false: reading again is always safe. */
  changes: boolean
  /** The time now, for `Retry-After` dates where the reply has no date itself. */
  now?: number
}

/** A reply that says no. */
export const refusal = (
  kind: CatalogProblem['class'],
  code: string,
  message: string,
  retryAfterMs?: number,
): { ok: false; problem: CatalogProblem } => ({
  ok: false,
  problem: { class: kind, code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
})

/** Longest time a shop may send us away for with `Retry-After`, milliseconds. */
const LONGEST_WAIT = 24 * 3600_000

/**
 * What a bad ending means. `code`: for statuses "http-<status>", else the failure's own. A success status (2xx) is `nonsense`: whoever asks says
 * that this answer was of no use. An adapter looks at what its shop says in the body first and comes here with what it does not know.
 */
export function problemOf(end: HttpFailure | HttpStatus, asked: Asked): CatalogProblem {
  return end.kind === 'failure' ? ofFailure(end, asked) : ofStatus(end, asked)
}

function ofFailure({ why, sent, code, detail }: HttpFailure, { shop, changes }: Asked): CatalogProblem {
  const lost = sent && changes
  const unsure = lost
    ? 'It is not known whether it took the change; it will be looked up before anything is sent again.'
    : 'Nothing was changed there.'
  switch (why) {
    case 'offline':
      return {
        class: 'retryable',
        code: 'offline',
        message: `${shop} cannot be reached (${detail}). Nothing was sent. It goes on when the network is back.`,
      }
    case 'tls':
      return {
        class: 'retryable',
        code: 'tls',
        message: `The secure connection to ${shop} failed (${code}). Nothing was sent. Check this computer's clock, the shop's certificate, and whether this network wants a sign-in first.`,
      }
    case 'address':
    case 'file':
      return { class: 'permanent', code: why, message: `Not sent: ${detail}.` }
    case 'redirect':
      return {
        class: 'permanent',
        code: 'redirect',
        message: `${shop} sends us on to ${detail}. Secrets are not taken along. If that is the shop's right address, enter it in the connection.`,
      }
    case 'reset':
      return { class: lost ? 'ambiguous' : 'retryable', code, message: `The connection to ${shop} broke off (${code}). ${unsure}` }
    case 'timeout':
      return { class: lost ? 'ambiguous' : 'retryable', code: 'timeout', message: `${shop} did not answer in time. ${unsure}` }
    case 'aborted':
      return { class: lost ? 'ambiguous' : 'retryable', code: 'aborted', message: `Stopped while talking to ${shop}. ${unsure}` }
    case 'too-big':
      return { class: lost ? 'ambiguous' : 'retryable', code: 'too-big', message: `${shop} answered with too much (${detail}). ${unsure}` }
    case 'nonsense':
      return {
        class: lost ? 'ambiguous' : 'retryable',
        code,
        message: `${shop} gave an answer of no use (${detail}). ${unsure}`,
      }
  }
}

function ofStatus({ status, headers }: HttpStatus, asked: Asked): CatalogProblem {
  const { shop, changes } = asked
  const code = `http-${status}`
  const wait = retryAfterMs(headers, asked.now ?? Date.now())
  const later = wait === null ? {} : { retryAfterMs: wait }
  if (status >= 200 && status < 300) {
    return ofFailure({ kind: 'failure', why: 'nonsense', sent: true, code, detail: `status ${status}` }, asked)
  }
  if (status >= 300 && status < 400) {
    return ofFailure({ kind: 'failure', why: 'redirect', sent: true, code, detail: 'another address' }, asked)
  }
  if (status === 429) return { class: 'throttled', code, message: `${shop} asks us to slow down. It goes on by itself.`, ...later }
  if (status === 401)
    return { class: 'auth', code, message: `${shop} does not accept the sign-in (401). Check the keys in the connection.`, ...later }
  if (status === 403)
    return {
      class: 'auth',
      code,
      message: `${shop} does not allow this (403). Give the connection's user or key the missing permission.`,
      ...later,
    }
  if (status === 402)
    return { class: 'auth', code, message: `${shop} is not open for changes (402). Look at the shop's billing.`, ...later }
  if (status === 408 || status === 425)
    return { class: 'retryable', code, message: `${shop} did not take the whole request (${status}). Nothing was changed there.`, ...later }
  if (status === 409 || status === 412)
    return {
      class: 'conflict',
      code,
      message: `In ${shop} this was changed by somebody else (${status}). Look at the difference.`,
      ...later,
    }
  if (status === 413) return { class: 'permanent', code, message: `${shop} refuses the file because it is too large (413).` }
  if (status === 501 || status === 505)
    return { class: 'permanent', code, message: `${shop} cannot do this (${status}). Check the address in the connection.` }
  if (status >= 500) {
    // Also 503: caches and load balancers answer it when a server that may have done its work was too slow.
    return changes
      ? {
          class: 'ambiguous',
          code,
          message: `${shop} failed (${status}). It is not known whether it took the change; it will be looked up before anything is sent again.`,
          ...later,
        }
      : { class: 'retryable', code, message: `${shop} failed (${status}). It will be asked again.`, ...later }
  }
  return { class: 'permanent', code, message: `${shop} refuses this (${status}).` }
}

/** `Retry-After` in milliseconds, seconds or a date (measured by the server's own clock where it tells it); at most a day; null = not said. */
export function retryAfterMs(headers: Headers, now: number): number | null {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return null
  const bound = (ms: number) => Math.min(Math.max(Math.ceil(ms), 0), LONGEST_WAIT)
  if (/^\d+(\.\d+)?$/.test(text)) return bound(Number(text) * 1000)
  const at = Date.parse(text)
  if (Number.isNaN(at)) return null
  const theirs = Date.parse(headers.get('date') ?? '')
  return bound(at - (Number.isNaN(theirs) ? now : theirs))
}

/** Text from a shop, fit for a message: one line, at most `most` characters, without control characters and without any of our secrets. */
export function told(text: string, secrets: readonly string[] = [], most = 200): string {
  let clean = text
  // Longest first, so that a secret that holds another one goes as a whole.
  for (const secret of secrets.filter((each) => each.length >= 4).toSorted((a, b) => b.length - a.length))
    clean = clean.replaceAll(secret, '•••')
  clean = clean
    .slice(0, most * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean
}

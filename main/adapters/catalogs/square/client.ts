import type { SquareClient } from 'square'
import { type ZodType, z } from 'zod'
import type { CatalogProblem, CatalogReply } from '../../../core/catalog.ts'
import { type HttpBody, type HttpFailure, type HttpReply, problemOf, send, textOf, told } from '../http.ts'

export type Square = {
  shop: string
  /**
   * One call of the SDK, once. What it throws is of no interest: what went over the wire tells how it ended. `shape`: what we need of the answer, which
   * the SDK itself does not check.
   */
  ask<T>(
    changes: boolean,
    signal: AbortSignal,
    act: (client: SquareClient) => PromiseLike<unknown>,
    shape: ZodType<T>,
  ): Promise<CatalogReply<T>>
}

type Class = CatalogProblem['class']
/** Square's words; anything else goes by its status. https://developer.squareup.com/docs/build-basics/general-considerations/handling-errors */
const CLASSES: Record<string, Class> = {
  RATE_LIMITED: 'throttled',
  UNAUTHORIZED: 'auth',
  ACCESS_TOKEN_EXPIRED: 'auth',
  ACCESS_TOKEN_REVOKED: 'auth',
  CLIENT_DISABLED: 'auth',
  APPLICATION_DISABLED: 'auth',
  FORBIDDEN: 'auth',
  INSUFFICIENT_SCOPES: 'auth',
  // Somebody was faster between our read and our write: it is read again, and then decided.
  VERSION_MISMATCH: 'retryable',
  CONFLICT: 'retryable',
  TEMPORARY_ERROR: 'retryable',
  NOT_FOUND: 'conflict',
  GONE: 'conflict',
  IDEMPOTENCY_KEY_REUSED: 'permanent',
  REQUEST_ENTITY_TOO_LARGE: 'permanent',
  UNSUPPORTED_MEDIA_TYPE: 'permanent',
}
const NEXT: Record<Class, string> = {
  retryable: 'It will be tried again.',
  throttled: 'It goes on by itself.',
  ambiguous: 'It will be looked up before anything is sent again.',
  auth: 'Check the access token and its permissions in the connection.',
  conflict: 'Somebody may have changed it there: look at the difference.',
  permanent: 'It will not work as it is: change what Square names, or leave it out.',
}
const refusal = z.object({ errors: z.array(z.object({ code: z.string(), detail: z.string().nullish() })).min(1) })

/**
 * Square's official SDK, over our own bounded requests and without its own second tries. It is large (80 MB of memory once loaded), so it is loaded with
 * the first request, and only where a Square shop is connected.
 */
export function createSquare(url: URL, token: string, timeoutMs: number): Square {
  const shop = url.host
  return {
    shop,
    async ask(changes, signal, act, shape) {
      const asked = { shop, changes }
      const wire: { end: HttpReply | HttpFailure | null } = { end: null }
      const { SquareClient } = await import('square')
      const client = new SquareClient({
        token,
        baseUrl: url.href,
        maxRetries: 0,
        // Ours decides; the SDK's own clock must not cut a slow upload off.
        timeoutInSeconds: 3600,
        fetch: async (input, init) => {
          wire.end = await overTheWire(input, init, signal, timeoutMs)
          if (wire.end.kind === 'failure') throw new Error(wire.end.why)
          return new Response(wire.end.bytes.length === 0 ? null : wire.end.bytes, { status: wire.end.status, headers: wire.end.headers })
        },
      })
      let answer: unknown = null
      let thrown = false
      try {
        answer = await act(client)
      } catch {
        thrown = true
      }
      const { end } = wire
      if (end === null)
        return {
          ok: false,
          problem: problemOf({ kind: 'failure', why: 'file', sent: false, code: 'sdk', detail: 'the request cannot be written' }, asked),
        }
      if (end.kind === 'failure') return { ok: false, problem: problemOf(end, asked) }
      if (end.status < 200 || end.status >= 300) return { ok: false, problem: ofReply(end, asked, token) }
      // To the SDK a web page is an answer without objects: to us that would be a shop that has nothing.
      const parsed = thrown || jsonOf(end) === null ? null : shape.safeParse(answer)
      if (parsed?.success === true) return { ok: true, value: parsed.data }
      const issue = parsed?.error?.issues[0]
      const detail =
        issue === undefined ? 'its answer cannot be read' : `${told(issue.path.join('.'), [], 80)}: ${told(issue.message, [], 100)}`
      return { ok: false, problem: problemOf({ kind: 'failure', why: 'nonsense', sent: true, code: 'nonsense', detail }, asked) }
    },
  }
}

function ofReply(end: HttpReply, asked: { shop: string; changes: boolean }, token: string): CatalogProblem {
  const plain = problemOf(end, asked)
  const [error] = refusal.safeParse(jsonOf(end)).data?.errors ?? []
  // After a 5xx nobody knows what was done, whatever the text says.
  if (error === undefined || end.status >= 500) return plain
  const code = told(error.code, [], 60)
  const kind = CLASSES[code] ?? plain.class
  const said = told(error.detail ?? '', [token]) || code
  return { ...plain, class: kind, code, message: `Square: ${said} (${code}). ${NEXT[kind]}` }
}

/** The object that was answered; null when it is none. */
function jsonOf(end: HttpReply): object | null {
  try {
    const value: unknown = JSON.parse(textOf(end))
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

async function overTheWire(
  input: string | URL | Request,
  init: RequestInit | undefined,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<HttpReply | HttpFailure> {
  const unsent = (detail: string): HttpFailure => ({ kind: 'failure', why: 'file', sent: false, code: 'sdk', detail })
  const url = URL.parse(input instanceof Request ? input.url : String(input))
  if (url === null) return unsent('the address is wrong')
  const headers = new Headers(init?.headers)
  const type = headers.get('content-type') ?? 'application/json'
  const length = Number(headers.get('content-length') ?? Number.NaN)
  const authorization = headers.get('authorization')
  for (const name of ['authorization', 'content-type', 'content-length', 'connection']) headers.delete(name)
  let body: HttpBody | null = null
  if (typeof init?.body === 'string') body = { kind: 'text', text: init.body, type }
  else if (init?.body !== undefined && init.body !== null) {
    const chunks = init.body as unknown as AsyncIterable<Uint8Array>
    if (!Number.isInteger(length) || typeof chunks[Symbol.asyncIterator] !== 'function')
      return unsent('the length of the request is not known')
    body = { kind: 'stream', chunks, bytes: length, type }
  }
  const method = init?.method ?? 'GET'
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT' && method !== 'DELETE') return unsent(`an unknown method ${told(method)}`)
  return send({
    method,
    url,
    headers: Object.fromEntries(headers),
    ...(authorization === null ? {} : { credentials: { authorization } }),
    ...(body === null ? {} : { body }),
    timeoutMs,
    signal,
  })
}

import type { ZodType } from 'zod'
import type { CatalogReply } from '../../core/catalog.ts'
import { type Encoded, encode, FileChanged, type HttpBody } from './http/body.ts'
import { type Asked, type HttpFailure, problemOf, refusal, told } from './http/problem.ts'

export type { HttpBody, HttpPart } from './http/body.ts'
export { type Asked, type HttpFailure, problemOf, refusal, retryAfterMs, told } from './http/problem.ts'

export type HttpRequest = {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'PROPFIND' | 'MKCOL' | 'MOVE'
  url: URL
  /** Plain headers; content type and length come from the body. */
  headers?: Readonly<Record<string, string>>
  /** Headers that hold secrets: they go to `url`'s origin only, whatever the shop answers. */
  credentials?: Readonly<Record<string, string>>
  body?: HttpBody
  signal: AbortSignal
  /** For connecting and answering; while a body is being sent it starts again with every part of it that goes out. Milliseconds. */
  timeoutMs?: number
  /** Longest answer that is read. */
  maxReplyBytes?: number
  /** GET only: go where the shop points, up to five times, within the rules for addresses. Else a redirect is a failure that names the place. */
  follow?: boolean
}

export type HttpReply = { kind: 'reply'; status: number; headers: Headers; bytes: Uint8Array<ArrayBuffer>; url: URL }

const TIMEOUT_MS = 60_000
const MAX_REPLY_BYTES = 4 * 1024 ** 2
/** Slowest speed that an upload is given time for, bytes a second. */
const SLOWEST = 4096

/**
 * Sends one request once, with the runtime's own fetch. Never throws, never tries again. A reply is any complete answer, whatever its status.
 * Everything is bounded: time, size of the answer, redirects (never with credentials to another origin). Plain http only to this machine.
 */
export async function send(request: HttpRequest): Promise<HttpReply | HttpFailure> {
  let at = request.url
  for (let hop = 0; ; hop++) {
    const end = await sendOnce({ ...request, url: at }, at.origin === request.url.origin)
    if (end.kind === 'failure' || end.status < 300 || end.status >= 400 || end.status === 304) return end
    const to = URL.parse(end.headers.get('location') ?? '', at.href)
    const refused = (detail: string) => failure('redirect', true, `http-${end.status}`, detail)
    if (to === null) return refused('an address that cannot be read')
    if (request.follow !== true || request.method !== 'GET' || hop === 5) return refused(told(to.origin))
    if (!mayLead(request.url, to)) return refused(told(to.origin))
    at = to
  }
}

async function sendOnce(request: HttpRequest, sameOrigin: boolean): Promise<HttpReply | HttpFailure> {
  const { url, signal } = request
  if (!isSafe(url)) return failure('address', false, 'insecure', `${told(url.host)} must be reached by https`)
  if (signal.aborted) return failure('aborted', false, 'aborted', url.host)
  let body: Encoded | null = null
  try {
    body = request.body === undefined ? null : await encode(request.body)
  } catch (thrown) {
    return failure('file', false, 'file', thrown instanceof FileChanged ? thrown.message : 'the request cannot be written')
  }

  const clock = createClock(request.timeoutMs ?? TIMEOUT_MS, body?.length ?? 0)
  let sent = false
  let fileChanged: FileChanged | null = null
  const chunks = body === null ? null : body.chunks()
  // The pull is what tells us that a connection stands and the head of the request has gone out.
  const stream =
    chunks === null
      ? null
      : new ReadableStream<Uint8Array>(
          {
            async pull(controller) {
              sent = true
              clock.goesOn()
              try {
                const next = await chunks.next()
                if (next.done === true) controller.close()
                else controller.enqueue(next.value)
              } catch (thrown) {
                if (thrown instanceof FileChanged) fileChanged = thrown
                controller.error(thrown)
              }
            },
            async cancel() {
              await chunks.return(undefined)
            },
          },
          { highWaterMark: 0 },
        )
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: {
        'user-agent': 'Dropcard',
        ...request.headers,
        ...(sameOrigin ? request.credentials : {}),
        ...(body === null ? {} : { 'content-type': body.type, 'content-length': String(body.length) }),
      },
      ...(stream === null ? {} : { body: stream, duplex: 'half' as const }),
      // fetch keeps a second copy of every body that it might have to send again, unless redirects are errors and nobody could be asked to sign in.
      redirect: body?.long === true ? 'error' : 'manual',
      window: null,
      credentials: 'omit',
      signal: AbortSignal.any([signal, clock.signal]),
    })
    const limit = request.maxReplyBytes ?? MAX_REPLY_BYTES
    const bytes = request.method === 'HEAD' ? new Uint8Array() : await readAll(response, limit)
    if (bytes === null) return failure('too-big', true, 'too-big', `more than ${limit} bytes`)
    return { kind: 'reply', status: response.status, headers: response.headers, bytes, url }
  } catch (thrown) {
    // What cannot be resent safely needs proof that nothing went out; without a body only a failed connection is proof.
    if (fileChanged !== null) return failure('file', true, 'file', (fileChanged as FileChanged).message)
    const maybe = stream === null || sent
    if (signal.aborted) return failure('aborted', maybe, 'aborted', url.host)
    if (clock.signal.aborted) return failure('timeout', maybe, 'timeout', url.host)
    return classify(thrown, maybe, url)
  } finally {
    clock.stop()
  }
}

/** Ends a request that does not get on: `timeoutMs` after the last part of the body went out, and in all not slower than SLOWEST. */
function createClock(timeoutMs: number, length: number) {
  const controller = new AbortController()
  const stop = () => controller.abort()
  let timer = setTimeout(stop, timeoutMs)
  const whole = setTimeout(stop, Math.min(timeoutMs + (length / SLOWEST) * 1000, 2 ** 31 - 1))
  return {
    signal: controller.signal,
    goesOn() {
      clearTimeout(timer)
      timer = setTimeout(stop, timeoutMs)
    },
    stop() {
      clearTimeout(timer)
      clearTimeout(whole)
    },
  }
}

async function readAll(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (response.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body) {
    length += chunk.length
    // Leaving the loop cancels the rest of the answer.
    if (length > limit) return null
    chunks.push(chunk)
  }
  const all = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

const failure = (why: HttpFailure['why'], sent: boolean, code: string, detail: string): HttpFailure => ({
  kind: 'failure',
  why,
  sent,
  code,
  detail,
})

function classify(thrown: unknown, sent: boolean, url: URL): HttpFailure {
  const { code, syscall, message } = innermost(thrown)
  if (message === 'unexpected redirect') return failure('redirect', true, 'redirect', 'another address')
  const tls = /^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|EPROTO|HOSTNAME_MISMATCH)/.test(code)
  if (tls || message.includes('before secure TLS connection')) return failure('tls', false, code, url.host)
  const words: Record<string, string> = {
    ENOTFOUND: 'its name is not known here',
    EAI_AGAIN: 'names cannot be looked up',
    ECONNREFUSED: 'nothing answers there',
    UND_ERR_CONNECT_TIMEOUT: 'nothing answers in time',
  }
  if (syscall === 'connect' || syscall === 'getaddrinfo' || code in words || code === 'ENETUNREACH' || code === 'EHOSTUNREACH') {
    return failure('offline', false, code, words[code] ?? 'there is no way to it')
  }
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return failure('timeout', sent, code, url.host)
  if (/^(HPE_|UND_ERR_(RES|INVALID|HEADERS_OVERFLOW)|Z_|ERR__ERROR)/.test(code))
    return failure('nonsense', true, code, 'not HTTP as it should be')
  return failure('reset', sent, code === '' ? 'reset' : code, url.host)
}

/** fetch wraps what happened in a TypeError; trying several addresses wraps it once more. */
function innermost(thrown: unknown): { code: string; syscall: string; message: string } {
  let error = thrown
  for (let depth = 0; depth < 5; depth++) {
    if (error instanceof AggregateError && error.errors.length > 0) error = error.errors[0]
    else if (error instanceof Error && error.cause instanceof Error) error = error.cause
    else break
  }
  if (!(error instanceof Error)) return { code: '', syscall: '', message: '' }
  const text = (name: string): string => {
    const value: unknown = Reflect.get(error as Error, name)
    return typeof value === 'string' ? value : ''
  }
  return { code: text('code'), syscall: text('syscall'), message: error.message }
}

/** The text of a reply; broken UTF-8 becomes replacement characters. */
export const textOf = (reply: HttpReply): string => new TextDecoder().decode(reply.bytes)

/** A reply's JSON as `schema` wants it. What cannot be used is `nonsense`: ambiguous after a change, else retryable. Statuses are the caller's. */
export function readJson<T>(reply: HttpReply, schema: ZodType<T>, asked: Asked): CatalogReply<T> {
  const useless = (detail: string): CatalogReply<T> => ({
    ok: false,
    problem: problemOf({ kind: 'failure', why: 'nonsense', sent: true, code: 'nonsense', detail }, asked),
  })
  let value: unknown
  try {
    value = JSON.parse(textOf(reply))
  } catch {
    return useless(`expected JSON, got ${told(reply.headers.get('content-type') ?? 'something else', [], 60)}`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { ok: true, value: parsed.data }
  const issue = parsed.error.issues[0]
  return useless(`${told(issue?.path.join('.') ?? '', [], 80) || 'the answer'}: ${told(issue?.message ?? 'not as expected', [], 120)}`)
}

const isLoopback = (url: URL) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
const isSafe = (url: URL) =>
  (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) && url.username === '' && url.password === ''

/** Whether a shop at `from` may send us to `to`: by https, and to this machine only when it is on this machine itself. */
export const mayLead = (from: URL, to: URL): boolean => isSafe(to) && (isLoopback(from) || !isLoopback(to))

/** A shop's address as a person typed it: https, or http on this machine; no sign-in inside it. `https://` may be left out. Ends in a slash. */
export function shopAddress(typed: string): CatalogReply<URL> {
  const text = typed.trim()
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  const wrong = (message: string): CatalogReply<URL> => ({ ok: false, problem: { class: 'permanent', code: 'address', message } })
  if (text === '' || url === null || url.hostname === '') return wrong('Expected the address of the shop, like https://shop.example.')
  if (url.username !== '' || url.password !== '')
    return wrong('The address of the shop must not hold a name or password: enter them in their own fields.')
  if (!isSafe(url)) return wrong(`${told(url.host)} must be reached by https: what is sent there, keys included, could be read on the way.`)
  url.search = ''
  url.hash = ''
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return { ok: true, value: url }
}

/** How a shop's storefront addresses a product, with `place` where its name goes; null: nobody said. */
export function productPage(typed: string | undefined, place: '{slug}' | '{handle}'): CatalogReply<string | null> {
  const page = typed?.trim() || null
  if (page === null || (/^https?:$/.test(URL.parse(page)?.protocol ?? '') && page.includes(place))) return { ok: true, value: page }
  return refusal('permanent', 'connection', `Expected the address of a product page with ${place} in it, got ${told(page)}.`)
}

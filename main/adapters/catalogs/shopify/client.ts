import { z } from 'zod'
import type { CatalogReply } from '../../../core/catalog.ts'
import { problemOf, readJson, send, told } from '../http.ts'
import { API_VERSION, type Document } from './document.ts'
import { shopifyProblem } from './problems.ts'

export type ShopifySecrets = { token: string } | { clientId: string; clientSecret: string }
/** The clock and the pauses, so that tests need not wait. `now` in milliseconds. */
export type Clock = { now(): number; wait(ms: number, signal: AbortSignal): Promise<void> }

export type ShopifyClient = {
  /** Host, as it is called in messages. */
  shop: string
  url: URL
  clock: Clock
  /** Of one request, milliseconds. */
  timeoutMs: number
  secrets: readonly string[]
  ask<T>(document: Document<T>, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<CatalogReply<T>>
}

const granted = z.object({ access_token: z.string().min(8).max(2000), expires_in: z.number().positive().nullish() })

const cost = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({ maximumAvailable: z.number(), currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
})
const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .union([
      z.string(),
      z.array(
        z.object({
          message: z.string(),
          extensions: z.object({ code: z.string().optional(), cost: cost.optional().catch(undefined) }).optional(),
        }),
      ),
    ])
    .optional(),
  extensions: z.object({ cost: cost.optional().catch(undefined) }).optional(),
})

/** Tokens from client credentials last a day; one that has less than this left is renewed. Milliseconds. */
const RENEW_BEFORE = 10 * 60_000

/**
 * Speaks to one shop's Admin API. A token is asked for when it is needed and renewed in time; one that the shop stops accepting is dropped, so that the
 * next request asks for a new one. Facts: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/client-credentials-grant
 */
export function createClient(url: URL, credentials: ShopifySecrets, clock: Clock, timeoutMs: number): ShopifyClient {
  const shop = url.host
  const endpoint = new URL(`admin/api/${API_VERSION}/graphql.json`, url)
  const secrets = Object.values(credentials)
  let held: { token: string; since: number; until: number } | null = null
  let asking: Promise<CatalogReply<string>> | null = null

  const grant = async (signal: AbortSignal): Promise<CatalogReply<string>> => {
    if ('token' in credentials) return { ok: true, value: credentials.token }
    if (held !== null && clock.now() < held.until - RENEW_BEFORE) return { ok: true, value: held.token }
    const { clientId, clientSecret } = credentials
    // A token is not a change in the shop: a lost answer leaves no doubt.
    const asked = { shop, changes: false, now: clock.now() }
    const end = await send({
      method: 'POST',
      url: new URL('admin/oauth/access_token', url),
      body: { kind: 'form', fields: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret } },
      headers: { accept: 'application/json' },
      timeoutMs,
      signal,
    })
    if (end.kind === 'failure') return { ok: false, problem: problemOf(end, asked) }
    if (end.status === 400 || end.status === 401 || end.status === 403) {
      const message = `${shop} does not accept the client ID and secret (${end.status}). Check them, and that the app is installed in this shop.`
      return { ok: false, problem: { class: 'auth', code: `http-${end.status}`, message } }
    }
    if (end.status !== 200) return { ok: false, problem: problemOf(end, asked) }
    const reply = readJson(end, granted, asked)
    if (!reply.ok) return reply
    held = { token: reply.value.access_token, since: clock.now(), until: clock.now() + (reply.value.expires_in ?? 24 * 3600) * 1000 }
    secrets.push(held.token)
    return { ok: true, value: held.token }
  }
  const token = (signal: AbortSignal): Promise<CatalogReply<string>> => {
    asking ??= grant(signal).finally(() => {
      asking = null
    })
    return asking
  }

  const refused = (status: number): CatalogReply<never> => {
    // A token that worked before has run out early or was revoked: with client credentials a new one may be had.
    if (status === 401 && held !== null && clock.now() - held.since > 1000) {
      held = null
      const message = `${shop} no longer accepts the token (401). A new one will be asked for.`
      return { ok: false, problem: { class: 'retryable', code: 'token-expired', message, retryAfterMs: 0 } }
    }
    held = null
    return { ok: false, problem: problemOf({ kind: 'reply', status, headers: new Headers() }, { shop, changes: true }) }
  }

  return {
    shop,
    url,
    clock,
    timeoutMs,
    secrets,
    async ask(document, variables, signal) {
      const asked = { shop, changes: document.changes, now: clock.now() }
      const key = await token(signal)
      if (!key.ok) return key
      const end = await send({
        method: 'POST',
        url: endpoint,
        credentials: { 'x-shopify-access-token': key.value },
        headers: { accept: 'application/json' },
        body: { kind: 'json', value: { query: document.text, variables, operationName: document.name } },
        timeoutMs,
        signal,
      })
      if (end.kind === 'failure') return { ok: false, problem: problemOf(end, asked) }
      if (end.status === 401 || end.status === 403) return refused(end.status)
      // 430 is Shopify's own word for "too much from this address", 423 for a shop that is locked.
      if (end.status === 430) return { ok: false, problem: { ...problemOf({ ...end, status: 429 }, asked), code: 'http-430' } }
      if (end.status === 423) return { ok: false, problem: { ...problemOf({ ...end, status: 402 }, asked), code: 'http-423' } }
      if (end.status !== 200) return { ok: false, problem: problemOf(end, asked) }
      const reply = readJson(end, answer, asked)
      if (!reply.ok) return reply
      const { errors, data, extensions } = reply.value
      if (typeof errors === 'string') return { ok: false, problem: shopifyProblem('USER_ERROR', errors, secrets) }
      const [error] = errors ?? []
      if (error !== undefined) return ofError(error, extensions?.cost, document.changes && data !== null && data !== undefined)
      const parsed = document.data.safeParse(data)
      if (parsed.success) return { ok: true, value: parsed.data }
      const issue = parsed.error.issues[0]
      const detail = `${document.name}: ${told(issue?.path.join('.') ?? '', [], 80)} ${told(issue?.message ?? '', [], 100)}`
      return { ok: false, problem: problemOf({ kind: 'failure', why: 'nonsense', sent: true, code: 'nonsense', detail }, asked) }
    },
  }

  /** `begun`: the operation was carried out at least in part. */
  function ofError(
    error: { message: string; extensions?: { code?: string | undefined; cost?: z.infer<typeof cost> | undefined } | undefined },
    whole: z.infer<typeof cost> | undefined,
    begun: boolean,
  ): CatalogReply<never> {
    const code = told(error.extensions?.code ?? 'GRAPHQL_ERROR', [], 60)
    const problem = shopifyProblem(code, error.message, secrets)
    if (code === 'THROTTLED') {
      const known = error.extensions?.cost ?? whole
      const missing = known === undefined ? 0 : known.requestedQueryCost - known.throttleStatus.currentlyAvailable
      const wait = known === undefined ? 1000 : Math.ceil((Math.max(missing, 0) / known.throttleStatus.restoreRate) * 1000)
      return { ok: false, problem: { ...problem, retryAfterMs: wait } }
    }
    if (code === 'INTERNAL_SERVER_ERROR' || (begun && code !== 'ACCESS_DENIED')) {
      const asked = { shop, changes: begun || code === 'INTERNAL_SERVER_ERROR' }
      return {
        ok: false,
        problem: problemOf(
          { kind: 'failure', why: 'nonsense', sent: true, code, detail: `${told(error.message, secrets)} (${code})` },
          asked,
        ),
      }
    }
    return { ok: false, problem }
  }
}

import { type ZodType, z } from 'zod'
import type { CatalogProblem, CatalogReply } from '../../../core/catalog.ts'
import { type HttpBody, type HttpReply, type HttpRequest, problemOf, readJson, send, told } from '../http.ts'
import { wordsFor } from './problems.ts'

export type Ask = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `wp-json/`: "wp/v2/media". */
  path: string
  query?: Readonly<Record<string, string>>
  body?: HttpBody
  headers?: Readonly<Record<string, string>>
  signal: AbortSignal
}
/** WordPress' REST API with an application password. One request each, nothing is tried again. */
export type WordPress = {
  /** How the shop is called in messages. */
  shop: string
  ask<T>(request: Ask, shape: ZodType<T>): Promise<CatalogReply<T>>
}

/** What WordPress says about what went wrong: https://developer.wordpress.org/rest-api/ */
const wordPressError = z.object({ code: z.string(), message: z.string() })

export function createWordPress(address: URL, sign: { user: string; password: string }, timeoutMs: number): WordPress {
  const shop = told(address.host)
  const basic = Buffer.from(`${sign.user}:${sign.password}`, 'utf8').toString('base64')
  const secrets = [sign.password, sign.password.replaceAll(' ', ''), basic]
  return {
    shop,
    async ask<T>(request: Ask, shape: ZodType<T>): Promise<CatalogReply<T>> {
      const url = new URL(`wp-json/${request.path}`, address)
      for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value)
      const asked = { shop, changes: request.method !== 'GET' }
      const what: HttpRequest = {
        method: request.method,
        url,
        credentials: { authorization: `Basic ${basic}` },
        headers: { accept: 'application/json', ...request.headers },
        signal: request.signal,
        timeoutMs,
        ...(request.body === undefined ? {} : { body: request.body }),
      }
      const end = await send(what)
      if (end.kind === 'failure') return { ok: false, problem: problemOf(end, asked) }
      if (end.status >= 200 && end.status < 300) return readJson(end, shape, asked)
      return { ok: false, problem: refusal(end, asked, secrets) }
    },
  }
}

function refusal(reply: HttpReply, asked: { shop: string; changes: boolean }, secrets: readonly string[]): CatalogProblem {
  const general = problemOf(reply, asked)
  const said = errorIn(reply)
  if (said === null) return general
  const problem = wordsFor(said.code, reply.status, asked.shop, told(said.message, secrets))
  return problem === null ? { ...general, code: told(said.code, secrets, 80) } : problem
}

function errorIn(reply: HttpReply): z.infer<typeof wordPressError> | null {
  try {
    return wordPressError.safeParse(JSON.parse(new TextDecoder().decode(reply.bytes))).data ?? null
  } catch {
    return null
  }
}

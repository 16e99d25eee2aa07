import { type ZodType, z } from 'zod'
import type { CatalogProblem, CatalogReply } from '../../../core/catalog.ts'
import { type HttpBody, type HttpReply, problemOf, readJson, send, textOf, told } from '../http.ts'
import { wordsFor } from './problems.ts'

export type Ask = {
  method: 'GET' | 'POST' | 'DELETE'
  /** Below `admin/`: "products/prod_01". */
  path: string
  /** Parameters in order; one name may come several times. */
  query?: readonly (readonly [string, string])[]
  body?: HttpBody
  /** A POST that changes nothing. */
  probe?: boolean
  signal: AbortSignal
}
/** Medusa's Admin API with a secret API key. One request each, nothing is tried again. */
export type Medusa = {
  /** How the shop is called in messages. */
  shop: string
  address: URL
  ask<T>(request: Ask, shape: ZodType<T>): Promise<CatalogReply<T>>
}

/** What Medusa says about what went wrong: https://docs.medusajs.com/api/admin#http-compression */
const medusaError = z.object({ type: z.string().max(100).optional().catch(undefined), message: z.string() })

export function createMedusa(address: URL, key: string, timeoutMs: number): Medusa {
  const shop = told(address.host)
  const basic = Buffer.from(`${key}:`, 'utf8').toString('base64')
  const secrets = [key, basic]
  return {
    shop,
    address,
    async ask<T>(request: Ask, shape: ZodType<T>): Promise<CatalogReply<T>> {
      const url = new URL(`admin/${request.path}`, address)
      for (const [name, value] of request.query ?? []) url.searchParams.append(name, value)
      const asked = { shop, changes: request.method !== 'GET' && request.probe !== true }
      const end = await send({
        method: request.method,
        url,
        credentials: { authorization: `Basic ${basic}` },
        headers: { accept: 'application/json' },
        signal: request.signal,
        timeoutMs,
        maxReplyBytes: 16 * 1024 ** 2,
        ...(request.body === undefined ? {} : { body: request.body }),
      })
      if (end.kind === 'failure') return { ok: false, problem: problemOf(end, asked) }
      if (end.status >= 200 && end.status < 300) return readJson(end, shape, asked)
      return { ok: false, problem: refused(end, asked, secrets) }
    },
  }
}

function refused(reply: HttpReply, asked: { shop: string; changes: boolean }, secrets: readonly string[]): CatalogProblem {
  const general = problemOf(reply, asked)
  const said = errorIn(reply)
  if (said !== null) {
    const type = told(said.type ?? general.code, secrets, 80)
    const problem = wordsFor(reply.status, type, told(said.message, secrets), asked.shop)
    return problem ?? { ...general, code: type }
  }
  if (reply.status !== 404) return general
  const message = `${asked.shop} has no such address. Enter where Medusa's API is, not the storefront: often a subdomain of its own.`
  return { class: 'permanent', code: 'http-404', message }
}

function errorIn(reply: HttpReply): z.infer<typeof medusaError> | null {
  try {
    return medusaError.safeParse(JSON.parse(textOf(reply))).data ?? null
  } catch {
    return null
  }
}

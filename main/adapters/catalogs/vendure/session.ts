import type { CatalogReply } from '../../../core/catalog.ts'
import { refusal } from './problems.ts'

/** As what we come: with a key of the shop, a session's token, or an administrator's name and password, which give us a session of our own. */
export type VendureSecrets = { apiKey: string } | { token: string } | { user: string; password: string }
export type Credentials = Readonly<Record<string, string>>

export type Session = {
  credentials(signal: AbortSignal): Promise<CatalogReply<Credentials>>
  /** The shop refused these: whether others may be had by asking again. */
  renew(refused: Credentials): boolean
  /** What must not be told. */
  secrets(): readonly string[]
}

/** A session that is refused this soon after it was given is not over: something else is missing. */
const FRESH_MS = 60_000

export function createSession(secrets: VendureSecrets, begin: (signal: AbortSignal) => Promise<CatalogReply<Credentials>>): Session {
  if (!('password' in secrets)) {
    const fixed = 'apiKey' in secrets ? { 'vendure-api-key': secrets.apiKey } : { authorization: `Bearer ${secrets.token}` }
    return { credentials: async () => ({ ok: true, value: fixed }), renew: () => false, secrets: () => Object.values(secrets) }
  }
  let given: { value: Credentials; at: number } | null = null
  let asking: Promise<CatalogReply<Credentials>> | null = null
  const ask = async (signal: AbortSignal): Promise<CatalogReply<Credentials>> => {
    const begun = await begin(signal)
    if (begun.ok) given = { value: begun.value, at: Date.now() }
    return begun
  }
  return {
    async credentials(signal) {
      if (given !== null) return { ok: true, value: given.value }
      // Whoever comes while another one asks waits for the same answer.
      asking ??= ask(signal).finally(() => (asking = null))
      return asking
    },
    renew(refused) {
      if (given?.value === refused && Date.now() - given.at >= FRESH_MS) given = null
      return given?.value !== refused
    },
    secrets: () => [secrets.password, ...Object.values(given?.value ?? {})],
  }
}

/** The session that an answer brings: as a header, or, where the server is set up for browsers only, as cookies. */
export function sessionOf(headers: Headers, shop: string): CatalogReply<Credentials> {
  const token = headers.get('vendure-auth-token') ?? ''
  if (/^[\x21-\x7e]{8,4096}$/.test(token)) return { ok: true, value: { authorization: `Bearer ${token}` } }
  const cookies = headers.getSetCookie().flatMap((line) => line.match(/^[\w.-]{1,100}=[\x21-\x3a\x3c-\x7e]{1,4000}(?=;|$)/)?.[0] ?? [])
  if (cookies.length > 0 && cookies.length <= 10) return { ok: true, value: { cookie: cookies.join('; ') } }
  return refusal('auth', 'no-session', `${shop} took the password and gave no session. Use an API key instead.`)
}

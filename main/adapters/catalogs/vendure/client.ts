import { z } from 'zod'
import type { CatalogMedia, CatalogReply } from '../../../core/catalog.ts'
import { type HttpBody, problemOf, readJson, send, told } from '../http.ts'
import { createAsset, type Document, login, readChannel, readPlainChannel } from './documents.ts'
import { refusal, vendureProblem } from './problems.ts'
import { type Credentials, createSession, sessionOf, type VendureSecrets } from './session.ts'

/** What is needed to know of a channel before anything is written to it. */
export type Channel = {
  /** In words, for people. */
  name: string
  language: string
  currency: string
  /** Digits after the point that Vendure counts prices in. */
  precision: number
  /** Assets have our own field for the content, so that the server can refuse a second one. */
  byHash: boolean
}

export type VendureClient = {
  /** Host, as it is called in messages. */
  shop: string
  channel(signal: AbortSignal): Promise<CatalogReply<Channel>>
  /** Learned already; null before the first answer. */
  known(): Channel | null
  /** Whether the server keeps the names that files are sent under, as an upload showed; null = not seen yet. */
  keepsNames: boolean | null
  ask<T>(document: Document<T>, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<CatalogReply<T>>
  send(media: CatalogMedia, name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<CatalogReply<Created>>
}
type Created = z.infer<typeof createAsset.data>

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional().catch(undefined) }).nullish() }))
    .optional(),
})

/** Speaks to one channel's Admin API. Never tries again. Facts: https://docs.vendure.io/reference/graphql-api/admin/mutations */
export function createClient(endpoint: URL, credentials: VendureSecrets, channelToken: string | null, timeoutMs: number): VendureClient {
  const shop = endpoint.host
  const session = createSession(credentials, begin)
  let learned: Channel | null = null

  /** Once; and once more where a session of ours may have run out: what is refused for that was not begun. */
  async function post<T>(document: Document<T>, body: HttpBody, signal: AbortSignal): Promise<CatalogReply<T>> {
    for (;;) {
      const given = await session.credentials(signal)
      if (!given.ok) return given
      const end = await postAs(given.value, document, body, signal)
      if (end.ok) return { ok: true, value: end.value.data }
      if (end.problem.class !== 'auth' || !session.renew(given.value)) return end
    }
  }

  async function begin(signal: AbortSignal): Promise<CatalogReply<Credentials>> {
    if (!('password' in credentials)) throw new Error('expected a password')
    const { user, password } = credentials
    const body = { query: login.text, variables: { user, password }, operationName: login.name }
    const end = await postAs({}, login, { kind: 'json', value: body }, signal)
    if (!end.ok) return end
    const { __typename: kind, errorCode = kind } = end.value.data.login
    if (kind === 'CurrentUser') return sessionOf(end.value.headers, shop)
    return refusal('auth', told(errorCode, [], 60), `${shop} does not take this user name and password. Check them in the connection.`)
  }

  async function postAs<T>(
    given: Credentials,
    document: Document<T>,
    body: HttpBody,
    signal: AbortSignal,
  ): Promise<CatalogReply<{ data: T; headers: Headers }>> {
    const secrets = session.secrets()
    const asked = { shop, changes: document.changes }
    const end = await send({
      method: 'POST',
      url: endpoint,
      credentials: given,
      headers: {
        accept: 'application/json',
        // Servers that guard against forged requests take files only with it.
        'apollo-require-preflight': 'true',
        ...(channelToken === null ? {} : { 'vendure-token': channelToken }),
      },
      body,
      timeoutMs,
      maxReplyBytes: 16 * 1024 ** 2,
      signal,
    })
    if (end.kind === 'failure') return { ok: false, problem: problemOf(end, asked) }
    const isRefusal = end.status === 400
    if (end.status !== 200 && !isRefusal) return { ok: false, problem: problemOf(end, asked) }
    const reply = readJson(end, answer, asked)
    if (!reply.ok) return isRefusal ? { ok: false, problem: problemOf(end, asked) } : reply
    const [error] = reply.value.errors ?? []
    if (error !== undefined) {
      const problem = vendureProblem({ message: error.message, code: error.extensions?.code ?? null }, document.changes, secrets)
      return { ok: false, problem: isRefusal && problem.class === 'ambiguous' ? { ...problem, class: 'permanent' } : problem }
    }
    const parsed = document.data.safeParse(reply.value.data)
    if (parsed.success) return { ok: true, value: { data: parsed.data, headers: end.headers } }
    const issue = parsed.error.issues[0]
    const detail = `${document.name}: ${told(issue?.path.join('.') ?? '', secrets, 80)} ${told(issue?.message ?? '', secrets, 100)}`
    return { ok: false, problem: problemOf({ kind: 'failure', why: 'nonsense', sent: true, code: 'nonsense', detail }, asked) }
  }

  const ask = <T>(document: Document<T>, variables: Readonly<Record<string, unknown>>, signal: AbortSignal) =>
    post(document, { kind: 'json', value: { query: document.text, variables, operationName: document.name } }, signal)

  return {
    shop,
    known: () => learned,
    keepsNames: null,
    ask,
    async channel(signal) {
      if (learned !== null) return { ok: true, value: learned }
      let seen = await ask(readChannel, {}, signal)
      if (!seen.ok && seen.problem.code === 'GRAPHQL_VALIDATION_FAILED') seen = await ask(readPlainChannel, {}, signal)
      if (!seen.ok) return seen
      const { activeChannel: channel, globalSettings, fields } = seen.value
      // A server with one channel answers for that one, whatever was asked for.
      if (channelToken !== null && channel.token !== channelToken)
        return refusal(
          'auth',
          'CHANNEL_NOT_FOUND',
          `${shop} has no channel with this token. Look in the Vendure dashboard, Settings, Channels.`,
        )
      const isDefault = channel.code === '__default_channel__'
      learned = {
        name: told(isDefault ? `${shop}, default channel` : channel.code, session.secrets(), 100),
        language: channel.defaultLanguageCode,
        currency: channel.defaultCurrencyCode,
        precision: globalSettings.serverConfig.moneyStrategyPrecision,
        byHash: (fields?.inputFields ?? []).some((field) => field.name === 'contentHash'),
      }
      return { ok: true, value: learned }
    },
    // As https://github.com/jaydenseric/graphql-multipart-request-spec has it. One file a request: of several, some may arrive and others not.
    send: (media, name, input, signal) =>
      post(
        createAsset,
        {
          kind: 'multipart',
          parts: [
            {
              name: 'operations',
              text: JSON.stringify({
                query: createAsset.text,
                operationName: createAsset.name,
                variables: { input: [{ ...input, file: null }] },
              }),
            },
            { name: 'map', text: JSON.stringify({ 0: ['variables.input.0.file'] }) },
            { name: '0', file: { path: media.path, bytes: media.bytes }, fileName: name, type: media.type },
          ],
        },
        signal,
      ),
  }
}

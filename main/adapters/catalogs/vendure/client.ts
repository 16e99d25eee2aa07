import { z } from 'zod'
import type { CatalogMedia, CatalogReply } from '../../../core/catalog.ts'
import { type HttpBody, problemOf, readJson, send, told } from '../http.ts'
import { createAsset, type Document, readChannel, readPlainChannel } from './documents.ts'
import { refusal, vendureProblem } from './problems.ts'

export type VendureSecrets = { apiKey: string } | { token: string }

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
  const secrets = Object.values(credentials)
  let learned: Channel | null = null

  async function post<T>(document: Document<T>, body: HttpBody, signal: AbortSignal): Promise<CatalogReply<T>> {
    const asked = { shop, changes: document.changes }
    const end = await send({
      method: 'POST',
      url: endpoint,
      credentials: 'apiKey' in credentials ? { 'vendure-api-key': credentials.apiKey } : { authorization: `Bearer ${credentials.token}` },
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
    if (parsed.success) return { ok: true, value: parsed.data }
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
        name: told(isDefault ? `${shop}, default channel` : channel.code, secrets, 100),
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

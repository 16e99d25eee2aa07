import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type DocumentNode, execute, GraphQLError, type GraphQLSchema, Kind, parse, validate } from 'graphql'
import { resolvers } from './resolvers.ts'
import { newState, type State } from './state.ts'

export type ShopifyStandIn = {
  url: string
  state: State
  /** Where clients reach it, when that is not `url`: the staged uploads point there. */
  publicUrl: string
  tokens: Map<string, number>
  credentials: { clientId: string; clientSecret: string; token: string }
  /** Sets the shop's clock forward. */
  pass(ms: number): Promise<void>
  /** Names of the operations so far. */
  asked: string[]
  /** Mutations whose answer the schema refused: the stand-in itself would then be wrong. */
  wrong: string[]
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * A stand-in for a Shopify shop on 127.0.0.1, for tests: requests are parsed, checked and carried out by graphql-js on Shopify's real published schema,
 * so arguments and answers have the types of the real API. It shows that our documents and logic hold together, not how Shopify behaves.
 */
export async function shopifyStandIn(schema: GraphQLSchema): Promise<ShopifyStandIn> {
  const state = newState()
  const root = resolvers(state)
  const tokens = new Map<string, number>([['shpat_old', Number.POSITIVE_INFINITY]])
  const credentials = { clientId: 'client-1', clientSecret: 'secret-of-client-1', token: 'shpat_old' }

  const answer = async (request: IncomingMessage, body: Buffer): Promise<{ status: number; json: unknown }> => {
    const { pathname } = new URL(request.url ?? '/', 'http://stand-in')
    if (pathname === '/admin/oauth/access_token') {
      const fields = new URLSearchParams(body.toString())
      const good = fields.get('client_id') === credentials.clientId && fields.get('client_secret') === credentials.clientSecret
      if (!good || fields.get('grant_type') !== 'client_credentials') return { status: 401, json: { error: 'invalid_client' } }
      const token = `shpua_${crypto.randomUUID()}`
      tokens.set(token, state.now + 86_400_000)
      return { status: 200, json: { access_token: token, scope: [...state.scopes].join(','), expires_in: 86_399 } }
    }
    if (pathname.startsWith('/staged/')) {
      const place = state.staged.get(pathname.split('/').at(-1) ?? '')
      if (request.headers['x-shopify-access-token'] !== undefined)
        return { status: 400, json: { error: 'a key that does not belong here' } }
      if (place === undefined) return { status: 403, json: { error: 'no such place' } }
      place.bytes = fileOf(body, request.headers['content-type'] ?? '')
      return { status: place.bytes === null ? 400 : 201, json: {} }
    }
    if (pathname !== '/admin/api/2026-10/graphql.json') return { status: 404, json: {} }
    const until = tokens.get(String(request.headers['x-shopify-access-token']))
    if (until === undefined || until <= state.now) return { status: 401, json: { errors: '[API] Invalid API key or access token' } }
    return {
      status: 200,
      json: await run(JSON.parse(body.toString()) as { query: string; variables: Record<string, unknown>; operationName: string }),
    }
  }

  const run = async ({ query, variables, operationName }: { query: string; variables: Record<string, unknown>; operationName: string }) => {
    const { orders } = state
    standIn.asked.push(operationName)
    if (orders.throttleNext > 0) {
      orders.throttleNext--
      const cost = { requestedQueryCost: 60, throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 10, restoreRate: 100 } }
      return { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED', cost } }], extensions: { cost } }
    }
    const stagedUploadsCreate = ({ input }: { input: { filename: string; fileSize?: string }[] }) => ({
      stagedTargets: input.map(({ filename }) => {
        const id = crypto.randomUUID()
        state.staged.set(id, { bytes: null, name: filename })
        const url = `${standIn.publicUrl}/staged/${id}`
        return { url, resourceUrl: url, parameters: [{ name: 'policy', value: 'signed' }] }
      }),
      userErrors: [],
    })
    const known = checked(schema, query)
    if (known.errors.length > 0) {
      standIn.wrong.push(...known.errors.map((error) => `${operationName}: ${error.message}`))
      return { errors: known.errors }
    }
    const rootValue = { ...root, stagedUploadsCreate }
    const result = await execute({ schema, document: known.document, rootValue, variableValues: variables, operationName })
    for (const error of result.errors ?? [])
      if (error.extensions['code'] === undefined) standIn.wrong.push(`${operationName}: ${error.message}`)
    if (orders.failAfterNext > 0 && isMutation(query)) {
      orders.failAfterNext--
      return {
        errors: [
          new GraphQLError('Internal error. Looks like something went wrong.', { extensions: { code: 'INTERNAL_SERVER_ERROR' } }).toJSON(),
        ],
      }
    }
    return result
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const said = answer(request, Buffer.concat(chunks)).catch((thrown: unknown) => {
        standIn.wrong.push(String(thrown))
        return { status: 500, json: {} }
      })
      void said.then(({ status, json }) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(json))
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const standIn: ShopifyStandIn = {
    url,
    publicUrl: url,
    state,
    tokens,
    credentials,
    async pass(ms) {
      state.now += ms
    },
    asked: [],
    wrong: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return standIn
}

/** A document is parsed and checked once for each schema: the schema is large. */
const known = new WeakMap<GraphQLSchema, Map<string, { document: DocumentNode; errors: readonly GraphQLError[] }>>()
function checked(schema: GraphQLSchema, text: string) {
  const documents = known.get(schema) ?? new Map<string, { document: DocumentNode; errors: readonly GraphQLError[] }>()
  known.set(schema, documents)
  const document = documents.get(text)?.document ?? parse(text)
  const one = documents.get(text) ?? { document, errors: validate(schema, document) }
  documents.set(text, one)
  return one
}

const isMutation = (query: string) =>
  parse(query).definitions.some((one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === 'mutation')

/** The file of a multipart form; null when it is not whole or has no file, or its signed field is missing. */
export function fileOf(body: Buffer, type: string): Buffer | null {
  const boundary = /boundary=(.+)$/.exec(type)?.[1]
  if (boundary === undefined) return null
  const text = body.toString('latin1')
  const head = /name="file"; filename="[^"]+"\r\nContent-Type: [^\r]+\r\n\r\n/.exec(text)
  const end = text.lastIndexOf(`\r\n--${boundary}--`)
  if (head === null || end < 0 || !text.includes('name="policy"\r\n\r\nsigned')) return null
  return body.subarray(head.index + head[0].length, end)
}

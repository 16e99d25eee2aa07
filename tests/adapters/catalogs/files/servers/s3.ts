import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AwsV4Signer } from 'aws4fetch'

export type S3StandIn = {
  url: string
  /** Names (host:port) by which clients may have asked for it: a proxy changes the host that was signed. */
  hosts: Set<string>
  secret: { now: string }
  objects: Map<string, { bytes: Buffer; type: string }>
  orders: { full: boolean; copyFails: boolean }
  [Symbol.asyncDispose](): Promise<void>
}
type Reply = { status: number; body?: string | Buffer; headers?: Record<string, string> }
const fail = (status: number, code: string): Reply => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
})
const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A stand-in for an S3 service in memory. It checks signatures with another signer (aws4fetch) and the SHA-256 of what arrives. */
export async function s3StandIn(): Promise<S3StandIn> {
  const objects = new Map<string, { bytes: Buffer; type: string }>()
  const secret = { now: 's3-secret-key' }
  const hosts = new Set<string>()
  const orders = { full: false, copyFails: false }

  const isSigned = async (request: IncomingMessage): Promise<boolean> => {
    const given = request.headers.authorization ?? ''
    const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? []
    const region = /Credential=AK1\/\d{8}\/([^/]+)\/s3\//.exec(given)?.[1]
    if (region === undefined || !names.includes('host')) return false
    const headers = Object.fromEntries(names.filter((name) => name !== 'host').map((name) => [name, String(request.headers[name])]))
    for (const host of hosts) {
      const signer = new AwsV4Signer({
        method: request.method ?? 'GET',
        url: `http://${host}${request.url}`,
        headers,
        accessKeyId: 'AK1',
        secretAccessKey: secret.now,
        service: 's3',
        region,
        datetime: String(request.headers['x-amz-date']),
      })
      if ((await signer.sign()).headers.get('authorization') === given) return true
    }
    return false
  }

  const list = (query: URLSearchParams): Reply => {
    const prefix = query.get('prefix') ?? ''
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort()
    const rest = names.map((name) => name.slice(prefix.length))
    const folders = [...new Set(rest.flatMap((name) => (name.includes('/') ? [name.slice(0, name.indexOf('/') + 1)] : [])))]
    const all = [
      ...rest.filter((name) => !name.includes('/')).map((name) => `<Contents><Key>${xml(prefix + name)}</Key><Size>1</Size></Contents>`),
      ...folders.map((name) => `<CommonPrefixes><Prefix>${xml(prefix + name)}</Prefix></CommonPrefixes>`),
    ]
    // Two a page, so that paging is used.
    const from = Number(query.get('continuation-token') ?? 0)
    const more = from + 2 < all.length
    return {
      status: 200,
      body: `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${all.slice(from, from + 2).join('')}${more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : ''}</ListBucketResult>`,
    }
  }

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const bytes = Buffer.concat((await request.toArray()) as Buffer[])
    if (!request.complete) throw new Error('broken off')
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (!(await isSigned(request))) return fail(403, 'SignatureDoesNotMatch')
    const sum = createHash('sha256').update(bytes).digest('hex')
    if (request.headers['x-amz-content-sha256'] !== sum) return fail(400, 'XAmzContentSHA256Mismatch')
    const [, bucket, ...parts] = pathname.split('/')
    if (bucket !== 'stall') return fail(404, 'NoSuchBucket')
    const name = parts.map(decodeURIComponent).join('/')
    if (name === '') return list(searchParams)
    const there = objects.get(name)
    switch (request.method) {
      case 'PUT': {
        if (orders.full) return fail(507, 'XMinioStorageFull')
        const source = request.headers['x-amz-copy-source']
        if (source === undefined) {
          objects.set(name, { bytes, type: request.headers['content-type'] ?? '' })
          return { status: 200, headers: { etag: `"${createHash('md5').update(bytes).digest('hex')}"` } }
        }
        if (orders.copyFails) return { ...fail(200, 'InternalError') }
        const from = objects.get(decodeURIComponent(String(source)).replace(/^\/stall\//, ''))
        if (from === undefined) return fail(404, 'NoSuchKey')
        objects.set(name, from)
        return { status: 200, body: '<?xml version="1.0"?><CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>' }
      }
      case 'DELETE':
        objects.delete(name)
        return { status: 204 }
      case 'HEAD':
      case 'GET':
        return there === undefined ? fail(404, 'NoSuchKey') : { status: 200, body: there.bytes, headers: { 'content-type': there.type } }
      default:
        return fail(405, 'MethodNotAllowed')
    }
  }

  const server = createServer((request, response) => {
    response.on('error', () => {})
    answer(request).then(
      ({ status, body = '', headers = {} }) => {
        response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers })
        response.end(request.method === 'HEAD' ? undefined : body)
      },
      () => response.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  hosts.add(host)
  return {
    url: `http://${host}`,
    hosts,
    secret,
    objects,
    orders,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

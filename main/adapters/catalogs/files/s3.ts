import { createHash } from 'node:crypto'
import type { CatalogReply } from '../../../core/catalog.ts'
import { type HttpReply, type HttpRequest, told } from '../http.ts'
import { encoded, type S3Keys, signed } from './s3-sign.ts'
import { check, good, isFull, isGone, no, side, type Target, wrongSize } from './target.ts'
import { ask, childrenOf, elementsIn, encodedPath, nonsense, textFrom, textIn } from './web.ts'

const EMPTY = createHash('sha256').digest('hex')
const WIDTH = 6
const MOST_PAGES = 100

/**
 * A bucket of any service that speaks S3. `address`: endpoint, bucket and, if wanted, a folder in it (path style); ends in a slash. An object appears
 * whole or not at all, and the server checks its SHA-256.
 */
export function s3Target(address: URL, keys: S3Keys, timeoutMs: number): Target {
  const where = told(address.host)
  // `/bucket/folder/` → the folder is part of each object's name.
  const [, bucket = '', ...rest] = address.pathname.split('/')
  const prefix = decodeURIComponent(rest.join('/'))
  const urlOf = (path: string): URL => new URL(`/${bucket}/${encodedPath(prefix + path, encoded)}`, address)

  const call = (
    request: Pick<HttpRequest, 'method' | 'url' | 'signal' | 'body' | 'maxReplyBytes'> & {
      payload?: string
      headers?: Record<string, string>
    },
    fine: readonly number[],
  ): Promise<CatalogReply<HttpReply>> => {
    const { payload = EMPTY, headers = {}, ...what } = request
    const credentials = signed({ method: what.method, url: what.url, payload, headers }, keys, new Date())
    return ask({ ...what, credentials, timeoutMs }, where, fine, (reply) => refusal(reply, where))
  }
  const sizeOf = async (path: string, signal: AbortSignal): Promise<CatalogReply<number | null>> => {
    const head = await call({ method: 'HEAD', url: urlOf(path), signal }, [200, 404])
    if (!head.ok || head.value.status === 404) return head.ok ? good(null) : head
    const length = head.value.headers.get('content-length')
    return length !== null && /^\d+$/.test(length) ? good(Number(length)) : nonsense(where, false, 'no length')
  }

  const target: Target = {
    where,

    async put(path, body, type, signal) {
      const checked = await check(body)
      if (!checked.ok) return checked
      const payload = body.kind === 'file' ? body.sha256 : createHash('sha256').update(body.text).digest('hex')
      const content = body.kind === 'file' ? { kind: 'file' as const, file: body, type } : { kind: 'text' as const, text: body.text, type }
      const sent = await call({ method: 'PUT', url: urlOf(path), body: content, payload, signal }, [200])
      if (!sent.ok) return sent
      const bytes = body.kind === 'file' ? body.bytes : Buffer.byteLength(body.text)
      const size = await sizeOf(path, signal)
      if (!size.ok) return size
      return size.value === bytes ? good(null) : wrongSize(where, path, bytes, size.value)
    },

    async sizes(folder, names, signal) {
      const found = await side(names, WIDTH, async (name) => {
        const size = await sizeOf(`${folder}/${name}`, signal)
        return size.ok ? good([name, size.value] as const) : size
      })
      return found.ok ? good(new Map(found.value.flatMap(([name, size]) => (size === null ? [] : [[name, size]])))) : found
    },

    async read(path, most, signal) {
      const got = await call({ method: 'GET', url: urlOf(path), signal, maxReplyBytes: most }, [200, 404])
      return got.ok ? textFrom(got.value, where) : got
    },

    async list(folder, signal) {
      const start = folder === '' ? prefix : `${prefix}${folder}/`
      const found: { name: string; isFolder: boolean }[] = []
      let token: string | null = null
      for (let page = 0; page < MOST_PAGES; page++) {
        const url = new URL(`/${bucket}`, address)
        const query: Record<string, string> = {
          'list-type': '2',
          delimiter: '/',
          prefix: start,
          ...(token === null ? {} : { 'continuation-token': token }),
        }
        // Spaces are %20 in what is signed; URLSearchParams would write +.
        url.search = Object.entries(query)
          .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
          .join('&')
        const got: CatalogReply<HttpReply> = await call({ method: 'GET', url, signal }, [200])
        if (!got.ok) return got
        const root = elementsIn(got.value, 'ListBucketResult')
        if (root === null) return nonsense(where, false, 'expected a list of objects')
        for (const one of childrenOf(root, 'Contents')) {
          const name = textIn(one, 'Key')?.slice(start.length)
          if (name) found.push({ name, isFolder: false })
        }
        for (const one of childrenOf(root, 'CommonPrefixes')) {
          const name = textIn(one, 'Prefix')?.slice(start.length, -1)
          if (name) found.push({ name, isFolder: true })
        }
        token = textIn(root, 'IsTruncated') === 'true' ? textIn(root, 'NextContinuationToken') : null
        if (token === null) return good(found)
      }
      return no('permanent', 'too-many', `There are too many files in ${where}. Choose an empty folder in the bucket.`)
    },

    async move(from, to, signal) {
      const headers = { 'x-amz-copy-source': `/${bucket}/${encodedPath(prefix + from, encoded)}` }
      const copied = await call({ method: 'PUT', url: urlOf(to), headers, signal }, [200, 404])
      if (!copied.ok) return copied
      if (copied.value.status === 404) return isGone(where, from)
      // A copy can fail after its 200 was sent: the answer says so in its body.
      if (elementsIn(copied.value, 'CopyObjectResult') === null) return refusal(copied.value, where) ?? nonsense(where, true, 'no copy')
      return target.remove(from, signal)
    },

    async remove(path, signal) {
      const gone = await call({ method: 'DELETE', url: urlOf(path), signal }, [200, 204, 404])
      return gone.ok ? good(null) : gone
    },
  }
  return target
}

/** What the service says in its own words: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function refusal(reply: HttpReply, where: string): CatalogReply<never> | null {
  const error = elementsIn(reply, 'Error')
  const code = error === null ? '' : told(textIn(error, 'Code') ?? '', [], 60)
  switch (code) {
    case 'SlowDown':
    case 'TooManyRequests':
    case 'RequestLimitExceeded':
      return no('throttled', code, `${where} asks us to slow down. It goes on by itself.`)
    case 'InternalError':
    case 'ServiceUnavailable':
      return null
    case 'RequestTimeTooSkewed':
      return no('auth', code, `${where} finds that the clock of this computer is wrong. Set it right; publishing then goes on.`)
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
    case 'InvalidToken':
    case 'AccessDenied':
    case 'AllAccessDisabled':
      return no(
        'auth',
        code,
        `${where} does not accept the keys for this (${code}). Check them, their region and their rights in the connection.`,
      )
    case 'NoSuchBucket':
      return no('permanent', code, `${where} has no such bucket. Check the address in the connection.`)
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
      return no('permanent', code, `The bucket is in another region or at another address of ${where}. Check both in the connection.`)
    case 'BadDigest':
    case 'XAmzContentSHA256Mismatch':
    case 'IncompleteBody':
    case 'RequestTimeout':
      return no('retryable', code, `The file did not arrive in ${where} as it was sent (${code}). Nothing was kept; it is sent again.`)
    case 'QuotaExceeded':
    case 'XMinioStorageFull':
      return isFull(where)
    default:
      return null
  }
}

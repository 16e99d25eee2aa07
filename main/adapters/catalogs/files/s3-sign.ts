import { createHash, createHmac } from 'node:crypto'

export type S3Keys = { accessKey: string; secretKey: string; region: string }

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
/** As RFC 3986 has it, which is stricter than encodeURIComponent. */
export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * Headers that sign a request (AWS Signature Version 4, https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 * `payload`: SHA-256 of the body, hex; the server checks it, so what arrives is what was made. `headers`: further ones to sign, names in lower case.
 */
export function signed(
  request: { method: string; url: URL; payload: string; headers?: Readonly<Record<string, string>> },
  keys: S3Keys,
  now: Date,
  service = 's3',
): Record<string, string> {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/${keys.region}/${service}/aws4_request`
  const sent: Record<string, string> = { ...request.headers, 'x-amz-content-sha256': request.payload, 'x-amz-date': time }
  const all = Object.entries({ ...sent, host: request.url.host }).sort(([a], [b]) => (a < b ? -1 : 1))
  const names = all.map(([name]) => name).join(';')
  const query = [...request.url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort()
  const canonical = [
    request.method,
    request.url.pathname,
    query.join('&'),
    ...all.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}`),
    '',
    names,
    request.payload,
  ].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const day = hmac(`AWS4${keys.secretKey}`, time.slice(0, 8))
  const key = hmac(hmac(hmac(day, keys.region), service), 'aws4_request')
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  const authorization = `AWS4-HMAC-SHA256 Credential=${keys.accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { ...sent, authorization }
}

import { once } from 'node:events'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type HttpBody,
  type HttpPart,
  type HttpRequest,
  problemOf,
  readJson,
  retryAfterMs,
  send,
  shopAddress,
  told,
} from '../../../main/adapters/catalogs/http.ts'
import { createChaos, type Fault } from './chaos.ts'
import { patienceMs } from './faults.ts'

let home: string
const servers: Server[] = []
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'http-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await rm(home, { recursive: true, force: true })
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const never = new AbortController().signal
const ask = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url: new URL(url), signal: never, ...more })

/** A server that counts what it committed and says what it got. */
async function shop() {
  let commits = 0
  const url = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      commits++
      const body = Buffer.concat(chunks)
      response.writeHead(request.url === '/401' ? 401 : 200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ length: body.length, headers: request.headers, body: body.length < 10_000 ? body.toString('latin1') : '' }),
      )
    })
  })
  return { url, commits: () => commits }
}
const answer = z.object({ length: z.number(), headers: z.record(z.string(), z.string()), body: z.string() })

describe('what is sent', () => {
  it('streams files and forms with their exact length, and notices a file that is not what was said', async () => {
    const { url, commits } = await shop()
    const path = join(home, 'a.jpg')
    const bytes = 3_000_001
    await writeFile(path, Buffer.alloc(bytes, 7))
    const put = async (body: HttpBody, at = url) => {
      const end = await send(ask(at, { method: 'POST', body }))
      if (end.kind === 'failure') return end
      return readJson(end, answer, { shop: 's', changes: true })
    }
    expect(await put({ kind: 'file', file: { path, bytes }, type: 'image/jpeg' })).toMatchObject({
      value: { length: bytes, headers: { 'content-length': String(bytes), 'content-type': 'image/jpeg' } },
    })
    const form = await put({
      kind: 'multipart',
      parts: [
        { name: 'operations', text: '{"a":"ü"}', type: 'application/json' },
        { name: 'file"\r\n', file: { path, bytes }, fileName: 'a"b.jpg', type: 'image/jpeg' },
      ],
    })
    const length = 'value' in form && form.ok ? Number(form.value.headers['content-length']) : 0
    expect(form).toMatchObject({ value: { length } })
    expect(length).toBeGreaterThan(bytes)
    const text = await put({ kind: 'multipart', parts: [{ name: 'a"\r\nb', text: 'ü' }] })
    expect(text).toMatchObject({
      value: {
        body: expect.stringMatching(
          /^--(dropcard-[-0-9a-f]+)\r\nContent-Disposition: form-data; name="a%22%0D%0Ab"\r\n\r\nÃ¼\r\n--\1--\r\n$/,
        ),
      },
    })
    expect(await put({ kind: 'form', fields: { a: 'b c', d: '&' } })).toMatchObject({ value: { body: 'a=b+c&d=%26' } })
    // A 401 to a streamed body is an answer like any other.
    expect(await send(ask(`${url}/401`, { method: 'POST', body: { kind: 'json', value: { a: 1 } } }))).toMatchObject({
      kind: 'reply',
      status: 401,
    })
    const before = commits()
    expect(await put({ kind: 'file', file: { path, bytes: bytes - 1 }, type: 'image/jpeg' })).toMatchObject({ why: 'file', sent: false })
    expect(await put({ kind: 'file', file: { path: join(home, 'none'), bytes }, type: 'image/jpeg' })).toMatchObject({
      why: 'file',
      sent: false,
    })
    expect(commits()).toBe(before)
  })

  it('keeps memory flat however large the file is', async () => {
    const url = await serve((request, response) => {
      request.resume()
      request.on('end', () => response.end('{}'))
    })
    const path = join(home, 'big.mp4')
    const bytes = 256 * 1024 ** 2
    await writeFile(path, '')
    await truncate(path, bytes)
    let peak = 0
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers)
    }, 5)
    const parts: HttpPart[] = [{ name: 'f', file: { path, bytes }, fileName: 'f', type: 'video/mp4' }]
    const end = await send(ask(url, { method: 'PUT', body: { kind: 'multipart', parts } }))
    clearInterval(timer)
    expect(end).toMatchObject({ kind: 'reply', status: 200 })
    expect(peak).toBeLessThan(bytes / 2)
  })

  it('takes secrets to their own origin only, and plain http nowhere but this machine', async () => {
    const seen: (string | undefined)[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers['x-key'] as string | undefined)
      response.end('there')
    })
    const url = await serve((request, response) => {
      if (request.url === '/401') {
        response.writeHead(401).end()
        return
      }
      seen.push(request.headers['x-key'] as string | undefined)
      response.writeHead(307, {
        location: request.url === '/out' ? 'http://shop.example/' : request.url === '/loop' ? '/loop' : `${other}/image`,
      })
      response.end()
    })
    const credentials = { 'x-key': 'secret-1' }
    expect(await send(ask(url, { credentials, follow: true }))).toMatchObject({
      kind: 'reply',
      status: 200,
      url: new URL(`${other}/image`),
    })
    expect(seen).toEqual(['secret-1', undefined])
    const refused = await send(ask(url, { credentials, method: 'POST', body: { kind: 'json', value: 1 } }))
    expect(refused).toMatchObject({ why: 'redirect', detail: other })
    const path = join(home, 'b')
    await writeFile(path, 'b')
    const file = { path, bytes: 1 }
    expect(await send(ask(url, { credentials, method: 'PUT', body: { kind: 'file', file, type: 'a/b' } }))).toMatchObject({
      why: 'redirect',
    })
    expect(await send(ask(`${url}/401`, { method: 'PUT', body: { kind: 'file', file, type: 'a/b' } }))).toMatchObject({ status: 401 })
    expect(await send(ask(`${url}/out`, { follow: true }))).toMatchObject({ why: 'redirect', detail: 'http://shop.example' })
    expect(await send(ask(`${url}/loop`, { follow: true }))).toMatchObject({ why: 'redirect' })
    expect(await send(ask('http://192.0.2.7/'))).toMatchObject({ why: 'address', sent: false })
    const typed = [
      'shop.example',
      ' https://shop.example/a?x=1#y',
      'http://127.0.0.1:80/x',
      'http://[::1]:3000',
      'http://shop.example',
      'https://me:pw@shop.example',
      'ftp://shop.example',
      'http://127.0.0.1.shop.example',
      '',
    ]
    expect(typed.map((text) => shopAddress(text)).map((reply) => (reply.ok ? reply.value.href : reply.problem.class))).toEqual([
      'https://shop.example/',
      'https://shop.example/a/',
      'http://127.0.0.1/x/',
      'http://[::1]:3000/',
      ...Array.from({ length: 5 }, () => 'permanent'),
    ])
    expect(JSON.stringify(shopAddress('https://me:pw@shop.example'))).not.toContain('pw@')
  })
})

describe('how it ends', () => {
  const cases: { fault: Fault; read: string; change: string; commits: number }[] = [
    { fault: { kind: 'reset' }, read: 'retryable', change: 'ambiguous', commits: 0 },
    { fault: { kind: 'cut-body', share: 0.5 }, read: 'retryable', change: 'ambiguous', commits: 0 },
    { fault: { kind: 'drop-reply' }, read: 'retryable', change: 'ambiguous', commits: 1 },
    { fault: { kind: 'hang' }, read: 'retryable timeout', change: 'ambiguous timeout', commits: 1 },
    { fault: { kind: 'delay', ms: 20, when: 'after' }, read: 'fine', change: 'fine', commits: 1 },
    { fault: { kind: 'truncate', share: 0.5 }, read: 'retryable', change: 'ambiguous', commits: 1 },
    { fault: { kind: 'answer', status: 200, forwarded: true }, read: 'retryable nonsense', change: 'ambiguous nonsense', commits: 1 },
    { fault: { kind: 'garbage', forwarded: true }, read: 'retryable', change: 'ambiguous', commits: 1 },
    { fault: { kind: 'flood' }, read: 'retryable too-big', change: 'ambiguous too-big', commits: 1 },
    { fault: { kind: 'answer', status: 502, forwarded: true }, read: 'retryable http-502', change: 'ambiguous http-502', commits: 1 },
    {
      fault: { kind: 'answer', status: 503, headers: { 'retry-after': '7' }, forwarded: false },
      read: 'retryable http-503 7000',
      change: 'ambiguous http-503 7000',
      commits: 0,
    },
    { fault: { kind: 'answer', status: 504, forwarded: true }, read: 'retryable http-504', change: 'ambiguous http-504', commits: 1 },
    {
      fault: { kind: 'answer', status: 429, headers: { 'retry-after': '2.5' }, forwarded: false },
      read: 'throttled http-429 2500',
      change: 'throttled http-429 2500',
      commits: 0,
    },
    { fault: { kind: 'answer', status: 401, forwarded: false }, read: 'auth http-401', change: 'auth http-401', commits: 0 },
    { fault: { kind: 'answer', status: 403, forwarded: false }, read: 'auth http-403', change: 'auth http-403', commits: 0 },
    { fault: { kind: 'answer', status: 413, forwarded: false }, read: 'permanent http-413', change: 'permanent http-413', commits: 0 },
    {
      fault: { kind: 'answer', status: 302, headers: { location: 'https://shop.example/login' }, forwarded: false },
      read: 'permanent redirect',
      change: 'permanent redirect',
      commits: 0,
    },
  ]
  for (const { fault, read, change, commits } of cases) {
    it(`${'status' in fault ? `answer ${fault.status}` : fault.kind}: read ${read}, change ${change}`, async () => {
      const { url, commits: committed } = await shop()
      await using chaos = await createChaos(url)
      chaos.choose(() => fault)
      const timeoutMs = patienceMs(fault)
      for (const changes of [false, true]) {
        const asked = { shop: 'shop.example', changes }
        const before = committed()
        const body: HttpBody = { kind: 'json', value: { filler: 'x'.repeat(50_000) } }
        const end = await send(ask(chaos.url, changes ? { method: 'POST', body, timeoutMs } : { timeoutMs, maxReplyBytes: 500_000 }))
        const good = end.kind === 'reply' && end.status === 200
        const json = good ? readJson(end, answer, asked) : null
        const problem =
          json === null ? (end.kind === 'reply' && end.status === 200 ? null : problemOf(end, asked)) : json.ok ? null : json.problem
        const expected = changes ? change : read
        const words =
          problem === null ? 'fine' : [problem.class, problem.code, problem.retryAfterMs].filter((word) => word !== undefined).join(' ')
        expect(words.startsWith(expected), `${words} is not ${expected}`).toBe(true)
        if (problem !== null) expect(problem.message.length).toBeGreaterThan(20)
        if (changes) expect(committed() - before).toBe(commits)
      }
    })
  }

  it('knows when nothing was sent: no network, no name, no TLS, stopped before', async () => {
    const { url } = await shop()
    await using chaos = await createChaos(url)
    await chaos.offline()
    const post: Partial<HttpRequest> = { method: 'POST', body: { kind: 'json', value: 1 } }
    const offline = await send(ask(chaos.url, post))
    expect(offline).toMatchObject({ why: 'offline', sent: false, code: 'ECONNREFUSED' })
    expect(offline.kind === 'failure' && problemOf(offline, { shop: 'x', changes: true })).toMatchObject({
      class: 'retryable',
      code: 'offline',
    })
    await chaos.online()
    expect(await send(ask(chaos.url, post))).toMatchObject({ kind: 'reply', status: 200 })
    // `.invalid` has no addresses anywhere (RFC 2606).
    expect(await send(ask('https://shop.invalid/', post))).toMatchObject({ why: 'offline', sent: false })
    expect(await send(ask(chaos.url.replace('http', 'https'), { ...post, timeoutMs: 2000 }))).toMatchObject({ why: 'tls', sent: false })
    expect(await send(ask(url, { ...post, signal: AbortSignal.abort() }))).toMatchObject({ why: 'aborted', sent: false })

    // A listener that takes connections and never says a word: the head has gone out.
    let heard = () => {}
    const mute = createTcpServer((socket) => socket.once('data', () => heard()))
    mute.listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const address = `http://127.0.0.1:${(mute.address() as AddressInfo).port}/`
    expect(await send(ask(address, { ...post, timeoutMs: 3000 }))).toMatchObject({ why: 'timeout', sent: true })
    const stop = new AbortController()
    heard = () => stop.abort()
    expect(await send(ask(address, { ...post, signal: stop.signal }))).toMatchObject({ why: 'aborted', sent: true })
    mute.close()
  })

  it('reads Retry-After as seconds or a date, by the clock of the server', () => {
    const now = Date.parse('2026-11-21T12:00:00Z')
    const of = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), now)
    expect([
      of({}),
      of({ 'retry-after': '120' }),
      of({ 'retry-after': '0.2' }),
      of({ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }),
      of({ 'retry-after': 'Sat, 21 Nov 2026 13:00:30 GMT', date: 'Sat, 21 Nov 2026 13:00:00 GMT' }),
      of({ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }),
      of({ 'retry-after': '99999999999' }),
      of({ 'retry-after': 'soon' }),
    ]).toEqual([null, 120_000, 200, 30_000, 30_000, 0, 86_400_000, null])
  })

  it("tells a shop's words on one line without secrets", () => {
    expect(told('bad key shpat_abc\u0000\u202e\nfor shpat_abcdef', ['shpat_abc', 'shpat_abcdef', 'or'])).toBe('bad key ••• for •••')
    expect(told('x'.repeat(500))).toHaveLength(200)
  })
})

import { once } from 'node:events'
import { createServer, type IncomingMessage, request as open, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { freePort } from '../../support/port.ts'

/**
 * What goes wrong with one request. `forwarded` kinds let the server do its work first, so that only the answer is lost: that is where a second
 * copy would come from.
 */
export type Fault =
  | { kind: 'none' }
  /** The connection is reset before the server sees anything. */
  | { kind: 'reset' }
  /** The server gets this much of the body (0–1), then both sides break. */
  | { kind: 'cut-body'; share: number }
  /** forwarded; the answer is dropped and the connection reset. */
  | { kind: 'drop-reply' }
  /** forwarded; the answer never comes, until the client gives up. */
  | { kind: 'hang' }
  /** Waits before the server gets it (`before`) or before the client gets the answer (`after`). */
  | { kind: 'delay'; ms: number; when: 'before' | 'after' }
  /** forwarded; this much of the answer's body (0–1) arrives, then the connection breaks. */
  | { kind: 'truncate'; share: number }
  /** The proxy answers itself; `forwarded`: after the server did its work. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body?: string; forwarded: boolean }
  /** Bytes that are not HTTP at all; `forwarded` as above. */
  | { kind: 'garbage'; forwarded: boolean }
  /** forwarded; an endless answer. */
  | { kind: 'flood' }

/** A request as the choice of a fault sees it. */
export type Seen = {
  /** 0, 1, 2 … since the start. */
  n: number
  method: string
  /** Path and query. */
  path: string
  headers: IncomingMessage['headers']
  /** The first part of the body as text: enough to find the name of a GraphQL operation or multipart field. */
  head: string
}

export type Chaos = {
  /** Use this instead of the server's own address. Ends in no slash. */
  url: string
  /** Every request so far and what was done to it. */
  log: { seen: Seen; fault: Fault['kind'] }[]
  /** Chooses the fault of each request from now on. */
  choose(fault: (seen: Seen) => Fault): void
  /** One fault for the first request that matches, then none. Resolves to true once it was used. */
  once(matches: (seen: Seen) => boolean, fault: Fault): { used: () => boolean }
  /** Nothing listens any more (connection refused) / listens again at the same address. */
  offline(): Promise<void>
  online(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const NONE: Fault = { kind: 'none' }

/** A proxy on 127.0.0.1 in front of a server, which breaks requests as it is told. */
export async function createChaos(target: string | URL): Promise<Chaos> {
  const upstream = new URL(target)
  const log: Chaos['log'] = []
  const sockets = new Set<Socket>()
  let choose: (seen: Seen) => Fault = () => NONE

  const server = createServer((request, response) => {
    // Clients that give up are part of the game.
    request.on('error', () => {})
    response.on('error', () => {})
    void serve(request, response)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const first = await firstChunk(request)
    const seen: Seen = {
      n: log.length,
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.headers,
      head: first.toString('utf8').slice(0, 16_384),
    }
    const fault = choose(seen)
    log.push({ seen, fault: fault.kind })
    await act(fault, first, request, response, upstream)
  }

  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const stop = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  // Not one of those that are handed out: it is left and taken again.
  const port = await listen(await freePort())

  return {
    url: `http://127.0.0.1:${port}`,
    log,
    choose(fault) {
      choose = fault
    },
    once(matches, fault) {
      let used = false
      choose = (seen) => {
        if (used || !matches(seen)) return NONE
        used = true
        return fault
      }
      return { used: () => used }
    },
    offline: stop,
    async online() {
      await listen(port)
    },
    [Symbol.asyncDispose]: stop,
  }
}

async function act(fault: Fault, first: Buffer, request: IncomingMessage, response: ServerResponse, upstream: URL): Promise<void> {
  // A request that was read to its end, or half, no longer knows its socket.
  const { socket } = request
  const reset = () => {
    socket.resetAndDestroy()
  }
  switch (fault.kind) {
    case 'none':
      return relay(await forward(first, request, upstream), response)
    case 'reset':
      return reset()
    case 'cut-body': {
      await forwardPart(first, request, upstream, fault.share)
      return reset()
    }
    case 'drop-reply': {
      await collect(await forward(first, request, upstream))
      return reset()
    }
    case 'hang':
      await collect(await forward(first, request, upstream))
      return
    case 'delay': {
      if (fault.when === 'before') await wait(fault.ms)
      const answer = await forward(first, request, upstream)
      if (fault.when === 'after') await wait(fault.ms)
      return relay(answer, response)
    }
    case 'truncate': {
      const answer = await forward(first, request, upstream)
      if (answer === null) return reset()
      const body = await collect(answer)
      response.writeHead(answer.statusCode ?? 502, {
        ...(answer.headers['content-type'] === undefined ? {} : { 'content-type': answer.headers['content-type'] }),
        'content-length': Math.max(body.length, 1),
      })
      // The part has to reach the client before the connection breaks.
      response.write(body.subarray(0, Math.floor(body.length * fault.share)), () => setTimeout(reset, 10))
      return
    }
    case 'answer': {
      await (fault.forwarded ? forward(first, request, upstream).then(collect) : drain(request))
      response.writeHead(fault.status, { 'content-type': 'text/html', ...fault.headers })
      response.end(fault.body ?? '<html><body><h1>Something went wrong</h1></body></html>')
      return
    }
    case 'garbage': {
      await (fault.forwarded ? forward(first, request, upstream).then(collect) : drain(request))
      socket.end('\u0000\u0001\u0002 this is not HTTP\r\n\r\n')
      return
    }
    case 'flood': {
      await forward(first, request, upstream).then(collect)
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
      return
    }
  }
}

/** The whole request as the server gets it; null when the server broke the connection. */
function forward(first: Buffer, request: IncomingMessage, upstream: URL): Promise<IncomingMessage | null> {
  return new Promise((resolve) => {
    const out = openUpstream(request, upstream)
    out.once('response', resolve)
    out.on('error', () => resolve(null))
    out.write(first)
    request.pipe(out)
  })
}

async function forwardPart(first: Buffer, request: IncomingMessage, upstream: URL, share: number): Promise<void> {
  const out = openUpstream(request, upstream)
  out.on('error', () => {})
  let left = Math.floor(Number(request.headers['content-length'] ?? 0) * share)
  out.write(first.subarray(0, left))
  left -= first.length
  if (left > 0) {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      out.write(chunk.subarray(0, left))
      left -= chunk.length
      if (left <= 0) break
    }
  }
  await wait(20)
  out.destroy()
}

function openUpstream(request: IncomingMessage, upstream: URL) {
  return open({
    host: upstream.hostname,
    port: upstream.port,
    method: request.method,
    path: request.url,
    headers: { ...request.headers, host: upstream.host, connection: 'close' },
    agent: false,
  })
}

function relay(answer: IncomingMessage | null, response: ServerResponse): void {
  if (answer === null) {
    response.destroy()
    return
  }
  const { connection: _, 'keep-alive': __, ...headers } = answer.headers
  response.writeHead(answer.statusCode ?? 502, headers)
  answer.on('error', () => response.destroy())
  answer.pipe(response)
}

/** What has arrived of the body first; empty for requests without one. */
function firstChunk(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const done = (chunk: Buffer | null) => {
      request.off('readable', look)
      request.off('end', none)
      request.off('close', none)
      resolve(chunk ?? Buffer.alloc(0))
    }
    const look = () => {
      const chunk = request.read() as Buffer | null
      if (chunk !== null) done(chunk)
    }
    const none = () => done(null)
    request.on('readable', look)
    request.on('end', none)
    request.on('close', none)
  })
}

async function collect(answer: IncomingMessage | null): Promise<Buffer> {
  if (answer === null) return Buffer.alloc(0)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch {
    // The server broke off: what came is what there is.
  }
  return Buffer.concat(chunks)
}

async function drain(request: IncomingMessage): Promise<void> {
  await collect(request)
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

import { unpack } from '../../../main/contract/packed.ts'
import type { DecodeAnswer, DecodeOne, DecodeOrder } from './decoding.ts'

/** Reads and decodes pictures away from the page, so that a key is never waiting for a decoder. One order, one answer; a dropped order has none. */

const mostTries = 20
const betweenTriesMs = 500

const reading = new Map<number, AbortController>()
const ahead = new Map<string, { stop: AbortController; bytes: Promise<Blob | null> }>()

addEventListener('message', ({ data }: MessageEvent<DecodeOrder>) => {
  if (data.kind === 'drop') reading.get(data.ticket)?.abort()
  else if (data.kind === 'read') keepOnly(data.urls)
  else begin(data)
})

function begin({ orders, packed }: Extract<DecodeOrder, { kind: 'decode' }>): void {
  const begun = orders.map((order) => {
    const stop = new AbortController()
    reading.set(order.ticket, stop)
    return { order, stop }
  })
  const files =
    packed === null
      ? null
      : readPacked(
          packed,
          begun.map(({ stop }) => stop.signal),
        )
  for (const [index, { order, stop }] of begun.entries()) {
    const file = files?.then((all) => all?.[index] ?? null)
    void decode(order, stop, file)
  }
}

async function decode({ ticket, url, width, height }: DecodeOne, stop: AbortController, packed?: Promise<Blob | null>): Promise<void> {
  try {
    const blob = (await ahead.get(url)?.bytes) ?? (await packed) ?? (await read(url, stop.signal))
    stop.signal.throwIfAborted()
    if (blob === null) return answer({ ticket, bitmap: null, because: 'missing' })
    const bitmap =
      height === null
        ? await createImageBitmap(blob)
        : await createImageBitmap(blob, {
            ...(width === null ? {} : { resizeWidth: width }),
            resizeHeight: height,
            resizeQuality: width === null ? 'medium' : 'high',
          })
    answer({ ticket, bitmap }, [bitmap])
  } catch {
    answer({ ticket, bitmap: null, because: stop.signal.aborted ? 'dropped' : 'missing' })
  } finally {
    reading.delete(ticket)
  }
}

/** Nobody answers while the engine starts again: then it is asked for some more times. null = there is no such picture. */
async function read(url: string, signal: AbortSignal): Promise<Blob | null> {
  for (let tries = 1; ; tries += 1) {
    const reply = await fetch(url, { signal })
    if (reply.ok) return reply.blob()
    if (reply.status !== 503 || tries === mostTries) return null
    await new Promise((over) => setTimeout(over, betweenTriesMs))
    signal.throwIfAborted()
  }
}

/** Several files in one answer, given up when nobody wants any of them; null, whole or in a place: it is asked for alone. */
async function readPacked(url: string, stops: readonly AbortSignal[]): Promise<(Blob | null)[] | null> {
  const over = new AbortController()
  for (const stop of stops) {
    stop.addEventListener('abort', () => {
      if (stops.every(({ aborted }) => aborted)) over.abort()
    })
  }
  try {
    const reply = await fetch(url, { signal: over.signal })
    const files = reply.ok ? unpack(await reply.arrayBuffer(), stops.length) : null
    return files?.map((bytes) => (bytes === null ? null : new Blob([bytes]))) ?? null
  } catch {
    return null
  }
}

/** Originals that were read before somebody asks for them. */
function keepOnly(urls: readonly string[]): void {
  for (const [url, { stop }] of ahead) {
    if (urls.includes(url)) continue
    stop.abort()
    ahead.delete(url)
  }
  for (const url of urls) {
    if (ahead.has(url)) continue
    const stop = new AbortController()
    ahead.set(url, { stop, bytes: read(url, stop.signal).catch(() => null) })
  }
}

function answer(what: DecodeAnswer, transfer: Transferable[] = []): void {
  self.postMessage(what, { transfer })
}

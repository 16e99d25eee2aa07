import type { DecodeAnswer, DecodeOrder } from './decoding.ts'

/** Reads and decodes pictures away from the page, so that a key is never waiting for a decoder. One order, one answer; a dropped order has none. */

const mostTries = 20
const betweenTriesMs = 500

const reading = new Map<string, AbortController>()
const ahead = new Map<string, { stop: AbortController; bytes: Promise<Blob | null> }>()

addEventListener('message', ({ data }: MessageEvent<DecodeOrder>) => {
  if (data.kind === 'drop') reading.get(data.key)?.abort()
  else if (data.kind === 'read') keepOnly(data.urls)
  else void decode(data)
})

async function decode({ key, url, width, height }: Extract<DecodeOrder, { kind: 'decode' }>): Promise<void> {
  const stop = new AbortController()
  reading.set(key, stop)
  try {
    const blob = (await ahead.get(url)?.bytes) ?? (await read(url, stop.signal))
    stop.signal.throwIfAborted()
    if (blob === null) return answer({ key, bitmap: null, because: 'missing' })
    const bitmap =
      height === null
        ? await createImageBitmap(blob)
        : await createImageBitmap(blob, {
            ...(width === null ? {} : { resizeWidth: width }),
            resizeHeight: height,
            resizeQuality: width === null ? 'medium' : 'high',
          })
    answer({ key, bitmap }, [bitmap])
  } catch {
    answer({ key, bitmap: null, because: stop.signal.aborted ? 'dropped' : 'missing' })
  } finally {
    reading.delete(key)
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

import type { DecodeAnswer, DecodeOrder } from './decoding.ts'

/** Reads and decodes pictures away from the page, so that a key is never waiting for a decoder. One order, one answer; a dropped order has none. */

const reading = new Map<string, AbortController>()

addEventListener('message', ({ data }: MessageEvent<DecodeOrder>) => {
  if (data.kind === 'drop') reading.get(data.key)?.abort()
  else void decode(data)
})

async function decode({ key, url, width, height }: Extract<DecodeOrder, { kind: 'decode' }>): Promise<void> {
  const stop = new AbortController()
  reading.set(key, stop)
  try {
    const reply = await fetch(url, { signal: stop.signal })
    if (!reply.ok) return answer({ key, bitmap: null, because: 'missing' })
    const blob = await reply.blob()
    stop.signal.throwIfAborted()
    const bitmap =
      width === null || height === null
        ? await createImageBitmap(blob)
        : await createImageBitmap(blob, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' })
    answer({ key, bitmap }, [bitmap])
  } catch {
    answer({ key, bitmap: null, because: stop.signal.aborted ? 'dropped' : 'missing' })
  } finally {
    reading.delete(key)
  }
}

function answer(what: DecodeAnswer, transfer: Transferable[] = []): void {
  self.postMessage(what, { transfer })
}

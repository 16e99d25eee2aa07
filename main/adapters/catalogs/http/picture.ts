import type { CatalogReply } from '../../../core/catalog.ts'
import { problemOf, send } from '../http.ts'

const longestMs = 15_000
const largest = 12 * 1024 ** 2

/** Fetches a picture that a shop named, to be looked at: without credentials, bounded in time and size; what it holds is not believed by anyone. */
export async function fetchPicture(url: URL, shop: string, signal: AbortSignal): Promise<CatalogReply<Uint8Array | null>> {
  if (!/^https?:$/.test(url.protocol)) return { ok: true, value: null }
  const end = await send({ method: 'GET', url, signal, timeoutMs: longestMs, maxReplyBytes: largest, follow: true })
  if (end.kind === 'failure') return { ok: false, problem: problemOf(end, { shop, changes: false }) }
  return { ok: true, value: end.status === 200 ? end.bytes : null }
}

import type { Flipping } from '../flip.ts'
import type { VendureClient } from './client.ts'
import { readVisibility, updateProducts } from './documents.ts'
import { gone } from './problems.ts'

/** As many as a list may hold in Vendure's default settings. */
const AT_ONCE = 100

export function flipping(client: VendureClient, to: 'live' | 'hidden', signal: AbortSignal): Flipping {
  const enabled = to === 'live'
  return {
    atOnce: AT_ONCE,
    gone: gone('The product'),
    change: (some) => client.ask(updateProducts, { input: some.map((flip) => ({ id: flip.remoteId, enabled })) }, signal),
    async look(some) {
      const read = await client.ask(readVisibility, { ids: some.map((flip) => flip.remoteId), take: some.length }, signal)
      return read.ok ? { ok: true, value: new Map(read.value.products.items.map((one) => [one.id, one.enabled])) } : read
    },
  }
}

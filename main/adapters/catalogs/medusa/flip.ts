import { z } from 'zod'
import type { Flip } from '../../../core/catalog.ts'
import type { Flipping } from '../flip.ts'
import type { Medusa } from './client.ts'
import { gone } from './problems.ts'

const AT_ONCE = 100

const statuses = z.object({ products: z.array(z.object({ id: z.string(), status: z.string() })).max(1000) })

/** Shown is published, hidden is a draft. */
export function flipping(medusa: Medusa, to: 'live' | 'hidden', signal: AbortSignal): Flipping {
  const status = to === 'live' ? 'published' : 'draft'
  return {
    atOnce: AT_ONCE,
    gone,
    change(some) {
      const body = { kind: 'json' as const, value: { update: some.map((flip) => ({ id: flip.remoteId, status })) } }
      return medusa.ask({ method: 'POST', path: 'products/batch', query: [['fields', 'id,status']], body, signal }, z.unknown())
    },
    async look(some: readonly Flip[]) {
      const query: [string, string][] = [
        ...some.map((flip): [string, string] => ['id[]', flip.remoteId]),
        ['fields', 'id,status'],
        ['limit', String(AT_ONCE)],
      ]
      const read = await medusa.ask({ method: 'GET', path: 'products', query, signal }, statuses)
      return read.ok ? { ok: true, value: new Map(read.value.products.map((one) => [one.id, one.status === 'published'])) } : read
    },
  }
}

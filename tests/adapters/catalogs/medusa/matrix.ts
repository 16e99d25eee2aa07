import { expect } from 'vitest'
import { openMedusa } from '../../../../main/adapters/catalogs/medusa.ts'
import type { Catalog, CatalogMedia } from '../../../../main/core/catalog.ts'
import type { Chaos, Fault, Seen } from '../chaos.ts'
import { classOf, type faults } from '../faults.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { listing } from '../shop.ts'

export const reportFile = 'publish-faults-medusa.md'

const asked =
  (method: string, path: RegExp) =>
  (seen: Seen): boolean =>
    seen.method === method && path.test(seen.path)
/** Where it goes wrong. `changes`: a lost answer leaves doubt. */
export const operations: { name: string; matches: (seen: Seen) => boolean; changes: boolean }[] = [
  { name: 'find', matches: asked('GET', /\/admin\/products\?handle=/), changes: false },
  { name: 'create', matches: asked('POST', /\/admin\/products\?/), changes: true },
  { name: 'look up', matches: asked('GET', /\/admin\/products\/[^?]+\?fields=metadata/), changes: false },
  { name: 'upload', matches: asked('POST', /\/admin\/uploads/), changes: true },
  { name: 'set', matches: asked('POST', /\/admin\/products\/prod_[^/?]+\?/), changes: true },
  { name: 'stock', matches: asked('POST', /\/admin\/inventory-items\/.+\/location-levels\//), changes: true },
  { name: 'flip', matches: asked('POST', /\/admin\/products\/batch/), changes: true },
]

export function connect(url: string, apiKey: string, timeoutMs: number, config: Record<string, string> = {}): Catalog {
  const opened = openMedusa({ name: 'm', kind: 'medusa', config: { url, ...config } }, { apiKey }, { timeoutMs, settleMs: 10 })
  if (!opened.ok) throw new Error(opened.problem.message)
  return opened.value
}

/** Whether Medusa had the whole file before the answer went wrong: then it lies there, and nothing can tell which it is. */
const leavesOne = (fault: Fault): boolean =>
  ['drop-reply', 'hang', 'truncate', 'flood'].includes(fault.kind) || ('forwarded' in fault && fault.forwarded)

/**
 * One fault at one operation of publishing and showing one picture, followed to the end: no more than one problem, of the right class. Answers with the
 * cell of the table and how many files nobody can see must be left.
 */
export async function runCase(
  { name, fault, change, read }: (typeof faults)[number],
  operation: (typeof operations)[number],
  at: { chaos: Chaos; apiKey: string; picture: CatalogMedia; handle: string; patienceMs: number },
): Promise<{ cell: string; left: number; where: string }> {
  const { chaos, picture, handle } = at
  const catalog = connect(chaos.url, at.apiKey, fault.kind === 'hang' ? at.patienceMs : 30_000)
  const mug = listing(handle, [picture], { price: { minor: 1250, currency: 'EUR' }, stock: 3 })
  let aimed = { used: () => false }
  if (operation.name === 'stock') {
    // A level that is there already is changed, once the product exists.
    chaos.choose(() => ({ kind: 'none' }))
    const before = await publishOnce(catalog, { ...mug, stock: 1 })
    expect(before.problems).toEqual([])
  }
  aimed = chaos.once(operation.matches, fault)
  const ended = await publishOnce(catalog, mug, { repair: () => {} })
  const flipped = await flipOnce(catalog, handle, ended.remote?.remoteId ?? '')
  const all = operation.name === 'flip' ? flipped : ended.problems
  const where = `${operation.name}, ${name}: ${[...ended.problems, ...flipped].join('; ')}`
  expect(aimed.used(), where).toBe(true)
  expect(ended.problems.length + flipped.length, where).toBe(fault.kind === 'delay' ? 0 : 1)
  expect(classOf(all), where).toBe(operation.changes ? change : read)
  expect(ended.remote, where).toMatchObject({ price: { minor: 1250 }, stock: 3, media: [{ key: picture.key, attached: true }] })
  const left = operation.name === 'upload' && leavesOne(fault) ? 1 : 0
  return { cell: `${classOf(all)}${left === 1 ? ', one file left unseen' : ''}`, left, where }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSquare } from '../../../../main/adapters/catalogs/square.ts'
import type { CatalogMedia } from '../../../../main/core/catalog.ts'
import { createChaos, type Seen } from '../chaos.ts'
import { classOf, faults, patienceMs, reported } from '../faults.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { image, listing } from '../shop.ts'
import { squareStandIn } from './stand-in.ts'

const post =
  (path: string, word = '') =>
  (seen: Seen) =>
    seen.method === 'POST' && seen.path === path && seen.head.includes(word)
const operations: { name: string; matches: (seen: Seen) => boolean; commits: boolean }[] = [
  { name: 'find', matches: post('/v2/catalog/search', 'ITEM_VARIATION'), commits: false },
  { name: 'create', matches: post('/v2/catalog/object', '#item'), commits: true },
  { name: 'look up', matches: post('/v2/catalog/search', 'IMAGE'), commits: false },
  { name: 'upload', matches: post('/v2/catalog/images'), commits: true },
  { name: 'set', matches: post('/v2/catalog/object', '"image_ids":["IMG'), commits: true },
  { name: 'flip', matches: post('/v2/catalog/batch-upsert'), commits: true },
]

let home: string
let picture: CatalogMedia
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'square-faults-'))
  picture = await image(home, 1)
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('Square, every fault at every step', () => {
  const cells = new Map<string, string>()
  for (const { name, fault, change, read } of faults) {
    it(`${name}: everything ends there once`, async () => {
      const one = async (operation: (typeof operations)[number]) => {
        await using shop = await squareStandIn()
        await using chaos = await createChaos(shop.url)
        const opened = openSquare(
          { name: 's', kind: 'square', config: { environment: chaos.url } },
          { token: 'sq-token-1' },
          {
            timeoutMs: patienceMs(fault),
          },
        )
        if (!opened.ok) throw new Error(opened.problem.message)
        const aimed = chaos.once(operation.matches, fault)
        const ended = await publishOnce(opened.value, listing('mug', [picture]), { repair: () => {} })
        const flipped = await flipOnce(opened.value, 'mug', ended.remote?.remoteId ?? '')
        const where = `${operation.name}, ${name}: ${[...ended.problems, ...flipped].join('; ')}`
        const all = operation.name === 'flip' ? flipped : ended.problems
        expect(aimed.used(), where).toBe(true)
        cells.set(`${name}/${operation.name}`, classOf(all))
        expect([...ended.problems, ...flipped].length, where).toBe(fault.kind === 'delay' ? 0 : 1)
        expect(classOf(all), where).toBe(operation.commits ? change : read)
        expect(
          [...shop.files.values()].map((file) => file.sha256),
          where,
        ).toEqual([picture.key])
        const items = [...shop.objects.values()].filter((row) => row.type === 'ITEM')
        expect(items, where).toMatchObject([{ item_data: { is_archived: false, image_ids: [expect.stringMatching(/^IMG-/)] } }])
      }
      await Promise.all(operations.map(one))
    })
  }

  it('is what the report says', async () => {
    const { now, written } = await reported(
      'Square',
      operations.map((one) => one.name),
      cells,
    )
    expect(written).toBe(now)
  })
})

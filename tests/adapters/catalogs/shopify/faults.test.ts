import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openShopify } from '../../../../main/adapters/catalogs/shopify.ts'
import type { CatalogMedia } from '../../../../main/core/catalog.ts'
import { createChaos, type Fault, type Seen } from '../chaos.ts'
import { classOf, faults, patienceMs, reported } from '../faults.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { image, listing } from '../shop.ts'
import { readSchema, shopifySchemas } from './schema.ts'
import { shopifyStandIn } from './stand-in.ts'

const schemas = await shopifySchemas()
const reason = 'reason' in schemas ? schemas.reason : ''

const named = (name: string) => (seen: Seen) => seen.head.includes(`"operationName":"${name}"`)
/** Where it goes wrong. `commits`: a lost answer leaves doubt about something that others could see. */
const operations: { name: string; matches: (seen: Seen) => boolean; commits: boolean }[] = [
  { name: 'sign in', matches: (seen) => seen.path.startsWith('/admin/oauth'), commits: false },
  { name: 'find', matches: named('findByHandle'), commits: false },
  { name: 'create', matches: named('createProduct'), commits: true },
  { name: 'look up', matches: named('lookForFiles'), commits: false },
  { name: 'send the bytes', matches: (seen) => seen.path.startsWith('/staged/'), commits: false },
  { name: 'make the file', matches: named('createFile'), commits: true },
  { name: 'attach', matches: named('updateFiles'), commits: true },
  { name: 'flip', matches: named('flipMany'), commits: true },
]

let home: string
let schema: GraphQLSchema
let picture: CatalogMedia
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'shopify-faults-'))
  picture = await image(home, 1)
  if ('folder' in schemas) schema = await readSchema(schemas.folder, '2026-10')
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe.skipIf(reason !== '')(`Shopify, every fault at every step ${reason}`, () => {
  const cells = new Map<string, string>()
  for (const { name, fault, change, read } of faults) {
    it(`${name}: everything ends there once`, async () => {
      const one = async (operation: (typeof operations)[number]) => {
        await using shop = await shopifyStandIn(schema)
        shop.state.orders.looks = 0
        await using chaos = await createChaos(shop.url)
        shop.publicUrl = chaos.url
        const { clientId, clientSecret } = shop.credentials
        const opened = openShopify(
          { name: 's', kind: 'shopify', config: { shop: chaos.url, clientId } },
          { clientSecret },
          {
            timeoutMs: patienceMs(fault),
            clock: { now: () => shop.state.now, wait: (ms) => shop.pass(ms) },
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
        const expected = operation.name === 'send the bytes' ? atStorage(fault, read) : operation.commits ? change : read
        expect([...ended.problems, ...flipped].length, where).toBe(expected === '' ? 0 : 1)
        expect(classOf(all), where).toBe(expected)
        expect(
          [...shop.state.files.values()].map((row) => row.sha256),
          where,
        ).toEqual([picture.key])
        expect(
          [...shop.state.products.values()].map((row) => [row.handle, row.media.length, row.published.size]),
          where,
        ).toEqual([['mug', 1, 1]])
        expect(shop.wrong, where).toEqual([])
      }
      await Promise.all(operations.map(one))
    })
  }

  it('goes on after Shopify’s own trouble: a full bucket, an error after the work was done, a network that was away', async () => {
    const start = async () => {
      const shop = await shopifyStandIn(schema)
      const chaos = await createChaos(shop.url)
      shop.publicUrl = chaos.url
      const deps = { clock: { now: () => shop.state.now, wait: (ms: number) => shop.pass(ms) } }
      const { clientId, clientSecret } = shop.credentials
      const opened = openShopify({ name: 's', kind: 'shopify', config: { shop: chaos.url, clientId } }, { clientSecret }, deps)
      if (!opened.ok) throw new Error(opened.problem.message)
      return { shop, chaos, catalog: opened.value }
    }
    for (const [order, problems] of [
      ['throttleNext', ['find throttled THROTTLED']],
      ['failAfterNext', ['create ambiguous INTERNAL_SERVER_ERROR']],
      ['offline', ['find retryable offline']],
    ] as const) {
      const { shop, chaos, catalog } = await start()
      if (order === 'offline') await chaos.offline()
      else shop.state.orders[order] = 1
      const after = order === 'offline' ? () => chaos.online() : () => {}
      const ended = await publishOnce(catalog, listing('mug', [picture]), { after })
      expect(ended.problems, order).toEqual(problems)
      expect([shop.state.products.size, shop.state.files.size], order).toEqual([1, 1])
      await chaos[Symbol.asyncDispose]()
      await shop[Symbol.asyncDispose]()
    }
  })

  it('is what the report says', async () => {
    const { now, written } = await reported(
      'Shopify',
      operations.map((one) => one.name),
      cells,
    )
    expect(written).toBe(now)
  })
})

/**
 * The place for the bytes belongs to somebody else: it knows no sign-in, so a no there means that a new place is asked for, and whatever a good answer
 * says is of no interest, since Shopify tells next whether the bytes are there.
 */
const atStorage = (fault: Fault, read: string): string =>
  fault.kind === 'answer' && fault.status === 200 ? '' : read === 'auth' ? 'retryable' : read

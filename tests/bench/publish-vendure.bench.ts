import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { openVendure } from '../../main/adapters/catalogs/vendure.ts'
import { createVolumes } from '../../main/adapters/volumes.ts'
import { catalogName, productId } from '../../main/contract/ids.ts'
import type { Catalog } from '../../main/core/catalog.ts'
import { createEngine } from '../../main/core/engine.ts'
import { openLibrary } from '../../main/core/library/db.ts'
import { realPictures } from '../adapters/catalogs/vendure/pictures.ts'
import { owner, startVendure, type Vendure, vendureHome } from '../adapters/catalogs/vendure/server.ts'
import { stock } from '../core/publishing/shop-engine.ts'

// `node tests/bench/publish-vendure.bench.ts [products 40] [photos 5] [runs 2] [key|login]`: so many products with so many photos go to a real Vendure,
// by the engine and by a bare script that makes a product, sends its files one after the other, attaches them and shows it, remembering and checking
// nothing. In turns, each on a fresh server. Then 60 products are shown and hidden at once. Wall time, as most of it is the server's own work.

const numbers = process.argv.slice(2, 5).map(Number)
const [products = 40, photos = 5, runs = 2] = numbers
const way = process.argv[5] === 'key' ? 'key' : 'login'
const home = await vendureHome()
if ('reason' in home) {
  console.log(`skipped: ${home.reason}`)
  process.exit(0)
}
const dir = mkdtempSync(join(tmpdir(), 'dropcard-vendure-'))

function connect(shop: Vendure): Catalog {
  const config = { url: shop.url, ...(way === 'login' ? { user: owner.user } : {}) }
  const secrets: Record<string, string> = way === 'login' ? { password: owner.password } : { apiKey: shop.keys.publishing }
  const opened = openVendure({ name: 'vendure', kind: 'vendure', config }, secrets)
  if (!opened.ok) throw new Error(opened.problem.message)
  return opened.value
}

/** A library of its own with pictures of their own, 1600 × 1200, about 1.4 MB each. */
async function fill(name: string): Promise<{ library: string; listings: { handle: string; files: { path: string; key: string }[] }[] }> {
  const library = join(dir, name)
  await stock(library, products, photos)
  await realPictures(library, 'shop-3000', 1600, 1200)
  await using opened = await openLibrary(library)
  const rows = await opened.db
    .selectFrom('product')
    .innerJoin('product_asset', 'product_asset.product_id', 'product.id')
    .innerJoin('rendition', 'rendition.asset_id', 'product_asset.asset_id')
    .select(['product.handle', 'rendition.key', 'rendition.path'])
    .orderBy('product.rowid' as 'product.id')
    .orderBy('product_asset.position')
    .execute()
  const listings = Map.groupBy(rows, (row) => row.handle)
  return {
    library,
    listings: [...listings].map(([handle, files]) => ({
      handle,
      files: files.map(({ path, key }) => ({ path: join(library, path), key })),
    })),
  }
}

async function byEngine(library: string, shop: Vendure): Promise<number> {
  const catalog = connect(shop)
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const engine = await createEngine({
    libraryDir: library,
    pool: { width: () => 1, run: async () => ({ kind: 'cancelled' }), [Symbol.asyncDispose]: async () => undefined },
    volumes: createVolumes(),
    doctor: { report: async () => ({ ok: true, checks: [] }) },
    clock: { now: () => Date.now() },
    log: quiet,
    modelsDir: '',
    sampleCard: null,
    catalogs: () => [catalog],
    kinds: { list: () => [], open: () => ({ ok: false, problem: { class: 'permanent', code: 'not-found', message: 'no kinds here' } }) },
    secrets: { where: 'nowhere', get: async () => null, set: async () => undefined },
    webhook: () => ({ tell: () => undefined, [Symbol.asyncDispose]: async () => undefined }),
    watchCards: false,
    watchedFolders: null,
    work: 'everything',
  })
  const name = catalogName.parse('vendure')
  const from = performance.now()
  await engine.call('publish.start', { catalog: name, productIds: null })
  for (;;) {
    const reply = await engine.call('publish.state', { catalog: name })
    if (!reply.ok) throw new Error(reply.error.message)
    if (reply.value.failed.length > 0) throw new Error(JSON.stringify(reply.value))
    if (reply.value.published === products) break
    await sleep(20)
  }
  const took = performance.now() - from
  await engine[Symbol.asyncDispose]()
  return took
}

async function byScript(listings: Awaited<ReturnType<typeof fill>>['listings'], shop: Vendure): Promise<number> {
  const headers: Record<string, string> =
    way === 'login' ? { authorization: `Bearer ${shop.token}` } : { 'vendure-api-key': shop.keys.publishing }
  const ask = async (body: FormData | string): Promise<unknown> => {
    const reply = await fetch(`${shop.url}/admin-api`, {
      method: 'POST',
      headers: { ...headers, ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}) },
      body,
    })
    return reply.json()
  }
  const made = z.object({ data: z.object({ createProduct: z.object({ id: z.string() }) }) })
  const sent = z.object({ data: z.object({ createAssets: z.array(z.object({ id: z.string() })) }) })
  const { readFile } = await import('node:fs/promises')
  const from = performance.now()
  for (const { handle, files } of listings) {
    const translations = [{ languageCode: 'en', name: handle, slug: handle, description: '' }]
    const create = {
      query: 'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }',
      variables: { input: { enabled: false, translations } },
    }
    const { id } = made.parse(await ask(JSON.stringify(create))).data.createProduct
    const assetIds: string[] = []
    for (const file of files) {
      const form = new FormData()
      const query = 'mutation ($input: [CreateAssetInput!]!) { createAssets(input: $input) { ... on Asset { id } } }'
      form.append('operations', JSON.stringify({ query, variables: { input: [{ file: null }] } }))
      form.append('map', '{"0":["variables.input.0.file"]}')
      form.append('0', new File([await readFile(file.path)], `${handle}.jpg`, { type: 'image/jpeg' }))
      assetIds.push(sent.parse(await ask(form)).data.createAssets[0]?.id ?? '')
    }
    const show = { id, assetIds, featuredAssetId: assetIds[0], enabled: true }
    await ask(
      JSON.stringify({
        query: 'mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { id } }',
        variables: { input: show },
      }),
    )
  }
  return performance.now() - from
}

async function flip(shop: Vendure): Promise<string> {
  const make = Array.from(
    { length: 60 },
    (_, n) =>
      `p${n}: createProduct(input: { enabled: false, translations: [{ languageCode: en, name: "D${n}", slug: "d-${n}", description: "" }] }) { id }`,
  )
  const ids = await shop.owner(`mutation { ${make.join(' ')} }`, {}, z.record(z.string(), z.object({ id: z.string() })))
  const flips = Object.values(ids).map(({ id }) => ({ productId: productId.parse(`d-${id}`), remoteId: id }))
  const catalog = connect(shop)
  const { signal } = new AbortController()
  await catalog.test(signal)
  const times: string[] = []
  for (const to of ['live', 'hidden', 'live', 'hidden'] as const) {
    const from = performance.now()
    const replies = await catalog.flip(flips, to, null, signal)
    const right = replies.filter(({ reply }) => reply.ok && reply.value.visible === (to === 'live')).length
    times.push(`${to} ${right} in ${Math.round(performance.now() - from)} ms`)
  }
  return times.join(', ')
}

const ratios: number[] = []
for (let run = 1; run <= runs; run++) {
  const took = { engine: 0, script: 0 }
  for (const who of run % 2 === 1 ? (['script', 'engine'] as const) : (['engine', 'script'] as const)) {
    const { library, listings } = await fill(`${who}-${run}`)
    await using shop = await startVendure(join(dir, `shop-${who}-${run}`), { stock: true })
    took[who] = who === 'engine' ? await byEngine(library, shop) : await byScript(listings, shop)
    if (run === runs && who === 'engine') console.log(`60 products at once (goal 2 s): ${await flip(shop)}`)
    rmSync(library, { recursive: true, force: true })
  }
  ratios.push(took.script / took.engine)
  const rate = (ms: number) => `${((products * photos) / (ms / 1000)).toFixed(2)} photos/s`
  console.log(
    `run ${run} (${way}): bare script ${rate(took.script)}, engine ${rate(took.engine)}, ratio ${(took.script / took.engine).toFixed(2)} (goal 0.80)`,
  )
}
rmSync(dir, { recursive: true, force: true })

/**
 * Publishing to the local catalog against copying and hashing the same files alone, alternating in one run:
 *   node tests/bench/publish-local.bench.ts [--products 200] [--photos 5] [--flip 60] [--runs 3] [--dir FOLDER]
 * and how long a drop takes to open and close. Goals: at most 1.5 of the reference; 60 products within 2 s.
 *
 * The references read every rendition once, hash it, and write it into an empty folder, one file after the other: as safe as ours (every file
 * synced), and without any care for a power cut. Ours is everything: create, look up, send, set, show, storefront, feeds.
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { createLocalCatalog } from '../../main/adapters/catalogs/local/catalog.ts'
import type { CatalogListing, CatalogMedia } from '../../main/core/catalog.ts'
import { photo as crop } from '../../workers/crop/photo.ts'
import { publish, value } from '../adapters/catalogs/local-publish.ts'
import { listing, sha256 } from '../adapters/catalogs/shop.ts'
import { sampleCard, samplePhotos } from '../support/card.ts'
import { machine, median, spread } from './offload-card.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '200' },
    photos: { type: 'string', default: '5' },
    flip: { type: 'string', default: '60' },
    runs: { type: 'string', default: '3' },
    dir: { type: 'string' },
  },
})
const [products, photos, flipped, runs] = [Number(values.products), Number(values.photos), Number(values.flip), Number(values.runs)]
const home = join(values.dir ?? tmpdir(), `dropcard-publish-${process.pid}`)
const { signal } = new AbortController()

type Taken = { seconds: number; cpu: number }
async function take(act: () => Promise<unknown>): Promise<Taken> {
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  await act()
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - from) / 1000, cpu: (user + system) / 1e6 }
}

/** Renditions as the local catalog asks for them, of drawn photos: every one of them has other bytes. */
async function draw(): Promise<CatalogListing[]> {
  const dir = join(home, 'renditions')
  await mkdir(dir, { recursive: true })
  const noise = await sharp({
    create: { width: 1600, height: 1067, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 22 } },
  })
    .blur(1.1)
    .png({ compressionLevel: 1 })
    .toBuffer()
  const sizes = await Promise.all([480, 960, 1600].map((side) => sharp(noise).resize(side).jpeg({ quality: 80 }).toBuffer()))
  const file = async (side: number, base: Buffer, seed: number) => {
    // Another comment in each: as many different files as there would be, without drawing each of them.
    const comment = Buffer.from(`picture ${seed}`)
    const length = Buffer.from([0xff, 0xfe, 0, comment.length + 2])
    const bytes = Buffer.concat([base.subarray(0, 2), length, comment, base.subarray(2)])
    const key = sha256(bytes)
    const path = join(dir, `${key}.jpg`)
    const out = await open(path, 'wx')
    await out.writeFile(bytes)
    await out.close()
    return { key, path, width: side, height: Math.round((side * 2) / 3), bytes: bytes.length, type: 'image/jpeg' as const }
  }
  const listings: CatalogListing[] = []
  for (let product = 0; product < products; product += 1) {
    const media: CatalogMedia[] = []
    for (let photo = 0; photo < photos; photo += 1) {
      const made = []
      for (const [index, side] of [480, 960, 1600].entries())
        made.push(await file(side, sizes[index] ?? Buffer.alloc(0), (product * photos + photo) * 3 + index))
      const [small, middle, main] = made
      if (small === undefined || middle === undefined || main === undefined) throw new Error('expected three renditions')
      const sources = [small, middle].map(({ bytes: _, ...source }) => source)
      media.push({ ...main, kind: 'image', alt: `Picture ${photo}`, sources, poster: null, durationUs: null })
    }
    listings.push(listing(`p${product}`, media, { price: { minor: 2400, currency: 'EUR' }, stock: 3, description: 'Thrown by hand.' }))
  }
  return listings
}

/** The renditions of photos of the sample card by the worker's own hand, in one thread: seconds a photo. */
async function renderOne(): Promise<{ seconds: number; megapixels: number }> {
  const path = join(sampleCard, 'DCIM', samplePhotos.burst[1])
  const { width = 0, height = 0 } = await sharp(path).metadata()
  const { recipes } = catalogOf('none').capabilities()
  const options = { signal, progress: () => undefined }
  const render = async () => {
    for (const recipe of recipes) await crop({ path, outPath: join(home, 'renditions', `${recipe.name}.jpg`), recipe }, options)
  }
  await render()
  const times: number[] = []
  for (let n = 0; n < 5; n += 1) times.push((await take(render)).cpu)
  return { seconds: median(times), megapixels: (width * height) / 1e6 }
}

const filesOf = (listings: CatalogListing[]) => listings.flatMap((entry) => entry.media.flatMap((media) => [media, ...media.sources]))

async function reference(listings: CatalogListing[], sync: boolean): Promise<void> {
  const dir = join(home, 'reference')
  await mkdir(dir)
  for (const { path, key } of filesOf(listings)) {
    const bytes = await readFile(path)
    if (createHash('sha256').update(bytes).digest('hex') !== key) throw new Error(`${path} changed`)
    const out = await open(join(dir, `${key}.jpg`), 'wx')
    await out.writeFile(bytes)
    if (sync) await out.sync()
    await out.close()
  }
}

const catalogOf = (name: string) =>
  createLocalCatalog({
    name: 'local',
    dir: join(home, name),
    stateDir: join(home, `${name}-state`),
    clock: { now: () => Date.now() },
    title: null,
    baseUrl: null,
  })

async function ours(listings: CatalogListing[], name: string): Promise<void> {
  const catalog = catalogOf(name)
  for (const entry of listings) if (!value(await publish(catalog, entry)).visible) throw new Error('expected it to be shown')
  value(await catalog.finish({ title: 'Bench', drops: [] }, signal))
}

try {
  const listings = await draw()
  const files = filesOf(listings)
  let bytes = 0
  for (const { path } of files) bytes += (await readFile(path)).length
  console.log(`machine   ${machine()}`)
  console.log(
    `input     ${products} products with ${photos} photos, ${files.length} renditions, ${(bytes / 1e6).toFixed(0)} MB, all in the page cache`,
  )
  await ours(listings.slice(0, 5), 'warm')
  const [us, synced, bare]: [Taken[], Taken[], Taken[]] = [[], [], []]
  for (let n = 0; n < runs; n += 1) {
    for (const [sync, all] of [
      [true, synced],
      [false, bare],
    ] as const) {
      all.push(await take(() => reference(listings, sync)))
      await rm(join(home, 'reference'), { recursive: true })
    }
    us.push(await take(() => ours(listings, `run-${n}`)))
    if (n < runs - 1) for (const part of ['', '-state']) await rm(join(home, `run-${n}${part}`), { recursive: true })
  }
  const seconds = (all: Taken[]): number[] => all.map((one) => one.seconds)
  const cpu = (all: Taken[]): number[] => all.map((one) => one.cpu)
  const ratio = (all: Taken[], of: (all: Taken[]) => number[]): string => spread(of(us).map((one, n) => one / (of(all)[n] ?? Number.NaN)))
  console.log(`published ${spread(seconds(us))} s, ${spread(cpu(us))} s of CPU, ${(products / median(seconds(us))).toFixed(1)} products/s`)
  console.log(`reference ${spread(seconds(synced))} s, ${spread(cpu(synced))} s of CPU: hash, copy, sync each file`)
  console.log(`          ${spread(seconds(bare))} s, ${spread(cpu(bare))} s of CPU: hash, copy`)
  console.log(
    `ratio     ${ratio(synced, seconds)} of the synced copy, goal 1.50 (CPU ${ratio(synced, cpu)}); ${ratio(bare, seconds)} of the bare one (CPU ${ratio(bare, cpu)})`,
  )

  const render = await renderOne()
  const rendering = render.seconds * products * photos
  console.log(
    `rendering ${(render.seconds * 1000).toFixed(0)} ms of CPU for the three renditions of a ${render.megapixels.toFixed(1)} MP photo, so ${rendering.toFixed(0)} s for all of them; with publishing ${((rendering + median(cpu(us))) / rendering).toFixed(3)} of that`,
  )

  const catalog = catalogOf(`run-${runs - 1}`)
  const drop = listings.slice(0, flipped).map(({ productId }) => ({ productId, remoteId: productId }))
  const [opening, closing]: [Taken[], Taken[]] = [[], []]
  for (let n = 0; n < runs + 2; n += 1) {
    for (const [to, all] of [
      ['hidden', closing],
      ['live', opening],
    ] as const) {
      all.push(
        await take(async () => {
          for (const { reply } of await catalog.flip(drop, to, null, signal))
            if (value(reply).visible !== (to === 'live')) throw new Error(`expected ${to}`)
        }),
      )
    }
  }
  console.log(
    `drop      ${flipped} of ${products} products with ${photos} photos: opens in ${spread(seconds(opening))} s, closes in ${spread(seconds(closing))} s, goal 2.00`,
  )
} finally {
  await rm(home, { recursive: true, force: true })
}

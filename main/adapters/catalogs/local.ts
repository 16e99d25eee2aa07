import { existsSync } from 'node:fs'
import { mkdir, readdir, realpath, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ZodError } from 'zod'
import type { Catalog, CatalogCapabilities, CatalogListing, CatalogReceipt, CatalogReply, Clock } from '../../core/ports.ts'
import { csvFeed, feedProduct, jsonFeed, xmlFeed } from './local/feeds.ts'
import {
  isCode,
  isLeftover,
  kindAt,
  needFolder,
  placeMedia,
  readText,
  stop,
  sweepFiles,
  syncFolder,
  toProblem,
  writeText,
} from './local/folder.ts'
import { cleanText } from './local/html.ts'
import { GENERATOR } from './local/layout.ts'
import { linksFrom, productPath } from './local/links.ts'
import { productPage } from './local/product-page.ts'
import {
  type CatalogState,
  emptyState,
  filesOf,
  firstIssue,
  type ListingRecord,
  MEDIA_NAME,
  parseState,
  serializeState,
  toRecord,
  wantedFiles,
} from './local/record.ts'
import { storefrontPages } from './local/storefront.ts'

export type LocalCatalogOptions = {
  /** Folder of the catalog; made when it is missing. Nothing outside it is ever written. */
  dir: string
  clock: Clock
  /** Where the folder will be reachable, when that is known (`https://shop.example/`): makes feeds, structured data and Open Graph absolute. */
  baseUrl?: string
}

/**
 * The local catalog: a folder with storefront, product pages, media, product feeds and `catalog.json`, servable as it is.
 *
 * A `put` is: media (`.part` → fsync → rename, hashed against their keys), then the product page, then `catalog.json`, the commit point.
 * A stop anywhere before that leaves the old listing; repeating it is harmless. `finish` rebuilds what spans listings and sweeps
 * what no listing refers to. Changes queue up behind each other; one app instance per folder is assumed.
 *
 * Problems: a damaged or newer `catalog.json`, a link inside the folder, a page that is not ours, changed media → `permanent`;
 * a full disk → `retryable`. Nothing throws.
 */
export function createLocalCatalog(options: LocalCatalogOptions): Catalog {
  const { dir, clock } = options
  const baseUrl = options.baseUrl ?? null
  let last: Promise<unknown> = Promise.resolve()

  /** Runs one act at a time and turns whatever it throws into a problem. */
  const inTurn = <T>(act: () => Promise<T>): Promise<CatalogReply<T>> => {
    const turn = last.then(act).then(
      (value): CatalogReply<T> => ({ ok: true, value }),
      (thrown): CatalogReply<T> => ({ ok: false, problem: toProblem(thrown, dir) }),
    )
    last = turn
    return turn
  }

  /** Looking must not leave traces: only changes make the folder. */
  const open = async (to: 'look' | 'change'): Promise<{ root: string; state: CatalogState }> => {
    if (to === 'change') await mkdir(dir, { recursive: true })
    else if (!existsSync(dir)) return { root: dir, state: emptyState() }
    const root = await realpath(dir)
    const text = await readText(join(root, 'catalog.json'))
    if (text !== null) {
      const parsed = parseState(text)
      if (parsed.ok) return { root, state: parsed.state }
      throw stop(
        'permanent',
        `${join(root, 'catalog.json')} cannot be used: ${parsed.problem}. It was left as it is. Put back a good copy, or move the file away and publish again: the pages are then rebuilt from the library.`,
      )
    }
    const page = await readText(join(root, 'index.html'))
    if (page !== null && !page.includes(`content="${GENERATOR}"`)) {
      throw stop(
        'conflict',
        `${root} already holds a page (index.html) that Dropcard did not make. Choose an empty folder for the local catalog.`,
      )
    }
    return { root, state: emptyState() }
  }

  const save = (root: string, state: CatalogState) => writeText(join(root, 'catalog.json'), serializeState(state))

  const receipt = (root: string, entry: ListingRecord, mediaKeys: string[]): CatalogReceipt => ({
    remoteId: entry.handle,
    url: baseUrl === null ? pathToFileURL(join(root, productPath(entry.handle))).href : new URL(productPath(entry.handle), baseUrl).href,
    mediaKeys,
  })

  const put = async (listing: CatalogListing, signal: AbortSignal): Promise<CatalogReceipt> => {
    const { root, state } = await open('change')
    const sizes = await placeAll(listing, await needFolder(join(root, 'media')), signal)
    const before = state.listings.find((entry) => entry.productId === listing.productId)
    const entry = checked(() => toRecord(listing, state.listings, sizes, before?.publishedAt ?? new Date(clock.now()).toISOString()))
    if (entry.visible) await writePage(root, entry, state.shop)
    const at = before === undefined ? state.listings.length : state.listings.indexOf(before)
    await save(root, { ...state, listings: state.listings.toSpliced(at, 1, entry) })
    if (!entry.visible) await removePage(root, entry.handle)
    if (before !== undefined && before.handle !== entry.handle) await removePage(root, before.handle)
    return receipt(
      root,
      entry,
      entry.media.map((media) => media.key),
    )
  }

  const writePage = async (root: string, entry: ListingRecord, shop: CatalogState['shop']) => {
    await needFolder(join(root, 'products'))
    await needFolder(join(root, 'products', entry.handle))
    const page = productPage(entry, shop, baseUrl)
    await writeText(join(root, page.path), page.text)
  }

  const read = async (productId: string): Promise<CatalogReceipt | null> => {
    const { root, state } = await open('look')
    const entry = state.listings.find((candidate) => candidate.productId === productId)
    if (entry === undefined) return null
    if (entry.visible && (await kindAt(join(root, productPath(entry.handle)))) !== 'file') return null
    const there: string[] = []
    for (const media of entry.media) {
      const sizes = await Promise.all(filesOf(media).map(async (file) => (await sizeAt(join(root, 'media', file.name))) === file.bytes))
      if (sizes.every(Boolean)) there.push(media.key)
    }
    return receipt(root, entry, there)
  }

  const remove = async (productId: string): Promise<null> => {
    const { root, state } = await open('look')
    const entry = state.listings.find((candidate) => candidate.productId === productId)
    if (entry === undefined) return null
    await save(root, { ...state, listings: state.listings.filter((other) => other !== entry) })
    await removePage(root, entry.handle)
    return null
  }

  const finish = async (title: string): Promise<{ page: string | null }> => {
    const { root, state: before } = await open('change')
    const state = { ...before, shop: { title: cleanText(title).replace(/\s+/g, ' ').trim() || 'Shop' } }
    await save(root, state)
    const shown = state.listings.filter((entry) => entry.visible)
    for (const entry of shown) await writePage(root, entry, state.shop)
    const pages = storefrontPages(shown, state.shop, baseUrl)
    for (const page of pages.toReversed()) await writeText(join(root, page.path), page.text)
    const links = linksFrom(0, baseUrl)
    const products = shown.map((entry) => feedProduct(entry, links))
    await writeText(join(root, 'feed.json'), jsonFeed(products, state.shop, links))
    await writeText(join(root, 'feed.xml'), xmlFeed(products, state.shop, links))
    await writeText(join(root, 'products.csv'), csvFeed(products))
    await writeText(join(root, 'robots.txt'), 'User-agent: *\nDisallow: /catalog.json\n')
    await sweep(root, state, new Set(pages.map((page) => page.path)))
    return { page: join(root, 'index.html') }
  }

  return {
    name: 'local',
    capabilities: () => CAPABILITIES,
    read: (productId) => inTurn(() => read(productId)),
    put: (listing, signal) => inTurn(() => put(listing, signal)),
    remove: (productId) => inTurn(() => remove(productId)),
    finish: ({ title }) => inTurn(() => finish(title)),
  }
}

const CAPABILITIES: CatalogCapabilities = {
  formats: ['image/jpeg', 'image/webp', 'video/mp4'],
  maxBytes: 2 * 1024 ** 3,
  maxPerProduct: 50,
  video: true,
  recipes: [480, 960, 1600].map((longestSide) => ({
    name: `store-${longestSide}`,
    longestSide,
    aspect: 'keep',
    format: 'jpeg',
    quality: 80,
  })),
}

/** Files copied side by side: enough to keep a disk busy without crowding out the workers. */
const COPIES = 4

async function placeAll(listing: CatalogListing, folder: string, signal: AbortSignal): Promise<Map<string, number>> {
  const sizes = new Map<string, number>()
  const files = wantedFiles(listing)
  const copyOne = async () => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      if (signal.aborted) throw stop('retryable', `Stopped before all files of "${listing.title}" were copied. Publish again to go on.`)
      if (!/^[0-9a-f]{64}$/.test(file.key)) throw stop('permanent', `Expected the SHA-256 of ${file.path} as its key, got "${file.key}".`)
      const size = await placeMedia(file.path, join(folder, file.name), file.key).catch((cause: unknown) => {
        if (isCode(cause, 'ENOENT')) throw stop('permanent', `${file.path} is missing. Render it again, then publish.`, cause)
        throw cause
      })
      if (file.bytes !== null && file.bytes !== size) {
        throw stop('permanent', `${file.path} was expected to have ${file.bytes} bytes, but has ${size}. Render it again.`)
      }
      sizes.set(file.name, size)
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: COPIES }, copyOne))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  await syncFolder(folder)
  return sizes
}

function checked<T>(make: () => T): T {
  try {
    return make()
  } catch (cause) {
    if (cause instanceof ZodError) throw stop('permanent', `The listing cannot be published as it is: ${firstIssue(cause)}.`, cause)
    throw cause
  }
}

/** Removes the page of a product; a folder with anything else in it stays. */
async function removePage(root: string, handle: string): Promise<void> {
  const folder = join(root, 'products', handle)
  if ((await kindAt(join(root, 'products'))) !== 'folder') return
  await sweepFiles(folder, (name) => name === 'index.html' || isLeftover(name))
  await rmdir(folder).catch((cause: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].some((code) => isCode(cause, code))) throw cause
  })
}

/** Removes what no listing refers to: media, pages of gone products, storefront pages past the last, half-written files. Only our own names. */
async function sweep(root: string, state: CatalogState, storefront: Set<string>): Promise<void> {
  const media = new Set(state.listings.flatMap((entry) => entry.media.flatMap((file) => filesOf(file).map(({ name }) => name))))
  await sweepFiles(join(root, 'media'), (name) => isLeftover(name) || (MEDIA_NAME.test(name) && !media.has(name)))
  await sweepFiles(root, (name) => isLeftover(name) || (/^page-\d+\.html$/.test(name) && !storefront.has(name)))
  if ((await kindAt(join(root, 'products'))) !== 'folder') return
  const shown = new Set(state.listings.filter((entry) => entry.visible).map((entry) => entry.handle))
  for (const entry of await readdir(join(root, 'products'), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    if (!shown.has(entry.name)) await removePage(root, entry.name)
    else await sweepFiles(join(root, 'products', entry.name), isLeftover)
  }
}

async function sizeAt(path: string): Promise<number | null> {
  return (await kindAt(path)) === 'file' ? (await stat(path)).size : null
}

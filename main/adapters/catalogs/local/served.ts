import { readdir, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { COUNTDOWN } from './countdown.ts'
import { dropPage } from './drop-page.ts'
import { shownDrops } from './drops.ts'
import { csvFeed, feedProduct, jsonFeed, xmlFeed } from './feeds.ts'
import { eachOf, isCode, isLeftover, kindAt, needFolder, type Pending, readText, stop, sweepFiles, syncAll, writeText } from './folder.ts'
import { GENERATOR } from './layout.ts'
import { dropPath, linksFrom, productPath } from './links.ts'
import { lostPage } from './lost-page.ts'
import { productPage } from './product-page.ts'
import { filesOf, type ListingRecord, MEDIA_NAME, mediaName, shownAs } from './record.ts'
import { sitemap } from './sitemap.ts'
import type { CatalogState } from './state.ts'
import { storefrontPages } from './storefront.ts'
import type { Vault } from './vault.ts'

/**
 * The served folder: holds what buyers may see and nothing else. All of it follows from the state and the vault, and can be made again from them.
 * Of a hidden listing there is no page, no picture, no line in a feed.
 */
export type Served = {
  root: string
  baseUrl: string | null
  vault: Vault
  /** Pages that are whole, but perhaps not on the disk yet: `writeShop` sees to it, and each of them can be made again. */
  pending: Pending
  /** UTC now, milliseconds. */
  now: number
}

/** Up to this many listings their files are looked for one by one, of more the whole folder is read. */
const FEW = 8
const OWNER = '.dropcard-owner'

/** Refuses a folder that is somebody else's: another site, or the catalog of another library. `id` null: this one has no state yet. Writes nothing. */
export async function refuseOthers(root: string, id: string | null): Promise<'ours' | 'free'> {
  const owner = (await readText(join(root, OWNER)))?.trim()
  if (owner !== undefined && owner === id) return 'ours'
  if (owner !== undefined) {
    throw stop(
      'conflict',
      'other-catalog',
      `${root} holds the catalog of another Dropcard library. Choose another folder, or delete ${join(root, OWNER)} to let this library replace it.`,
    )
  }
  const page = await readText(join(root, 'index.html'))
  if (page !== null && !page.includes(`content="${GENERATOR}"`)) {
    throw stop(
      'conflict',
      'other-site',
      `${root} already holds a page (index.html) that Dropcard did not make. Choose an empty folder for the local catalog.`,
    )
  }
  return 'free'
}

/** Marks the folder as this catalog's. */
export const claim = (root: string, id: string): Promise<void> => writeText(join(root, OWNER), `${id}\n`)

/** Pictures first, then the pages that show them. */
export async function showListings(at: Served, entries: readonly ListingRecord[], state: CatalogState): Promise<void> {
  if (entries.length === 0) return
  const { pending } = at
  const folder = await needFolder(join(at.root, 'media'), pending)
  const to = { folder, names: entries.length > FEW ? new Set(await readdir(folder)) : null, pending }
  await eachOf(entries.flatMap(filesOf), ({ shelf, file }) => at.vault.show(shelf, file, to))
  await needFolder(join(at.root, 'products'), pending)
  const drops = shownDrops(state, at.now)
  await eachOf(entries, async (entry) => {
    await needFolder(join(at.root, 'products', entry.handle), pending)
    const page = productPage(shownAs(entry), state.shop, drops, at.baseUrl)
    await writeText(join(at.root, page.path), page.text, pending)
  })
}

/** The pages go first. A picture stays as long as another listing shows it. */
export async function hideListings(at: Served, entries: readonly ListingRecord[], state: CatalogState): Promise<void> {
  await eachOf(entries, (entry) => removePage(at.root, 'products', entry.handle))
  const stays = mediaNames(state)
  const gone = new Set(entries.flatMap((entry) => filesOf(entry).map(({ file }) => mediaName(file))).filter((name) => !stays.has(name)))
  await sweepFiles(join(at.root, 'media'), (name) => gone.has(name))
}

/** What a buyer would see: the page and every file on it. */
export const isShown = async (root: string, entry: ListingRecord): Promise<boolean> =>
  (await kindAt(join(root, productPath(entry.handle)))) === 'file'

/** What spans listings: storefront, drops, feeds, the page for what is not there. One pass, after which all is on the disk. */
export async function writeShop(at: Served, state: CatalogState): Promise<Set<string>> {
  const { root, baseUrl } = at
  const shown = state.listings.filter((entry) => entry.visible).map(shownAs)
  const drops = shownDrops(state, at.now)
  const pages = storefrontPages(shown, state.shop, drops, baseUrl)
  const links = linksFrom(0, baseUrl)
  const products = shown.map((entry) => feedProduct(entry, links))
  const dropPages = drops.map((drop) => dropPage(drop, shown, state.shop, baseUrl))
  for (const { path } of dropPages) {
    await needFolder(join(root, 'drops'), at.pending)
    await needFolder(dirname(join(root, path)), at.pending)
  }
  await needFolder(join(root, 'assets'), at.pending)
  const files = new Map([
    ['assets/countdown.js', COUNTDOWN],
    ...dropPages.map(({ path, text }) => [path, text] as const),
    ...pages.toReversed().map(({ path, text }) => [path, text] as const),
    ['404.html', lostPage(state.shop, baseUrl)],
    ['feed.json', jsonFeed(products, state.shop, links)],
    ['feed.xml', xmlFeed(products, state.shop, links)],
    ['products.csv', csvFeed(products)],
    ['robots.txt', `User-agent: *\nAllow: /\n${baseUrl === null ? '' : `Sitemap: ${links.absolute('sitemap.xml')}\n`}`],
    ...(baseUrl === null
      ? []
      : [
          [
            'sitemap.xml',
            sitemap(
              [...pages, ...dropPages].map(({ path }) => path),
              shown,
              links,
            ),
          ] as const,
        ]),
  ])
  await eachOf(files, ([path, text]) => writeText(join(root, path), text, at.pending))
  await syncAll(at.pending)
  return new Set(files.keys())
}

/** Removes what no listing and no drop refers to. Only our own names, only plain files. */
export async function sweepServed(root: string, state: CatalogState, files: ReadonlySet<string>): Promise<void> {
  const media = mediaNames(state)
  await sweepFiles(join(root, 'media'), (name) => isLeftover(name) || (MEDIA_NAME.test(name) && !media.has(name)))
  await sweepFiles(root, (name) => isLeftover(name) || (/^(?:page-\d+\.html|sitemap\.xml)$/.test(name) && !files.has(name)))
  await sweepFiles(join(root, 'assets'), isLeftover)
  const handles = new Set(state.listings.filter((entry) => entry.visible).map((entry) => entry.handle))
  await sweepPages(root, 'products', (name) => handles.has(name))
  const drops = new Set(state.shop.drops.map((drop) => dropPath(drop.id)))
  await sweepPages(root, 'drops', (name) => drops.has(`drops/${name}/index.html`))
}

const mediaNames = (state: CatalogState): Set<string> =>
  new Set(state.listings.filter((entry) => entry.visible).flatMap((entry) => filesOf(entry).map(({ file }) => mediaName(file))))

async function sweepPages(root: string, folder: string, stays: (name: string) => boolean): Promise<void> {
  if ((await kindAt(join(root, folder))) !== 'folder') return
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    if (stays(entry.name)) await sweepFiles(join(root, folder, entry.name), isLeftover)
    else await removePage(root, folder, entry.name)
  }
}

/** Removes one page of ours; somebody else's stays, and so does a folder with anything else in it. */
async function removePage(root: string, folder: string, name: string): Promise<void> {
  const path = join(root, folder, name)
  if ((await kindAt(join(root, folder))) !== 'folder' || (await kindAt(path)) !== 'folder') return
  const ours = (await readText(join(path, 'index.html')))?.includes(GENERATOR) === true
  await sweepFiles(path, (file) => (file === 'index.html' && ours) || isLeftover(file))
  await rmdir(path).catch((cause: unknown) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].some((code) => isCode(cause, code))) throw cause
  })
}

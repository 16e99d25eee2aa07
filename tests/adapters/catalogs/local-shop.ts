import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { createLocalCatalog } from '../../../main/adapters/catalogs/local/catalog.ts'
import type { CatalogListing, ProductRef } from '../../../main/core/catalog.ts'

/** A local catalog of its own for every test, in a temporary folder; what it holds is looked at from outside. */

export const { signal } = new AbortController()
export const market = { title: 'Market', drops: [] }

type Local = ReturnType<typeof createLocalCatalog>

export type LocalShop = { home: string; dir: string; stateDir: string; renditions: string; catalog: Local; now: number; open(): Local }

export function localShop(): LocalShop {
  const shop: LocalShop = {
    home: '',
    dir: '',
    stateDir: '',
    renditions: '',
    now: 0,
    open: () =>
      createLocalCatalog({
        name: 'local',
        dir: shop.dir,
        stateDir: shop.stateDir,
        clock: { now: () => shop.now },
        title: null,
        baseUrl: null,
      }),
    get catalog(): Local {
      if (opened === null) throw new Error('a catalog is there only while a test runs')
      return opened
    },
  }
  let opened: Local | null = null
  beforeEach(async () => {
    shop.home = await mkdtemp(join(tmpdir(), 'catalog-'))
    shop.dir = join(shop.home, 'shop')
    shop.stateDir = join(shop.home, 'state')
    shop.renditions = join(shop.home, 'renditions')
    shop.now = Date.UTC(2026, 10, 21, 12)
    opened = shop.open()
  })
  afterEach(() => rm(shop.home, { recursive: true, force: true }))
  return shop
}

/** Every file below a folder with its content: two equal trees are the same catalog. */
export async function tree(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.sort().map(async (file) => [file.slice(root.length + 1), (await readFile(file)).toString('base64')] as const)),
  )
}

/** The served folder; the lease says when, so it is left out. */
export async function served(dir: string): Promise<Record<string, string>> {
  const { '.dropcard-lease': _, ...files } = await tree(dir)
  return files
}

export const mediaOf = (files: Record<string, string>): string[] => Object.keys(files).filter((name) => name.startsWith('media/'))
export const ref = (productId: string, more: Partial<ProductRef> = {}): ProductRef => ({
  productId,
  remoteId: null,
  sku: null,
  handle: productId,
  ...more,
})
export const galleryOf = (entry: CatalogListing) => entry.media.map(({ key }) => ({ key, remoteId: key }))
export const problem = (kind: string, code: string, message: unknown = expect.any(String)) => ({
  ok: false,
  problem: { class: kind, code, message },
})

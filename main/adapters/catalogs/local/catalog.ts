import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ZodError } from 'zod'
import type {
  Catalog,
  CatalogCapabilities,
  CatalogListing,
  CatalogReply,
  CatalogShop,
  Flip,
  FlipReply,
  ListingChange,
} from '../../../core/catalog.ts'
import type { Clock } from '../../../core/ports.ts'
import { folderAccess } from './access.ts'
import { eachOf, type Pending, stop, toProblem } from './folder.ts'
import { changedRecord, filesOf, firstIssue, type ListingRecord, mediaRecord, newRecord, revisionOf } from './record.ts'
import { canWrite, findRecord, remoteListing, remoteMedia } from './remote.ts'
import { hideListings, isShown, refuseOthers, type Served, showListings, sweepServed, writeShop } from './served.ts'
import { type CatalogState, openStore } from './state.ts'
import { openVault } from './vault.ts'

export type LocalCatalogOptions = {
  /** Of the connection. */
  name: string
  /** The served folder; made when it is missing. */
  dir: string
  /** Outside `dir`: state, and the files of all listings. Best on the same disk: what is shown is then linked, not copied. */
  stateDir: string
  clock: Clock
  /** Goes before the title the library gives; null = that one. */
  title: string | null
  /** Where the folder will be reachable, ending in a slash; null = not known. Makes links for other machines absolute. */
  baseUrl: string | null
}

/**
 * The local catalog: a folder with storefront, product pages, drops, media and feeds, servable as it is.
 *
 * What buyers may see lies in `dir`, everything else in `stateDir`. A change is: files into the vault → page, where the listing is shown → one line of
 * state, the commit point. Showing and hiding commit first and then do it, so that what a stop left half shown is finished by the next `flip` or
 * `finish` and never taken back. Stopped anywhere, every listing is as it was or as it shall be, and doing it again is harmless. Changes queue up
 * behind each other; uploads run beside them.
 */
export function createLocalCatalog(options: LocalCatalogOptions): Catalog & Required<Pick<Catalog, 'finish'>> {
  const { dir, stateDir, baseUrl } = options
  const store = openStore(stateDir, dir)
  const vault = openVault(stateDir)
  const pending: Pending = new Set()
  const { look, inTurn, enter, isReady } = folderAccess({ dir, stateDir, store, vault })

  const answer = async <T>(act: () => Promise<T>): Promise<CatalogReply<T>> => {
    try {
      return { ok: true, value: await act() }
    } catch (thrown) {
      const problem = thrown instanceof ZodError ? invalid(thrown) : thrown
      return { ok: false, problem: toProblem(problem, dir) }
    }
  }

  const change = <T>(signal: AbortSignal, act: (at: Served, state: CatalogState) => Promise<T>): Promise<CatalogReply<T>> =>
    answer(() =>
      inTurn(async () => {
        goOn(signal)
        return enter((root, state) => act({ root, baseUrl, vault, pending, now: options.clock.now() }, state))
      }),
    )

  const remote = (at: { root: string }, entry: ListingRecord) => remoteListing(entry, { root: at.root, baseUrl, vault })

  const create = async (at: Served, state: CatalogState, listing: CatalogListing) => {
    const there = state.listings.find((entry) => entry.productId === listing.productId)
    if (there !== undefined) return remote(at, there)
    const entry = newRecord(listing, state.listings)
    await store.append(state, { put: entry })
    return remote(at, entry)
  }

  const set = async (at: Served, state: CatalogState, wanted: ListingChange, signal: AbortSignal) => {
    const { listing, gallery, base } = wanted
    const before = need(state, wanted.remoteId)
    if (base !== null && revisionOf(before) !== base) {
      throw stop(
        'conflict',
        'changed',
        `"${before.title}" was changed in the catalog in ${dir} since it was looked at. Look at it again, then decide.`,
      )
    }
    const pictures = gallery.map(({ key, remoteId }) => {
      const picture = listing.media.find((one) => one.key === key)
      if (picture !== undefined && remoteId === key) return picture
      throw stop(
        'permanent',
        'bad-gallery',
        `The gallery of "${listing.title}" names a picture that the listing does not have (${key.slice(0, 12)}…).`,
      )
    })
    const files = pictures.flatMap((picture) => [
      { shelf: 'media' as const, file: picture },
      ...picture.sources.map((file) => ({ shelf: 'small' as const, file })),
      ...(picture.poster === null ? [] : [{ shelf: 'small' as const, file: { ...picture.poster, type: 'image/jpeg' as const } }]),
    ])
    const sizes = new Map<string, number>()
    const unique = new Map(files.map((one) => [`${one.shelf}/${one.file.key}`, one]))
    await eachOf(unique.values(), async ({ shelf, file }) => {
      sizes.set(file.key, await vault.place(shelf, file, file.path, signal))
    })
    const ours = pictures.map((picture) => mediaRecord(picture, sizes))
    const theirs = wanted.keep.flatMap((id) => {
      const kept = before.media.find((one) => one.key === id)
      if (kept === undefined) {
        throw stop(
          'conflict',
          'kept-gone',
          `A picture that was to stay is not on "${before.title}" any more. Look at it again, then decide.`,
        )
      }
      return gallery.some((one) => one.key === id) ? [] : [kept]
    })
    // Words are set even where `text` is false: only this library writes here, so what was there before is an older listing of its own.
    const entry = changedRecord(before, listing, [...ours, ...theirs])
    await vault.settle()
    if (entry.visible) await showListings(at, [entry], state)
    await store.append(state, { put: entry })
    return remote(at, need((await store.load()).state, entry.handle))
  }

  const flip = async (at: Served, before: CatalogState, flips: readonly Flip[], to: 'live' | 'hidden'): Promise<FlipReply[]> => {
    const problems = new Map<string, FlipReply>()
    const turning: ListingRecord[] = []
    for (const one of flips) {
      const reply = await answer(async () => {
        const entry = need(before, one.remoteId)
        for (const { shelf, file } of to === 'live' ? filesOf(entry) : []) {
          if (!(await vault.has(shelf, file))) {
            throw stop(
              'conflict',
              'media-gone',
              `A picture of "${entry.title}" is missing or damaged in ${stateDir}. Publish this product again.`,
            )
          }
        }
        turning.push(entry)
        return { visible: false, opensAt: null }
      })
      if (!reply.ok) problems.set(one.productId, { productId: one.productId, reply })
    }
    const state =
      turning.length === 0
        ? before
        : await store.append(before, {
            show: turning.map((entry) => entry.handle),
            visible: to === 'live',
            at: new Date(at.now).toISOString(),
          })
    const handles = new Set(turning.map((entry) => entry.handle))
    const turned = state.listings.filter((entry) => handles.has(entry.handle))
    if (to === 'live') await showListings(at, turned, state)
    else await hideListings(at, turned, state)
    // One product after the other goes live while a run publishes, and its end rebuilds the shop; a drop opens all at once, and nothing that is hidden
    // is told of any longer.
    const inDrop = new Set(state.shop.drops.flatMap((drop) => drop.products))
    if (to === 'hidden' || turned.length > 1 || turned.some((entry) => inDrop.has(entry.productId))) await writeShop(at, state)
    return Promise.all(
      flips.map(async (one): Promise<FlipReply> => {
        const problem = problems.get(one.productId)
        if (problem !== undefined) return problem
        const visible = await isShown(at.root, need(state, one.remoteId))
        return { productId: one.productId, reply: { ok: true, value: { visible, opensAt: null } } }
      }),
    )
  }

  const finish = async (at: Served, before: CatalogState, given: CatalogShop) => {
    const drops = given.drops.map(({ id, title, opensAt, closesAt, zone, products }) => ({ id, title, opensAt, closesAt, zone, products }))
    const shop = { title: (options.title ?? given.title).trim() || 'Shop', drops }
    const state = JSON.stringify(shop) === JSON.stringify(before.shop) ? before : await store.append(before, { shop })
    await showListings(
      at,
      state.listings.filter((entry) => entry.visible),
      state,
    )
    const files = await writeShop(at, state)
    await sweepServed(at.root, state, files)
    await vault.sweepSmall(new Set(state.listings.flatMap(filesOf).map(({ file }) => file.key)))
    await store.compact(state)
    return { page: join(at.root, 'index.html') }
  }

  return {
    name: options.name,
    kind: 'local',
    capabilities: () => CAPABILITIES,
    test: (signal) =>
      answer(async () => {
        goOn(signal)
        const { root, state } = await look()
        const { from } = await store.load()
        if (existsSync(root)) await refuseOthers(root, from === 'state' ? state.id : null)
        const missing = (await Promise.all([root, stateDir].map(canWrite))).filter((one) => one !== null)
        return { shop: options.title ?? state.shop.title, url: baseUrl, missing }
      }),
    find: (ref, signal) =>
      answer(async () => {
        goOn(signal)
        const { root, state } = await look()
        const entry = findRecord(state.listings, ref)
        return entry === null ? null : remote({ root }, entry)
      }),
    create: (listing, _idempotency, signal) => change(signal, (at, state) => create(at, state, listing)),
    findMedia: (keys, remoteId, signal) =>
      answer(async () => {
        const { state } = await look()
        const attached = new Set(state.listings.find((entry) => entry.handle === remoteId)?.media.map((one) => one.key))
        const found = []
        for (const key of keys) {
          goOn(signal)
          const file = await vault.look(key)
          if (file !== null) found.push(remoteMedia(key, file.type, attached.has(key)))
        }
        return found
      }),
    upload: (media, to, _idempotency, signal) =>
      answer(async () => {
        goOn(signal)
        if (!isReady()) await inTurn(() => enter(async () => undefined))
        return enter(async (_root, state) => {
          const bytes = await vault.place('media', media, media.path, signal)
          if (bytes !== media.bytes) {
            throw stop(
              'permanent',
              'media-changed',
              `${media.path} was expected to have ${media.bytes} bytes, but has ${bytes}. Render it again.`,
            )
          }
          const shown = state.listings.find((entry) => entry.handle === to.remoteId)?.media ?? []
          return remoteMedia(
            media.key,
            media.type,
            shown.some((one) => one.key === media.key),
          )
        })
      }),
    set: (wanted, signal) => change(signal, (at, state) => set(at, state, wanted, signal)),
    flip: async (flips, to, at, signal) => {
      const reply = await change(signal, async (served, state) => {
        if (at !== null)
          throw stop('permanent', 'no-schedule', 'The local catalog opens nothing by itself: this computer must be on at that time.')
        return flip(served, state, flips, to)
      })
      return reply.ok ? reply.value : flips.map(({ productId }) => ({ productId, reply }))
    },
    removeMedia: ({ remoteId, key }, signal) =>
      change(signal, async (_at, state) => {
        const shownBy = state.listings.find((entry) => entry.media.some((one) => one.key === remoteId))
        if (remoteId !== key || shownBy !== undefined) {
          const because = shownBy === undefined ? 'it is not the picture that was meant' : `"${shownBy.title}" shows it`
          throw stop('conflict', 'media-in-use', `The picture ${remoteId.slice(0, 12)}… stays: ${because}.`)
        }
        await vault.remove(key)
        return null
      }),
    finish: (shop, signal) => change(signal, (at, state) => finish(at, state, shop)),
  }
}

const CAPABILITIES: CatalogCapabilities = {
  dedupe: 'server-key',
  settleMs: 0,
  scheduleOpen: false,
  video: true,
  altText: true,
  price: true,
  stock: true,
  formats: ['image/jpeg', 'image/webp', 'video/mp4'],
  maxBytes: 2 * 1024 ** 3,
  maxMegapixels: null,
  maxPerProduct: 50,
  recipes: [480, 960, 1600].map((longestSide) => ({
    name: `store-${longestSide}`,
    longestSide,
    aspect: 'keep',
    format: 'jpeg',
    quality: 80,
  })),
  clipChannel: 'woocommerce',
}

function need(state: CatalogState, remoteId: string): ListingRecord {
  const entry = state.listings.find((one) => one.handle === remoteId)
  if (entry === undefined)
    throw stop('conflict', 'listing-gone', `The catalog has no listing "${remoteId}" any more. Publish this product again.`)
  return entry
}

function goOn(signal: AbortSignal): void {
  if (signal.aborted) throw stop('retryable', 'stopped', 'Stopped before it was done. Publish again to go on.')
}

const invalid = (error: ZodError) =>
  stop('permanent', 'listing-invalid', `The listing cannot be published as it is: ${firstIssue(error)}.`, error)

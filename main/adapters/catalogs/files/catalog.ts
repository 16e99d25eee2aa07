import type {
  Catalog,
  CatalogCapabilities,
  CatalogMedia,
  CatalogReply,
  Flip,
  ListingChange,
  ProductRef,
  RemoteListing,
  RemoteMedia,
} from '../../../core/catalog.ts'
import { told } from '../http.ts'
import { slug } from '../local/record.ts'
import { feedsOf, type Places } from './feeds.ts'
import { fileName, fileRecord, keyOf, kindOf, type ListingFile, namesOf, recordOf, toListing } from './record.ts'
import { createShelf, type Shelf } from './shelf.ts'
import { good, isGone, no, side, type Target } from './target.ts'

export const CAPABILITIES: CatalogCapabilities = {
  // A file's name is what is in it: sent twice, it is there once.
  dedupe: 'server-key',
  settleMs: 10_000,
  scheduleOpen: false,
  video: true,
  altText: true,
  price: true,
  stock: true,
  formats: ['image/jpeg', 'video/mp4'],
  maxBytes: 2_000_000_000,
  maxMegapixels: null,
  maxPerProduct: 100,
  recipes: [{ name: 'shop-3000', longestSide: 3000, aspect: 'keep', format: 'jpeg', quality: 88 }],
  clipChannel: 'woocommerce',
}

const lost = (shelf: Shelf, handle: string) =>
  no(
    'conflict',
    'gone',
    `${shelf.target.where} does not have the listing ${told(handle, [], 60)} any more. Publish it anew, or take it out of the drop.`,
  )

/** Any place that takes files, as a catalog: pictures, one JSON file a listing, and feeds of what is shown. */
export function createFilesCatalog(name: string, target: Target, places: Places): Catalog {
  const shelf = createShelf(target)
  const view = (it: { record: ListingFile; isVisible: boolean }): RemoteListing =>
    toListing(it.record, it.isVisible, places.page(it.record.handle))
  const { where } = target

  return {
    name,
    kind: 'files',
    capabilities: () => CAPABILITIES,

    async test(signal) {
      const listed = await target.list('', signal)
      return listed.ok ? good({ shop: where, url: places.base, missing: [] }) : listed
    },

    async find(ref, signal) {
      const found = await find(shelf, ref, signal)
      return found.ok ? good(found.value === null ? null : view(found.value)) : found
    },

    async create(listing, _idempotency, signal) {
      const handle = slug(listing.handle, listing.productId)
      const there = await shelf.read(handle, signal)
      if (!there.ok) return there
      if (there.value !== null) {
        if (there.value.record.productId === listing.productId) return good(view(there.value))
        return no('conflict', 'handle', `${where} has another listing called ${handle}. Give this one another name.`)
      }
      const record = recordOf(listing, handle, [])
      const written = await shelf.write(record, false, signal)
      return written.ok ? good(view({ record, isVisible: false })) : written
    },

    async findMedia(keys, remoteId, signal) {
      const found = await shelf.find(keys.flatMap(namesOf), signal)
      if (!found.ok || found.value.size === 0) return found.ok ? good([]) : found
      const listing = await shelf.read(remoteId, signal)
      if (!listing.ok) return listing
      const shown = listing.value?.record.media ?? []
      return good(
        [...found.value.keys()].map((file) =>
          mediaOf(
            file,
            shown.some((one) => one.file === file),
          ),
        ),
      )
    },

    async upload(media, _to, _idempotency, signal) {
      const file = fileName(media)
      const there = await shelf.find([file], signal)
      if (!there.ok) return there
      if (there.value.get(file)?.bytes === media.bytes) return good(mediaOf(file, false))
      const sent = await shelf.send(media, signal)
      return sent.ok ? good(mediaOf(file, false)) : sent
    },

    set: (change, signal) => set(shelf, change, view, signal),

    async flip(flips, to, at, signal) {
      const message = `${where} opens nothing by itself. This computer has to be on then.`
      const replies = []
      for (let from = 0; from < flips.length; from += 4) {
        const part = flips.slice(from, from + 4).map(async (flip) => {
          const reply = at === null ? await flipOne(shelf, flip, to === 'live', signal) : no('permanent', 'no-schedule', message)
          return { productId: flip.productId, reply }
        })
        replies.push(...(await Promise.all(part)))
      }
      return replies
    },

    async removeMedia({ remoteId, key }, signal) {
      if (keyOf(remoteId) !== key)
        return no('conflict', 'not-ours', `${told(remoteId, [], 80)} does not carry our mark. It was left alone.`)
      const all = await shelf.all(signal)
      if (!all.ok) return all
      if (all.value.some(({ record }) => record.media.some((one) => one.file === remoteId)))
        return no('conflict', 'in-use', 'A listing shows this file. It was left alone.')
      return shelf.removeFile(remoteId, signal)
    },

    async finish(shop, signal) {
      const all = await shelf.all(signal)
      if (!all.ok) return all
      const shown = all.value.filter((one) => one.isVisible).map((one) => one.record)
      const feeds = feedsOf(shown, shop.title, places)
      const sent = await side(feeds, 1, (feed) => target.put(feed.path, { kind: 'text', text: feed.text }, feed.type, signal))
      return sent.ok ? good({ page: null }) : sent
    },
  }
}

const mediaOf = (file: string, attached: boolean): RemoteMedia => ({
  remoteId: file,
  key: keyOf(file),
  kind: kindOf(file),
  state: 'ready',
  attached,
})

async function find(shelf: Shelf, ref: ProductRef, signal: AbortSignal) {
  if (ref.remoteId !== null) {
    const known = await shelf.read(ref.remoteId, signal)
    if (!known.ok || known.value !== null) return known
  }
  if (ref.handle === '') return good(null)
  const handle = slug(ref.handle, ref.productId)
  const named = await shelf.read(handle, signal)
  if (!named.ok || ref.sku === null || named.value?.record.productId === ref.productId) return named
  const all = await shelf.all(signal)
  if (!all.ok) return all
  const [one, second] = all.value.filter(({ record }) => record.sku === ref.sku)
  if (second !== undefined)
    return no(
      'conflict',
      'sku-twice',
      `Several listings in ${shelf.target.where} have the SKU ${told(ref.sku, [], 60)}. Give each its own.`,
    )
  return good(one ?? named.value)
}

async function set(
  shelf: Shelf,
  { remoteId, listing, text, gallery, keep, base }: ListingChange,
  view: (it: { record: ListingFile; isVisible: boolean }) => RemoteListing,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteListing>> {
  const there = await shelf.read(remoteId, signal)
  if (!there.ok) return there
  if (there.value === null) return lost(shelf, remoteId)
  const { record, isVisible } = there.value
  if (base !== null && view(there.value).revision !== base) {
    return no(
      'conflict',
      'changed',
      `${told(record.title, [], 60)} was changed in ${shelf.target.where} in the meantime. Look at the difference.`,
    )
  }
  const media = [
    ...gallery.flatMap(({ remoteId: file }) => {
      const own: CatalogMedia | undefined = listing.media.find((one) => fileName(one) === file)
      return own === undefined ? record.media.filter((one) => one.file === file) : [fileRecord(own)]
    }),
    ...record.media.filter((one) => keep.includes(one.file)),
  ]
  const files = media.map((one) => one.file)
  const ready = isVisible ? await shelf.show(files, signal) : await isComplete(shelf, files, signal)
  if (!ready.ok) return ready
  const next = text ? recordOf(listing, record.handle, media) : { ...record, media }
  const written = await shelf.write(next, isVisible, signal)
  if (!written.ok) return written
  const after = await shelf.read(remoteId, signal)
  if (!after.ok) return after
  return after.value === null ? lost(shelf, remoteId) : good(view(after.value))
}

async function isComplete(shelf: Shelf, files: readonly string[], signal: AbortSignal): Promise<CatalogReply<null>> {
  const found = await shelf.find(files, signal)
  if (!found.ok) return found
  const missing = files.find((file) => !found.value.has(file))
  return missing === undefined ? good(null) : isGone(shelf.target.where, missing)
}

/** Each step can be done again; what is half done still counts as shown, or not shown, as it was before. */
async function flipOne(
  shelf: Shelf,
  { remoteId }: Flip,
  isWanted: boolean,
  signal: AbortSignal,
): Promise<CatalogReply<{ visible: boolean; opensAt: string | null }>> {
  const there = await shelf.read(remoteId, signal)
  if (!there.ok) return there
  if (there.value === null) return lost(shelf, remoteId)
  const { record, isVisible } = there.value
  if (isVisible !== isWanted) {
    const files = record.media.map((one) => one.file)
    const ready = isWanted ? await shelf.show(files, signal) : good(null)
    if (!ready.ok) return ready
    const turned = await shelf.turn(record, isWanted, signal)
    if (!turned.ok) return turned
  }
  const after = await shelf.read(remoteId, signal)
  if (!after.ok) return after
  return after.value === null ? lost(shelf, remoteId) : good({ visible: after.value.isVisible, opensAt: null })
}

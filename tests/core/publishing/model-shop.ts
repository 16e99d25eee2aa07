import type {
  Catalog,
  CatalogCapabilities,
  CatalogListing,
  CatalogProblem,
  CatalogReply,
  RemoteListing,
  RemoteMedia,
} from '../../../main/core/catalog.ts'

/**
 * A model of a shop, in memory, labelled as one: it keeps what it is sent, never looks for doubles, and fails as it is told. Replies can be lost before
 * or after it acted, and it can act later than the reply was lost (by less than its `settleMs`).
 */
export type Fault =
  | 'none'
  | 'offline'
  | 'throttled'
  | 'busy'
  /** It acts, the reply is lost. */
  | 'lost reply'
  /** The reply is lost first, then it acts. */
  | 'acts late'
  /** The reply is lost first, then it acts, when it was given up long ago. */
  | 'acts too late'
  /** Both are lost. */
  | 'lost request'
  /** It says yes and leaves something out. */
  | 'lies'
  /** It stops in the middle: some of it is done, and the reply is lost. */
  | 'half done'

type Product = Omit<RemoteListing, 'media' | 'revision' | 'url'> & { sku: string | null; handle: string; gallery: string[] }
type Media = { id: string; key: string | null; kind: RemoteMedia['kind'] }

export const settleMs = 60_000

const can: CatalogCapabilities = {
  dedupe: 'lookup',
  settleMs,
  scheduleOpen: false,
  video: false,
  altText: false,
  price: true,
  stock: true,
  formats: ['image/jpeg'],
  maxBytes: 1e9,
  maxMegapixels: null,
  maxPerProduct: 50,
  recipes: [{ name: 'model', longestSide: 100, aspect: 'keep', format: 'jpeg', quality: 80 }],
  clipChannel: null,
}

export type ModelShop = Catalog & {
  products: Map<string, Product>
  media: Map<string, Media>
  /** Most files of one key, or products of one handle, that were there at any time. */
  twins(): number
  /** Lets what was late happen. */
  passTo(ms: number): void
}

const fail = (problem: Omit<CatalogProblem, 'message'>): { ok: false; problem: CatalogProblem } => ({
  ok: false,
  problem: { ...problem, message: `the model shop said ${problem.code}` },
})

export function modelShop(nextFault: () => Fault, now: () => number, more: Partial<CatalogCapabilities> = {}): ModelShop {
  const products = new Map<string, Product>()
  const media = new Map<string, Media>()
  const late: { at: number; act: () => void }[] = []
  let count = 0
  let twins = 1
  const noteTwins = (same: number): void => {
    twins = Math.max(twins, same)
  }
  const id = (what: string): string => `${what}-${++count}`

  const passTo = (ms: number): void => {
    for (const product of products.values())
      if (product.opensAt !== null && Date.parse(product.opensAt) <= ms) Object.assign(product, { visible: true, opensAt: null })
    for (const one of late.splice(0).toSorted((a, b) => a.at - b.at)) {
      if (one.at <= ms) one.act()
      else late.push(one)
    }
  }
  /** `act` changes the shop and gives the reply. */
  const change = async <T>(act: (lies: boolean) => CatalogReply<T>, half?: () => void): Promise<CatalogReply<T>> => {
    passTo(now())
    const fault = nextFault()
    switch (fault) {
      case 'none':
      case 'lies':
        return act(fault === 'lies')
      case 'offline':
        return fail({ class: 'retryable', code: 'offline', retryAfterMs: 3000 })
      case 'throttled':
        return fail({ class: 'throttled', code: 'throttled', retryAfterMs: 2000 })
      case 'busy':
        return fail({ class: 'retryable', code: '503' })
      case 'lost reply':
        act(false)
        return fail({ class: 'ambiguous', code: 'reset' })
      case 'acts late':
        late.push({ at: now() + settleMs - 1000, act: () => void act(false) })
        return fail({ class: 'ambiguous', code: 'timeout' })
      case 'acts too late':
        late.push({ at: now() + 600_000, act: () => void act(false) })
        return fail({ class: 'ambiguous', code: 'timeout' })
      case 'half done':
        half?.()
        return fail({ class: 'ambiguous', code: 'reset' })
      case 'lost request':
        return fail({ class: 'ambiguous', code: 'timeout' })
      default: {
        const never: never = fault
        throw new TypeError(String(never))
      }
    }
  }
  const look = async <T>(act: () => T): Promise<CatalogReply<T>> => {
    passTo(now())
    const fault = nextFault()
    if (fault === 'offline') return fail({ class: 'retryable', code: 'offline', retryAfterMs: 3000 })
    if (fault === 'throttled') return fail({ class: 'throttled', code: 'throttled', retryAfterMs: 2000 })
    if (fault !== 'none' && fault !== 'lies') return fail({ class: 'retryable', code: 'timeout' })
    return { ok: true, value: act() }
  }
  const isShown = (remoteId: string): boolean => [...products.values()].some((one) => one.gallery.includes(remoteId))
  const view = (one: Media): RemoteMedia => ({ remoteId: one.id, key: one.key, kind: one.kind, state: 'ready', attached: isShown(one.id) })
  const snapshot = (product: Product): RemoteListing => ({
    remoteId: product.remoteId,
    url: `http://127.0.0.1/${product.handle}`,
    revision: JSON.stringify([product.title, product.price, product.stock, product.gallery]),
    visible: product.visible,
    opensAt: product.opensAt,
    title: product.title,
    price: product.price,
    stock: product.stock,
    media: product.gallery.flatMap((one) => {
      const found = media.get(one)
      return found === undefined ? [] : [view(found)]
    }),
  })
  const words = (listing: CatalogListing) => ({ title: listing.title, price: listing.price, stock: listing.stock })

  return {
    name: 'model',
    kind: 'model',
    products,
    media,
    twins: () => twins,
    passTo,
    capabilities: () => ({ ...can, ...more }),
    test: async () => ({ ok: true, value: { shop: 'model', url: null, missing: [] } }),
    find: (ref) =>
      look(() => {
        const found =
          (ref.remoteId === null ? undefined : products.get(ref.remoteId)) ??
          [...products.values()].find((one) => one.handle === ref.handle)
        return found === undefined ? null : snapshot(found)
      }),
    create: (listing) =>
      change(() => {
        const made: Product = {
          remoteId: id('product'),
          sku: listing.sku,
          handle: listing.handle,
          visible: false,
          opensAt: null,
          gallery: [],
          ...words(listing),
        }
        products.set(made.remoteId, made)
        noteTwins([...products.values()].filter((one) => one.handle === made.handle).length)
        return { ok: true, value: snapshot(made) }
      }),
    findMedia: (keys) => look(() => [...media.values()].filter((one) => one.key !== null && keys.includes(one.key)).map(view)),
    upload: (file) =>
      change(() => {
        const made: Media = { id: id('media'), key: file.key, kind: file.kind }
        media.set(made.id, made)
        noteTwins([...media.values()].filter((one) => one.key === made.key).length)
        return { ok: true, value: view(made) }
      }),
    set: ({ remoteId, listing, text, gallery, keep, base }) =>
      change(
        (lies) => {
          const product = products.get(remoteId)
          if (product === undefined) return fail({ class: 'permanent', code: 'gone' })
          if (base !== null && snapshot(product).revision !== base) return fail({ class: 'conflict', code: 'changed' })
          if (text) Object.assign(product, words(listing))
          const wanted = [...gallery.map((one) => one.remoteId), ...keep]
          product.gallery = wanted.filter((one, place) => media.has(one) && !(lies && place === 0))
          return { ok: true, value: snapshot(product) }
        },
        () => {
          const product = products.get(remoteId)
          if (product !== undefined)
            product.gallery = gallery
              .map((one) => one.remoteId)
              .filter((one) => media.has(one))
              .toReversed()
              .slice(1)
        },
      ),
    flip: async (flips, to, at) => {
      const replies = []
      for (const flip of flips) {
        const reply = await change<{ visible: boolean; opensAt: string | null }>((lies) => {
          const product = products.get(flip.remoteId)
          if (product === undefined) return fail({ class: 'permanent', code: 'gone' })
          if (!lies) {
            product.visible = to === 'live' && at === null
            product.opensAt = to === 'live' ? at : null
          }
          return { ok: true, value: { visible: product.visible, opensAt: product.opensAt } }
        })
        replies.push({ productId: flip.productId, reply })
      }
      return replies
    },
    removeMedia: ({ remoteId, key }) =>
      change(() => {
        const found = media.get(remoteId)
        if (found === undefined) return { ok: true, value: null }
        if (found.key !== key || isShown(remoteId)) return fail({ class: 'conflict', code: 'shown' })
        media.delete(remoteId)
        return { ok: true, value: null }
      }),
  }
}

import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Money, RemoteListing, RemoteMedia } from '../../../core/catalog.ts'
import { moneyOf } from '../../../core/domain/money.ts'

const id = z.string().min(1).max(200)
const price = z.object({
  id,
  /** In whole units and their parts: 12.5 is twelve euros fifty. */
  amount: z.number(),
  currency_code: z.string(),
  min_quantity: z.number().nullish(),
  max_quantity: z.number().nullish(),
  /** For whom it holds (a region, a group); empty = for everybody. */
  rules: z.record(z.string(), z.string()).nullish(),
})
export type Price = z.infer<typeof price>

const variant = z.object({
  id,
  sku: z.string().nullish(),
  manage_inventory: z.boolean(),
  prices: z.array(price).max(5000).nullish(),
  inventory_items: z
    .array(
      z.object({
        inventory_item_id: id,
        required_quantity: z.number().nullish(),
        inventory: z.object({ location_levels: z.array(z.object({ location_id: id, stocked_quantity: z.number() })).nullish() }).nullish(),
      }),
    )
    .nullish(),
})

/** What is read of a product: https://docs.medusajs.com/api/admin#products */
export const product = z.object({
  id,
  title: z.string(),
  handle: z.string(),
  description: z.string().nullish(),
  status: z.string(),
  thumbnail: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  images: z.array(z.object({ id, url: z.string(), rank: z.number().nullish() })).max(5000),
  options: z.array(z.object({ title: z.string(), values: z.array(z.object({ value: z.string() })).nullish() })).nullish(),
  sales_channels: z.array(z.object({ id })).nullish(),
  shipping_profile: z.object({ id }).nullish(),
  variants: z.array(variant).max(5000),
})
export type Product = z.infer<typeof product>

/** The fields of it, in Medusa's way of asking for them. */
export const PRODUCT_FIELDS = [
  'id,title,handle,description,status,thumbnail,metadata',
  'images.id,images.url,images.rank,options.title,options.values.value,sales_channels.id,shipping_profile.id',
  'variants.id,variants.sku,variants.manage_inventory,*variants.prices',
  // Without these no price says for whom it holds.
  'variants.prices.price_rules.attribute,variants.prices.price_rules.value',
  'variants.inventory_items.inventory_item_id,variants.inventory_items.required_quantity',
  'variants.inventory_items.inventory.location_levels.location_id,variants.inventory_items.inventory.location_levels.stocked_quantity',
].join(',')

/** A file of ours as the product's metadata keeps it, or as it was just sent. `id`: by which it can be taken away; null = not known. */
export type OurFile = { key: string; url: string; id: string | null }

const MARK = 'dropcard_file_'
const noted = z.object({ key: z.string().regex(/^[0-9a-f]{64}$/), url: z.string().max(4000), id: id.nullable() })

/** One line of metadata a file: Medusa merges metadata line by line, so that nobody's lines are lost. */
export const noteOf = (file: OurFile): Record<string, OurFile> => ({ [`${MARK}${short(file.url)}`]: file })
export const noteName = (url: string): string => `${MARK}${short(url)}`
const short = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

export function filesOf({ metadata }: Pick<Product, 'metadata'>): OurFile[] {
  const lines = Object.entries(metadata ?? {}).filter(([name]) => name.startsWith(MARK))
  return lines.flatMap(([, value]) => noted.safeParse(value).data ?? [])
}

/** Name of a file: `<handle>-<key>.jpg`. Medusa puts a number before it or behind it, and keeps it. */
export const fileNameOf = (key: string, handle: string, type: string): string =>
  `${handle.replace(/[^a-z0-9-]+/gi, '-').slice(0, 60)}-${key}.${type === 'image/webp' ? 'webp' : 'jpg'}`

const keyIn = (url: string): string | null => /-([0-9a-f]{64})[-.]/.exec(url)?.[1] ?? null

/** Our key of a picture, by the product's metadata, else by the file's name; null: not ours. */
export const keyOf = (url: string, files: readonly OurFile[]): string | null => files.find((one) => one.url === url)?.key ?? keyIn(url)

/** The one variant; null where there is none or where several share the product. */
export const variantOf = ({ variants }: Product) => (variants.length === 1 ? (variants[0] ?? null) : null)

/** A price for everybody, whatever the number bought. */
export const isPlain = (one: Price, currency: string): boolean =>
  one.currency_code.toUpperCase() === currency &&
  Object.keys(one.rules ?? {}).length === 0 &&
  (one.min_quantity ?? null) === null &&
  (one.max_quantity ?? null) === null

/** With several variants there is not one price. */
export function priceOf(it: Product, currency: string): Money | null {
  const plain = variantOf(it)?.prices?.find((one) => isPlain(one, currency))
  return plain === undefined ? null : moneyOf(String(plain.amount), currency)
}

/** What a variant is made of, when that is one thing, once. */
export function itemOf(it: Product): { id: string; levels: { location_id: string; stocked_quantity: number }[] } | null {
  const parts = variantOf(it)?.inventory_items ?? []
  const [only] = parts
  if (only === undefined || parts.length > 1 || (only.required_quantity ?? 1) !== 1) return null
  return { id: only.inventory_item_id, levels: only.inventory?.location_levels ?? [] }
}

/** What lies at one place, whether ordered already or not; null where it is not counted, or not there. */
export function stockOf(it: Product, location: string | null): number | null {
  if (location === null || variantOf(it)?.manage_inventory !== true) return null
  return itemOf(it)?.levels.find((level) => level.location_id === location)?.stocked_quantity ?? null
}

type Pictures = Pick<Product, 'images' | 'thumbnail'>

export const inOrder = ({ images }: Pictures): string[] =>
  images.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0)).map((image) => image.url)

/** The pictures' addresses in order. Medusa shows the thumbnail wherever it shows one: for buyers that is the first. */
export function galleryOf(it: Pictures): string[] {
  const urls = inOrder(it)
  const { thumbnail } = it
  return thumbnail && urls.includes(thumbnail) ? [thumbnail, ...urls.filter((url) => url !== thumbnail)] : urls
}

export type Shown = { currency: string; location: string | null; page: string | null }

export function toListing(it: Product, { currency, location, page }: Shown): RemoteListing {
  const files = filesOf(it)
  const money = priceOf(it, currency)
  const stock = stockOf(it, location)
  const set = [it.title, it.description ?? '', money, stock, it.images.map((image) => image.url), it.thumbnail ?? null]
  return {
    remoteId: it.id,
    url: page === null ? null : page.replaceAll('{handle}', encodeURIComponent(it.handle)),
    revision: createHash('sha256').update(JSON.stringify(set)).digest('hex').slice(0, 32),
    visible: it.status === 'published',
    opensAt: null,
    title: it.title,
    price: money,
    stock,
    media: galleryOf(it).map(
      (url): RemoteMedia => ({ remoteId: url, key: keyOf(url, files), kind: 'image', state: 'ready', attached: true }),
    ),
  }
}

import { createHash } from 'node:crypto'
import type { CatalogObject } from 'square'
import { z } from 'zod'
import type { CatalogListing, Money, RemoteListing, RemoteMedia } from '../../../core/catalog.ts'
import { paragraphs } from '../paragraphs.ts'

const version = z.union([z.bigint(), z.number()])
const whole = z.union([z.bigint(), z.number()]).transform(Number)

/** An image; `name` is ours to use, is not shown to buyers and can be searched: it holds the key. */
export const image = z.object({
  type: z.literal('IMAGE'),
  id: z.string(),
  updatedAt: z.string().optional(),
  isDeleted: z.boolean().optional(),
  imageData: z.object({ name: z.string().nullish(), url: z.string().nullish(), caption: z.string().nullish() }).optional(),
})
export type SquareImage = z.infer<typeof image>

const variation = z.object({
  type: z.literal('ITEM_VARIATION'),
  id: z.string(),
  itemVariationData: z.object({
    itemId: z.string().nullish(),
    sku: z.string().nullish(),
    trackInventory: z.boolean().nullish(),
    priceMoney: z.object({ amount: whole.nullish(), currency: z.string().optional() }).nullish(),
  }),
})
export const item = z.object({
  type: z.literal('ITEM'),
  id: z.string(),
  version,
  isDeleted: z.boolean().optional(),
  itemData: z.object({
    name: z.string().nullish(),
    descriptionHtml: z.string().nullish(),
    isArchived: z.boolean().nullish(),
    ecomUri: z.string().nullish(),
    imageIds: z.array(z.string()).nullish(),
    variations: z.array(variation).nullish(),
  }),
})
export type SquareItem = z.infer<typeof item>

/** Any object, as the SDK gave it: it goes back whole, so that nothing that we do not know of is lost. */
export const raw = z.custom<CatalogObject>((value) => typeof value === 'object' && value !== null && 'type' in value && 'id' in value)

const PREFIX = 'sha256:'
export const nameOf = (key: string): string => `${PREFIX}${key}`
export const keyOf = (one: SquareImage): string | null => {
  const name = one.imageData?.name ?? ''
  return name.startsWith(PREFIX) && /^[0-9a-f]{64}$/.test(name.slice(PREFIX.length)) ? name.slice(PREFIX.length) : null
}

export const toMedia = (one: SquareImage, attached: boolean): RemoteMedia => ({
  remoteId: one.id,
  key: keyOf(one),
  kind: 'image',
  state: 'ready',
  attached,
})

/** Products are found again by their SKU; those without one get their handle as SKU, since Square has no handles. */
export const skuOf = (listing: { sku: string | null; handle: string }): string =>
  listing.sku === null || listing.sku === '' ? listing.handle : listing.sku

export function priceOf(one: SquareItem): Money | null {
  const variations = one.itemData.variations ?? []
  const money = variations[0]?.itemVariationData.priceMoney
  if (variations.length !== 1 || money?.amount === null || money?.amount === undefined || money.currency === undefined) return null
  return { minor: money.amount, currency: money.currency }
}

export function toListing(one: SquareItem, images: readonly SquareImage[], stock: number | null): RemoteListing {
  const byId = new Map(images.map((each) => [each.id, each]))
  const ids = one.itemData.imageIds ?? []
  const media = ids.map((id) => toMedia(byId.get(id) ?? { type: 'IMAGE', id }, true))
  const price = priceOf(one)
  const title = one.itemData.name ?? ''
  const set = [title, one.itemData.descriptionHtml ?? '', price, stock, ids]
  return {
    remoteId: one.id,
    url: one.itemData.ecomUri ?? null,
    revision: createHash('sha256').update(JSON.stringify(set)).digest('hex').slice(0, 32),
    visible: one.itemData.isArchived !== true,
    opensAt: null,
    title,
    price,
    stock,
    media,
  }
}

/** The item as it shall be: what it was, with what we set laid over it. */
export function changed(
  before: CatalogObject & { type: 'ITEM' },
  listing: CatalogListing,
  text: boolean,
  imageIds: string[],
): CatalogObject {
  const { descriptionPlaintext: _, ...data } = before.itemData ?? {}
  const { price } = listing
  const variations = data.variations?.map((one) =>
    one.type !== 'ITEM_VARIATION' || !text || data.variations?.length !== 1
      ? one
      : {
          ...one,
          itemVariationData: {
            ...one.itemVariationData,
            sku: skuOf(listing),
            ...(listing.stock === null ? {} : { trackInventory: true }),
            ...(price === null
              ? {}
              : { pricingType: 'FIXED_PRICING' as const, priceMoney: { amount: BigInt(price.minor), currency: price.currency as never } }),
          },
        },
  )
  return {
    ...before,
    itemData: {
      ...data,
      ...(variations === undefined ? {} : { variations }),
      imageIds,
      ...(text ? { name: listing.title, descriptionHtml: paragraphs(listing.description) } : {}),
    },
  }
}

/** A new item: archived, so that nobody sees it before its time; one variation, which is what is sold. */
export const newItem = (listing: CatalogListing): CatalogObject => ({
  type: 'ITEM',
  id: '#item',
  presentAtAllLocations: true,
  itemData: {
    name: listing.title,
    descriptionHtml: paragraphs(listing.description),
    isArchived: true,
    variations: [
      {
        type: 'ITEM_VARIATION',
        id: '#variation',
        presentAtAllLocations: true,
        itemVariationData: {
          itemId: '#item',
          name: 'Regular',
          sku: skuOf(listing),
          trackInventory: listing.stock !== null,
          ...(listing.price === null
            ? { pricingType: 'VARIABLE_PRICING' as const }
            : {
                pricingType: 'FIXED_PRICING' as const,
                priceMoney: { amount: BigInt(listing.price.minor), currency: listing.price.currency as never },
              }),
        },
      },
    ],
  },
})

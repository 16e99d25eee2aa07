import { createHash } from 'node:crypto'
import type { CatalogMedia, CatalogReply, Money, RemoteListing, RemoteMedia } from '../../../core/catalog.ts'
import { digitsOf } from '../../../core/domain/money.ts'
import type { Channel } from './client.ts'
import type { VendureAsset, VendureProduct } from './documents.ts'
import { refusal } from './problems.ts'

export const tagOf = (key: string): string => `sha256:${key}`

/**
 * Name of a file: `<handle>-<key>-<bytes>.jpg`. Vendure keeps it in the same row as the asset, so that it says what should be there even when the server
 * stopped before it came to the tags.
 */
export const fileNameOf = (media: CatalogMedia, handle: string): string => {
  const ending = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'video/mp4': 'mp4' }[media.type]
  return `${handle.replace(/[^a-z0-9-]+/gi, '-').slice(0, 60)}-${media.key}-${media.bytes}.${ending}`
}

const named = (asset: VendureAsset) => /([0-9a-f]{64})-(\d{1,12})/.exec(asset.source)

/** Our key, as the tag or the file's name tells it; null: not ours. */
export function keyOf(asset: VendureAsset): string | null {
  const tag = asset.tags.find((one) => /^sha256:[0-9a-f]{64}$/.test(one.value))
  return tag?.value.slice('sha256:'.length) ?? named(asset)?.[1] ?? null
}

/** What is there is not what was sent: cut short, or not a picture. */
export function isDamaged(asset: VendureAsset): boolean {
  const bytes = named(asset)?.[2]
  return (bytes !== undefined && Number(bytes) !== asset.fileSize) || (asset.type === 'IMAGE' && (asset.width === 0 || asset.height === 0))
}

/** `key`: under which it was asked for, where the asset itself does not tell (only our own field does). */
export const toMedia = (asset: VendureAsset, attached: boolean, key: string | null = null): RemoteMedia => ({
  remoteId: asset.id,
  key: keyOf(asset) ?? key,
  kind: asset.type === 'VIDEO' || asset.mimeType.startsWith('video/') ? 'clip' : 'image',
  state: isDamaged(asset) ? 'failed' : 'ready',
  attached,
})

/** Vendure counts every currency with the same number of digits (`moneyStrategyPrecision`), we count each with its own. */
export function toVendure(price: Money, channel: Channel): CatalogReply<number> {
  if (price.currency !== channel.currency) {
    const message = `This channel sells in ${channel.currency}, the price is in ${price.currency}. Give the price in ${channel.currency}.`
    return refusal('permanent', 'currency', message)
  }
  const amount = price.minor * 10 ** (channel.precision - digitsOf(price.currency))
  if (Number.isInteger(amount)) return { ok: true, value: amount }
  return refusal(
    'permanent',
    'precision',
    `Vendure counts ${price.currency} with ${channel.precision} digits after the point. Round the price.`,
  )
}

function toMoney(price: number, channel: Channel): Money | null {
  const minor = price * 10 ** (digitsOf(channel.currency) - channel.precision)
  return Number.isInteger(minor) ? { minor, currency: channel.currency } : null
}

/** The one variant; null where there is none or where several share the product. */
export const variantOf = (product: VendureProduct) => (product.variants.length === 1 ? (product.variants[0] ?? null) : null)

/** With several variants there is not one price. */
export function priceOf(product: VendureProduct, channel: Channel): Money | null {
  const price = variantOf(product)?.prices.find((one) => one.currencyCode === channel.currency)
  return price === undefined ? null : toMoney(price.price, channel)
}

/** What lies there, whether ordered already or not; null where it is not counted, or counted in several places. */
export function stockOf(product: VendureProduct): number | null {
  const variant = variantOf(product)
  if (variant === null || variant.trackInventory === 'FALSE' || variant.stockLevels.length !== 1) return null
  return variant.stockLevels[0]?.stockOnHand ?? null
}

/** Vendure shows the featured asset wherever it shows one: whatever place it has among the others, for buyers it is the first. */
const inOrder = ({ assets, featuredAsset }: VendureProduct): VendureAsset[] => {
  const hero = assets.find((asset) => asset.id === featuredAsset?.id)
  return hero === undefined ? assets : [hero, ...assets.filter((asset) => asset !== hero)]
}

export function toListing(product: VendureProduct, channel: Channel, page: string | null): RemoteListing {
  const price = priceOf(product, channel)
  const stock = stockOf(product)
  const ids = product.assets.map((asset) => asset.id)
  const set = [product.name, product.description, price, stock, ids, product.featuredAsset?.id ?? null]
  return {
    remoteId: product.id,
    url: page === null ? null : page.replaceAll('{slug}', encodeURIComponent(product.slug)),
    revision: createHash('sha256').update(JSON.stringify(set)).digest('hex').slice(0, 32),
    visible: product.enabled,
    opensAt: null,
    title: product.name,
    price,
    stock,
    media: inOrder(product).map((asset) => toMedia(asset, true)),
  }
}

/** Plain text as the HTML that Vendure keeps. */
export const toHtml = (text: string): string => {
  const paragraphs = text.split(/\n\s*\n/).map((paragraph) => paragraph.trim())
  return paragraphs.flatMap((paragraph) => (paragraph === '' ? [] : [`<p>${escaped(paragraph).replaceAll('\n', '<br>')}</p>`])).join('')
}
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

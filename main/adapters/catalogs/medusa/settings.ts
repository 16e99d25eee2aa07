import { z } from 'zod'
import type { CatalogReply } from '../../../core/catalog.ts'
import { told } from '../http.ts'
import type { Medusa } from './client.ts'
import { refusal } from './problems.ts'

/** What a person chose in the connection, by name or id; null = the shop's own default. */
export type Choice = { salesChannel: string | null; location: string | null; currency: string | null }

/** What is needed to know of a shop before anything is written to it. */
export type Settings = {
  name: string
  currency: string
  salesChannel: { id: string; name: string; disabled: boolean }
  /** Where stock is counted; null = there is none, or several and none of them was chosen. */
  location: { id: string; name: string } | null
  locations: string[]
  /** The stock there can be bought in the sales channel. */
  locationServesChannel: boolean
  shippingProfile: string | null
}

const id = z.string().min(1).max(200)
const stores = z.object({
  stores: z
    .array(
      z.object({
        name: z.string(),
        default_sales_channel_id: id.nullish(),
        default_location_id: id.nullish(),
        supported_currencies: z.array(z.object({ currency_code: z.string().regex(/^[a-z]{3}$/i), is_default: z.boolean() })),
      }),
    )
    .max(100),
})
const salesChannels = z.object({
  sales_channels: z.array(z.object({ id, name: z.string(), is_disabled: z.boolean().nullish() })).max(1000),
})
const places = z.object({
  stock_locations: z.array(z.object({ id, name: z.string(), sales_channels: z.array(z.object({ id })).nullish() })).max(1000),
})
const profiles = z.object({ shipping_profiles: z.array(z.object({ id, type: z.string() })).max(1000) })

const names = (all: readonly { name: string }[]): string =>
  told(
    all
      .slice(0, 8)
      .map((one) => `“${one.name}”`)
      .join(', '),
  )
const wrong = (code: string, message: string) => refusal('permanent', code, message)

/** Four reads; what was chosen and is not there is said with what there is. */
export async function readSettings(medusa: Medusa, choice: Choice, signal: AbortSignal): Promise<CatalogReply<Settings>> {
  const all = (fields: string): [string, string][] => [
    ['fields', fields],
    ['limit', '100'],
  ]
  const currencies = 'supported_currencies.currency_code,supported_currencies.is_default'
  const read = await medusa.ask(
    { method: 'GET', path: 'stores', query: all(`id,name,default_sales_channel_id,default_location_id,${currencies}`), signal },
    stores,
  )
  if (!read.ok) return read
  const [store] = read.value.stores
  if (store === undefined) return wrong('no-store', `${medusa.shop} has no store. Finish setting Medusa up, then connect again.`)

  const supported = store.supported_currencies.map((one) => one.currency_code.toUpperCase())
  const usual = store.supported_currencies.find((one) => one.is_default)?.currency_code.toUpperCase() ?? supported[0]
  const currency = choice.currency?.toUpperCase() ?? usual
  if (currency === undefined || !supported.includes(currency))
    return wrong(
      'currency',
      `${medusa.shop} does not sell in ${told(currency ?? 'any currency', [], 20)}: it has ${told(supported.join(', '), [], 100) || 'none'}.`,
    )

  const channels = await medusa.ask({ method: 'GET', path: 'sales-channels', query: all('id,name,is_disabled'), signal }, salesChannels)
  if (!channels.ok) return channels
  const channel = pick(channels.value.sales_channels, choice.salesChannel, store.default_sales_channel_id ?? null)
  if (channel === null)
    return wrong(
      'sales-channel',
      choice.salesChannel === null
        ? `${medusa.shop} has no default sales channel. Enter one of ${names(channels.value.sales_channels)} in the connection.`
        : `${medusa.shop} has no sales channel “${told(choice.salesChannel, [], 60)}”. It has ${names(channels.value.sales_channels)}.`,
    )

  const there = await medusa.ask({ method: 'GET', path: 'stock-locations', query: all('id,name,sales_channels.id'), signal }, places)
  if (!there.ok) return there
  const locations = there.value.stock_locations
  const location = pick(locations, choice.location, store.default_location_id ?? null)
  if (location === null && choice.location !== null)
    return wrong(
      'stock-location',
      `${medusa.shop} has no stock location “${told(choice.location, [], 60)}”. It has ${names(locations) || 'none'}.`,
    )

  const shipping = await medusa.ask({ method: 'GET', path: 'shipping-profiles', query: all('id,type'), signal }, profiles)
  if (!shipping.ok) return shipping
  const kinds = shipping.value.shipping_profiles
  return {
    ok: true,
    value: {
      name: told(store.name, [], 80) || medusa.shop,
      currency,
      salesChannel: { id: channel.id, name: told(channel.name, [], 80), disabled: channel.is_disabled === true },
      location: location === null ? null : { id: location.id, name: told(location.name, [], 80) },
      locations: locations.map((one) => told(one.name, [], 60)),
      locationServesChannel: location?.sales_channels?.some((one) => one.id === channel.id) === true,
      shippingProfile: (kinds.find((one) => one.type === 'default') ?? (kinds.length === 1 ? kinds[0] : undefined))?.id ?? null,
    },
  }
}

/** The chosen one, else the shop's default, else the only one. */
function pick<T extends { id: string; name: string }>(all: readonly T[], chosen: string | null, usual: string | null): T | null {
  if (chosen !== null) return all.find((one) => one.id === chosen) ?? all.find((one) => one.name.trim() === chosen) ?? null
  return all.find((one) => one.id === usual) ?? (all.length === 1 ? (all[0] ?? null) : null)
}

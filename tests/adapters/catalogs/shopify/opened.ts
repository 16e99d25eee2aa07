import { openShopify } from '../../../../main/adapters/catalogs/shopify.ts'
import type { Catalog, CatalogReply } from '../../../../main/core/catalog.ts'
import type { ShopifyStandIn } from './stand-in.ts'

export function value<T>(reply: CatalogReply<T>): T {
  if (!reply.ok) throw new Error(`${reply.problem.class} ${reply.problem.code}: ${reply.problem.message}`)
  return reply.value
}
export const problem = <T>(reply: CatalogReply<T>): string | null => (reply.ok ? null : `${reply.problem.class} ${reply.problem.code}`)

/** The stand-in as a catalog, by its clock: waiting sets it forward. */
export function openAt(shop: ShopifyStandIn, config: Record<string, string> = {}, secrets?: Record<string, string>): Catalog {
  const { clientId, clientSecret } = shop.credentials
  const clock = { now: () => shop.state.now, wait: (ms: number) => shop.pass(ms) }
  return value(
    openShopify({ name: 's', kind: 'shopify', config: { shop: shop.url, clientId, ...config } }, secrets ?? { clientSecret }, { clock }),
  )
}

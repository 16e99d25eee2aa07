import type { Reader } from './library/db.ts'
import type { Webhook, WebhookEvent } from './ports.ts'

/** Says to the webhook what a job came to, once it has ended; what is still under way is not news. */
export function createFollowing({ read, webhook, now }: { read: Reader; webhook: Webhook; now(): string }) {
  const listing: Record<string, WebhookEvent['event']> = {
    published: 'listing.published',
    hidden: 'listing.hidden',
    failed: 'listing.failed',
    conflict: 'listing.conflict',
  }
  const drop: Record<string, WebhookEvent['event']> = { open: 'drop.opened', closed: 'drop.closed', missed: 'drop.missed' }
  return {
    async tellOfListing(catalog: string, productId: string): Promise<void> {
      const row = await read
        .selectFrom('publication')
        .innerJoin('product', 'product.id', 'publication.product_id')
        .select(['publication.state', 'publication.url', 'publication.because', 'product.title'])
        .where('publication.catalog', '=', catalog)
        .where('publication.product_id', '=', productId)
        .executeTakeFirst()
      const event = row === undefined ? undefined : listing[row.state]
      if (row === undefined || event === undefined) return
      webhook.tell({ event, at: now(), catalog, productId, title: row.title, url: row.url, because: row.because })
    },
    async tellOfDrop(dropId: string, catalog: string): Promise<void> {
      const row = await read
        .selectFrom('drop_catalog')
        .innerJoin('sale_drop', 'sale_drop.id', 'drop_catalog.drop_id')
        .select(['drop_catalog.state', 'drop_catalog.because', 'sale_drop.title'])
        .where('drop_id', '=', dropId)
        .where('catalog', '=', catalog)
        .executeTakeFirst()
      const event = row === undefined ? undefined : drop[row.state]
      if (row === undefined || event === undefined) return
      webhook.tell({ event, at: now(), catalog, dropId, title: row.title, because: row.because })
    },
  }
}

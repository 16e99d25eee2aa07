import { productId } from '../../contract/ids.ts'
import type { PlanLine, PublishPlan } from '../../contract/views.ts'
import type { Catalog, CatalogListing, CatalogReply } from '../catalog.ts'
import type { Reader } from '../library/db.ts'
import { fingerprint, listing, mediaThatFits, needed } from '../library/listings.ts'
import { type ProductRow, products } from '../library/products.ts'
import { publicationOf, thaw } from '../library/publications.ts'

/** What sending to this catalog would do, listing by listing, before anything is rendered or sent. Changes nothing anywhere. */
export async function planOf(read: Reader, catalog: Catalog): Promise<PublishPlan> {
  const can = catalog.capabilities()
  const plan: PublishPlan = { catalog: catalog.name, create: [], update: [], hide: [], unchanged: [], refused: [] }
  for (const product of await products(read)) {
    const sent = await publicationOf(read, catalog.name, product.id)
    const id = productId.parse(product.id)
    const line: PlanLine = {
      productId: id,
      title: product.title,
      images: Math.min(product.assets.length, can.maxPerProduct),
      clips: can.clipChannel === null ? 0 : product.clips.length,
      changes: [],
      left: [],
    }
    if (product.assets.length === 0) {
      if (sent !== null && sent.standing.remoteId !== null && sent.state !== 'hidden')
        plan.hide.push({ ...line, changes: ['nothing of it is picked any more: it is taken off'] })
      else if (product.clips.length > 0)
        plan.refused.push({ productId: id, title: product.title, because: 'it has a clip but no picked photo; pick a photo to go with it' })
      continue
    }
    if ((await refusedPhotos(read, product)) === product.assets.length) {
      plan.refused.push({ productId: id, title: product.title, because: 'none of its photos can be decoded' })
      continue
    }
    if (sent?.state === 'conflict') {
      plan.refused.push({
        productId: id,
        title: product.title,
        because: `somebody changed it in the shop: ${sent.because ?? 'look at the difference'}`,
      })
      continue
    }
    if (sent === null || sent.standing.remoteId === null) {
      plan.create.push({ ...line, changes: [can.clipChannel === null && product.clips.length > 0 ? 'new, without its clips' : 'new'] })
      continue
    }
    const now = await whatNow(read, product, catalog)
    const old = sent.frozen === null ? null : thaw(sent.frozen, (path) => path)
    const isSettled = sent.state === 'published' || (sent.state === 'hidden' && sent.wanted === 'hidden')
    if (isSettled && now !== null && now.print === sent.fingerprint && (await isStillThere(catalog, product, sent)))
      plan.unchanged.push({ productId: id, title: product.title })
    else
      plan.update.push({
        ...line,
        left: now?.left ?? [],
        changes: now === null || old === null ? ['its pictures are rendered anew'] : changes(old, now.what),
      })
  }
  return plan
}

async function whatNow(
  read: Reader,
  product: ProductRow,
  catalog: Catalog,
): Promise<{ what: CatalogListing; print: string; left: string[] } | null> {
  const can = catalog.capabilities()
  const missing = await needed(read, product, can)
  if (missing.photos.length + missing.clips.length > 0) return null
  const whole = await listing(read, product, catalog.name, can)
  const { media, left } = mediaThatFits(whole.media, can)
  const what = { ...whole, media }
  return { what, print: fingerprint(what), left }
}

/** Our memory alone is not believed, where looking costs nothing: what was deleted from the folder behind our back is published again. */
async function isStillThere(
  catalog: Catalog,
  product: ProductRow,
  sent: { standing: { remoteId: string | null }; base: string | null },
): Promise<boolean> {
  if (catalog.kind !== 'local') return true
  const ref = { productId: product.id, remoteId: sent.standing.remoteId, sku: null, handle: product.handle }
  const there: CatalogReply<{ revision: string } | null> = await catalog.find(ref, AbortSignal.timeout(10_000))
  return there.ok && there.value !== null && there.value.revision === sent.base
}

/** What is different, in words. */
function changes(old: CatalogListing, now: CatalogListing): string[] {
  const said: string[] = []
  if (old.title !== now.title) said.push(`title: “${old.title}” → “${now.title}”`)
  if (old.description !== now.description) said.push('another description')
  if (JSON.stringify(old.price) !== JSON.stringify(now.price)) said.push('another price')
  if (old.stock !== now.stock) said.push('another stock')
  const before = old.media.map((one) => one.key)
  const after = now.media.map((one) => one.key)
  const added = after.filter((key) => !before.includes(key)).length
  const gone = before.filter((key) => !after.includes(key)).length
  if (added > 0) said.push(`${added} new ${added === 1 ? 'picture' : 'pictures'}`)
  if (gone > 0) said.push(`${gone} ${gone === 1 ? 'picture' : 'pictures'} taken away`)
  if (before[0] !== after[0]) said.push('another main picture')
  else if (added + gone === 0 && before.join() !== after.join()) said.push('another order')
  return said.length > 0 ? said : ['it is sent again']
}

async function refusedPhotos(read: Reader, product: ProductRow): Promise<number> {
  const row = await read
    .selectFrom('analysis')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('asset_id', 'in', product.assets)
    .where('state', '=', 'refused')
    .executeTakeFirstOrThrow()
  return row.n
}

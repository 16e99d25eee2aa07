import { join } from 'node:path'
import type { ClipOverlay } from '../../../workers/protocol.ts'
import type { ClipLook } from '../../contract/views.ts'
import { priceTag } from '../domain/money.ts'
import type { Reader } from './db.ts'

export type BurnedIn = { overlay: ClipOverlay | null; captions: string | null; notes: string[] }

/** What is burned into a clip of this take, from the product it belongs to and the files beside it; `notes` say what was asked for and is not there. */
export async function burnedIn(read: Reader, dir: string, asset: string, look: ClipLook): Promise<BurnedIn> {
  const notes: string[] = []
  const overlay: ClipOverlay = { title: null, price: null, qr: null }
  if (look.title || look.price || look.qr) {
    const product = await read
      .selectFrom('product_asset')
      .innerJoin('product', 'product.id', 'product_asset.product_id')
      .select(['product.id', 'product.title', 'product.price_minor', 'product.currency'])
      .where('product_asset.asset_id', '=', asset)
      .executeTakeFirst()
    if (product === undefined) notes.push('the take belongs to no product: no title, price or code')
    else {
      if (look.title) overlay.title = product.title.slice(0, 200)
      if (look.price) {
        if (product.price_minor === null || product.currency === null) notes.push('the product has no price')
        else overlay.price = priceTag({ minor: product.price_minor, currency: product.currency })
      }
      if (look.qr) {
        const sent = await read
          .selectFrom('publication')
          .select('url')
          .where('product_id', '=', product.id)
          .where('url', 'like', 'http%')
          .orderBy('at', 'desc')
          .executeTakeFirst()
        if (sent?.url == null) notes.push('the product has no public address: no code')
        else overlay.qr = sent.url.slice(0, 500)
      }
    }
  }
  let captions: string | null = null
  if (look.captions) {
    const beside = await read.selectFrom('sidecar').select(['name', 'stored']).where('asset_id', '=', asset).orderBy('name').execute()
    const found = beside.find((one) => /\.srt$/i.test(one.name))
    if (found === undefined) notes.push('there is no .srt beside the take: no captions')
    else captions = join(dir, found.stored)
  }
  const isBlank = overlay.title === null && overlay.price === null && overlay.qr === null
  return { overlay: isBlank ? null : overlay, captions, notes }
}

import { z } from 'zod'
import type { CatalogReply } from '../../../core/catalog.ts'
import { fetchPicture } from '../http/picture.ts'
import type { VendureClient } from './client.ts'
import type { Document } from './documents.ts'

/** `preview` is the whole address of a picture, whatever the asset is (https://docs.vendure.io/reference/graphql-api/admin/object-types#asset). */
const data = z.object({ asset: z.object({ preview: z.string().max(4000) }).nullable() })
const readPreview: Document<z.infer<typeof data>> = {
  name: 'readPreview',
  text: 'query readPreview($id: ID!) { asset(id: $id) { preview } }',
  changes: false,
  data,
}

/** A picture of an asset, no larger than a look needs where the server makes smaller ones. */
export async function pictureOf(
  client: VendureClient,
  endpoint: URL,
  remoteId: string,
  signal: AbortSignal,
): Promise<CatalogReply<Uint8Array | null>> {
  const read = await client.ask(readPreview, { id: remoteId }, signal)
  if (!read.ok) return read
  if (read.value.asset === null) return { ok: true, value: null }
  const url = URL.parse(read.value.asset.preview, endpoint.href)
  if (url === null) return { ok: true, value: null }
  // What the asset server calls its usual middle size; servers that know no sizes leave it aside.
  url.searchParams.set('preset', 'medium')
  return fetchPicture(url, client.shop, signal)
}

import { randomUUID } from 'node:crypto'
import type { CatalogReply, RemoteMedia } from '../../../core/catalog.ts'
import type { ShopifyClient } from './client.ts'
import { lookForFiles, readFiles, type ShopFile, searchFiles } from './file-documents.ts'
import { keyOf, markOf, stemOf, toMedia } from './product.ts'

/** What this run of the engine was told about files whose names Shopify does not show yet: file id by product and key. */
export type Remembered = Map<string, string>
export const rememberedAs = (remoteId: string, key: string): string => `${remoteId} ${key}`

/** Names in one search. */
const AT_ONCE = 20

/**
 * Files that carry one of these keys, oldest first, by four ways of which each has its gap: the product's gallery (only what is attached), the newest
 * files (only the newest 100), what we remember (only this run), and the search by name (lags behind; may match what it does not understand).
 */
export async function findFiles(
  client: ShopifyClient,
  remembered: Remembered,
  keys: readonly string[],
  remoteId: string,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia[]>> {
  const around = await client.ask(lookForFiles, { id: remoteId }, signal)
  if (!around.ok) return around
  const gallery = around.value.product?.media.nodes ?? []
  const attached = new Set(gallery.map((one) => one.id))
  const found = new Map<string, { file: ShopFile; key: string }>()
  const take = (file: ShopFile, trusted: string | null) => {
    const key = keyOf(markOf(file), keys) ?? trusted
    if (key !== null && keys.includes(key) && !found.has(file.id)) found.set(file.id, { file, key })
  }
  for (const one of gallery) take({ ...one, fileStatus: one.status }, null)
  for (const file of around.value.newest.nodes) take(file, null)

  const ids = keys.flatMap((key) => remembered.get(rememberedAs(remoteId, key)) ?? [])
  if (ids.length > 0) {
    const known = await client.ask(readFiles, { ids }, signal)
    if (!known.ok) return known
    const keyById = new Map(keys.map((key) => [remembered.get(rememberedAs(remoteId, key)), key]))
    for (const file of known.value.nodes) if (file !== null) take(file, keyById.get(file.id) ?? null)
  }

  const slug = around.value.product?.handle ?? ''
  const missing = keys.filter((key) => ![...found.values()].some((one) => one.key === key))
  for (let at = 0; at < missing.length; at += AT_ONCE) {
    const some = missing.slice(at, at + AT_ONCE)
    const searched = await client.ask(
      searchFiles,
      { query: some.map((key) => nameQuery(stemOf(slug, key))).join(' OR '), control: nameQuery(randomUUID()) },
      signal,
    )
    if (!searched.ok) return searched
    // One name was asked for, and the search knows what a name is: then a file that does not show its name yet is the one.
    const believed = searched.value.control.nodes.length === 0 && some.length === 1 ? (some[0] ?? null) : null
    for (const file of searched.value.found.nodes) take(file, markOf(file) === null && file.fileStatus !== 'READY' ? believed : null)
  }

  const age = (file: ShopFile) => file.createdAt ?? ''
  return {
    ok: true,
    value: [...found.values()]
      .toSorted((a, b) => age(a.file).localeCompare(age(b.file)) || a.file.id.localeCompare(b.file.id, 'en', { numeric: true }))
      .map(({ file, key }) => toMedia(file, key, attached.has(file.id))),
  }
}

const nameQuery = (stem: string): string => `filename:${stem}*`

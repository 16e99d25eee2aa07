import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type AssetId, assetId } from '../../contract/ids.ts'
import type { ConflictPicture, ConflictView } from '../../contract/views.ts'
import type { Catalog, RemoteMedia } from '../catalog.ts'
import type { Handlers } from '../dispatch.ts'
import { galleryChanges } from '../domain/gallery-changes.ts'
import { AppError } from '../errors.ts'
import { inChunks } from '../library/chunks.ts'
import type { Reader } from '../library/db.ts'
import { publicationOf, thaw } from '../library/publications.ts'
import { peekFolder } from './card.ts'
import type { CommandContext } from './context.ts'
import { openCatalog } from './publish.ts'

/** So many pictures of others are fetched at most; the rest is counted. */
const mostFetched = 24
const largest = 12 * 1024 ** 2
const waitMs = 30_000

/** A listing that somebody else changed: the shop's gallery and words, freshly read, beside ours. Changes nothing. */
export const conflictCommands = (ctx: CommandContext): Pick<Handlers, 'publish.conflict'> => ({
  'publish.conflict': async ({ catalog: name, productId }): Promise<ConflictView> => {
    const { db } = ctx.library
    const catalog = await openCatalog(ctx, name)
    const publication = await publicationOf(db, name, productId)
    if (publication === null || publication.frozen === null) throw new AppError('not-found', 'This listing was never sent to this shop')
    const what = thaw(publication.frozen, (path) => path)
    const signal = AbortSignal.timeout(waitMs)
    const { remoteId, media: marks } = publication.standing
    const found = await catalog.find({ productId, remoteId, sku: what.sku, handle: what.handle }, signal)
    if (!found.ok) throw new AppError('unavailable', found.problem.message, { retryable: true })
    const remote = found.value
    const keyOf = new Map([...marks].flatMap(([key, mark]) => (mark.remoteId === null ? [] : [[mark.remoteId, key] as const])))
    const assets = await assetsOf(db, [...new Set([...what.media.map(({ key }) => key), ...keyOf.values()])])
    const there = remote?.media ?? []
    const changes = galleryChanges(
      what.media.map(({ key }) => marks.get(key)?.remoteId ?? null),
      there.map((one) => one.remoteId),
      new Set(publication.keep),
    )
    const known = there.map((one) => assets.get(one.key ?? keyOf.get(one.remoteId) ?? '') ?? null)
    const strangers = there.filter((one, at) => known[at] === null && one.kind === 'image').slice(0, mostFetched)
    const tokens = await looks(ctx, catalog, strangers, signal)
    return {
      differences: publication.difference,
      /** Where the product was there before us its words are the seller's: ours are not sent. */
      words: publication.made,
      ours: {
        title: what.title,
        price: what.price,
        stock: what.stock,
        pictures: what.media.map(
          ({ key, kind }, at): ConflictPicture => ({ kind, assetId: assets.get(key) ?? null, token: null, is: changes.ours[at] ?? 'same' }),
        ),
      },
      theirs:
        remote === null
          ? null
          : {
              title: remote.title,
              price: remote.price,
              stock: remote.stock,
              visible: remote.visible,
              pictures: there.map(
                ({ remoteId: id, kind }, at): ConflictPicture => ({
                  kind,
                  assetId: known[at] ?? null,
                  token: tokens.get(id) ?? null,
                  is: changes.theirs[at] ?? 'same',
                }),
              ),
            },
    }
  },
})

/** The photo or clip behind each key. */
async function assetsOf(read: Reader, keys: readonly string[]): Promise<Map<string, AssetId>> {
  const photos = await inChunks(keys, (some) => read.selectFrom('rendition').select(['key', 'asset_id']).where('key', 'in', some).execute())
  const clips = await inChunks(keys, (some) =>
    read
      .selectFrom('clip_rendition')
      .innerJoin('clip', 'clip.id', 'clip_rendition.clip_id')
      .select(['clip_rendition.key', 'clip.asset_id'])
      .where('clip_rendition.key', 'in', some)
      .execute(),
  )
  return new Map([...photos, ...clips].map((row) => [row.key, assetId.parse(row.asset_id)]))
}

/** Tokens of small pictures of what others put there, made from the shop's bytes by a worker; what cannot be had or read has none. */
async function looks(
  ctx: CommandContext,
  catalog: Catalog,
  wanted: readonly RemoteMedia[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const outDir = join(ctx.library.dir, peekFolder)
  const files = new Map<string, string>()
  try {
    for (const { remoteId } of wanted) {
      const bytes = await catalog.picture?.(remoteId, signal)
      if (bytes?.ok !== true || bytes.value === null || bytes.value.byteLength > largest) continue
      await mkdir(outDir, { recursive: true })
      const name = createHash('sha256').update(`${catalog.name}\n${remoteId}\n${randomUUID()}`).digest('hex')
      const path = join(outDir, `.shop-${name}`)
      await writeFile(path, bytes.value)
      files.set(path, remoteId)
    }
    if (files.size === 0) return new Map()
    const reply = await ctx.pool.run('peek.files', { paths: [...files.keys()], outDir, decodeMissing: true }, { signal })
    if (reply.kind !== 'done') return new Map()
    return new Map(
      reply.out.files.flatMap(({ path, thumb }) => {
        const token = /^([0-9a-f]{64})\.jpg$/.exec(basename(thumb ?? ''))?.[1]
        const id = files.get(path)
        return token === undefined || id === undefined ? [] : [[id, token] as const]
      }),
    )
  } finally {
    for (const path of files.keys()) await rm(path, { force: true })
  }
}

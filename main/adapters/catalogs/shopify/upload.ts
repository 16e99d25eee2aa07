import type { CatalogMedia, CatalogProblem, CatalogReply, RemoteMedia } from '../../../core/catalog.ts'
import { type HttpPart, mayLead, problemOf, send, told } from '../http.ts'
import type { ShopifyClient } from './client.ts'
import { createFile, deleteFile, lookForFiles, readFiles, type ShopFile, stageUpload } from './file-documents.ts'
import { findFiles, type Remembered, rememberedAs } from './lookup.ts'
import { shopifyProblem, userProblem } from './problems.ts'
import { fileNameOf, toMedia } from './product.ts'

/** Longest text that Shopify takes for a picture. */
const ALT_LIMIT = 512
/** Limits of Shopify's files, bytes: https://help.shopify.com/en/manual/products/product-media/product-media-types */
const MOST = { image: 20_000_000, clip: 1_000_000_000 }
/** How often and how long we look whether Shopify is done with a file, before it counts as still being worked on. Milliseconds. */
const POLL = { every: 1000, most: { image: 60_000, clip: 20_000 } }

const no = (problem: CatalogProblem): CatalogReply<never> => ({ ok: false, problem })

/**
 * One file: place → bytes → file. Only the last of these leaves anything behind, so only a lost answer to it is in doubt. The file is called after its
 * content, and Shopify is told to refuse a second one of that name: a file that is there already is adopted.
 */
export async function uploadFile(
  client: ShopifyClient,
  remembered: Remembered,
  media: CatalogMedia,
  remoteId: string,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia>> {
  if (media.bytes > MOST[media.kind]) {
    return no({
      class: 'permanent',
      code: 'too-large',
      message: `Shopify takes ${MOST[media.kind] / 1e6} MB for ${media.kind === 'clip' ? 'a clip' : 'a picture'}, this one has ${(media.bytes / 1e6).toFixed(1)} MB.`,
    })
  }
  const around = await client.ask(lookForFiles, { id: remoteId }, signal)
  if (!around.ok) return around
  if (around.value.product === null) return no(shopifyProblem('PRODUCT_DOES_NOT_EXIST', 'the product is not there any more'))
  const fileName = fileNameOf(around.value.product.handle, media.key, media.type)

  const source = await stage(client, media, fileName, signal)
  if (!source.ok) return source
  const input = {
    originalSource: source.value,
    filename: fileName,
    alt: media.alt.slice(0, ALT_LIMIT),
    contentType: media.kind === 'clip' ? 'VIDEO' : 'IMAGE',
    // Not offered for videos: INVALID_DUPLICATE_MODE_FOR_TYPE. There the lookup before has to do.
    ...(media.kind === 'clip' ? {} : { duplicateResolutionMode: 'RAISE_ERROR' }),
  }
  const created = await client.ask(createFile, { files: [input] }, signal)
  if (!created.ok) return created
  const { files, userErrors } = created.value.fileCreate
  const refused = userProblem(userErrors)
  if (refused !== null) return isTaken(refused) ? adopt(client, remembered, media, remoteId, fileName, signal) : no(refused)
  const [file] = files ?? []
  if (file === undefined) {
    const detail = 'it says that it made the file, and does not say which'
    return no(problemOf({ kind: 'failure', why: 'nonsense', sent: true, code: 'nonsense', detail }, { shop: client.shop, changes: true }))
  }
  remembered.set(rememberedAs(remoteId, media.key), file.id)
  return watch(client, remembered, media, remoteId, file, signal)
}

const isTaken = (problem: CatalogProblem): boolean =>
  problem.code === 'FILENAME_ALREADY_EXISTS' || problem.code === 'DUPLICATE_FILENAME_ERROR'

async function stage(client: ShopifyClient, media: CatalogMedia, fileName: string, signal: AbortSignal): Promise<CatalogReply<string>> {
  const input = {
    resource: media.kind === 'clip' ? 'VIDEO' : 'IMAGE',
    filename: fileName,
    mimeType: media.type,
    httpMethod: 'POST',
    fileSize: String(media.bytes),
  }
  const staged = await client.ask(stageUpload, { input: [input] }, signal)
  if (!staged.ok) return staged
  const { stagedTargets, userErrors } = staged.value.stagedUploadsCreate
  const refused = userProblem(userErrors)
  if (refused !== null) return no(refused)
  const [target] = stagedTargets ?? []
  const url = URL.parse(target?.url ?? '')
  const asked = { shop: client.shop, changes: false, now: client.clock.now() }
  if (target === undefined || url === null || target.resourceUrl === null || target.resourceUrl === undefined) {
    return no(
      problemOf({ kind: 'failure', why: 'nonsense', sent: true, code: 'nonsense', detail: 'it names no place to send the file to' }, asked),
    )
  }
  if (!mayLead(client.url, url)) {
    return no(
      problemOf(
        {
          kind: 'failure',
          why: 'address',
          sent: false,
          code: 'insecure',
          detail: `Shopify names an unsafe place for the file (${told(url.host)})`,
        },
        asked,
      ),
    )
  }
  // The place is Google's or Amazon's, not Shopify's: it gets the form that it signed, and none of our keys.
  const fields: HttpPart[] = target.parameters.map(({ name, value }) => ({ name, text: value }))
  const file: HttpPart = { name: 'file', file: { path: media.path, bytes: media.bytes }, fileName, type: media.type }
  const end = await send({
    method: 'POST',
    url,
    body: { kind: 'multipart', parts: [...fields, file] },
    timeoutMs: client.timeoutMs,
    signal,
  })
  const there = { ...asked, shop: url.host }
  if (end.kind === 'failure') return no(problemOf(end, there))
  if (end.status >= 200 && end.status < 300) return { ok: true, value: target.resourceUrl }
  // A place is good for one file and a short time: 4xx means that it has run out, and a new one is asked for.
  const problem = problemOf(end, there)
  return no(
    end.status === 429 || end.status >= 500
      ? problem
      : {
          ...problem,
          class: 'retryable',
          message: `${url.host} did not take the file (${end.status}). A new place for it will be asked for.`,
        },
  )
}

/** The name is taken, by the content that it names: that file is ours. It may be too new for every way of looking; then it is looked for again. */
async function adopt(
  client: ShopifyClient,
  remembered: Remembered,
  media: CatalogMedia,
  remoteId: string,
  fileName: string,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia>> {
  const found = await findFiles(client, remembered, [media.key], remoteId, signal)
  if (!found.ok) return found
  const one = found.value.find((file) => file.attached && file.state !== 'failed') ?? found.value.find((file) => file.state !== 'failed')
  if (one !== undefined) return { ok: true, value: one }
  return no({
    class: 'retryable',
    code: 'exists-not-found',
    message: `Shopify says that it has ${fileName} already, and does not find it yet. It will be looked for again; nothing was sent twice.`,
    retryAfterMs: 15_000,
  })
}

/** Waits until Shopify is done with the file, and compares what it has with what was sent. */
async function watch(
  client: ShopifyClient,
  remembered: Remembered,
  media: CatalogMedia,
  remoteId: string,
  first: ShopFile,
  signal: AbortSignal,
): Promise<CatalogReply<RemoteMedia>> {
  const { clock } = client
  const until = clock.now() + POLL.most[media.kind]
  let file = first
  while (file.fileStatus === 'UPLOADED' || file.fileStatus === 'PROCESSING' || file.fileStatus === undefined) {
    if (signal.aborted || clock.now() >= until) return { ok: true, value: toMedia(file, media.key, false) }
    await clock.wait(POLL.every, signal)
    const read = await client.ask(readFiles, { ids: [file.id] }, signal)
    // It is there, that much is sure; the next look tells how it is.
    if (!read.ok) return { ok: true, value: toMedia(file, media.key, false) }
    const [now] = read.value.nodes
    if (now === null || now === undefined) return no(shopifyProblem('FILE_DOES_NOT_EXIST', 'the file is gone again'))
    file = now
  }
  if (file.fileStatus === 'FAILED') {
    const [error] = file.fileErrors ?? []
    const problem = shopifyProblem(told(error?.code ?? 'UNKNOWN', [], 60), error?.message ?? 'the file could not be used')
    await discard(client, remembered, remoteId, media.key, file.id, signal)
    return isTaken(problem) ? adopt(client, remembered, media, remoteId, file.id, signal) : no(problem)
  }
  const wrong = mismatch(file, media)
  if (wrong === null) return { ok: true, value: toMedia(file, media.key, false) }
  const cleared = await discard(client, remembered, remoteId, media.key, file.id, signal)
  return no({
    class: cleared ? 'retryable' : 'permanent',
    code: 'file-mismatch',
    message: `Shopify has something else than was sent: ${wrong}. ${cleared ? 'It was removed there and will be sent again.' : 'Remove it in Shopify under Content, Files, then publish again.'}`,
  })
}

/** What Shopify has and what was sent; null = the same as far as it tells. */
function mismatch(file: ShopFile, media: CatalogMedia): string | null {
  const bytes = file.originalSource?.fileSize ?? null
  if (bytes !== null && bytes !== media.bytes) return `${bytes} bytes instead of ${media.bytes}`
  const { width, height } = file.image ?? {}
  if (media.kind !== 'image' || width === null || width === undefined || height === null || height === undefined) return null
  return width === media.width && height === media.height ? null : `${width} × ${height} pixels instead of ${media.width} × ${media.height}`
}

/** Takes away a file that was just made and is of no use, so that its name is free again. */
async function discard(
  client: ShopifyClient,
  remembered: Remembered,
  remoteId: string,
  key: string,
  file: string,
  signal: AbortSignal,
): Promise<boolean> {
  remembered.delete(rememberedAs(remoteId, key))
  const deleted = await client.ask(deleteFile, { ids: [file] }, signal)
  return deleted.ok && (deleted.value.fileDelete.deletedFileIds ?? []).includes(file)
}

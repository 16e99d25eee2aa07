import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { jpegSize } from '../../../../main/core/domain/jpeg-size.ts'

/** What the stand-in remembers. */
export type FileRow = {
  id: string
  type: 'MediaImage' | 'Video'
  filename: string
  alt: string
  sha256: string
  size: number
  width: number
  height: number
  status: 'UPLOADED' | 'PROCESSING' | 'READY' | 'FAILED'
  error: string | null
  /** Looks left until it is ready. */
  looks: number
  createdAt: string
}
export type ProductRow = {
  id: string
  handle: string
  title: string
  descriptionHtml: string
  status: string
  media: string[]
  variant: { id: string; sku: string | null; price: string; tracked: boolean; available: number }
  /** When it is shown where. */
  published: Map<string, number>
}
export type Staged = { bytes: Buffer | null; name: string }

/** What a test may tell the stand-in to do wrong. */
export type Orders = {
  /** Answers THROTTLED to so many requests. */
  throttleNext: number
  /** Answers so many mutations with an internal error after doing the work. */
  failAfterNext: number
  /** So many new files end as FAILED. */
  breakNext: number
  /** So many new files lose their last bytes, and nobody says so. */
  clipNext: number
  /** So many fileUpdate answer well and do nothing. */
  lieNext: number
  /** Looks a new file takes to be ready. */
  looks: number
  /** What the search by name does. */
  search: 'works' | 'lags' | 'matches anything'
  /** Whether a second file of a name is refused at once or when it is processed. */
  duplicates: 'at once' | 'later'
}

export const publicationId = 'gid://shopify/Publication/1'
export const scopeList = ['write_products', 'write_files', 'write_publications', 'write_inventory', 'read_locations', 'read_publications']

export type State = {
  files: Map<string, FileRow>
  products: Map<string, ProductRow>
  staged: Map<string, Staged>
  scopes: Set<string>
  orders: Orders
  /** The shop's clock, milliseconds. */
  now: number
  next: number
}

export const newState = (): State => ({
  files: new Map(),
  products: new Map(),
  staged: new Map(),
  scopes: new Set(scopeList),
  orders: { throttleNext: 0, failAfterNext: 0, breakNext: 0, clipNext: 0, lieNext: 0, looks: 2, search: 'works', duplicates: 'at once' },
  now: Date.parse('2026-11-21T12:00:00Z'),
  next: 1001,
})

export function need(state: State, scope: string): void {
  if (!state.scopes.has(scope)) {
    throw new GraphQLError(`Access denied. Required access: \`${scope}\` access scope.`, { extensions: { code: 'ACCESS_DENIED' } })
  }
}

export const userError = (code: string, message: string) => ({ code, field: ['input'], message })

export function addFile(state: State, filename: string, alt: string, type: FileRow['type'], staged: Buffer): FileRow {
  const { orders } = state
  const bytes = orders.clipNext > 0 ? staged.subarray(0, -7) : staged
  if (orders.clipNext > 0) orders.clipNext--
  const size = type === 'Video' ? { width: 960, height: 540 } : jpegSize(bytes)
  const broken = orders.breakNext > 0 || size === null
  if (orders.breakNext > 0) orders.breakNext--
  const row: FileRow = {
    id: `gid://shopify/${type}/${state.next++}`,
    type,
    filename,
    alt,
    sha256: createHash('sha256').update(staged).digest('hex'),
    size: bytes.length,
    width: size?.width ?? 0,
    height: size?.height ?? 0,
    status: 'UPLOADED',
    error: broken ? 'IMAGE_PROCESSING_FAILURE' : null,
    looks: orders.looks,
    createdAt: new Date(state.now + state.next).toISOString(),
  }
  state.files.set(row.id, row)
  return row
}

/** A file gets on each time it is looked at. */
export function lookAt(row: FileRow): FileRow {
  if (row.status === 'UPLOADED' || row.status === 'PROCESSING') {
    row.status = row.looks <= 0 ? (row.error === null ? 'READY' : 'FAILED') : 'PROCESSING'
    row.looks--
  }
  return row
}

/** A file as its GraphQL type has it. */
export function toFile(row: FileRow) {
  const ready = row.status === 'READY'
  return {
    __typename: row.type,
    id: row.id,
    alt: row.alt,
    createdAt: row.createdAt,
    fileStatus: row.status,
    status: row.status,
    mediaContentType: row.type === 'Video' ? 'VIDEO' : 'IMAGE',
    fileErrors: row.status === 'FAILED' ? [{ code: row.error, message: 'It could not be used.', details: null }] : [],
    // The name cannot be seen before.
    image: ready ? { url: `https://cdn.shopify.com/s/files/1/0001/files/${row.filename}?v=1`, width: row.width, height: row.height } : null,
    originalSource: ready ? { fileSize: row.size, url: null } : null,
    filename: row.filename,
  }
}

/** Words of a search that the stand-in knows: `filename:stem*`, `id:1`, `used_in:none|product`, with OR between names. */
export function searchFiles(state: State, query: string | undefined): FileRow[] {
  const all = [...state.files.values()]
  if (query === undefined) return all
  if (query.startsWith('id:')) {
    const [, id, used] = /^id:(\d+) used_in:(none|product)$/.exec(query) ?? []
    const shown = new Set([...state.products.values()].flatMap((product) => product.media))
    return all.filter((row) => row.id.endsWith(`/${id}`) && shown.has(row.id) === (used === 'product'))
  }
  if (state.orders.search === 'lags') return []
  if (state.orders.search === 'matches anything') return all
  const stems = query.split(' OR ').map((word) => /^filename:(.+)\*$/.exec(word)?.[1] ?? '\u0000')
  return all.filter((row) => stems.some((stem) => row.filename.startsWith(stem)))
}

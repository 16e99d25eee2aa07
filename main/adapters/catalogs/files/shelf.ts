import { randomBytes } from 'node:crypto'
import type { CatalogMedia, CatalogReply } from '../../../core/catalog.ts'
import { told } from '../http.ts'
import { fileName, type ListingFile, record } from './record.ts'
import { good, isGone, no, side, type Target } from './target.ts'

/** Longest listing that is read. */
const MOST_BYTES = 1_000_000
/** Requests side by side. */
const WIDTH = 4
const HIDDEN = /^\.?dropcard-[0-9a-f]{32}$/

export type Found = { record: ListingFile; isVisible: boolean }

/**
 * Where things stand in a target: `media/` and `listings/` are what anybody may see; what is not shown yet stands in a folder whose name nobody can guess,
 * laid out alike, and is moved from there, never sent twice. Where a listing stands in both, it is shown.
 */
export type Shelf = {
  readonly target: Target
  read(handle: string, signal: AbortSignal): Promise<CatalogReply<Found | null>>
  write(it: ListingFile, isVisible: boolean, signal: AbortSignal): Promise<CatalogReply<null>>
  /** Puts a listing on the other side: first there, then away from here. */
  turn(it: ListingFile, isVisible: boolean, signal: AbortSignal): Promise<CatalogReply<null>>
  all(signal: AbortSignal): Promise<CatalogReply<Found[]>>
  /** Files of `media/`, on either side. */
  find(files: readonly string[], signal: AbortSignal): Promise<CatalogReply<Map<string, { bytes: number; isPublic: boolean }>>>
  send(media: CatalogMedia, signal: AbortSignal): Promise<CatalogReply<null>>
  /** Makes sure that these can be seen by anybody. */
  show(files: readonly string[], signal: AbortSignal): Promise<CatalogReply<null>>
  removeFile(file: string, signal: AbortSignal): Promise<CatalogReply<null>>
}

const listingPath = (handle: string): string => `listings/${handle}.json`
const isHandle = (name: string): boolean => /^[a-z0-9][a-z0-9-]{0,99}$/.test(name)

export function createShelf(target: Target): Shelf {
  let hidden: string | null = null

  /** The folder for what is not shown; null = there is none yet. */
  const hiddenFolder = async (signal: AbortSignal): Promise<CatalogReply<string | null>> => {
    if (hidden !== null) return good(hidden)
    const listed = await target.list('', signal)
    if (!listed.ok) return listed
    const found = listed.value.flatMap((one) => (one.isFolder && HIDDEN.test(one.name) ? [one.name] : [])).sort()
    hidden = found[0] ?? null
    return good(hidden)
  }
  const needHidden = async (signal: AbortSignal): Promise<CatalogReply<string>> => {
    // Servers that list no names with a dot would never show it again; then it has to be one without.
    const mark = randomBytes(16).toString('hex')
    for (const name of [`.dropcard-${mark}`, `dropcard-${mark}`]) {
      const there = await hiddenFolder(signal)
      if (!there.ok) return there
      if (there.value !== null) return good(there.value)
      // A page of nothing, so that a web server that lists folders has something else to show.
      const made = await target.put(`${name}/index.html`, { kind: 'text', text: '\n' }, 'text/html', signal)
      if (!made.ok) return made
    }
    const there = await hiddenFolder(signal)
    if (!there.ok) return there
    if (there.value !== null) return good(there.value)
    return no('permanent', 'no-listing', `${target.where} took a folder and does not list it. Allow listing for this sign-in.`)
  }
  const readAt = async (folder: string, handle: string, isVisible: boolean, signal: AbortSignal): Promise<CatalogReply<Found | null>> => {
    const text = await target.read(folder + listingPath(handle), MOST_BYTES, signal)
    if (!text.ok || text.value === null) return text.ok ? good(null) : text
    const it = parsed(text.value)
    if (it?.handle === handle) return good({ record: it, isVisible })
    return no(
      'conflict',
      'damaged',
      `Expected a listing in ${listingPath(handle)} of ${target.where}, got something else. Look at it, or delete it.`,
    )
  }
  const write = (folder: string, it: ListingFile, signal: AbortSignal) => {
    const text = `${JSON.stringify(it, null, 1)}\n`
    return target.put(folder + listingPath(it.handle), { kind: 'text', text }, 'application/json', signal)
  }

  const shelf: Shelf = {
    target,

    async read(handle, signal) {
      if (!isHandle(handle)) return good(null)
      const shown = await readAt('', handle, true, signal)
      if (!shown.ok || shown.value !== null) return shown
      const folder = await hiddenFolder(signal)
      if (!folder.ok || folder.value === null) return folder.ok ? good(null) : folder
      return readAt(`${folder.value}/`, handle, false, signal)
    },

    async write(it, isVisible, signal) {
      if (isVisible) return write('', it, signal)
      const folder = await needHidden(signal)
      return folder.ok ? write(`${folder.value}/`, it, signal) : folder
    },

    async turn(it, isVisible, signal) {
      const folder = await needHidden(signal)
      if (!folder.ok) return folder
      const [to, from] = isVisible ? ['', `${folder.value}/`] : [`${folder.value}/`, '']
      const written = await write(to, it, signal)
      return written.ok ? target.remove(from + listingPath(it.handle), signal) : written
    },

    async all(signal) {
      const folder = await hiddenFolder(signal)
      if (!folder.ok) return folder
      const found = new Map<string, Found>()
      for (const [at, isVisible] of [['', true] as const, ...(folder.value === null ? [] : [[`${folder.value}/`, false] as const])]) {
        const listed = await target.list(`${at}listings`, signal)
        if (!listed.ok) return listed
        const handles = listed.value.flatMap(({ name }) =>
          name.endsWith('.json') && isHandle(name.slice(0, -5)) ? [name.slice(0, -5)] : [],
        )
        const read = await side(
          handles.filter((handle) => !found.has(handle)),
          WIDTH,
          (handle) => readAt(at, handle, isVisible, signal),
        )
        if (!read.ok) return read
        for (const one of read.value) if (one !== null) found.set(one.record.handle, one)
      }
      return good([...found.values()].sort((a, b) => (a.record.handle < b.record.handle ? -1 : 1)))
    },

    async find(files, signal) {
      const found = new Map<string, { bytes: number; isPublic: boolean }>()
      const shown = await target.sizes('media', files, signal)
      if (!shown.ok) return shown
      for (const [file, bytes] of shown.value) found.set(file, { bytes, isPublic: true })
      const folder = await hiddenFolder(signal)
      if (!folder.ok) return folder
      const rest = files.filter((file) => !found.has(file))
      if (folder.value === null || rest.length === 0) return good(found)
      const waiting = await target.sizes(`${folder.value}/media`, rest, signal)
      if (!waiting.ok) return waiting
      for (const [file, bytes] of waiting.value) found.set(file, { bytes, isPublic: false })
      return good(found)
    },

    async send(media, signal) {
      const folder = await needHidden(signal)
      if (!folder.ok) return folder
      const body = { kind: 'file', path: media.path, bytes: media.bytes, sha256: media.key } as const
      return target.put(`${folder.value}/media/${fileName(media)}`, body, media.type, signal)
    },

    async show(files, signal) {
      const found = await shelf.find(files, signal)
      if (!found.ok) return found
      const missing = files.find((file) => !found.value.has(file))
      if (missing !== undefined) return isGone(target.where, told(missing, [], 80))
      const waiting = [...new Set(files)].filter((file) => found.value.get(file)?.isPublic === false)
      const moved = await side(waiting, WIDTH, (file) => target.move(`${hidden}/media/${file}`, `media/${file}`, signal))
      if (!moved.ok) return moved
      // Where moving is copying and deleting, a lost answer may have left the first one behind.
      const shown = [...new Set(files)].filter((file) => found.value.get(file)?.isPublic === true)
      if (shown.length === 0 || hidden === null) return good(null)
      const left = await target.sizes(`${hidden}/media`, shown, signal)
      if (!left.ok) return left
      const gone = await side([...left.value.keys()], WIDTH, (file) => target.remove(`${hidden}/media/${file}`, signal))
      return gone.ok ? good(null) : gone
    },

    async removeFile(file, signal) {
      const folder = await hiddenFolder(signal)
      if (!folder.ok) return folder
      for (const at of ['', ...(folder.value === null ? [] : [`${folder.value}/`])]) {
        const gone = await target.remove(`${at}media/${file}`, signal)
        if (!gone.ok) return gone
      }
      return good(null)
    },
  }
  return shelf
}

function parsed(text: string): ListingFile | null {
  try {
    return record.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

import type { Stats } from 'node:fs'
import { link, lstat, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  copyHashed,
  hashFile,
  isCode,
  isLeftover,
  kindAt,
  needFolder,
  type Pending,
  partOf,
  statAt,
  stop,
  sweepFiles,
  syncAll,
} from './folder.ts'
import { type FileRecord, mediaName } from './record.ts'

/**
 * Where the files of all listings lie, shown or not: outside the served folder, named by the SHA-256 of their bytes. What is shown is linked into
 * the served folder (copied where the disk has no hard links, or is another one), so opening a drop of any size moves no bytes.
 */
export type Vault = {
  /** Has the file, whole and with these bytes; takes it from `from` otherwise. Returns its size. On the disk only after `settle`. */
  place(shelf: Shelf, file: Pick<FileRecord, 'key' | 'type'>, from: string, signal?: AbortSignal): Promise<number>
  /** Takes a file that already lies in the served folder, if it has the bytes of its key. */
  adopt(shelf: Shelf, file: FileRecord, from: string): Promise<void>
  /** What is kept under a key, read through; null when nothing is, or not these bytes any more. */
  look(key: string): Promise<{ type: FileRecord['type']; bytes: number } | null>
  /** The file is there and has its size. */
  has(shelf: Shelf, file: FileRecord): Promise<boolean>
  /** Puts what `place` took onto the disk, names included. */
  settle(): Promise<void>
  /** Puts a file into the served folder, under its public name. `names`: what lies there, null = not looked; what this run put there is not looked at again. */
  show(shelf: Shelf, file: FileRecord, to: { folder: string; names: ReadonlySet<string> | null; pending: Pending }): Promise<void>
  remove(key: string): Promise<void>
  /** Takes away what a stopped run left half-written. Nothing may be placed meanwhile. */
  sweepParts(): Promise<void>
  /** Takes away small renditions and stills that no listing names. */
  sweepSmall(named: ReadonlySet<string>): Promise<void>
}

/** `media`: what was sent by itself. `small`: smaller renditions and stills, which live and go with the listings that name them. */
export type Shelf = 'media' | 'small'

const EXTENSIONS = { 'image/jpeg': 'jpg', 'image/webp': 'webp', 'video/mp4': 'mp4' } as const
const TYPES = ['image/jpeg', 'image/webp', 'video/mp4'] as const
/** What a disk says that has no hard links, or cannot make one there. */
const NO_LINKS = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS', 'EINVAL']

export function openVault(stateDir: string): Vault {
  /** Files that were read through in this run: looked at again only when they changed. */
  const known = new Map<string, string>()
  const unsettled: Pending = new Set()
  const settled = new Set<string>()
  /** What this run has put into a served folder. */
  const shown = new Set<string>()
  const shelves = new Set<Shelf>()
  const at = (shelf: Shelf, file: Pick<FileRecord, 'key' | 'type'>): string => join(stateDir, shelf, `${file.key}.${EXTENSIONS[file.type]}`)

  const note = async (path: string, key: string): Promise<void> => {
    known.set(path, stampOf(await statAt(path), key))
  }

  /** Its size when the file has the bytes of `key`, else null. */
  const proven = async (path: string, key: string): Promise<number | null> => {
    const stats = await statAt(path)
    if (stats === null) return null
    if (stats.isFile() && known.get(path) === stampOf(stats, key)) return stats.size
    const found = await hashFile(path)
    if (found === null || found.key !== key) return null
    known.set(path, stampOf(stats, key))
    return found.bytes
  }

  const needShelf = async (shelf: Shelf): Promise<void> => {
    if (shelves.has(shelf)) return
    await mkdir(stateDir, { recursive: true })
    await needFolder(join(stateDir, shelf))
    shelves.add(shelf)
  }

  const place: Vault['place'] = async (shelf, file, from, signal) => {
    if (!/^[0-9a-f]{64}$/.test(file.key))
      throw stop('permanent', 'bad-key', `Expected the SHA-256 of ${from} as its key, got "${file.key}".`)
    const path = at(shelf, file)
    const there = await proven(path, file.key)
    if (there === null) {
      settled.delete(path)
      // A damaged file is one with what is linked to it: that is linked anew.
      if ((await kindAt(path)) !== 'none') shown.clear()
    }
    if (!settled.has(path)) unsettled.add(path).add(join(stateDir, shelf))
    if (there !== null) return there
    await needShelf(shelf)
    const bytes = await copyHashed(from, path, file.key, { durable: false, ...(signal === undefined ? {} : { signal }) }).catch(
      async (cause: unknown) => {
        shelves.delete(shelf)
        if (isCode(cause, 'ENOENT') && (await kindAt(from)) === 'none')
          throw stop('permanent', 'media-missing', `${from} is missing. Render it again, then publish.`, cause)
        throw cause
      },
    )
    await note(path, file.key)
    return bytes
  }

  /** Links a file into the served folder; copies it where the disk has no hard links, or is another one. */
  const present = async (from: string, target: string, key: string): Promise<void> => {
    try {
      await link(from, target)
      return
    } catch (cause) {
      if (isCode(cause, 'ENOENT')) {
        throw stop('retryable', 'media-gone', `${from} is missing. Publish this product again: its pictures are then copied again.`, cause)
      }
      if (!isCode(cause, 'EEXIST') && !NO_LINKS.some((code) => isCode(cause, code))) throw cause
    }
    const theirs = await statAt(target)
    if (theirs !== null) {
      const ours = await lstat(from)
      if (ours.ino === theirs.ino && ours.dev === theirs.dev && ours.ino !== 0) return
      if ((await proven(target, key)) !== null) return
      known.delete(target)
    }
    const part = partOf(target)
    try {
      await link(from, part)
      await rename(part, target)
    } catch (cause) {
      if (!NO_LINKS.some((code) => isCode(cause, code))) throw cause
      await copyHashed(from, target, key, { durable: true })
      await note(target, key)
    }
  }

  return {
    place,
    async adopt(shelf, file, from) {
      if ((await kindAt(from)) !== 'file' || (await proven(from, file.key)) === null) return
      const path = at(shelf, file)
      await needShelf(shelf)
      await link(from, path).catch(() => undefined)
      await place(shelf, file, from)
    },
    async look(key) {
      for (const type of TYPES) {
        const bytes = await proven(at('media', { key, type }), key)
        if (bytes !== null) return { type, bytes }
      }
      return null
    },
    async has(shelf, file) {
      const stats = await statAt(at(shelf, file))
      return stats?.isFile() === true && stats.size === file.bytes
    },
    async settle() {
      const paths = [...unsettled]
      await syncAll(unsettled)
      for (const path of paths) settled.add(path)
    },
    async show(shelf, file, to) {
      const [from, target] = [at(shelf, file), join(to.folder, mediaName(file))]
      if (shown.has(target) && (to.names?.has(mediaName(file)) ?? (await statAt(target)) !== null)) return
      to.pending.add(to.folder)
      await present(from, target, file.key)
      shown.add(target)
    },
    async remove(key) {
      for (const type of TYPES) {
        known.delete(at('media', { key, type }))
        await rm(at('media', { key, type }), { force: true })
      }
    },
    async sweepParts() {
      for (const folder of ['', 'media', 'small']) await sweepFiles(join(stateDir, folder), isLeftover)
    },
    async sweepSmall(named) {
      await sweepFiles(join(stateDir, 'small'), (name) => /^[0-9a-f]{64}\./.test(name) && !named.has(name.slice(0, 64)))
    },
  }
}

/** Changes when somebody writes to a file, or puts another in its place. A guard against accidents: every start reads the files again. */
const stampOf = (stats: Stats | null, key: string): string => (stats === null ? '' : `${key} ${stats.ino} ${stats.size} ${stats.mtimeMs}`)

import { createHash, randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CatalogProblem } from '../../../core/catalog.ts'

/** An expected ending: carried to the door of the catalog and returned there as a problem. */
class Stop extends Error {
  readonly problem: CatalogProblem
  constructor(problem: CatalogProblem, options?: { cause?: unknown }) {
    super(problem.message, options)
    this.name = 'Stop'
    this.problem = problem
  }
}

export const stop = (kind: CatalogProblem['class'], code: string, message: string, cause?: unknown): Stop =>
  new Stop({ class: kind, code, message }, { cause })

const inTheWay = (path: string, wanted: 'folder' | 'plain file', found: string): Stop =>
  stop('permanent', 'in-the-way', `Expected a ${wanted} at ${path}, found ${found}. Move it away and publish again.`)

/** What stands at a path, never following a link: a link inside the catalog could lead out of it. */
export async function statAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (cause) {
    if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR')) return null
    throw cause
  }
}

export async function kindAt(path: string): Promise<'file' | 'folder' | 'none' | 'other'> {
  const stats = await statAt(path)
  return stats === null ? 'none' : stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'
}

/** Written and whole under its name, but perhaps not on the disk yet: `syncAll` sees to it. */
export type Pending = Set<string>

/** Makes a folder inside the catalog, or accepts a real one. Refuses a link or a file in its place. */
export async function needFolder(path: string, pending?: Pending): Promise<string> {
  const kind = await kindAt(path)
  if (kind === 'folder') return path
  if (kind !== 'none') throw inTheWay(path, 'folder', kind === 'file' ? 'a file' : 'a link or device, which could lead outside the catalog')
  await mkdir(path, { recursive: true })
  if (pending === undefined) await syncFolder(dirname(path))
  else pending.add(dirname(path))
  return path
}

/** The text of a file, or null when there is none. Refuses links. */
export async function readText(path: string): Promise<string | null> {
  return (await readBytes(path))?.toString('utf8') ?? null
}

export async function readBytes(path: string): Promise<Buffer | null> {
  const kind = await kindAt(path)
  if (kind === 'none') return null
  if (kind !== 'file') throw inTheWay(path, 'plain file', 'a folder or a link')
  return readFile(path)
}

/**
 * Writes a text file so that either the old or the new one is there, whatever happens: `.part` → fsync → rename → folder fsync.
 * Leaves a file that already has this text alone. With `pending` the fsyncs are left to `syncAll`: for what can be made again.
 */
export async function writeText(path: string, text: string, pending?: Pending): Promise<void> {
  if ((await readText(path)) === text) return
  await land(path, (file) => file.writeFile(text, 'utf8'), pending === undefined)
  if (pending === undefined) await syncFolder(dirname(path))
  else pending.add(path).add(dirname(path))
}

/** Puts files and names onto the disk, many at once: disks do that faster than one after the other. */
export async function syncAll(pending: Pending): Promise<void> {
  const paths = [...pending]
  await eachOf(paths, async (path) => {
    const kind = await kindAt(path)
    if (kind === 'file') await syncFile(path)
    if (kind === 'folder') await syncFolder(path)
  })
  for (const path of paths) pending.delete(path)
}

/** The SHA-256 of a plain file and its size, or null when there is none. Refuses links. */
export async function hashFile(path: string): Promise<{ key: string; bytes: number } | null> {
  const kind = await kindAt(path)
  if (kind === 'none') return null
  if (kind !== 'file') throw inTheWay(path, 'plain file', 'a folder or a link')
  const hash = createHash('sha256')
  const bytes = await eachChunk(path, async (chunk) => {
    hash.update(chunk)
  })
  return { key: hash.digest('hex'), bytes }
}

/**
 * Copies `from` to `path`, hashing what is written; the bytes must be those of `key` (SHA-256) or nothing is kept. Replaces what is there.
 * Whole under its name, but not on the disk yet unless `durable`. Returns the size.
 */
export async function copyHashed(
  from: string,
  path: string,
  key: string,
  options: { durable: boolean; signal?: AbortSignal },
): Promise<number> {
  let bytes = 0
  await land(
    path,
    async (file) => {
      const hash = createHash('sha256')
      bytes = await eachChunk(from, async (chunk) => {
        if (options.signal?.aborted) throw stop('retryable', 'stopped', 'Stopped before the file was copied. Publish again to go on.')
        hash.update(chunk)
        await file.writeFile(chunk)
      })
      const found = hash.digest('hex')
      if (found !== key) {
        throw stop(
          'permanent',
          'media-changed',
          `${from} was expected to hold the bytes ${key.slice(0, 12)}…, but holds ${found.slice(0, 12)}…: it changed after it was rendered. Render it again.`,
        )
      }
    },
    options.durable,
  )
  return bytes
}

/** Reads a file through one buffer: `take` must be done with a chunk when it settles. */
async function eachChunk(path: string, take: (chunk: Buffer) => Promise<void>): Promise<number> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const buffer = Buffer.allocUnsafe(Math.min(1 << 20, size + 1))
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return at
      at += bytesRead
      await take(buffer.subarray(0, bytesRead))
      // Only the end of a file fills less than was asked for: small files take one read.
      if (bytesRead < buffer.length && at >= size) return at
    }
  } finally {
    await file.close()
  }
}

/** Makes the bytes of a file durable. Opened for writing: Windows flushes nothing else. */
async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder durable. Windows cannot open folders, and needs not (NTFS journals its names). */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Removes plain files of a folder that `isOurs` names; anything else, and folders that are not real ones, stay. */
export async function sweepFiles(folder: string, isOurs: (name: string) => boolean): Promise<string[]> {
  if ((await kindAt(folder)) !== 'folder') return []
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && isOurs(entry.name)).map((entry) => entry.name)
  await eachOf(names, async (name) => {
    await unlink(join(folder, name)).catch((cause: unknown) => {
      if (!isCode(cause, 'ENOENT')) throw cause
    })
  })
  return names
}

/** A file that a stopped run left half-written. */
export const isLeftover = (name: string): boolean => /^\..+\.[0-9a-f]{8}\.part$/.test(name)

/** Turns what a disk or this catalog refused into a problem with a next step. Anything else is a bug, and is thrown again. */
export function toProblem(thrown: unknown, dir: string): CatalogProblem {
  if (thrown instanceof Stop) return thrown.problem
  if (!(thrown instanceof Error && 'syscall' in thrown)) throw thrown
  const { message } = thrown
  if (isCode(thrown, 'ENOSPC') || isCode(thrown, 'EDQUOT'))
    return { class: 'retryable', code: 'disk-full', message: `The disk of ${dir} is full. Free some space; publishing then goes on.` }
  if (isCode(thrown, 'EACCES') || isCode(thrown, 'EPERM') || isCode(thrown, 'EROFS')) {
    return {
      class: 'permanent',
      code: 'not-writable',
      message: `${dir} cannot be written (${message}). Give yourself write access to it or choose another folder.`,
    }
  }
  if (isCode(thrown, 'EEXIST') || isCode(thrown, 'ENOTDIR')) {
    return {
      class: 'permanent',
      code: 'in-the-way',
      message: `Expected a folder at ${dir}, found a file in its place (${message}). Choose another folder.`,
    }
  }
  return {
    class: 'retryable',
    code: 'folder',
    message: `The local catalog in ${dir} could not be changed (${message}). Try again; if it stays, look at the disk.`,
  }
}

export const isCode = (thrown: unknown, code: string): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === code

/** Runs `act` for each, this many side by side: enough to keep a disk busy without crowding out the workers. The first failure is thrown. */
export async function eachOf<T>(all: Iterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const queue = [...all]
  const take = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await act(one)
  }
  const ends = await Promise.allSettled(Array.from({ length: SIDE_BY_SIDE }, take))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
const SIDE_BY_SIDE = 4

async function land(path: string, fill: (file: FileHandle) => Promise<void>, durable: boolean): Promise<void> {
  const part = partOf(path)
  // 'wx' never follows a link and never opens a file that is there.
  const file = await open(part, 'wx', 0o644)
  try {
    try {
      await fill(file)
      if (durable) await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    throw cause
  }
}

/** A name beside `path` for what is not whole yet; `isLeftover` knows it. */
export const partOf = (path: string): string => join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)

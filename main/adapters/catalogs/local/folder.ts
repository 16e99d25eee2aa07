import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CatalogProblem } from '../../../core/ports.ts'

/** An expected ending: carried to the door of the catalog and returned there as a problem. */
class Stop extends Error {
  readonly problem: CatalogProblem
  constructor(problem: CatalogProblem, options?: { cause?: unknown }) {
    super(problem.message, options)
    this.name = 'Stop'
    this.problem = problem
  }
}

export const stop = (kind: CatalogProblem['class'], message: string, cause?: unknown): Stop => new Stop({ class: kind, message }, { cause })

/** What stands at a path, never following a link: a link inside the catalog could lead out of it. */
export async function kindAt(path: string): Promise<'file' | 'folder' | 'none' | 'other'> {
  try {
    const stats = await lstat(path)
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'
  } catch (cause) {
    if (isCode(cause, 'ENOENT') || isCode(cause, 'ENOTDIR')) return 'none'
    throw cause
  }
}

/** Makes a folder inside the catalog, or accepts a real one. Refuses a link or a file in its place. */
export async function needFolder(path: string): Promise<string> {
  const kind = await kindAt(path)
  if (kind === 'folder') return path
  if (kind !== 'none') {
    throw stop(
      'permanent',
      `Expected a folder at ${path}, found ${kind === 'file' ? 'a file' : 'a link or device, which could lead outside the catalog'}. Move it away and publish again.`,
    )
  }
  await mkdir(path, { recursive: true })
  await syncFolder(dirname(path))
  return path
}

/** The text of a file, or null when there is none. Refuses links. */
export async function readText(path: string): Promise<string | null> {
  const kind = await kindAt(path)
  if (kind === 'none') return null
  if (kind !== 'file')
    throw stop('permanent', `Expected a plain file at ${path}, found a folder or a link. Move it away and publish again.`)
  return readFile(path, 'utf8')
}

/**
 * Writes a text file so that either the old or the new one is there, whatever happens: `.part` → fsync → rename → folder fsync.
 * Leaves a file that already has this text alone.
 */
export async function writeText(path: string, text: string): Promise<void> {
  if ((await readText(path)) === text) return
  await land(path, async (file) => {
    await file.writeFile(text, 'utf8')
  })
  await syncFolder(dirname(path))
}

/**
 * Copies `from` to `path`, hashing what is written; the bytes must be those of `key` (SHA-256) or nothing is kept.
 * A file that is there with the right bytes is accepted, one with wrong bytes is replaced. Returns the size.
 */
export async function placeMedia(from: string, path: string, key: string): Promise<number> {
  const present = await kindAt(path)
  if (present === 'file') {
    const found = await hashFile(path)
    if (found.key === key) return found.bytes
  } else if (present !== 'none') {
    throw stop('permanent', `Expected a plain file at ${path}, found a folder or a link. Move it away and publish again.`)
  }
  let bytes = 0
  await land(path, async (file) => {
    const hash = createHash('sha256')
    await file.writeFile(
      (async function* () {
        for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 })) {
          hash.update(chunk)
          bytes += chunk.length
          yield chunk
        }
      })(),
    )
    const found = hash.digest('hex')
    if (found !== key) {
      throw stop(
        'permanent',
        `${from} was expected to hold the bytes ${key.slice(0, 12)}…, but holds ${found.slice(0, 12)}…: it changed after it was rendered. Render it again.`,
      )
    }
  })
  return bytes
}

async function hashFile(path: string): Promise<{ key: string; bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { key: hash.digest('hex'), bytes }
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
  for (const name of names) await rm(join(folder, name), { force: true })
  return names
}

/** A file that a stopped run left half-written. */
export const isLeftover = (name: string): boolean => /^\..+\.[0-9a-f]{8}\.part$/.test(name)

/** Turns whatever was thrown into a problem with a next step. */
export function toProblem(thrown: unknown, dir: string): CatalogProblem {
  if (thrown instanceof Stop) return thrown.problem
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (isCode(thrown, 'ENOSPC') || isCode(thrown, 'EDQUOT'))
    return { class: 'retryable', message: `The disk of ${dir} is full. Free some space; publishing then goes on.` }
  if (isCode(thrown, 'EACCES') || isCode(thrown, 'EPERM') || isCode(thrown, 'EROFS')) {
    return {
      class: 'permanent',
      message: `${dir} cannot be written (${message}). Give yourself write access to it or choose another folder.`,
    }
  }
  if (isCode(thrown, 'EEXIST') || isCode(thrown, 'ENOTDIR')) {
    return { class: 'permanent', message: `Expected a folder at ${dir}, found a file in its place (${message}). Choose another folder.` }
  }
  return {
    class: 'retryable',
    message: `The local catalog in ${dir} could not be changed (${message}). Try again; if it stays, look at the disk.`,
  }
}

export const isCode = (thrown: unknown, code: string): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === code

async function land(path: string, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.part`)
  // 'wx' never follows a link and never opens a file that is there.
  const file = await open(part, 'wx', 0o644)
  try {
    try {
      await fill(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    throw cause
  }
}

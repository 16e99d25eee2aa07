import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { fsPath } from '../protocol.ts'

/** Exif lies in the first segments of a JPEG, which are at most 64 KiB each. */
export const firstRead = 128 * 1024
/** RAW and HEIC put theirs a little later. */
export const secondRead = 1024 * 1024
/** Where the large preview of a RAW ends, in all but the rarest. */
export const largeRead = 12 * 1024 * 1024

export type Opened = { file: FileHandle; bytes: number; modifiedMs: number }

/** Opens a regular file for reading, or null. Never follows a link, never waits for a pipe. */
export async function openRegular(path: string): Promise<Opened | null> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const file = await open(fsPath(path), flags).catch(() => null)
  if (file === null) return null
  const stat: Stats | null = await file.stat().catch(() => null)
  if (stat?.isFile() !== true || stat.size === 0) {
    await file.close().catch(() => undefined)
    return null
  }
  return { file, bytes: stat.size, modifiedMs: stat.mtimeMs }
}

/** The first `most` bytes, fewer where the file or the card ends; null when they cannot be read. */
export async function headOf(opened: Opened, most: number): Promise<Buffer | null> {
  const head = Buffer.allocUnsafe(Math.min(most, opened.bytes))
  let filled = 0
  while (filled < head.length) {
    const read = await opened.file.read(head, filled, head.length - filled, filled).catch(() => null)
    if (read === null) return null
    if (read.bytesRead === 0) break
    filled += read.bytesRead
  }
  return head.subarray(0, filled)
}

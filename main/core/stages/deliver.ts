import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, link, lstat, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { foldersBelow, type OnDisk, partName } from './durable-file.ts'

export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash, ...(signal === undefined ? [] : [{ signal }]))
  return hash.digest('hex')
}

const isErrno = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/**
 * Puts a finished file where it was asked for: `.part` beside its place → fsync → its name, never over another file → fsync of the folder.
 * `same`: it was there already, byte for byte; `taken`: another file has that name and was left alone. Folders are made below `to.root`, never the
 * root itself. @throws the system's error, ENOENT when the root is not there
 */
export async function deliver(source: string, to: OnDisk, life: string): Promise<'there' | 'same' | 'taken'> {
  await foldersBelow(to)
  const known = await lstat(to.path).catch(() => null)
  if (known !== null) return (await isSame(source, to.path, known)) ? 'same' : 'taken'
  const folder = dirname(to.path)
  const part = join(folder, partName(life))
  try {
    await copyFile(source, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await using file = await open(part, 'r+')
    await file.sync()
    try {
      await link(part, to.path)
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return (await isSame(source, to.path, await lstat(to.path))) ? 'same' : 'taken'
      // Disks without hard links (FAT): nothing has this name, so nothing is replaced.
      await rename(part, to.path)
    }
  } finally {
    await rm(part, { force: true })
  }
  if (process.platform !== 'win32') {
    await using handle = await open(folder, 'r')
    await handle.sync()
  }
  return 'there'
}

async function isSame(source: string, path: string, there: { isFile(): boolean; size: number }): Promise<boolean> {
  if (!there.isFile() || there.size !== (await lstat(source)).size) return false
  return (await sha256Of(source)) === (await sha256Of(path))
}

import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Refusal } from '../protocol.ts'

/**
 * Lets `write` make a file under a temporary name in the target folder, then gives it its final name: write → fsync → rename → folder
 * fsync. A failure or a cancel leaves nothing behind; what a killed run left for the same name is swept first. An older file of that
 * name is replaced in one step: outputs here are derived, and the same job makes the same file.
 */
export async function land<T>(finalPath: string, write: (partPath: string) => Promise<T>): Promise<T> {
  const target = resolve(finalPath)
  const folder = dirname(target)
  const prefix = `${basename(target)}.`
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(folder, error)
  })
  for (const name of await readdir(folder))
    if (name.startsWith(prefix) && /\.[0-9a-f]{8}\.part$/.test(name)) await rm(join(folder, name), { force: true })
  const part = `${target}.${randomBytes(4).toString('hex')}.part`
  try {
    const result = await write(part)
    await syncPath(part)
    await rename(part, target)
    await syncFolder(folder)
    return result
  } catch (error) {
    await rm(part, { force: true })
    throw isSystemError(error) ? unwritable(folder, error) : error
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error

function unwritable(folder: string, cause: unknown): Refusal {
  const code = isSystemError(cause) ? cause.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Refusal('no-space', `no room left in ${folder}: free some space and try again`, { cause })
  return new Refusal('unavailable', `cannot write into ${folder} (${code ?? 'unknown error'}): check that it exists and may be written`, {
    cause,
  })
}

async function syncPath(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

/** Windows cannot open a folder to sync it; the rename itself is journaled there. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await open(path, 'r')
  await folder.sync()
}

import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

/** A place on a disk: its root, which must be there, and the path of the file below it. */
export type OnDisk = { root: string; path: string }

/**
 * Makes the folders of a path one by one below its root, never the root itself: a disk that was pulled leaves a mount point, or nothing, and what
 * is made there lands on the disk below. @throws the system's error, ENOENT when the root is not there
 */
export async function foldersBelow({ root, path }: OnDisk): Promise<void> {
  let folder = root
  for (const name of relative(root, dirname(path)).split(sep)) {
    if (name === '') continue
    folder = join(folder, name)
    await mkdir(folder).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
  }
}

/** Name of what is not finished: process and life of the engine that writes it, so that what a killed one left can be told from work under way. */
export const partName = (life: string): string => `.${process.pid.toString(16)}-${life}-${randomBytes(6).toString('hex')}.part`

/** Writes a file so that it is there whole or not at all: `.part` → fsync → rename → directory fsync. */
export async function writeDurably(to: OnDisk, life: string, parts: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const folder = dirname(to.path)
  await foldersBelow(to)
  const part = join(folder, partName(life))
  try {
    const file = await open(part, 'wx')
    try {
      for await (const text of parts) await file.write(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, to.path)
    if (process.platform !== 'win32') {
      const handle = await open(folder, 'r')
      await handle.sync().finally(() => handle.close())
    }
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

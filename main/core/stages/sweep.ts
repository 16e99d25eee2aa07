import { opendir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const part = /^\.([0-9a-f]+)-[0-9a-f]{12}\.part$/

/** Left by a process that is not running any more: not ours, and nobody's who is alive. */
function isLeft(name: string): boolean {
  const pid = Number.parseInt(part.exec(name)?.[1] ?? '', 16)
  if (!Number.isSafeInteger(pid) || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

/** Removes from these folders what a killed engine left: copies that never got their name. */
export async function sweepFolders(folders: Iterable<string>): Promise<void> {
  for (const folder of new Set(folders)) {
    for (const name of await readdir(folder).catch(() => [])) if (isLeft(name)) await rm(join(folder, name), { force: true })
  }
}

/**
 * The same for a whole tree of the library, before anything is written: the library is locked by this engine and nothing is under way, so every
 * part in it was left, whatever process has its number now.
 */
export async function sweepTree(root: string): Promise<void> {
  const directory = await opendir(root, { recursive: true }).catch(() => null)
  if (directory === null) return
  for await (const entry of directory)
    if (entry.isFile() && part.test(entry.name)) await rm(join(entry.parentPath, entry.name), { force: true })
}

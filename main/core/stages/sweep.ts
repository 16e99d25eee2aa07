import { opendir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const part = /^\.([0-9a-f]+)-([0-9a-f]{12})-[0-9a-f]{12}\.part$/
/** No copy under way goes a day without writing, whatever lives under the number of its process now. */
const longestMs = 24 * 60 * 60 * 1000

/** Left by an engine that is not running any more: not ours, and nobody's who is alive. */
async function isLeft(folder: string, name: string, life: string): Promise<boolean> {
  const [, pid = '', wroteIt] = part.exec(name) ?? []
  if (wroteIt === undefined || wroteIt === life) return false
  const number = Number.parseInt(pid, 16)
  // Our number in another life: the process that had it is gone.
  if (!Number.isSafeInteger(number) || number === process.pid) return true
  try {
    process.kill(number, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true
  }
  const there = await stat(join(folder, name)).catch(() => null)
  return there !== null && Date.now() - there.mtimeMs > longestMs
}

/** Removes from these folders what a killed engine left: copies that never got their name. */
export async function sweepFolders(folders: Iterable<string>, life: string): Promise<void> {
  for (const folder of new Set(folders)) {
    for (const name of await readdir(folder).catch(() => []))
      if (await isLeft(folder, name, life)) await rm(join(folder, name), { force: true })
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

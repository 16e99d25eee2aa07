import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A lock nobody refreshes for this long belonged to a machine that lost power, or to a pid that was given to someone else since. */
const stale = 20 * 60_000

/**
 * Runs `work` while holding the lock file, waiting for whoever holds it now; a lock left by a dead process is taken over.
 *
 * It only saves doing the same work twice: what is guarded must land by rename, so that even two holders do no harm.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  while (!(await take(path))) {
    if (await abandoned(path)) await clear(path)
    else await wait(200)
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

/** One at a time, and looked at again: who judged it a moment ago must not take away what a faster one has made since. */
async function clear(path: string): Promise<void> {
  const guard = `${path}.clearing`
  try {
    await mkdir(guard)
  } catch (error) {
    if (!isThere(error)) throw error
    const since = await stat(guard).catch(() => null)
    if (since !== null && Date.now() - since.mtimeMs > 5_000) await rmdir(guard).catch(() => undefined)
    await wait(20)
    return
  }
  try {
    if (await abandoned(path)) await rm(path, { force: true })
  } finally {
    await rmdir(guard).catch(() => undefined)
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (isThere(error)) return false
    throw error
  }
}

const isThere = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST'

async function abandoned(path: string): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const age = Date.now() - mtimeMs
    if (age > stale) return true
    const pid = Number(text)
    // an empty file is one that is being written right now
    if (!Number.isInteger(pid) || pid <= 0) return age > 5_000
    return !alive(pid)
  } catch {
    return false
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

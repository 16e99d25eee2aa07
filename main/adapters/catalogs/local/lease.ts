import { lstat, open, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { isCode, kindAt, partOf, readText, stop, writeText } from './folder.ts'

/**
 * One program at a time per catalog folder. The lease lies in the folder itself, so that two libraries that publish into one folder meet it, too.
 * It says who holds it: process, life (one run of a program) and machine. A holder that is gone loses it at once; one that cannot be asked (another
 * machine, or a number that another program has by now) after ten minutes without a sign.
 */
const LEASE = '.dropcard-lease'
const SILENT_MS = 10 * 60_000
const REFRESH_MS = 60_000
const WRITING_MS = 250
/** A lease that was ours this lately still is: nobody may take it from us. */
const SURE_MS = 2_000

const lease = z.object({ pid: z.number().int().positive(), life: z.string(), host: z.string(), at: z.number() })
type Lease = z.infer<typeof lease>

/** `taken`: it was not ours a moment ago. */
export type Hold = <T>(root: string, act: (taken: boolean) => Promise<T>) => Promise<T>

/** Runs an act while this program holds the lease of a folder, and keeps it alive meanwhile. It is not given back: ending the program does. */
export function leaseHolder(): Hold {
  const me = { pid: process.pid, life: String(Math.round(performance.timeOrigin)), host: hostname() }
  let last: Promise<unknown> = Promise.resolve()
  let sure: { root: string; at: number } | null = null

  const take = async (root: string): Promise<boolean> => {
    if (sure !== null && sure.root === root && performance.now() - sure.at < SURE_MS) return false
    const taken = await look(root)
    sure = { root, at: performance.now() }
    return taken
  }

  const look = async (root: string): Promise<boolean> => {
    const path = join(root, LEASE)
    const found = await readLease(root, path)
    if (found !== null && isMine(found)) {
      if (Math.abs(Date.now() - found.at) > REFRESH_MS) await writeText(path, text())
      return false
    }
    if (found !== null && isHeld(found)) throw inUse(root, found)
    if (found !== null || (await kindAt(path)) === 'file') await takeAway(path, found)
    const file = await open(path, 'wx', 0o644).catch((cause: unknown) => {
      throw isCode(cause, 'EEXIST') ? inUse(root, null) : cause
    })
    try {
      await file.writeFile(text())
    } finally {
      await file.close()
    }
    return true
  }

  const text = (): string => `${JSON.stringify({ ...me, at: Date.now() } satisfies Lease)}\n`
  const isMine = (one: Lease): boolean => one.pid === me.pid && one.life === me.life && one.host === me.host
  const isHeld = (one: Lease): boolean => {
    if (Math.abs(Date.now() - one.at) > SILENT_MS) return false
    // The same number with another life: the one that had it before us is gone.
    return one.host !== me.host || (one.pid !== me.pid && isRunning(one.pid))
  }

  /** Takes a lease away that nobody holds; when another program was faster and holds one by now, that one stays. */
  const takeAway = async (path: string, judged: Lease | null): Promise<void> => {
    const away = partOf(path)
    try {
      await rename(path, away)
    } catch (cause) {
      if (isCode(cause, 'ENOENT')) return
      throw cause
    }
    const taken = parseLease(await readFile(away, 'utf8'))
    if (taken !== null && JSON.stringify(taken) !== JSON.stringify(judged) && isHeld(taken)) {
      await rename(away, path)
      throw inUse(path, taken)
    }
    await rm(away, { force: true })
  }

  return async (root, act) => {
    const turn = last.then(() => take(root))
    last = turn.catch(() => undefined)
    const taken = await turn
    const refresh = setInterval(() => {
      last = last.then(() => take(root)).catch(() => undefined)
    }, REFRESH_MS)
    refresh.unref()
    try {
      return await act(taken)
    } finally {
      clearInterval(refresh)
    }
  }
}

async function readLease(root: string, path: string): Promise<Lease | null> {
  const text = await readText(path)
  if (text === null) return null
  const found = parseLease(text)
  // One that cannot be read is on its way, or was cut short by a stop.
  if (found === null && Math.abs(Date.now() - (await lstat(path)).mtimeMs) < WRITING_MS) throw inUse(root, null)
  return found
}

function parseLease(text: string): Lease | null {
  try {
    return lease.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return isCode(cause, 'EPERM')
  }
}

const inUse = (root: string, by: Lease | null) =>
  stop(
    'retryable',
    'in-use',
    `Another Dropcard${by === null ? '' : ` (process ${by.pid} on ${by.host})`} is working on the catalog in ${root}. Close it there; publishing then goes on by itself.`,
  )

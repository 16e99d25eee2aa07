import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { fsPath, type TaskHandler } from '../protocol.ts'

const sample = 16 * 1024

/** SHA-256 over the size and four samples of an open file. */
export function fingerprintOf(fd: number, bytes: number): string {
  const sum = createHash('sha256').update(`${bytes}\n`)
  const buffer = Buffer.alloc(sample)
  const last = Math.max(0, bytes - sample)
  for (const at of new Set([0, Math.floor(last / 3), Math.floor((last * 2) / 3), last])) {
    const read = readSync(fd, buffer, 0, sample, at)
    sum.update(buffer.subarray(0, read))
  }
  return sum.digest('hex')
}

/** Fingerprints of many files; null for one that cannot be read (copying it will say why). */
export const fingerprint: TaskHandler<'copy.fingerprint'> = async ({ paths }, ctx) => {
  const files: { path: string; fingerprint: string | null }[] = []
  for (const path of paths) {
    files.push({ path, fingerprint: one(path) })
    ctx.progress(files.length, paths.length)
    await turn()
    ctx.signal.throwIfAborted()
  }
  return { files }
}

function one(path: string): string | null {
  let fd: number | null = null
  try {
    fd = openSync(fsPath(path), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    const stat = fstatSync(fd)
    return stat.isFile() ? fingerprintOf(fd, stat.size) : null
  } catch {
    return null
  } finally {
    if (fd !== null) closeSync(fd)
  }
}

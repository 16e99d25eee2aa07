import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statfsSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fsPath, Refusal, type TaskContext, type TaskHandler, type TaskOut } from '../protocol.ts'
import { fingerprintOf } from './fingerprint.ts'
import { inWords, refusalOf } from './problems.ts'
import { readBack, withBuffer } from './read-back.ts'

type Result = TaskOut<'copy.file'>['destinations'][number]
type Target = { root: string; final: string; part: string; fd: number | null; result: Result | null; existed: boolean }

/** Names its process and its life of the engine, so that what a killed one left can be told from a copy under way. */
const partName = (life: string): string => `.${process.pid.toString(16)}-${life}-${randomBytes(6).toString('hex')}.part`

/**
 * Copies one file to every destination with a single read of the source, then reads the copies back.
 * A destination that fails does not stop the others. A copy gets its final name only after it was verified;
 * what a crash leaves behind is a `.part` file, never a wrong file under a right name.
 */
export const file: TaskHandler<'copy.file'> = async (input, ctx) => {
  const { source, destinations, verify, life } = input
  const targets: Target[] = destinations.map(({ root, path }) => ({
    root,
    final: path,
    part: join(dirname(path), partName(life)),
    fd: null,
    result: null,
    existed: false,
  }))
  try {
    const size = sizeOf(source)
    for (const target of targets) open(target, size)
    const read = await readSource(source, targets, ctx)
    if (verify === 'source-and-destination') await checkSourceAgain(source, read.sha256, ctx)
    for (const target of targets) await settle(target, read, verify, ctx)
    return {
      sha256: read.sha256,
      bytes: read.bytes,
      modifiedMs: read.modifiedMs,
      fingerprint: read.fingerprint,
      destinations: targets.map((target) => target.result ?? failed(target, 'error', 'it was not reached')),
    }
  } catch (error) {
    throw refusalOf(error, ctx.signal)
  } finally {
    for (const target of targets) discard(target)
  }
}

const failed = (target: Target, outcome: Result['outcome'], because: string): Result => ({
  path: target.final,
  outcome,
  verified: false,
  changedMs: null,
  because,
})

/** What is never filled: the library's database and its backups of it must still find room. */
const headroom = 16 * 1024 * 1024

const sizeOf = (source: string): number => {
  const stat = lstatSync(fsPath(source))
  if (!stat.isFile()) throw new Refusal('unsupported', 'not a regular file')
  return stat.size
}

function open(target: Target, bytes: number): void {
  try {
    foldersBelow(target.root, dirname(target.final))
    if (exists(target.final)) {
      target.existed = true
      return
    }
    const disk = statfsSync(dirname(target.final))
    if (disk.bavail * disk.bsize < bytes + headroom) {
      target.result = failed(target, 'error', inWords({ code: 'ENOSPC' }))
      return
    }
    target.fd = openSync(target.part, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644)
  } catch (error) {
    target.result = failed(target, 'error', inWords(error))
  }
}

/** Makes what is missing of a folder below the root of its disk, one by one: where the root itself is gone, nothing is made. */
function foldersBelow(root: string, folder: string): void {
  const below = relative(root, folder)
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) throw new TypeError(`${folder} is not below ${root}`)
  let at = root
  for (const name of below.split(sep)) {
    if (name === '') continue
    at = join(at, name)
    try {
      mkdirSync(at)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      if (code === 'ENOENT') throw new Refusal('missing', 'the disk is not there any more', { cause: error })
      if (code !== 'EEXIST') throw error
    }
  }
}

const exists = (path: string): boolean => {
  try {
    lstatSync(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

async function readSource(
  source: string,
  targets: Target[],
  ctx: TaskContext,
): Promise<{ sha256: string; bytes: number; modifiedMs: number; fingerprint: string }> {
  // O_NONBLOCK: a pipe that took the file's place meanwhile must not block for ever. O_NOFOLLOW: nor may a link.
  const fd = openSync(fsPath(source), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const before = fstatSync(fd)
    if (!before.isFile()) throw new Refusal('unsupported', 'not a regular file')
    const sum = createHash('sha256')
    let bytes = 0
    await withBuffer(async (buffer) => {
      for (;;) {
        ctx.signal.throwIfAborted()
        const read = readSync(fd, buffer, 0, buffer.length, null)
        if (read === 0) break
        const part = buffer.subarray(0, read)
        sum.update(part)
        for (const target of targets) write(target, part)
        bytes += read
        ctx.progress(bytes, before.size)
        await turn()
      }
    })
    const after = fstatSync(fd)
    if (bytes !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
      throw new Refusal(
        bytes < before.size ? 'unreadable' : 'changed',
        `expected ${before.size} bytes, the card gave ${bytes}: it was cut short or changed while it was read`,
      )
    }
    return { sha256: sum.digest('hex'), bytes, modifiedMs: before.mtimeMs, fingerprint: fingerprintOf(fd, bytes) }
  } finally {
    closeSync(fd)
  }
}

function write(target: Target, bytes: Buffer): void {
  if (target.fd === null) return
  try {
    let done = 0
    while (done < bytes.length) done += writeSync(target.fd, bytes, done, bytes.length - done)
  } catch (error) {
    target.result = failed(target, 'error', inWords(error))
    discard(target)
  }
}

async function checkSourceAgain(source: string, sha256: string, ctx: TaskContext): Promise<void> {
  const second = await readBack(source, ctx)
  if (second.sha256 !== sha256)
    throw new Refusal('changed', 'the card gave different bytes on a second read: the card or the reader is failing')
}

async function settle(
  target: Target,
  read: { sha256: string; bytes: number; modifiedMs: number },
  verify: 'destination' | 'source-and-destination' | 'size',
  ctx: TaskContext,
): Promise<void> {
  if (target.result !== null) return
  try {
    if (target.existed) {
      target.result = await compare(target, read, ctx)
      return
    }
    if (target.fd === null) return
    fsyncSync(target.fd)
    const written = fstatSync(target.fd).size
    closeSync(target.fd)
    target.fd = null
    if (written !== read.bytes || (verify !== 'size' && (await readBack(target.part, ctx)).sha256 !== read.sha256)) {
      target.result = failed(target, 'verifyFailed', 'the copy read back from the disk differs from the card')
      return
    }
    // Node takes a negative number of seconds for "now"; a date before 1970 it keeps.
    const time = read.modifiedMs < 0 ? new Date(read.modifiedMs) : read.modifiedMs / 1000
    utimesSync(target.part, time, time)
    chmodSync(target.part, 0o444)
    if (!claimName(target)) {
      // Another writer took the name since; it is compared like any file that was there.
      target.existed = true
      target.result = await compare(target, read, ctx)
      return
    }
    syncFolder(dirname(target.final))
    const verified = verify !== 'size'
    const changedMs = verified ? lstatSync(target.final).ctimeMs : null
    target.result = { path: target.final, outcome: 'copied', verified, changedMs, because: null }
  } catch (error) {
    if (ctx.signal.aborted) throw error
    target.result = failed(target, 'error', inWords(error))
  }
}

async function compare(target: Target, read: { sha256: string; bytes: number }, ctx: TaskContext): Promise<Result> {
  const there = lstatSync(target.final)
  if (there.isFile() && there.size === read.bytes && (await readBack(target.final, ctx)).sha256 === read.sha256) {
    return { path: target.final, outcome: 'same', verified: true, changedMs: there.ctimeMs, because: null }
  }
  return failed(target, 'taken', 'another file has this name; it was left as it is')
}

/** Gives the verified copy its name without ever replacing a file: a hard link where the disk has them, else a rename onto a free name. */
function claimName(target: Target): boolean {
  try {
    linkSync(target.part, target.final)
    unlinkSync(target.part)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error
  }
  if (exists(target.final)) return false
  renameSync(target.part, target.final)
  return true
}

/** A rename is only durable once its folder is on the disk (not possible, and not needed, on Windows). */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function discard(target: Target): void {
  if (target.fd !== null) {
    closeSync(target.fd)
    target.fd = null
  }
  try {
    unlinkSync(target.part)
  } catch {
    // Gone already: it has its final name, or was never made.
  }
}

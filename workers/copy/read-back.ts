import { createHash } from 'node:crypto'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { fsPath, type TaskContext } from '../protocol.ts'

/** The part of the standard that this needs; Node's types leave it to the DOM library, which a worker must not see. */
declare const WebAssembly: { Memory: new (size: { initial: number }) => { buffer: ArrayBuffer } }

const chunk = 4 * 1024 * 1024

/**
 * A buffer that starts on a page boundary, which O_DIRECT demands: WebAssembly memory is the one page-aligned allocation that
 * plain Node offers.
 */
const alignedBuffer = (): Buffer => Buffer.from(new WebAssembly.Memory({ initial: chunk / 65_536 }).buffer)

/**
 * Buffers of this thread that nobody uses just now, as many as were ever used at once. A new one per file costs the clearing of its pages,
 * and the old ones wait for a collector that sees only their small handles: hundreds of megabytes on a card of small files.
 */
const spare: Buffer[] = []

/** Lends a page-aligned buffer of 4 MiB for the time of `act`; what it holds before is left over from another file. */
export async function withBuffer<T>(act: (buffer: Buffer) => Promise<T>): Promise<T> {
  const buffer = spare.pop() ?? alignedBuffer()
  try {
    return await act(buffer)
  } finally {
    spare.push(buffer)
  }
}

/**
 * SHA-256 of a file as the disk holds it: past the page cache where the system allows it (O_DIRECT on Linux), otherwise through it.
 * @throws the system's error when the file cannot be read; AbortError when the signal fires
 */
export async function readBack(
  path: string,
  ctx: Pick<TaskContext, 'signal'>,
): Promise<{ sha256: string; bytes: number; direct: boolean }> {
  const direct = constants.O_DIRECT
  if (direct !== undefined && direct !== 0) {
    try {
      return { ...(await hash(path, constants.O_RDONLY | direct, ctx)), direct: true }
    } catch (error) {
      // tmpfs and some network disks have no direct reads.
      if (!(error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'ENOTSUP'))) throw error
    }
  }
  return { ...(await hash(path, constants.O_RDONLY, ctx)), direct: false }
}

async function hash(path: string, flags: number, ctx: Pick<TaskContext, 'signal'>): Promise<{ sha256: string; bytes: number }> {
  const sum = createHash('sha256')
  const fd = openSync(fsPath(path), flags)
  let bytes = 0
  try {
    await withBuffer(async (buffer) => {
      for (;;) {
        ctx.signal.throwIfAborted()
        const read = readSync(fd, buffer, 0, buffer.length, bytes)
        if (read === 0) break
        sum.update(buffer.subarray(0, read))
        bytes += read
        // A cancel arrives as a message: the thread has to look.
        await turn()
      }
    })
  } finally {
    closeSync(fd)
  }
  return { sha256: sum.digest('hex'), bytes }
}

import { createHash, randomBytes } from 'node:crypto'
import { link, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readBack } from '../copy/read-back.ts'
import { fsPath, Refusal, type TaskContext, type TaskHandler } from '../protocol.ts'
import { mostPacketBytes, packetIn, withPacket } from './jpeg.ts'
import { writeMarks } from './marks.ts'
import { packetText, parsePacket } from './packet.ts'

/** Originals larger than this are not JPEGs of any camera here. */
const mostBytes = 400 * 2 ** 20
const usualPadding = 2000

/**
 * Writes marks for other programs: into a sidecar (merged with what is in it already), or into a copy of a JPEG. The source is only read.
 * A sidecar that someone else changes meanwhile is left alone; a copy never takes the place of another file.
 */
export const write: TaskHandler<'marks.write'> = async (input, ctx) => {
  try {
    const bytes = input.how === 'sidecar' ? await sidecar(input, ctx) : await embedded(input, ctx)
    return { path: input.outPath, bytes: bytes.length, sha256: sha256(bytes) }
  } catch (error) {
    throw inWords(error, input.outPath)
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

type In = Parameters<typeof write>[0]

async function sidecar(input: In, ctx: TaskContext): Promise<Buffer> {
  const before = await stamp(input.outPath)
  const from = before === null ? input.base : input.outPath
  const there = from === null ? null : await read(from)
  const packet = parsePacket(there)
  writeMarks(packet, input.marks, input.at)
  const bytes = Buffer.from(`${packetText(packet, usualPadding)}\n`)
  await landed(input.outPath, bytes, ctx, async (part) => {
    if ((await stamp(input.outPath)) !== before)
      throw new Refusal('changed', 'another program is writing these notes (XMP) just now; they were left as they are')
    if (before === null) return link(part, input.outPath)
    return rename(part, input.outPath)
  })
  return bytes
}

async function embedded(input: In, ctx: TaskContext): Promise<Buffer> {
  const source = await read(input.source)
  const packet = parsePacket(packetIn(source))
  writeMarks(packet, input.marks, input.at)
  // Blanks at the end are a courtesy; they go first when room is short.
  const roomy = Buffer.from(packetText(packet, usualPadding))
  const bytes = withPacket(source, roomy.length <= mostPacketBytes ? roomy : Buffer.from(packetText(packet, 0)))
  await landed(input.outPath, bytes, ctx, (part) => link(part, input.outPath))
  return bytes
}

const stamp = async (path: string): Promise<string | null> => {
  const there = await lstat(path, { bigint: true }).catch(() => null)
  if (there !== null && !there.isFile()) throw new Refusal('unsupported', 'expected a regular file')
  return there === null ? null : `${there.ino}/${there.size}/${there.mtimeNs}`
}

export async function read(path: string): Promise<Buffer> {
  const there = await lstat(fsPath(path))
  if (!there.isFile()) throw new Refusal('unsupported', 'expected a regular file')
  if (there.size > mostBytes) throw new Refusal('too-large', `expected at most ${mostBytes} bytes, found ${there.size}`)
  return readFile(fsPath(path))
}

/** `.part` → fsync → read back → `place` → folder fsync. */
async function landed(path: string, bytes: Buffer, ctx: TaskContext, place: (part: string) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const part = join(folder, `.${randomBytes(6).toString('hex')}.part`)
  try {
    await using file = await open(part, 'wx')
    await file.writeFile(bytes)
    await file.sync()
    if ((await readBack(part, ctx)).sha256 !== sha256(bytes))
      throw new Refusal('unreadable', 'the copy read back from the disk differs from what was written: the disk is failing')
    await place(part)
  } finally {
    await rm(part, { force: true })
  }
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}

function inWords(error: unknown, path: string): unknown {
  if (error instanceof Refusal || !(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'EEXIST') return new Refusal('changed', `another file has this name: ${path}`, { cause: error })
  if (error.code === 'ENOENT') return new Refusal('missing', 'the file is not there any more', { cause: error })
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new Refusal('no-space', `no room left for ${path}`, { cause: error })
  return new Refusal('unavailable', `cannot write ${path} (${String(error.code)}): check that the folder may be written`, { cause: error })
}

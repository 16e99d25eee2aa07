import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { TaskHandler, TaskOut } from '../protocol.ts'
import type { CameraFacts } from '../score/exif.ts'
import { jpegHeader, type PhotoFormat, sniff } from '../score/sniff.ts'
import { cameraName, factsIn } from './facts.ts'
import { firstRead, headOf, largeRead, type Opened, openRegular, secondRead } from './head.ts'
import { asThumbnail, thumbnailIn, turned } from './thumbnail.ts'

type Peeked = TaskOut<'peek.files'>['files'][number]
type Look = { facts: CameraFacts; thumbnail: Buffer | null }

/** Reads that wait for the card side by side; the thread itself is never the bottleneck. */
const atOnce = 6

/**
 * A quick look at files that are still on a card. What cannot be read is null: a look never ends in an error of a file.
 * `thumb` is a JPEG in `outDir` named by the SHA-256 of path, size and time, upright by its own Exif orientation; `orientation` is the photo's.
 */
export const peek: TaskHandler<'peek.files'> = async ({ paths, outDir, decodeMissing }, ctx) => {
  if (outDir !== null) await mkdir(outDir, { recursive: true }).catch(() => undefined)
  const files: Peeked[] = []
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < paths.length; index = next++) {
      ctx.signal.throwIfAborted()
      const path = paths[index] ?? ''
      files[index] = (await lookAt(path, outDir, decodeMissing).catch(() => null)) ?? unknown(path)
      ctx.progress(++done, paths.length)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return { files }
}

const unknown = (path: string): Peeked => ({ path, capturedAt: null, camera: null, orientation: 1, thumb: null })

async function lookAt(path: string, outDir: string | null, decodeMissing: boolean): Promise<Peeked | null> {
  const opened = await openRegular(path)
  if (opened === null) return null
  try {
    const head = await headOf(opened, firstRead)
    if (head === null) return null
    const sniffed = sniff(head)
    const look = sniffed.kind === 'photo' ? await lookAtPhoto(opened, head, sniffed.format, decodeMissing) : await lookBeside(path)
    if (look === null) return null
    const { facts, thumbnail } = look
    const name = `${createHash('sha256').update(`${path}\0${opened.bytes}\0${opened.modifiedMs}`).digest('hex')}.jpg`
    const thumb = thumbnail === null || outDir === null ? null : await keep(thumbnail, join(outDir, name))
    return { path, capturedAt: facts.capturedAt, camera: cameraName(facts), orientation: facts.orientation, thumb }
  } finally {
    await opened.file.close().catch(() => undefined)
  }
}

async function lookAtPhoto(opened: Opened, head: Buffer, format: PhotoFormat, decodeMissing: boolean): Promise<Look> {
  let known = head
  let facts = await factsIn(known, format)
  let thumbnail = thumbnailIn(known, format)
  const later = format !== 'jpeg' && format !== 'png' && format !== 'webp'
  if (later && known.length < opened.bytes && (facts.capturedAt === null || thumbnail === null)) {
    known = (await headOf(opened, secondRead)) ?? known
    if (facts.capturedAt === null) facts = await factsIn(known, format)
    thumbnail ??= thumbnailIn(known, format)
  }
  if (thumbnail !== null) return { facts, thumbnail: turned(thumbnail, facts.orientation, jpegHeader(known)) }
  if (format === 'jpeg' && known.length === opened.bytes) thumbnail = asThumbnail(known)
  if (thumbnail === null && decodeMissing) {
    // Only the large preview inside of a RAW is wanted, so that not all of it has to be read.
    const most = format === 'raw' || format === 'tiff' ? Math.min(opened.bytes, largeRead) : opened.bytes
    // Only who asks for decoding pays for the decoder: it is most of this thread's memory.
    const { decoded } = await import('./decode.ts')
    thumbnail = await decoded(await headOf(opened, most), format, facts.orientation)
  }
  return { facts, thumbnail }
}

/** A clip says nothing itself here; the small JPEG its camera wrote beside it does (Canon, GoPro: `.THM`; Sony: `THMBNL/C0001T01.JPG`). */
async function lookBeside(path: string): Promise<Look | null> {
  // A name that is not text travels as hex: there is no name beside it to make.
  if (path.startsWith('\0')) return null
  const stem = path.slice(0, path.length - extname(path).length)
  for (const beside of [`${stem}.THM`, `${stem}.thm`, join(dirname(path), '..', 'THMBNL', `${basename(stem)}T01.JPG`)]) {
    const opened = await openRegular(beside)
    if (opened === null) continue
    try {
      const bytes = opened.bytes > secondRead ? null : await headOf(opened, secondRead)
      if (bytes === null || bytes[0] !== 0xff) continue
      const facts = await factsIn(bytes, 'jpeg')
      return { facts, thumbnail: asThumbnail(bytes) ?? thumbnailIn(bytes, 'jpeg') }
    } finally {
      await opened.file.close().catch(() => undefined)
    }
  }
  return null
}

/** Puts a preview in its place, or leaves the one that is there. null when the folder takes none. */
async function keep(thumbnail: Buffer, path: string): Promise<string | null> {
  const there = await stat(path).catch(() => null)
  if (there?.size === thumbnail.length) return path
  const part = join(dirname(path), `.${process.pid.toString(16)}-${randomBytes(6).toString('hex')}.part`)
  try {
    await writeFile(part, thumbnail, { flag: 'wx' })
    await rename(part, path)
    return path
  } catch {
    await rm(part, { force: true }).catch(() => undefined)
    return null
  }
}

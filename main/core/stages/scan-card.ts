import { lstat, open, opendir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fsPath } from '../../../workers/protocol.ts'
import { cardRoots, classify, type Found, type FoundAsset, folderIgnored, pair } from '../domain/card.ts'
import { shownName } from '../domain/name.ts'
import { describe, systemError } from '../errors.ts'

export type Ignored = { source: string; because: string; matters: boolean }
export type Scan = { assets: FoundAsset[]; ignored: Ignored[] }

const utf8 = new TextDecoder('utf-8', { fatal: true })
const deepest = 64
/** A memo or a developed look without its photo exists nowhere else; a lone thumbnail or index is the camera's own. */
const loneWorth = /\.(wav|xmp|srt)$/i

/** Joins a folder (text, or NUL + hex) and a name of raw bytes; stays text whenever the bytes are valid UTF-8. */
function joinBytes(folder: string, name: Buffer): { path: string; name: string } {
  let text: string | null = null
  try {
    text = utf8.decode(name)
  } catch {
    // Not UTF-8: the path travels as bytes.
  }
  if (text !== null && !folder.startsWith('\0')) return { path: `${join(folder, '/')}${text}`, name: text }
  const bytes = Buffer.concat([Buffer.from(fsPath(folder)), Buffer.from('/'), name])
  return { path: `\0${bytes.toString('hex')}`, name: text ?? name.toString('latin1') }
}

/** A path for people and for JSON: bytes that are not text are replaced. */
export const shownPath = (path: string): string => (path.startsWith('\0') ? Buffer.from(path.slice(1), 'hex').toString('utf8') : path)

/**
 * Reads the tree of a card without following links and without opening anything but files whose name says nothing.
 * Every file ends in `assets` (itself or as a companion) or in `ignored` with the reason.
 * @throws AppError when the top folder itself cannot be read
 */
export async function scanCard(root: string, signal: AbortSignal, onFiles?: (files: number) => void): Promise<Scan> {
  const found: Found[] = []
  const ignored: Ignored[] = []
  let top: string[]
  try {
    top = await readdir(root)
  } catch (error) {
    throw systemError(error, 'The card or folder') ?? error
  }
  const roots = cardRoots(top)

  async function walk(folder: string, depth: number): Promise<void> {
    let entries: Awaited<ReturnType<typeof opendir>> | null = null
    try {
      // Names are asked for as bytes: what a camera or a damaged card wrote need not be text.
      entries = await opendir(fsPath(folder) as string, { encoding: 'buffer' as BufferEncoding })
      for await (const entry of entries) {
        signal.throwIfAborted()
        const { path, name } = joinBytes(folder, entry.name as unknown as Buffer)
        if (depth === 0 && roots.length > 0 && !roots.includes(name)) {
          await outside(path, name)
          continue
        }
        await visit(path, name, folder, depth)
      }
    } catch (error) {
      if (signal.aborted) throw error
      ignored.push({
        source: folder,
        because: `the folder cannot be read: ${systemError(error)?.message ?? describe(error)}`,
        matters: true,
      })
    }
  }

  /** Not copied, but looked through: photos that lie in an odd place exist nowhere else. */
  async function outside(path: string, name: string, because = 'outside the folders where cameras put photos and clips'): Promise<void> {
    const media = await countMedia(path, name, signal)
    if (media === 0) ignored.push({ source: path, because, matters: false })
    else
      ignored.push({
        source: path,
        because: `${because}; it holds ${media === 1 ? 'a photo or clip that was' : `${media} photos or clips that were`} not copied: offload that folder by itself`,
        matters: true,
      })
  }

  async function visit(path: string, name: string, folder: string, depth: number): Promise<void> {
    try {
      const stat = await lstat(fsPath(path))
      if (stat.isDirectory()) {
        const because = folderIgnored(name)
        if (because !== null && /MISC$/i.test(name)) await outside(path, name, because)
        else if (because !== null) ignored.push({ source: path, because, matters: false })
        else if (depth >= deepest) ignored.push({ source: path, because: `more than ${deepest} folders deep`, matters: true })
        else await walk(path, depth + 1)
      } else if (stat.isSymbolicLink())
        ignored.push({ source: path, because: 'a link, not a file: links on a card are not followed', matters: false })
      else if (!stat.isFile()) ignored.push({ source: path, because: 'not a regular file (a pipe, socket or device)', matters: false })
      else {
        const what = classify(name, stat.size)
        const hidden = what.kind === 'ignored' && stat.size > 0 && !name.startsWith('._') && (await looksLikeMedia(path))
        if (hidden)
          ignored.push({
            source: path,
            because: `looks like a photo or clip, but its name does not say so: “${shownName(name)}”; give it a usual ending to copy it`,
            matters: true,
          })
        else {
          found.push({ source: path, folder, name, bytes: stat.size, modifiedMs: stat.mtimeMs })
          if (found.length % 200 === 0) onFiles?.(found.length)
        }
      }
    } catch (error) {
      if (signal.aborted) throw error
      ignored.push({ source: path, because: `cannot be read: ${systemError(error)?.message ?? describe(error)}`, matters: true })
    }
  }

  await walk(root, 0)
  const paired = pair(found)
  return { assets: paired.assets, ignored: [...ignored, ...paired.ignored.map((one) => ({ ...one, matters: loneWorth.test(one.source) }))] }
}

/** How many photos and clips lie here and below, by name. */
async function countMedia(path: string, name: string, signal: AbortSignal, depth = 0): Promise<number> {
  signal.throwIfAborted()
  const stat = await lstat(fsPath(path)).catch(() => null)
  if (stat === null || folderIgnored(name)?.startsWith('a system folder') === true) return 0
  if (stat.isFile()) {
    const { kind } = classify(name, stat.size)
    return kind === 'photo' || kind === 'clip' ? 1 : 0
  }
  if (!stat.isDirectory() || depth >= deepest) return 0
  let media = 0
  for (const entry of await readdir(fsPath(path)).catch(() => [])) media += await countMedia(join(path, entry), entry, signal, depth + 1)
  return media
}

/** First bytes of a file whose name says nothing: JPEG, TIFF-like RAW, ISO media, AVI, Matroska. */
async function looksLikeMedia(path: string): Promise<boolean> {
  const file = await open(fsPath(path), 'r').catch(() => null)
  if (file === null) return false
  try {
    const head = Buffer.alloc(12)
    const { bytesRead } = await file.read(head, 0, 12, 0)
    if (bytesRead < 12) return false
    const four = head.toString('latin1', 0, 4)
    return (
      head.readUInt16BE(0) === 0xffd8 ||
      four === 'II*\0' ||
      four === 'MM\0*' ||
      head.toString('latin1', 4, 8) === 'ftyp' ||
      (four === 'RIFF' && head.toString('latin1', 8, 11) === 'AVI') ||
      head.readUInt32BE(0) === 0x1a45dfa3
    )
  } catch {
    return false
  } finally {
    await file.close()
  }
}

import { open, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { Refusal } from '../../protocol.ts'

/** ffmpeg's names of the demuxers a camera card needs; nothing else is ever opened. */
export type Demuxer = 'mov' | 'avi' | 'mpegts' | 'matroska' | 'mpeg'

/** A video file whose first bytes have been looked at. */
export type Source = {
  /** Absolute. */
  path: string
  /** Name for error texts. */
  name: string
  bytes: number
  demuxer: Demuxer
  /** 'mp4', 'mov', '3gp', 'avi', 'mpegts', 'matroska', 'webm', 'mpeg'. */
  container: string
}

type Kind = { demuxer: Demuxer; container: string } | { refused: string }

const headBytes = 4096
const ascii = (head: Uint8Array, from: number, to: number): string => Buffer.from(head.subarray(from, to)).toString('latin1')

/** Boxes a QuickTime or MP4 file may begin with. */
const firstBoxes = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'uuid'])
const pictureBrands = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1', 'avif', 'avis', 'crx '])

function isobmff(head: Uint8Array): Kind {
  if (ascii(head, 4, 8) !== 'ftyp') return { demuxer: 'mov', container: 'mov' }
  const brand = ascii(head, 8, 12)
  if (pictureBrands.has(brand)) return { refused: 'a photo (HEIF, AVIF or Canon raw)' }
  if (brand.startsWith('M4A')) return { refused: 'a sound file (M4A)' }
  if (brand.startsWith('3g')) return { demuxer: 'mov', container: '3gp' }
  return { demuxer: 'mov', container: brand === 'qt  ' ? 'mov' : 'mp4' }
}

const syncAt = (head: Uint8Array, from: number, step: number): boolean =>
  [0, 1, 2].every((n) => head[from + n * step] === 0x47) && head.length > from + 2 * step

/** What the bytes are, whatever the name says. */
export function kindOf(head: Uint8Array): Kind {
  if (head.length === 0) return { refused: 'an empty file' }
  if (head.length >= 12 && firstBoxes.has(ascii(head, 4, 8))) return isobmff(head)
  const start = ascii(head, 0, 16)
  if (start.startsWith('RIFF')) {
    const form = ascii(head, 8, 12)
    if (form === 'AVI ') return { demuxer: 'avi', container: 'avi' }
    return { refused: form === 'WAVE' ? 'a sound file (WAV)' : form === 'WEBP' ? 'a photo (WebP)' : 'a RIFF file that holds no video' }
  }
  if (start.startsWith('\x1a\x45\xdf\xa3')) {
    return { demuxer: 'matroska', container: ascii(head, 0, 64).includes('webm') ? 'webm' : 'matroska' }
  }
  if (syncAt(head, 0, 188) || syncAt(head, 4, 192)) return { demuxer: 'mpegts', container: 'mpegts' }
  if (start.startsWith('\x00\x00\x01\xba')) return { demuxer: 'mpeg', container: 'mpeg' }
  return { refused: otherKind(head, start) }
}

function otherKind(head: Uint8Array, start: string): string {
  if (start.startsWith('\xff\xd8\xff')) return 'a photo (JPEG)'
  if (start.startsWith('\x89PNG')) return 'a picture (PNG)'
  if (start.startsWith('GIF8')) return 'a picture (GIF)'
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'a photo (TIFF or camera raw)'
  if (start.startsWith('%PDF')) return 'a PDF document'
  if (start.startsWith('PK\x03\x04')) return 'a ZIP archive'
  if (start.startsWith('ID3')) return 'a sound file (MP3)'
  const text = ascii(head, 0, 512)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
  if (text.startsWith('#EXTM3U')) return 'an HLS playlist: a text that points to other files'
  if (text.startsWith('ffconcat')) return 'an ffconcat script: a text that points to other files'
  if (text.startsWith('<')) return 'an HTML or XML text'
  if (head.every((byte) => byte === 0)) return 'nothing but zero bytes: the recording was lost on the card'
  if (head.length < 12) return `only ${head.length} bytes long`
  return 'of no kind Dropcard knows'
}

/**
 * Opens nothing but a plain file, and says which demuxer it gets. A playlist named .MP4 would make ffmpeg open other files, so the
 * demuxer always comes from the bytes, never from ffmpeg's guess. Refusals: 'missing', 'unreadable', 'unsupported'.
 */
export async function openSource(path: string): Promise<Source> {
  const absolute = resolve(path)
  const name = basename(absolute)
  const status = await stat(absolute).catch((error: unknown) => {
    throw new Refusal('missing', `${name} is not there any more: is the card or disk still connected?`, { cause: error })
  })
  if (!status.isFile())
    throw new Refusal('unsupported', `${name} is ${status.isDirectory() ? 'a folder' : 'not a plain file'}: expected a video file`)
  const head = await readHead(absolute).catch((error: unknown) => {
    throw new Refusal('unreadable', `${name} cannot be read: check its permissions, or copy it from the card again`, { cause: error })
  })
  const kind = kindOf(head)
  if ('refused' in kind)
    throw new Refusal('unsupported', `${name} is ${kind.refused}: expected a video (MP4, MOV, MTS, AVI, 3GP, WebM or MPEG)`)
  return { path: absolute, name, bytes: status.size, ...kind }
}

async function readHead(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const { bytesRead, buffer } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
  return buffer.subarray(0, bytesRead)
}

/**
 * The input as ffmpeg and ffprobe get it. `file:` in front keeps a name that begins with "-" or looks like "concat:…" a name; the
 * whitelist keeps a hostile file from opening anything over a network. `options` are input options (they stand before -i).
 */
export function inputArgs(source: Source, options: readonly string[] = []): string[] {
  return ['-protocol_whitelist', 'file,pipe', '-f', source.demuxer, ...options, '-i', `file:${source.path}`]
}

/**
 * Reading that starts a little before `us` on the take's clock: input options for `inputArgs`, and how far into what is then read the
 * wanted moment lies (seconds). Streams without an index are entered at any packet, so they are entered early enough to meet a keyframe.
 */
export function seekBefore(source: Source, us: number): { options: string[]; at: number } {
  const preroll = source.demuxer === 'mpegts' || source.demuxer === 'mpeg' ? 10 : 1
  const seek = Math.max(0, us / 1e6 - preroll)
  return { options: seek > 0 ? ['-ss', seek.toFixed(6)] : [], at: us / 1e6 - seek }
}

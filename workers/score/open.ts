import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import sharp from 'sharp'
import { factsIn } from '../peek/facts.ts'
import { Refusal } from '../protocol.ts'
import { type CameraFacts, cameraFacts } from './exif.ts'
import { type Rgb, release } from './pixels.ts'
import { embeddedJpeg, type JpegHeader, jpegHeader, type PhotoFormat, sniff } from './sniff.ts'

/** Larger files are not photos of any camera here; the cap keeps a thread's memory bounded. */
const mostBytes = 400 * 2 ** 20
/** Header limit: a valid 280 MP picture passes, headers that declare thousands of megapixels get no memory. */
const mostPixels = 300e6
/** Up to here the picture is decoded at its own size; above it is halved until it fits (shrink-on-load). */
const nativePixels = 64e6
/** Progressive pictures keep all coefficients in memory while decoding: 2 bytes for each sample. */
const mostProgressiveSamples = 450e6
const secondsPerDecode = 8
/** `lost` of a file whose end marker is missing though no strip of the picture is. */
const cutShort = 0.005

/** One decoded photo: the only decode of its file. */
export type Photo = {
  /** Upright, sRGB, 8 bits. */
  rgb: Rgb
  /** Size of the upright original, which `rgb` may be a fraction of. */
  width: number
  height: number
  format: string
  facts: CameraFacts
  jpeg: JpegHeader | null
  /** Share of the picture that could not be decoded, 0–1. */
  lost: number
  warnings: string[]
}

function prepareSharp(): void {
  // One thread per photo: the pool already runs one worker per core, and the operation cache only holds memory.
  sharp.concurrency(1)
  sharp.cache(false)
}

/** Reads and decodes a photo. Ends in a Refusal for everything that is not a decodable photo. */
export async function openPhoto(path: string): Promise<Photo> {
  prepareSharp()
  const bytes = await readRegularFile(path)
  const sniffed = sniff(bytes)
  if (sniffed.kind === 'other')
    throw new Refusal(
      'unsupported',
      `Expected a photo, found ${sniffed.found}. Dropcard reads JPEG, PNG, WebP, TIFF and the previews inside RAW files.`,
    )
  const picture = choosePicture(bytes, sniffed.format)
  const { facts, warnings } = await bestFacts(bytes, picture.bytes, sniffed.format)
  if (picture.warning) warnings.push(picture.warning)
  const declared = picture.jpeg ?? (await declaredSize(picture.bytes))
  checkSize(declared.width, declared.height, picture.jpeg)
  const decoded = await decode(picture.bytes, declared, facts.orientation)
  const lost = lostShare(picture.bytes, picture.jpeg, decoded)
  release(bytes)
  if (lost === cutShort) warnings.push('The end of the file is missing, but the picture looks whole.')
  else if (lost > 0) warnings.push(`The file is incomplete: about ${Math.max(1, Math.round(lost * 100))} % of the picture is missing.`)
  else if (decoded.warnings.length > 0) warnings.push('The file is damaged in places; the picture may show faults.')
  const sideways = facts.orientation >= 5
  return {
    rgb: decoded.rgb,
    width: sideways ? declared.height : declared.width,
    height: sideways ? declared.width : declared.height,
    format: sniffed.format,
    facts,
    jpeg: picture.jpeg,
    lost: lost > 0 ? lost : decoded.warnings.length > 0 ? 0.05 : 0,
    warnings,
  }
}

/** The file's own camera data; where its container is unknown or silent, that of the preview inside. */
async function bestFacts(file: Buffer, picture: Buffer, format: PhotoFormat): Promise<{ facts: CameraFacts; warnings: string[] }> {
  const own = await cameraFacts(file)
  if (picture.length === file.length || says(own.facts)) return own
  // Containers that the reader does not know, as the look at the card reads them: grouping must not know less of a photo than its place did.
  const facts = format === 'raw' ? await factsIn(file.subarray(0, rawHead), format) : own.facts
  return says(facts) ? { facts, warnings: own.warnings } : cameraFacts(picture)
}

const says = (facts: CameraFacts): boolean => facts.cameraModel !== null || facts.capturedAt !== null
/** Camera data lies this far from the start of a RAW at most. */
const rawHead = 1024 * 1024

async function readRegularFile(path: string): Promise<Buffer> {
  let file: FileHandle
  try {
    // Non-blocking, so that a named pipe cannot hold the thread.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    if (code === 'ENOENT') throw new Refusal('missing', 'The file is not there any more.', { cause })
    throw new Refusal('unreadable', `The file cannot be opened (${code}). Check its permissions.`, { cause })
  }
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new Refusal('unsupported', 'Expected a photo, found a folder, pipe or device.')
    if (stat.size === 0) throw new Refusal('damaged', 'The file is empty (0 bytes).')
    if (stat.size > mostBytes)
      throw new Refusal('too-large', `The file is ${Math.round(stat.size / 2 ** 20)} MB; photos up to ${mostBytes / 2 ** 20} MB are read.`)
    const bytes = await file.readFile()
    if (bytes.length < 16) throw new Refusal('damaged', `The file holds only ${bytes.length} bytes, too few for a photo.`)
    return bytes
  } catch (cause) {
    if (cause instanceof Refusal) throw cause
    throw new Refusal('unreadable', 'Reading the file failed: the card or disk may be damaged.', { cause })
  } finally {
    await file.close()
  }
}

type Picture = { bytes: Buffer; jpeg: JpegHeader | null; warning: string | null }

/** The bytes to decode: the file itself, or the preview inside a RAW. */
function choosePicture(bytes: Buffer, format: PhotoFormat): Picture {
  if (format === 'jpeg') {
    const jpeg = jpegHeader(bytes)
    if (!jpeg) throw new Refusal('damaged', 'The JPEG has no picture header: nothing of it can be shown.')
    if (jpeg.lossless || jpeg.precision !== 8) {
      throw new Refusal(
        'unsupported',
        `Expected a JPEG of 8 bits per colour, found ${jpeg.lossless ? 'a lossless JPEG' : `${jpeg.precision} bits`}.`,
      )
    }
    if (jpeg.scanAt === null) throw new Refusal('damaged', 'The JPEG has headers but no picture data.')
    return { bytes, jpeg, warning: null }
  }
  if (format !== 'raw' && format !== 'heic' && format !== 'tiff') return { bytes, jpeg: null, warning: null }
  const preview = embeddedJpeg(bytes)
  // A plain TIFF may carry a thumbnail; only a preview of real size says "this is a RAW".
  if (preview && (format !== 'tiff' || preview.header.width >= 640)) {
    return {
      bytes: bytes.subarray(preview.at),
      jpeg: jpegHeader(bytes.subarray(preview.at)),
      warning: 'Scored from the preview inside the file.',
    }
  }
  if (format === 'tiff') return { bytes, jpeg: null, warning: null }
  throw new Refusal(
    'unsupported',
    `No preview to score was found inside this ${format === 'raw' ? 'RAW' : 'HEIC'} file. Set the camera to RAW + JPEG, or convert it to JPEG.`,
  )
}

async function declaredSize(bytes: Buffer): Promise<{ width: number; height: number }> {
  try {
    const { width, height } = await sharp(bytes, { failOn: 'none', limitInputPixels: false }).metadata()
    return { width, height }
  } catch (cause) {
    throw refusalFrom(cause)
  }
}

function checkSize(width: number, height: number, jpeg: JpegHeader | null): void {
  if (width < 1 || height < 1) throw new Refusal('damaged', `The header declares ${width} × ${height} pixels.`)
  const megapixels = Math.round((width * height) / 1e6)
  if (width * height > mostPixels)
    throw new Refusal('too-large', `The header declares ${width} × ${height} (${megapixels} MP); up to ${mostPixels / 1e6} MP are read.`)
  if (jpeg?.progressive && width * height * jpeg.components > mostProgressiveSamples) {
    throw new Refusal(
      'too-large',
      `A progressive JPEG of ${megapixels} MP needs too much memory; up to ${Math.round(mostProgressiveSamples / 1e6 / jpeg.components)} MP are read.`,
    )
  }
}

async function decode(
  bytes: Buffer,
  size: { width: number; height: number },
  orientation: number,
): Promise<{ rgb: Rgb; warnings: string[] }> {
  const warnings: string[] = []
  let image = sharp(bytes, { failOn: 'none', limitInputPixels: mostPixels })
  image.on('warning', (warning: unknown) => {
    // Odd headers and profiles do not touch the picture; only faults in the picture data count.
    if (
      /corrupt|premature|invalid|huffman|bogus|gave \d+ warning/i.test(String(warning)) &&
      !/profile|icc|jfif|exif/i.test(String(warning))
    )
      warnings.push(String(warning))
  })
  // Explicit turns instead of autoOrient: libvips would believe an orientation of the wrong type.
  if (orientation === 3 || orientation === 4) image = image.rotate(180)
  if (orientation === 6 || orientation === 7) image = image.rotate(90)
  if (orientation === 8 || orientation === 5) image = image.rotate(270)
  if (orientation === 2 || orientation === 4 || orientation === 5 || orientation === 7) image = image.flop()
  let shrink = 1
  while ((size.width * size.height) / (shrink * shrink) > nativePixels) shrink *= 2
  if (shrink > 1) {
    const side = Math.ceil(Math.max(size.width, size.height) / shrink)
    image = image.resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  }
  try {
    const { data, info } = await image
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .timeout({ seconds: secondsPerDecode })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { rgb: { data: threeChannels(data, info.channels), width: info.width, height: info.height }, warnings }
  } catch (cause) {
    throw refusalFrom(cause)
  }
}

function threeChannels(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return data
  const pixels = Math.floor(data.length / channels)
  const out = new Uint8Array(pixels * 3)
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) out[3 * i + c] = data[channels * i + (channels >= 3 ? c : 0)] ?? 0
  }
  return out
}

/** Share of rows that a cut-off JPEG left flat. Looks only where the end-of-image marker is missing; a full file is never doubted. */
function lostShare(bytes: Buffer, jpeg: JpegHeader | null, decoded: { rgb: Rgb; warnings: string[] }): number {
  if (!jpeg || decoded.warnings.length === 0) return 0
  const end = bytes.lastIndexOf(Buffer.from([0xff, 0xd9]))
  if (jpeg.scanAt === null || end > jpeg.scanAt) return 0
  const { data, width, height } = decoded.rgb
  // Orientation may have turned the picture: look for the flat strip on each of the four sides.
  const flat = (x: number, y: number, dx: number, dy: number, n: number): boolean => {
    const first = 3 * (y * width + x)
    for (let i = 1; i < n; i++) {
      const at = 3 * ((y + dy * i) * width + x + dx * i)
      for (let c = 0; c < 3; c++) if (Math.abs((data[at + c] ?? 0) - (data[first + c] ?? 0)) > 2) return false
    }
    return true
  }
  const count = (most: number, isFlat: (i: number) => boolean): number => {
    let i = 0
    while (i < most && isFlat(i)) i++
    return i / most
  }
  return Math.max(
    cutShort,
    count(height, (i) => flat(0, height - 1 - i, 1, 0, width)),
    count(height, (i) => flat(0, i, 1, 0, width)),
    count(width, (i) => flat(i, 0, 0, 1, height)),
    count(width, (i) => flat(width - 1 - i, 0, 0, 1, height)),
  )
}

function refusalFrom(cause: unknown): Refusal {
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/pixel limit/i.test(text)) return new Refusal('too-large', `The picture is larger than ${mostPixels / 1e6} MP.`, { cause })
  if (/timeout/i.test(text)) return new Refusal('timeout', `Decoding took longer than ${secondsPerDecode} s.`, { cause })
  if (/unsupported image format|no known|not a known|support.*not/i.test(text))
    return new Refusal('unsupported', `The picture cannot be decoded: ${firstLine(text)}.`, { cause })
  return new Refusal('damaged', `The picture is damaged and cannot be decoded: ${firstLine(text)}.`, { cause })
}

const firstLine = (text: string): string =>
  (text.split('\n')[0] ?? '')
    .replace(/^Input buffer has corrupt header: /, '')
    .replace(/^Vips\w+: /, '')
    .slice(0, 160)
    .replace(/\.$/, '')

/**
 * What a file really is, from its bytes. Names are never believed: cards hold HTML, MP4 and worse under `.JPG`.
 */
export type PhotoFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif' | 'heic' | 'raw'
export type Sniffed = { kind: 'photo'; format: PhotoFormat } | { kind: 'other'; found: string }

const ascii = (bytes: Uint8Array, from: number, length: number): string => String.fromCharCode(...bytes.subarray(from, from + length))

/** Brands of ISO base media files (the four letters after `ftyp`) that are pictures. */
const pictureBrands: Record<string, PhotoFormat> = {
  avif: 'avif',
  avis: 'avif',
  heic: 'heic',
  heix: 'heic',
  hevc: 'heic',
  heim: 'heic',
  heis: 'heic',
  mif1: 'heic',
  msf1: 'heic',
  'crx ': 'raw',
}

/** `head`: at least the first 512 bytes, or all of a shorter file. */
export function sniff(head: Uint8Array): Sniffed {
  const [a, b, c, d] = head
  if (a === 0xff && b === 0xd8 && c === 0xff) return { kind: 'photo', format: 'jpeg' }
  if (ascii(head, 0, 8) === '\x89PNG\r\n\x1a\n') return { kind: 'photo', format: 'png' }
  if (ascii(head, 0, 4) === 'RIFF')
    return ascii(head, 8, 4) === 'WEBP' ? { kind: 'photo', format: 'webp' } : { kind: 'other', found: 'a RIFF file (AVI or WAV)' }
  if (ascii(head, 0, 15) === 'FUJIFILMCCD-RAW') return { kind: 'photo', format: 'raw' }
  if ((a === 0x49 && b === 0x49) || (a === 0x4d && b === 0x4d)) {
    const magic = a === 0x49 ? (c ?? 0) | ((d ?? 0) << 8) : ((c ?? 0) << 8) | (d ?? 0)
    // 42 TIFF, 43 BigTIFF; Panasonic 0x55, Olympus "RO"/"RS".
    if (magic === 42 || magic === 43) return { kind: 'photo', format: ascii(head, 8, 2) === 'CR' ? 'raw' : 'tiff' }
    if (magic === 0x55 || magic === 0x4f52 || magic === 0x5352) return { kind: 'photo', format: 'raw' }
  }
  if (ascii(head, 4, 4) === 'ftyp') {
    const format = pictureBrands[ascii(head, 8, 4)]
    return format ? { kind: 'photo', format } : { kind: 'other', found: 'a video (MP4 or MOV)' }
  }
  return { kind: 'other', found: describe(head) }
}

function describe(head: Uint8Array): string {
  const text = ascii(head, 0, Math.min(256, head.length)).trimStart().toLowerCase()
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype svg|<svg)/s.test(text)) return 'an SVG drawing'
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'an HTML page'
  if (text.startsWith('gif8')) return 'a GIF'
  if (text.startsWith('%pdf')) return 'a PDF'
  if (text.startsWith('bm')) return 'a BMP'
  if (text.startsWith('8bps')) return 'a Photoshop document'
  if (/^[\t\n\r\x20-\x7e]+$/.test(text)) return 'text'
  return 'no photo format known here'
}

/** What the headers of a JPEG say, without decoding. */
export type JpegHeader = {
  width: number
  height: number
  components: number
  precision: number
  progressive: boolean
  /** Lossless (SOF3 and above 11): sensor data of a RAW, not a picture to show. */
  lossless: boolean
  /** Quality 1–100 estimated from the luma quantisation table against ITU-T T.81 Annex K; null without a table. */
  quality: number | null
  /** Offset of the first scan; null when there is none. */
  scanAt: number | null
}

/** Mean of the luma table in ITU-T T.81, Annex K.1: quality 50. */
const annexKMean = 57.625

/** Walks the marker segments from `start`. null when there is no frame header. Never reads past the buffer, never loops. */
export function jpegHeader(bytes: Uint8Array, start = 0): JpegHeader | null {
  const u16 = (at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  if (bytes[start] !== 0xff || bytes[start + 1] !== 0xd8) return null
  let header: JpegHeader | null = null
  let quality: number | null = null
  let at = start + 2
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) {
      at += 1
      continue
    }
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === 0xd8 || marker === 0x01 || marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2
      continue
    }
    if (marker === 0xd9) break
    const length = u16(at + 2)
    if (marker === 0xdb && quality === null) quality = tableQuality(bytes, at + 4, at + 2 + length)
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      header ??= {
        precision: bytes[at + 4] ?? 0,
        height: u16(at + 5),
        width: u16(at + 7),
        components: bytes[at + 9] ?? 0,
        progressive: marker === 0xc2 || marker === 0xc6 || marker === 0xca || marker === 0xce,
        lossless: marker === 0xc3 || marker === 0xc7 || marker >= 0xcb,
        quality: null,
        scanAt: null,
      }
    }
    if (marker === 0xda) return header ? { ...header, quality, scanAt: at } : null
    at += 2 + Math.max(2, length)
  }
  return header ? { ...header, quality } : null
}

function tableQuality(bytes: Uint8Array, from: number, to: number): number | null {
  const head = bytes[from]
  if (head === undefined || (head & 15) !== 0 || to > bytes.length) return null
  const wide = head >> 4 === 1
  let sum = 0
  for (let i = 0; i < 64; i++)
    sum += wide ? ((bytes[from + 1 + 2 * i] ?? 0) << 8) | (bytes[from + 2 + 2 * i] ?? 0) : (bytes[from + 1 + i] ?? 0)
  const scale = (100 * sum) / 64 / annexKMean
  return Math.round(Math.min(100, Math.max(1, scale <= 100 ? 100 - scale / 2 : 5000 / scale)))
}

/**
 * The largest ordinary JPEG inside a RAW or other container, by looking for start-of-image markers: the same walk serves CR2, CR3, NEF, ARW,
 * DNG, RAF, ORF and RW2 without believing any offset they give. null when there is none wider than 320 px.
 */
export function embeddedJpeg(bytes: Buffer): { at: number; header: JpegHeader } | null {
  let best: { at: number; header: JpegHeader } | null = null
  const soi = Buffer.from([0xff, 0xd8, 0xff])
  for (let at = bytes.indexOf(soi), seen = 0; at !== -1 && seen < 4096; at = bytes.indexOf(soi, at + 3), seen++) {
    // Headers of a preview are short; a bounded window keeps chance markers in sensor data cheap.
    const header = jpegHeader(bytes.subarray(0, Math.min(bytes.length, at + 262144)), at)
    if (!header || header.lossless || header.precision !== 8 || header.width < 320 || header.height < 200 || header.scanAt === null)
      continue
    // Strips of a JPEG-compressed TIFF look like pictures but keep their tables elsewhere.
    if (header.quality === null || (header.components !== 1 && header.components !== 3)) continue
    if (!best || header.width * header.height > best.header.width * best.header.height) best = { at, header }
  }
  return best
}

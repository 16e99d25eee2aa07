import { type JpegHeader, jpegHeader, type PhotoFormat } from '../score/sniff.ts'

const mostBytes = 200_000
const leastSide = 32
const mostSide = 2048
/** Chance markers in a hostile file must not cost a walk each. */
const mostCandidates = 64
const startOfImage = Buffer.from([0xff, 0xd8, 0xff])
const endOfImage = Buffer.from([0xff, 0xd9])

/**
 * The best preview that lies whole in the first part of a file: the largest JPEG of at most 200 kB and 2048 px. Found by its own headers; no
 * offset or length that the file gives is believed. In a JPEG only the segments before its own picture are looked at. null when there is none.
 */
export function thumbnailIn(head: Buffer, format: PhotoFormat): Buffer | null {
  const jpeg = format === 'jpeg' ? jpegHeader(head) : null
  const end = jpeg?.scanAt ?? head.length
  let best: { bytes: Buffer; area: number } | null = null
  let at = head.indexOf(startOfImage, format === 'jpeg' ? 2 : 0)
  for (let seen = 0; at !== -1 && at < end && seen < mostCandidates; at = head.indexOf(startOfImage, at + 3), seen++) {
    // Nothing larger than the limit is looked at, so that one candidate costs a bounded walk.
    const window = head.subarray(at, Math.min(end, at + mostBytes))
    const header = jpegHeader(window)
    if (header?.scanAt == null || !sane(header)) continue
    const stop = window.indexOf(endOfImage, header.scanAt)
    if (stop === -1) continue
    const area = header.width * header.height
    if (best === null || area > best.area) best = { bytes: window.subarray(0, stop + 2), area }
  }
  return best?.bytes ?? null
}

const inside = (side: number): boolean => side >= leastSide && side <= mostSide

/** The whole file, when it is small enough to be its own preview (a `.THM`, a picture sent by a messenger). */
export function asThumbnail(file: Buffer): Buffer | null {
  if (file.length > mostBytes) return null
  const header = jpegHeader(file)
  return header?.scanAt == null || !sane(header) ? null : file
}

const sane = (header: JpegHeader): boolean =>
  !header.lossless &&
  header.precision === 8 &&
  (header.components === 1 || header.components === 3) &&
  inside(header.width) &&
  inside(header.height)

/**
 * Cameras store the preview as the sensor saw it and write only once, for the photo, how it is to be turned. A page knows just the preview, so it
 * gets the same Exif orientation, unless an editor has turned the preview already.
 * @param photo size of the photo as stored, null when unknown
 */
export function turned(thumbnail: Buffer, orientation: number, photo: { width: number; height: number } | null): Buffer {
  if (orientation < 2 || orientation > 8) return thumbnail
  const own = jpegHeader(thumbnail)
  const sideways = orientation >= 5
  if (sideways && own !== null && photo !== null && own.width !== own.height && photo.width !== photo.height)
    if (own.width > own.height !== photo.width > photo.height) return thumbnail
  // APP1: length, "Exif", a big-endian TIFF header, one directory with one entry (0x0112, SHORT, 1, orientation), no next directory.
  const segment = Buffer.from('ffe10022457869660000' + '4d4d002a00000008' + '0001' + '011200030000000100000000' + '00000000', 'hex')
  segment[segment.length - 7] = orientation
  return Buffer.concat([thumbnail.subarray(0, 2), segment, thumbnail.subarray(2)])
}

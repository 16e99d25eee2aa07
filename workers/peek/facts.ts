import { type CameraFacts, cameraFacts } from '../score/exif.ts'
import { jpegHeader, type PhotoFormat } from '../score/sniff.ts'

/** Camera data from the first part of a file, whatever it is wrapped in. Never throws. */
export async function factsIn(head: Buffer, format: PhotoFormat): Promise<CameraFacts> {
  if (format !== 'raw') return (await cameraFacts(head)).facts
  if (head.toString('latin1', 4, 12) === 'ftypcrx ') return canonFacts(head)
  const own = await cameraFacts(plainTiff(head))
  if (own.facts.capturedAt !== null || own.facts.cameraModel !== null) return own.facts
  // Fujifilm's RAF and others: the camera data is that of the JPEG inside.
  const inner = firstJpeg(head)
  return inner === null ? own.facts : (await cameraFacts(inner)).facts
}

/** Olympus (`IIRO`, `IIRS`) and Panasonic (`IIU`) files are TIFF with another magic number. */
function plainTiff(head: Buffer): Buffer {
  const little = head[0] === 0x49 && head[1] === 0x49
  const big = head[0] === 0x4d && head[1] === 0x4d
  if (!little && !big) return head
  const plain = Buffer.from(head)
  if (little) plain.writeUInt16LE(42, 2)
  else plain.writeUInt16BE(42, 2)
  return plain
}

function firstJpeg(head: Buffer): Buffer | null {
  const at = head.indexOf(Buffer.from([0xff, 0xd8, 0xff]))
  return at === -1 || jpegHeader(head, at) === null ? null : head.subarray(at)
}

/**
 * Canon's CR3 keeps camera data as TIFF blocks in ISO boxes: `CMT1` with IFD0, `CMT2` with the Exif directory standing alone (layout:
 * github.com/lclevy/canon_cr3).
 */
async function canonFacts(head: Buffer): Promise<CameraFacts> {
  const { facts } = await cameraFacts(boxOf(head, 'CMT1') ?? Buffer.alloc(0))
  const exif = asExif(boxOf(head, 'CMT2'))
  if (exif === null) return facts
  const inner = (await cameraFacts(exif)).facts
  return { ...inner, orientation: facts.orientation, cameraMake: facts.cameraMake, cameraModel: facts.cameraModel }
}

function boxOf(head: Buffer, name: string): Buffer | null {
  const at = head.indexOf(name, 4, 'latin1')
  if (at === -1) return null
  const size = head.readUInt32BE(at - 4)
  return size < 16 || at - 4 + size > head.length ? null : head.subarray(at + 4, at - 4 + size)
}

/** The same block with a directory put behind it that names its first one as the Exif directory: no offset inside has to move. */
function asExif(tiff: Buffer | null): Buffer | null {
  if (tiff === null || tiff.length < 8) return null
  const little = tiff[0] === 0x49
  const pad = tiff.length % 2
  const whole = Buffer.alloc(tiff.length + pad + 18)
  tiff.copy(whole)
  const put16 = (value: number, at: number) => (little ? whole.writeUInt16LE(value, at) : whole.writeUInt16BE(value, at))
  const put32 = (value: number, at: number) => (little ? whole.writeUInt32LE(value, at) : whole.writeUInt32BE(value, at))
  const first = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  const at = tiff.length + pad
  put16(1, at)
  put16(0x8769, at + 2)
  put16(4, at + 4)
  put32(1, at + 6)
  put32(first, at + 10)
  put32(at, 4)
  return whole
}

/** Make, model and serial in one line, as the scores of the same file will say it: offsets of camera clocks are kept under it. */
export const cameraName = (facts: CameraFacts): string | null =>
  [facts.cameraMake, facts.cameraModel, facts.cameraSerial].filter((part) => part !== null).join(' ') || null

import sharp from 'sharp'

/** Files as cameras write them, with a preview inside, made by drawing: what should be found in each is known exactly. */

/** A preview: one colour on the left, another on the right, so that turning it shows. */
export const preview = (width = 160, height = 120): Promise<Buffer> => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#d02020"/><rect x="50%" width="50%" height="100%" fill="#2020d0"/></svg>`
  return sharp(Buffer.from(svg)).flatten().jpeg({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer()
}

type Shot = { orientation?: number; thumbnail?: Buffer | null; width?: number; height?: number }

/** A JPEG whose Exif segment carries `thumbnail` behind its directories, as every camera puts it. */
export async function cameraJpeg({ orientation = 1, thumbnail = null, width = 1600, height = 1200 }: Shot = {}): Promise<Buffer> {
  const plain = await sharp({ create: { width, height, channels: 3, background: '#609060' } })
    .withExif({
      IFD0: { Make: 'Canon', Model: 'Canon EOS R8' },
      IFD2: { DateTimeOriginal: '2026:05:01 10:00:00', SubSecTimeOriginal: '25' },
    })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer()
  if (thumbnail === null) return plain
  const at = plain.indexOf('Exif\0\0') - 4
  const length = plain.readUInt16BE(at + 2)
  const grown = Buffer.concat([plain.subarray(0, at + 2 + length), thumbnail, plain.subarray(at + 2 + length)])
  grown.writeUInt16BE(length + thumbnail.length, at + 2)
  return grown
}

/** The TIFF block inside the Exif segment: what RAW files are made of. */
export async function tiffBlock(shot: Shot = {}): Promise<Buffer> {
  const jpeg = await cameraJpeg(shot)
  const at = jpeg.indexOf('Exif\0\0')
  return Buffer.from(jpeg.subarray(at + 6, at - 2 + jpeg.readUInt16BE(at - 2)))
}

/** Offset of the Exif directory that the first directory of a TIFF block names. */
function exifDirectory(tiff: Buffer): number {
  const little = tiff[0] === 0x49
  const u16 = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const u32 = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at))
  const first = u32(4)
  for (let entry = 0; entry < u16(first); entry++) if (u16(first + 2 + entry * 12) === 0x8769) return u32(first + 10 + entry * 12)
  throw new Error('expected an Exif directory in what sharp wrote, found none')
}

const box = (name: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + content.length)
  head.write(name, 4, 'latin1')
  return Buffer.concat([head, content])
}

/** Canon's CR3: camera data and preview in boxes, sensor data behind. */
export async function canonRaw(thumbnail: Buffer, orientation: number): Promise<Buffer> {
  const first = await tiffBlock({ orientation })
  const exif = Buffer.from(first)
  const little = exif[0] === 0x49
  if (little) exif.writeUInt32LE(exifDirectory(first), 4)
  else exif.writeUInt32BE(exifDirectory(first), 4)
  const boxes = Buffer.concat([box('CMT1', first), box('CMT2', exif), box('THMB', Buffer.concat([Buffer.alloc(16), thumbnail]))])
  return Buffer.concat([
    box('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1')),
    box('moov', box('uuid', Buffer.concat([Buffer.alloc(16), boxes]))),
    Buffer.alloc(40_000, 7),
  ])
}

/** Fujifilm's RAF: a whole JPEG behind a header of its own. */
export const fujiRaw = async (thumbnail: Buffer): Promise<Buffer> =>
  Buffer.concat([
    Buffer.from('FUJIFILMCCD-RAW 0201FF129502'.padEnd(148, '\0'), 'latin1'),
    await cameraJpeg({ thumbnail, width: 3000, height: 2000 }),
    Buffer.alloc(40_000, 7),
  ])

/** A TIFF with another maker's magic number, and the preview `gap` bytes behind its directories. */
export async function tiffRaw(magic: string, thumbnail: Buffer, gap: number): Promise<Buffer> {
  const tiff = await tiffBlock({ orientation: 8 })
  if (tiff[0] !== 0x49) throw new Error('expected little-endian directories from sharp')
  tiff.write(magic, 2, 'latin1')
  return Buffer.concat([tiff, Buffer.alloc(gap, 7), thumbnail, Buffer.alloc(40_000, 7)])
}

import sharp from 'sharp'
import { embeddedJpeg, jpegHeader, type PhotoFormat } from '../score/sniff.ts'

const longestSide = 480
const mostPixels = 300e6
/** Progressive pictures are decoded whole in memory even when a small one is asked for. */
const mostProgressive = 60e6

/** A small upright JPEG from the picture itself, for files that carry no preview; null when it cannot be decoded. */
export async function decoded(file: Buffer | null, format: PhotoFormat, orientation: number): Promise<Buffer | null> {
  if (file === null) return null
  sharp.concurrency(1)
  sharp.cache(false)
  const inner = format === 'raw' || format === 'tiff' ? embeddedJpeg(file) : null
  if (format === 'raw' && inner === null) return null
  const picture = inner === null ? file : file.subarray(inner.at)
  const header = jpegHeader(picture)
  if (header?.progressive === true && header.width * header.height > mostProgressive) return null
  try {
    const upright = sharp(picture, { failOn: 'none', limitInputPixels: mostPixels })
    // A preview inside of a RAW does not say how it is turned; the file around it does.
    const turn = inner === null ? upright.autoOrient() : upright.rotate(degrees[orientation] ?? 0)
    return await turn
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 80 })
      .toBuffer()
  } catch {
    return null
  }
}

const degrees: Record<number, number> = { 3: 180, 6: 90, 8: 270 }

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { ClipOverlay } from '../../../protocol.ts'
import type { Layer } from '../picture.ts'
import type { Size } from '../plan.ts'
import { qrCode } from './qr.ts'
import { hasFont, type Picture, plate } from './words.ts'

/**
 * Where the apps of vertical channels lay nothing of their own over a clip, as fractions of the frame: their bars lie over the top 14 % and the
 * bottom 20 %, their buttons along the right.
 */
export function safeArea({ width, height }: Size): { left: number; right: number; top: number; bottom: number } {
  const upright = height / width > 1.5
  return upright ? { left: 0.06, right: 0.86, top: 0.14, bottom: 0.8 } : { left: 0.05, right: 0.95, top: 0.05, bottom: 0.93 }
}

/** What is burned in for the whole clip, as pictures in `folder`, and where the lower block of it begins (pixels from the top). */
export type Drawn = { layers: Layer[]; freeAbove: number }

const noFont = 'no font on this computer'

/** Title and price below, the code above, all inside of the safe area. Notes name what was left out. */
export async function drawOverlay({ title, price, qr }: ClipOverlay, size: Size, folder: string, notes: string[]): Promise<Drawn> {
  const unit = Math.min(size.width, size.height) / 1080
  const safe = safeArea(size)
  const left = Math.round(safe.left * size.width)
  const right = Math.round(safe.right * size.width)
  const layers: Layer[] = []
  const add = async (name: string, png: Buffer, x: number, y: number): Promise<void> => {
    const file = join(folder, `${name}.png`)
    await writeFile(file, png)
    layers.push({ file, x, y, shown: null })
  }
  let bottom = Math.round(safe.bottom * size.height)
  const lines = [
    { name: 'price', text: price, size: Math.round(60 * unit), lines: 1 },
    { name: 'title', text: title, size: Math.round(46 * unit), lines: 2 },
  ]
  const canWrite = await hasFont()
  for (const line of lines) {
    if (line.text === null || line.text.trim() === '') continue
    const drawn = !canWrite
      ? null
      : await plate(line.text, { size: line.size, lines: line.lines, bold: true, align: 'left', width: right - left })
    if (drawn === null) {
      notes.push(`${noFont}: the ${line.name} is not on the clip`)
      continue
    }
    bottom -= drawn.height
    await add(line.name, drawn.png, left, bottom)
    bottom -= Math.round(10 * unit)
  }
  if (qr !== null && qr.trim() !== '') {
    const code = await codePicture(qr.trim(), 264 * unit)
    if (code === null) notes.push('the text of the QR code is longer than 213 bytes: the code is not on the clip')
    else await add('code', code.png, right - code.width, Math.round(safe.top * size.height))
  }
  return { layers, freeAbove: bottom }
}

/** Black on white with its quiet zone, whole pixels a module: about `side` pixels. */
async function codePicture(text: string, side: number): Promise<Picture | null> {
  const code = qrCode(text)
  if (code === null) return null
  const modules = code.length + 8
  const scale = Math.max(3, Math.round(side / modules))
  const width = modules * scale
  const pixels = Buffer.alloc(width * width, 255)
  for (let y = 0; y < width; y++)
    for (let x = 0; x < width; x++) if (code[Math.floor(y / scale) - 4]?.[Math.floor(x / scale) - 4] === true) pixels[y * width + x] = 0
  const png = await sharp(pixels, { raw: { width, height: width, channels: 1 } })
    .toColourspace('srgb')
    .png()
    .toBuffer()
  return { png, width, height: width }
}

import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { qrCode } from '../cut/clip/burn/qr.ts'
import { Refusal, type TaskHandler } from '../protocol.ts'
import { writeWhole } from '../score/renditions.ts'

/** A5, points (1/72 inch). */
const [pageWidth, pageHeight] = [420, 595]
const margin = 36
/** Below the code: four modules of the smallest one (ISO/IEC 18004, quiet zone), points. */
const quiet = 46
/** The text of the page is one picture at 200 dots an inch: every script that this computer has letters for, and nothing to embed. */
const dpi = 200

/**
 * A poster as PDF (one A5 page, ISO 32000-1): a large QR code as vectors, title, lines and a small foot as a picture. Refused: 'unsupported' when the
 * text of the code is longer than 213 bytes, 'unavailable' when this computer has no font.
 */
export const poster: TaskHandler<'crop.poster'> = async ({ title, lines, qr, foot, outPath }) => {
  const code = qrCode(qr)
  if (code === null) throw new Refusal('unsupported', 'the address is longer than 213 bytes, too long for a code: use a shorter one')
  const side = pageWidth - 2 * margin - 60
  const codeTop = pageHeight - margin - side - 6
  const words = await textPicture(title, lines, foot, codeTop - margin - quiet)
  const page = pdf(code, side, (pageWidth - side) / 2, codeTop, words, codeTop - quiet - words.heightPoints)
  await writeWhole(outPath, page)
  return { path: outPath, bytes: page.length, sha256: createHash('sha256').update(page).digest('hex') }
}

type Words = { jpeg: Buffer; width: number; height: number; heightPoints: number }

const toPixels = (points: number): number => Math.round((points / 72) * dpi)

/** Black on white, centred, as large as fits: title, then lines, then the foot at the bottom. */
async function textPicture(title: string, lines: readonly string[], foot: string | null, heightPoints: number): Promise<Words> {
  const width = toPixels(pageWidth - 2 * margin)
  const height = toPixels(heightPoints)
  const draw = async (
    text: string,
    points: number,
    bold: boolean,
    most: number,
  ): Promise<{ png: Buffer; width: number; height: number } | null> => {
    for (let size = points; size >= 6; size *= 0.85) {
      const drawn = await sharp({
        text: {
          text: `<span foreground="#000000">${escaped(text)}</span>`,
          font: `sans${bold ? ' bold' : ''} ${Math.round(size)}`,
          dpi,
          width,
          rgba: true,
          wrap: 'word-char',
          align: 'centre',
        },
      })
        .png()
        .toBuffer({ resolveWithObject: true })
        .catch(() => null)
      if (drawn === null) return null
      if (drawn.info.height <= most) return { png: drawn.data, width: drawn.info.width, height: drawn.info.height }
    }
    return null
  }
  const parts = [
    { text: title, points: 26, bold: true, most: height * 0.5 },
    ...lines.map((text) => ({ text, points: 16, bold: false, most: height * 0.24 })),
  ]
  const layers: { input: Buffer; left: number; top: number }[] = []
  let top = 0
  for (const part of parts.filter((one) => one.text.trim() !== '')) {
    const drawn = await draw(tidy(part.text), part.points, part.bold, Math.min(part.most, height - top))
    if (drawn === null) continue
    layers.push({ input: drawn.png, left: Math.max(0, Math.round((width - drawn.width) / 2)), top: Math.round(top) })
    top += drawn.height + toPixels(7)
  }
  if (layers.length === 0)
    throw new Refusal('unavailable', 'no font on this computer: install one (on Debian: fonts-dejavu-core) and try again')
  if (foot !== null) {
    const drawn = await draw(tidy(foot), 8, false, height - top)
    if (drawn !== null)
      layers.push({ input: drawn.png, left: Math.max(0, Math.round((width - drawn.width) / 2)), top: height - drawn.height })
  }
  const jpeg = await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite(layers)
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer()
  return { jpeg, width, height, heightPoints }
}

const tidy = (text: string): string => text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, ' ').trim()
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

/** One page: white, the modules of the code as rectangles of one fill, the words as a JPEG (DCTDecode). */
function pdf(code: readonly (readonly boolean[])[], side: number, left: number, bottom: number, words: Words, wordsBottom: number): Buffer {
  const module = side / code.length
  const squares = code.flatMap((row, y) =>
    row.flatMap((dark, x) =>
      dark
        ? [
            `${(left + x * module).toFixed(3)} ${(bottom + side - (y + 1) * module).toFixed(3)} ${module.toFixed(3)} ${module.toFixed(3)} re`,
          ]
        : [],
    ),
  )
  const content = Buffer.from(
    `0 g\n${squares.join('\n')}\nf\nq ${pageWidth - 2 * margin} 0 0 ${words.heightPoints.toFixed(3)} ${margin} ${wordsBottom.toFixed(3)} cm /Words Do Q\n`,
    'latin1',
  )
  const objects: Buffer[] = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from('<< /Type /Pages /Kids [3 0 R] /Count 1 >>'),
    Buffer.from(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${pageWidth} ${pageHeight}] /Contents 4 0 R /Resources << /XObject << /Words 5 0 R >> >> >>`,
    ),
    Buffer.concat([Buffer.from(`<< /Length ${content.length} >>\nstream\n`), content, Buffer.from('\nendstream')]),
    Buffer.concat([
      Buffer.from(
        `<< /Type /XObject /Subtype /Image /Width ${words.width} /Height ${words.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${words.jpeg.length} >>\nstream\n`,
      ),
      words.jpeg,
      Buffer.from('\nendstream'),
    ]),
  ]
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1')]
  const places: number[] = []
  let at = parts[0]?.length ?? 0
  for (const [index, object] of objects.entries()) {
    const whole = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')])
    places.push(at)
    at += whole.length
    parts.push(whole)
  }
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}

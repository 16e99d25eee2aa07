import sharp from 'sharp'

/** A picture to lay over others: RGBA PNG of its own size. */
export type Picture = { png: Buffer; width: number; height: number }

/** Letters on a dark plate, `size` pixels high, wrapped at `width`. null: there is nothing to write. */
export async function plate(
  text: string,
  style: { size: number; width: number; bold: boolean; align: 'left' | 'centre'; lines: number },
): Promise<Picture | null> {
  const padding = Math.round(style.size * 0.45)
  let drawn: Picture | null = null
  for (let words = tidy(text); words !== ''; words = shorter(words)) {
    drawn = await letters(words, style, style.width - 2 * padding)
    if (drawn === null || drawn.height <= style.size * 1.42 * style.lines) break
  }
  if (drawn === null) return null
  const [width, height] = [drawn.width + 2 * padding, drawn.height + 2 * padding]
  const round = Math.round(style.size * 0.3)
  const ground = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" rx="${round}" fill="#000" fill-opacity="0.58"/></svg>`
  const png = await sharp(Buffer.from(ground))
    .composite([{ input: drawn.png, left: padding, top: padding }])
    .png()
    .toBuffer()
  return { png, width, height }
}

async function letters(
  text: string,
  { size, bold, align }: { size: number; bold: boolean; align: 'left' | 'centre' },
  width: number,
): Promise<Picture | null> {
  const markup = `<span foreground="#ffffff">${escaped(text)}</span>`
  const drawn = await sharp({
    text: { text: markup, font: `sans${bold ? ' bold' : ''} ${size}`, dpi: 72, width, rgba: true, wrap: 'word-char', align },
  })
    .png()
    .toBuffer({ resolveWithObject: true })
    .catch(() => null)
  return drawn === null ? null : { png: drawn.data, width: drawn.info.width, height: drawn.info.height }
}

/** Where no font is installed Pango draws the same box for every letter, and says nothing. */
export async function hasFont(): Promise<boolean> {
  const [narrow, wide] = await Promise.all(['iii', 'WWW'].map((text) => letters(text, { size: 40, bold: true, align: 'left' }, 400)))
  return narrow !== null && narrow !== undefined && wide !== null && wide !== undefined && wide.width > narrow.width * 1.2
}

/** Control characters have no place in markup, and none on a video. */
const tidy = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/[\p{Cs}\uFFFE\uFFFF]|(?!\n)\p{Cc}/gu, '')
    .trim()
const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
/** About a tenth less, with an ellipsis. */
function shorter(text: string): string {
  const kept = [...text.replace(/…$/, '')]
  const rest = kept
    .slice(0, Math.min(kept.length - 1, Math.floor(kept.length * 0.9)))
    .join('')
    .trimEnd()
  return rest === '' ? '' : `${rest}…`
}

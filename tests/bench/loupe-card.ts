import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { corpus } from '../support/corpus.ts'

/** How many photos one card can tell apart by the squares drawn on them. */
export const mostShots = 256
const squares = 8

/** 12, 16, 20 and 24 megapixels, as cameras make them. */
const sizes = [
  { width: 4240, height: 2832 },
  { width: 4896, height: 3264 },
  { width: 5472, height: 3648 },
  { width: 6000, height: 4000 },
] as const

/**
 * A card of `count` camera-sized photos, enlarged from real ones (the corpus where it is there, else the sample card). Each carries its number as
 * eight black or white squares along its upper edge, so that a picture on screen says which one it is.
 *
 * @returns the folder of the card
 */
export async function loupeCard(dir: string, count: number): Promise<string> {
  const folder = join(dir, 'DCIM/100BENCH')
  await mkdir(folder, { recursive: true })
  const from = corpus === null ? join(import.meta.dirname, '../fixtures/card/DCIM') : join(corpus, 'dev/bursts')
  const sources: string[] = []
  for (const name of (await readdir(from, { recursive: true })).filter((one) => /\.jpe?g$/i.test(one)).toSorted()) {
    const whole = await sharp(join(from, name))
      .stats()
      .catch(() => null)
    if (whole !== null) sources.push(join(from, name))
  }
  // Enlarged pixels are smoother than a sensor's: grain makes the files as large, and as slow to decode, as a camera's.
  const grain = await sharp({
    create: { width: 1024, height: 1024, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 14 } },
  })
    .png({ compressionLevel: 1 })
    .toBuffer()
  const codes = Array.from({ length: Math.min(count, mostShots) }, (_, index) => index)
  await Promise.all([0, 1].map((lane) => lineOf(codes.filter((code) => code % 2 === lane))))
  return dir

  async function lineOf(mine: number[]): Promise<void> {
    for (const code of mine) {
      const out = join(folder, `IMG_${String(code + 1).padStart(4, '0')}.JPG`)
      const source = sources[code % sources.length]
      const size = sizes[code % sizes.length]
      if (source === undefined || size === undefined || existsSync(out)) continue
      const second = new Date(Date.UTC(2026, 4, 3, 9, 0, code * 20)).toISOString()
      await sharp(source, { failOn: 'none' })
        .rotate()
        .resize({ ...size, fit: 'cover' })
        .modulate({ brightness: 0.85 + (code % 7) * 0.05, hue: (code * 23) % 360 })
        .composite([
          { input: grain, tile: true, blend: 'soft-light' },
          { input: codeBand(code, size.width), left: 0, top: 0 },
        ])
        .withExif({
          IFD0: { Make: 'Bench', Model: 'Bench 1' },
          IFD2: { DateTimeOriginal: second.slice(0, 19).replaceAll('-', ':').replace('T', ' ') },
        })
        .jpeg({ quality: 90 })
        .toFile(out)
    }
  }
}

function codeBand(code: number, width: number): Buffer {
  const side = Math.floor(width / squares)
  const drawn = Array.from({ length: squares }, (_, bit) => {
    const fill = (code >> bit) & 1 ? '#fff' : '#000'
    return `<rect x="${bit * side}" width="${side}" height="${Math.round(side / 3)}" fill="${fill}"/>`
  })
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.round(side / 3)}">${drawn.join('')}</svg>`)
}

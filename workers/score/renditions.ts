import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import sharp from 'sharp'
import { Refusal } from '../protocol.ts'
import type { Rgb } from './pixels.ts'

export const thumbSide = 480
export const previewSide = 2048

const fromRaw = (rgb: Rgb) => sharp(rgb.data, { raw: { width: rgb.width, height: rgb.height, channels: 3 } })

/** Fits the longest side; never enlarges. The result is plain sRGB without metadata. */
export async function fit(rgb: Rgb, side: number): Promise<Rgb> {
  if (Math.max(rgb.width, rgb.height) <= side) return rgb
  const { data, info } = await fromRaw(rgb)
    .resize({ width: side, height: side, fit: 'inside', kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/**
 * What to make a picture of `side` pixels from: half of the preview where libvips would first halve it too (four times as large, less than six), which
 * is the same picture but for roundings, from a quarter of the pixels. `of`: which of its sides has to do.
 */
export function nearest(preview: Rgb, half: Rgb, side: number, of: (a: number, b: number) => number = Math.min): Rgb {
  return of(half.width, half.height) >= 2 * side ? half : preview
}

/** Plain stretch to an exact size: what the models are fed. */
export async function stretch(rgb: Rgb, width: number, height: number): Promise<Rgb> {
  const data = await fromRaw(rgb).resize({ width, height, fit: 'fill', kernel: 'linear' }).raw().toBuffer()
  return { data, width, height }
}

/** The middle square at an exact size: for the network whose training saw square photos only, so that nothing is squeezed. */
export async function middle(rgb: Rgb, side: number): Promise<Rgb> {
  const edge = Math.min(rgb.width, rgb.height)
  const place = { left: (rgb.width - edge) >> 1, top: (rgb.height - edge) >> 1, width: edge, height: edge }
  const data = await fromRaw(rgb).extract(place).resize({ width: side, height: side, fit: 'fill', kernel: 'linear' }).raw().toBuffer()
  return { data, width: side, height: side }
}

/** Fixed Huffman tables: tables made for each picture cost as much again as the whole encoding and save 2.4 % (tests/reports/bench-score.md). */
export async function jpeg(rgb: Rgb, quality: number): Promise<Buffer> {
  return fromRaw(rgb).jpeg({ quality, optimiseCoding: false }).toBuffer()
}

/** Temp name → fsync → rename, so that a reader never meets half a file. */
export async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const part = `${path}.${randomUUID()}.part`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(part, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
  } catch (cause) {
    await rm(part, { force: true })
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new Refusal('no-space', `No space left to write ${path}. Free some space and try again.`, { cause })
    throw new Refusal('unreadable', `Could not write ${path} (${code}).`, { cause })
  }
}

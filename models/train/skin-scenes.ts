/** What skin-truth.tsv says: photos with skin (boxes inside it), photos without anybody, split as scenes.ts does. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPhoto } from '../../workers/score/open.ts'
import { type Box, type Rgb, rectAround } from '../../workers/score/pixels.ts'
import { cut } from './degrade.ts'
import { isHeldOut } from './scenes.ts'

export type SkinPhoto = { file: string; kind: 'hand' | 'skin' | 'people' | 'none'; boxes: Box[]; heldOut: boolean; rgb: Rgb }

const kinds = ['hand', 'skin', 'people', 'none'] as const

/** Every photo of the list, reduced by `reduce`; held out by camera model, or by file name where the camera is not known. `onlySkin`: those with skin. */
export async function skinPhotos(media: string, reduce: (rgb: Rgb) => Promise<Rgb>, onlySkin = false): Promise<SkinPhoto[]> {
  const lines = (await readFile(join(import.meta.dirname, 'skin-truth.tsv'), 'utf8')).trim().split('\n').slice(1)
  const out: SkinPhoto[] = []
  for (const line of lines) {
    const [file = '', named = '', marked = ''] = line.split('\t')
    const kind = kinds.find((one) => one === named)
    if (kind === undefined) throw new Error(`skin-truth.tsv: expected a kind, got "${named}"`)
    if (onlySkin && marked === '') continue
    const { rgb, facts } = await openPhoto(join(media, file))
    const camera = [facts.cameraMake, facts.cameraModel].filter((part) => part !== null).join(' ')
    out.push({ file, kind, boxes: boxesOf(marked), heldOut: camera === '' ? half(file) : isHeldOut(camera), rgb: await reduce(rgb) })
  }
  return out
}

/** Phone photos name no camera: half of them are held out. */
const half = (file: string): boolean => (createHash('sha256').update(`dropcard skin ${file}`).digest()[0] ?? 0) % 2 === 0

const boxesOf = (marked: string): Box[] =>
  marked
    .split(' ')
    .filter((text) => text !== '')
    .map((text) => {
      const [left = 0, top = 0, right = 0, bottom = 0] = text.split(',').map((value) => Number(value) / 100)
      return { x: left, y: top, w: right - left, h: bottom - top }
    })

/** A chroma that skin of any tone can have: a wide gate, what lies outside is never skin. */
export const couldBeSkin = (r: number, g: number, b: number): boolean =>
  r > 40 && r > g && g >= 0.6 * b && r < 3.2 * Math.max(1, g) && r - Math.min(g, b) > 8

/** Pieces of a photo without people whose colours could be skin: wood, sand, fur, brick, terracotta. */
export function decoys({ rgb }: SkinPhoto, most: number): Rgb[] {
  const out: Rgb[] = []
  const side = Math.round(0.22 * Math.min(rgb.width, rgb.height))
  for (let y = 0.12; y < 0.95 && out.length < most; y += 0.19) {
    for (let x = 0.12; x < 0.95 && out.length < most; x += 0.19) {
      const rect = rectAround({ x, y, w: 0, h: 0 }, rgb, side)
      const piece = cut(rgb, { x: rect.x / rgb.width, y: rect.y / rgb.height, w: side / rgb.width, h: side / rgb.height })
      let [like, n] = [0, 0]
      for (let i = 0; i + 2 < piece.data.length; i += 21, n++)
        if (couldBeSkin(piece.data[i] ?? 0, piece.data[i + 1] ?? 0, piece.data[i + 2] ?? 0)) like++
      if (like > 0.8 * n) out.push(piece)
    }
  }
  return out
}

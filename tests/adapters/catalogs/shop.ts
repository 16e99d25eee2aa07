import { createHash } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { CatalogListing, CatalogMedia } from '../../../main/core/catalog.ts'
import { sampleCard, samplePhotos } from '../../support/card.ts'

/** Real renditions and listings for catalog tests, written into `dir`. */

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A drawn picture in two sizes; another `seed`, other bytes. */
export async function image(dir: string, seed: number, alt = `Picture ${seed}`): Promise<CatalogMedia> {
  const [small, main] = await Promise.all([240, 480].map((width) => rendition(dir, seed, width)))
  if (small === undefined || main === undefined) throw new Error('expected two renditions')
  return { ...main, kind: 'image', alt, type: 'image/jpeg', sources: [{ ...small, type: 'image/jpeg' }], poster: null, durationUs: null }
}

async function rendition(dir: string, seed: number, width: number) {
  const height = Math.round(width * 0.75)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="hsl(${seed * 47} 60% 60%)"/><circle cx="50%" cy="50%" r="${20 + seed}" fill="#fff"/></svg>`
  const bytes = await sharp(Buffer.from(svg)).jpeg().toBuffer()
  const key = sha256(bytes)
  await mkdir(dir, { recursive: true })
  const path = join(dir, `${key}.jpg`)
  await writeFile(path, bytes)
  return { key, path, width, height, bytes: bytes.length }
}

/** A real clip of the sample card, with a still. */
export async function clip(dir: string): Promise<CatalogMedia> {
  const path = join(sampleCard, 'DCIM', samplePhotos.clips[0])
  const poster = await rendition(dir, 99, 480)
  return {
    key: sha256(await readFile(path)),
    path,
    kind: 'clip',
    width: 960,
    height: 540,
    bytes: (await stat(path)).size,
    type: 'video/mp4',
    alt: '',
    sources: [],
    poster: { key: poster.key, path: poster.path, width: poster.width, height: poster.height },
    durationUs: 5_042_000,
  }
}

export const listing = (productId: string, media: CatalogMedia[], more: Partial<CatalogListing> = {}): CatalogListing => ({
  productId,
  handle: productId,
  title: `Product ${productId}`,
  description: '',
  sku: null,
  price: null,
  stock: null,
  media,
  updatedAt: '2026-11-21T12:00:00.000Z',
  ...more,
})

/** A picture in the sizes the local catalog asks for, from a photo of the sample card, cropped to one of several shapes. */
export async function photo(dir: string, n: number): Promise<CatalogMedia> {
  const names = [samplePhotos.burst[1], samplePhotos.otherBurst[2], samplePhotos.rotated, ...samplePhotos.small]
  const path = join(sampleCard, 'DCIM', names[n % names.length] ?? '')
  const [wide, tall] = [
    [3, 2],
    [4, 5],
    [1, 1],
    [16, 9],
  ][n % 4] ?? [1, 1]
  if (wide === undefined || tall === undefined) throw new Error('expected a shape')
  await mkdir(dir, { recursive: true })
  const made = await Promise.all(
    [480, 960, 1600].map(async (side) => {
      const [width, height] = wide >= tall ? [side, Math.round((side * tall) / wide)] : [Math.round((side * wide) / tall), side]
      const bytes = await sharp(path).autoOrient().resize(width, height, { fit: 'cover' }).jpeg({ quality: 80 }).toBuffer()
      const key = sha256(bytes)
      await writeFile(join(dir, `${key}.jpg`), bytes)
      return { key, path: join(dir, `${key}.jpg`), width, height, bytes: bytes.length, type: 'image/jpeg' as const }
    }),
  )
  const main = made.at(-1)
  if (main === undefined) throw new Error('expected three renditions')
  const sources = made.slice(0, -1).map(({ bytes: _, ...file }) => file)
  return { ...main, kind: 'image', alt: `View ${n + 1}`, sources, poster: null, durationUs: null }
}

import { copyFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import sharp from 'sharp'

/** The sample card of the repository. Read it, copy from it; never write to it. */
export const sampleCard: string = resolve(import.meta.dirname, '../fixtures/card')

/** Photos of the sample card by what they are good for; paths below `DCIM/`. */
export const samplePhotos = {
  /** Focus sweep, seconds apart; the second and third are the sharpest. */
  burst: ['100CANON/IMG_0001.JPG', '100CANON/IMG_0002.JPG', '100CANON/IMG_0003.JPG', '100CANON/IMG_0004.JPG'],
  /** Another focus sweep, weeks later. */
  otherBurst: ['100CANON/IMG_0005.JPG', '100CANON/IMG_0006.JPG', '100CANON/IMG_0007.JPG', '100CANON/IMG_0008.JPG', '100CANON/IMG_0009.JPG'],
  truncated: '100CANON/IMG_0010.JPG',
  /** EXIF orientation 6. */
  rotated: '101CANON/IMG_0003.JPG',
  /** Small (100 kB and less) and quick to decode. */
  small: ['101CANON/IMG_0001.JPG', '101CANON/IMG_0004.JPG', '101CANON/IMG_0005.JPG', '101CANON/IMG_0006.JPG', '101CANON/IMG_0007.JPG'],
  clips: ['100CANON/MVI_0011.MP4', '101CANON/MVI_0011.MP4'],
  thumbnails: ['100CANON/MVI_0011.THM', '101CANON/MVI_0011.THM'],
} as const

/** What to put at one path of a built card. */
export type CardFile =
  | { kind: 'fixture'; path: string; bytes: number | null }
  | {
      kind: 'photo'
      seed: number
      width: number
      height: number
      capturedAt: string | null
      orientation: number
      make: string
      model: string
    }
  | { kind: 'bytes'; bytes: Uint8Array }

/** A copy of a file of the sample card (path below `DCIM/`); `bytes` cuts it short. */
export const fixture = (path: string, bytes: number | null = null): CardFile => ({ kind: 'fixture', path, bytes })

/** Any bytes: junk, sidecars, empty files. */
export const bytes = (content: Uint8Array | string): CardFile => ({
  kind: 'bytes',
  bytes: typeof content === 'string' ? Buffer.from(content) : content,
})

/**
 * A drawn JPEG: same options, same picture; another `seed`, another picture.
 * `capturedAt` is camera wall-clock time as EXIF writes it, `2026:05:01 10:00:00`; null = no EXIF time.
 */
export const photo = (options: Partial<Omit<Extract<CardFile, { kind: 'photo' }>, 'kind'>> = {}): CardFile => ({
  kind: 'photo',
  seed: 1,
  width: 640,
  height: 480,
  capturedAt: '2026:05:01 10:00:00',
  orientation: 1,
  make: 'Canon',
  model: 'Canon EOS R8',
  ...options,
})

/** So many different photos in one folder: `100CANON/IMG_0001.JPG` with seed 0, and on. */
export const photos = (count: number): Record<string, CardFile> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`100CANON/IMG_${String(n + 1).padStart(4, '0')}.JPG`, photo({ seed: n })]))

/**
 * Builds a card in `dir` (made if need be) and returns `dir`. Keys are paths below `DCIM/`, or below the card when they start with `/`:
 * `{ '100CANON/IMG_0001.JPG': photo({ seed: 7 }), '/MISC/AUTPRINT.MRK': bytes('') }`. Every file gets the time `modified`.
 */
export async function buildCard(
  dir: string,
  files: Record<string, CardFile>,
  modified: Date = new Date('2026-05-01T10:00:00Z'),
): Promise<string> {
  await mkdir(join(dir, 'DCIM'), { recursive: true })
  for (const [name, file] of Object.entries(files)) {
    const path = name.startsWith('/') ? join(dir, name) : join(dir, 'DCIM', name)
    await mkdir(dirname(path), { recursive: true })
    await writeCardFile(path, file)
    await utimes(path, modified, modified)
  }
  return dir
}

/** A small, ordinary card: one burst of three, two single photos, a rotated one, a clip with its thumbnail, and camera-only files. */
export const buildSmallCard = (dir: string): Promise<string> =>
  buildCard(dir, {
    '100CANON/IMG_0001.JPG': fixture(samplePhotos.otherBurst[0]),
    '100CANON/IMG_0002.JPG': fixture(samplePhotos.otherBurst[1]),
    '100CANON/IMG_0003.JPG': fixture(samplePhotos.otherBurst[2]),
    '100CANON/IMG_0004.JPG': fixture(samplePhotos.small[0]),
    '100CANON/IMG_0005.JPG': photo({ seed: 5 }),
    '100CANON/IMG_0006.JPG': fixture(samplePhotos.rotated),
    '100CANON/MVI_0007.MP4': fixture(samplePhotos.clips[0]),
    '100CANON/MVI_0007.THM': fixture(samplePhotos.thumbnails[0]),
    '/MISC/AUTPRINT.MRK': bytes('[HDR]\r\n'),
  })

async function writeCardFile(path: string, file: CardFile): Promise<void> {
  switch (file.kind) {
    case 'fixture': {
      const source = join(sampleCard, 'DCIM', file.path)
      if (file.bytes === null) return copyFile(source, path)
      return writeFile(path, (await readFile(source)).subarray(0, file.bytes))
    }
    case 'bytes':
      return writeFile(path, file.bytes)
    case 'photo':
      return writeFile(path, await drawPhoto(file))
    default:
      return file satisfies never
  }
}

/** Seeded blobs over a gradient: enough edges and colour for scores and hashes to differ from seed to seed. */
async function drawPhoto(file: Extract<CardFile, { kind: 'photo' }>): Promise<Buffer> {
  const { width, height, seed } = file
  const next = sequence(seed)
  const blobs = Array.from({ length: 24 }, () => {
    const hue = Math.floor(next() * 360)
    return `<circle cx="${next() * width}" cy="${next() * height}" r="${(0.03 + next() * 0.12) * width}" fill="hsl(${hue} 70% ${20 + next() * 60}%)"/>`
  })
  const ground = `<linearGradient id="g"><stop stop-color="hsl(${next() * 360} 40% 30%)"/><stop offset="1" stop-color="hsl(${next() * 360} 40% 75%)"/></linearGradient>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${ground}<rect width="100%" height="100%" fill="url(#g)"/>${blobs.join('')}</svg>`
  return sharp(Buffer.from(svg))
    .flatten()
    .withExif({
      IFD0: { Make: file.make, Model: file.model },
      ...(file.capturedAt === null ? {} : { IFD2: { DateTimeOriginal: file.capturedAt } }),
    })
    .withMetadata({ orientation: file.orientation })
    .jpeg({ quality: 88 })
    .toBuffer()
}

/** Numbers in [0, 1), the same for the same seed (a linear congruential generator). */
export function sequence(seed: number): () => number {
  let state = (Math.imul(seed, 2654435761) + 1) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

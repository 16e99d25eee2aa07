import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { corpus } from '../support/corpus.ts'
import { scene } from '../workers/score/pictures.ts'

const pixels = 8e6

/**
 * Photos of 8 MP in a folder: the corpus' camera photos of 7.5–8.6 MP as they are, larger ones made that size (JPEG 92, 4:2:0, camera data kept).
 * Without a corpus one drawn picture. @returns paths, and in words what they are
 */
export async function eightMegapixels(dir: string): Promise<{ paths: string[]; from: string }> {
  await mkdir(dir, { recursive: true })
  if (corpus === null) {
    const path = join(dir, 'drawn.jpg')
    await sharp(scene({ width: 3264, height: 2448 }))
      .jpeg({ quality: 92 })
      .toFile(path)
    return { paths: [path], from: 'a drawn picture of 8 MP' }
  }
  const [folder, paths] = [join(corpus, 'dev/photos'), [] as string[]]
  let made = 0
  for (const name of (await readdir(folder, { recursive: true })).filter((n) => /\.jpe?g$/i.test(n)).toSorted()) {
    const seen = await sharp(join(folder, name))
      .metadata()
      .catch(() => null)
    if (seen === null || seen.width * seen.height < 7.5e6) continue
    const path = join(dir, `${paths.length}.jpg`)
    if (seen.width * seen.height <= 8.6e6) await copyFile(join(folder, name), path)
    else {
      const width = Math.round(seen.width * Math.sqrt(pixels / (seen.width * seen.height)))
      await sharp(join(folder, name), { failOn: 'none' }).resize({ width }).keepExif().jpeg({ quality: 92 }).toFile(path)
      made += 1
    }
    paths.push(path)
  }
  return { paths, from: `${paths.length} camera photos of 8 MP (${paths.length - made} as shot, ${made} larger ones made that size)` }
}

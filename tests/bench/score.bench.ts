/**
 * Milliseconds for one photo, whole analysis against bare sharp making the same two JPEGs, one thread, in the same run:
 *   node tests/bench/score.bench.ts [FOLDER] [COUNT]
 * FOLDER: any photos (default: the corpus' photos of 2 MP and more; without a corpus a drawn 8 MP picture). To add a benchmark: copy this file.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { modelsDir } from '../../models/load.ts'
import { photo } from '../../workers/score/photo.ts'
import { corpus } from '../support/corpus.ts'
import { jpeg, quiet, scene } from '../workers/score/pictures.ts'

const [given, most] = process.argv.slice(2)
const dir = await mkdtemp(join(tmpdir(), 'dropcard-bench-'))
sharp.concurrency(1)
sharp.cache(false)

async function list(): Promise<string[]> {
  const folder = given || (corpus === null ? null : join(corpus, 'dev/photos'))
  if (folder === null) {
    await writeFile(join(dir, 'drawn.jpg'), await jpeg(scene({ width: 3264, height: 2448 })))
    return [join(dir, 'drawn.jpg'), join(dir, 'drawn.jpg'), join(dir, 'drawn.jpg')]
  }
  const found: string[] = []
  for (const name of (await readdir(folder, { recursive: true })).filter((n) => /\.jpe?g$/i.test(n)).toSorted()) {
    const { width, height } = await sharp(join(folder, name))
      .metadata()
      .catch(() => ({ width: 0, height: 0 }))
    if (width * height >= 2e6) found.push(join(folder, name))
  }
  return found
}

async function bare(path: string): Promise<void> {
  await sharp(path, { failOn: 'none' })
    .autoOrient()
    .resize({ width: 2048, height: 2048, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toFile(join(dir, 'p.jpg'))
  await sharp(path, { failOn: 'none' })
    .autoOrient()
    .resize({ width: 480, height: 480, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 80 })
    .toFile(join(dir, 't.jpg'))
}
const whole = (path: string) => photo({ path, modelsDir, thumbPath: join(dir, 't2.jpg'), previewPath: join(dir, 'p2.jpg') }, quiet())

const paths = (await list()).slice(0, Number(most ?? 40))
const first = paths[0]
if (first === undefined) throw new Error('no photos to measure')
await whole(first)
await bare(first)
let [ours, theirs, pixels] = [0, 0, 0]
for (const path of paths) {
  let t = performance.now()
  await bare(path)
  theirs += performance.now() - t
  t = performance.now()
  const { info } = await whole(path)
  ours += performance.now() - t
  pixels += info.width * info.height
}
const each = (total: number): string => (total / paths.length).toFixed(0)
console.log(`${paths.length} photos, mean ${(pixels / paths.length / 1e6).toFixed(1)} MP, 1 thread`)
console.log(`whole analysis ${each(ours)} ms a photo · bare sharp ${each(theirs)} ms · ratio ${(ours / theirs).toFixed(2)}`)
console.log(`resident ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`)
await rm(dir, { recursive: true, force: true })

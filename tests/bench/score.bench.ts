/**
 * Milliseconds a photo, whole analysis against bare sharp making the same two JPEGs, the same two threads, turn by turn in one run:
 *   node tests/bench/score.bench.ts [FOLDER] [COUNT] [ROUNDS]
 * FOLDER: any photos (default: the corpus' photos of 2 MP and more; without a corpus a drawn 8 MP picture). To add a benchmark: copy this file.
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { z } from 'zod'
import { corpus } from '../support/corpus.ts'
import { jpeg, scene } from '../workers/score/pictures.ts'
import { median, spread } from './offload-card.ts'

const [given, most, rounds = '3'] = process.argv.slice(2)
const dir = await mkdtemp(join(tmpdir(), 'dropcard-bench-'))
const threads = 2
const answer = z.object({ pixels: z.number() })

async function list(): Promise<string[]> {
  const folder = given || (corpus === null ? null : join(corpus, 'dev/photos'))
  if (folder === null) {
    await writeFile(join(dir, 'drawn.jpg'), await jpeg(scene({ width: 3264, height: 2448 })))
    return Array.from({ length: 6 }, () => join(dir, 'drawn.jpg'))
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

const pool = Array.from({ length: threads }, (_, n) => new Worker(new URL('score-thread.ts', import.meta.url), { workerData: { dir, n } }))

/** All photos by all threads. @returns seconds, and pixels where they were counted */
async function turn(paths: readonly string[], how: 'whole' | 'bare'): Promise<{ seconds: number; pixels: number }> {
  const rest = paths.values()
  let pixels = 0
  const started = performance.now()
  await Promise.all(
    pool.map(async (worker) => {
      for (const path of rest) {
        worker.postMessage({ path, how })
        pixels += await new Promise<number>((resolve) =>
          worker.once('message', (message: unknown) => resolve(answer.parse(message).pixels)),
        )
      }
    }),
  )
  return { seconds: (performance.now() - started) / 1000, pixels }
}

const paths = (await list()).slice(0, Number(most ?? 40))
if (paths.length === 0) throw new Error('no photos to measure')
// Warm up: models and code are loaded once, whichever way comes first.
for (const how of ['whole', 'bare'] as const) await turn(paths.slice(0, 2 * threads), how)
const [ours, theirs]: [number[], number[]] = [[], []]
let pixels = 0
for (let n = 0; n < Number(rounds); n += 1) {
  theirs.push((await turn(paths, 'bare')).seconds)
  const mine = await turn(paths, 'whole')
  ours.push(mine.seconds)
  pixels = mine.pixels
}
const each = (all: number[]): string => ((1000 * median(all)) / paths.length).toFixed(0)
console.log(`machine   ${availableParallelism()} cores, Node ${process.version}; ${threads} threads`)
console.log(`input     ${paths.length} photos, mean ${(pixels / paths.length / 1e6).toFixed(1)} MP; ${rounds} rounds, alternating`)
console.log(`whole     ${each(ours)} ms a photo, ${(paths.length / median(ours)).toFixed(1)} photos a second`)
console.log(`bare      ${each(theirs)} ms a photo: sharp making the same two JPEGs`)
console.log(`ratio     ${spread(ours.map((one, n) => one / (theirs[n] ?? Number.NaN)))}, goal 1.80`)
console.log(`resident  ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB, goal 700`)
await Promise.all(pool.map((worker) => worker.terminate()))
await rm(dir, { recursive: true, force: true })

/**
 * Milliseconds a photo, whole analysis against bare sharp making the same two JPEGs, the same two threads, turn by turn in one run:
 *   node tests/bench/score.bench.ts [FOLDER] [COUNT] [ROUNDS]
 * FOLDER: any photos, or `8mp` for camera photos of 8 MP (score-material.ts); default: the corpus' photos of 2 MP and more, without a corpus a drawn
 * 8 MP picture. To add a benchmark: copy this file.
 */
import '../../main/hosts/lean.ts'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { z } from 'zod'
import { calmCollector } from '../../main/adapters/collector.ts'
import { corpus } from '../support/corpus.ts'
import { jpeg, scene } from '../workers/score/pictures.ts'
import { median, spread } from './offload-card.ts'
import { eightMegapixels } from './score-material.ts'

const [given, most, rounds = '3'] = process.argv.slice(2)
const dir = await mkdtemp(join(tmpdir(), 'dropcard-bench-'))
const threads = 2
const answer = z.object({ pixels: z.number() })

async function list(): Promise<string[]> {
  if (given === '8mp') return (await eightMegapixels(join(dir, 'in'))).paths
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

// As the engine's pool does.
calmCollector()
const pool = Array.from({ length: threads }, (_, n) => new Worker(new URL('score-thread.ts', import.meta.url), { workerData: { dir, n } }))

/** All photos by all threads. @returns seconds, CPU seconds (user + system) of the whole process, and pixels where they were counted */
async function turn(paths: readonly string[], how: 'whole' | 'bare' | 'plain'): Promise<{ seconds: number; cpu: number; pixels: number }> {
  const rest = paths.values()
  let pixels = 0
  const started = performance.now()
  const spent = process.cpuUsage()
  await Promise.all(
    pool.map(async (worker) => {
      for (const path of rest) {
        worker.postMessage({ path, how })
        // Two threads: what the sum was before one of them was waited for is old.
        const done = await new Promise<number>((resolve) =>
          worker.once('message', (message: unknown) => resolve(answer.parse(message).pixels)),
        )
        pixels += done
      }
    }),
  )
  const { user, system } = process.cpuUsage(spent)
  return { seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6, pixels }
}

const paths = (await list()).slice(0, Number(most ?? 40))
if (paths.length === 0) throw new Error('no photos to measure')
// Warm up: models and code are loaded once, whichever way comes first.
for (const how of ['whole', 'bare', 'plain'] as const) await turn(paths.slice(0, 2 * threads), how)
const [ours, theirs, plain]: [number[], number[], number[]] = [[], [], []]
const [ourCpu, theirCpu, plainCpu]: [number[], number[], number[]] = [[], [], []]
let pixels = 0
const resident: number[] = []
const watched = setInterval(() => resident.push(process.memoryUsage.rss()), 50)
for (let n = 0; n < Number(rounds); n += 1) {
  const bare = await turn(paths, 'bare')
  theirs.push(bare.seconds)
  theirCpu.push(bare.cpu)
  const asItComes = await turn(paths, 'plain')
  plain.push(asItComes.seconds)
  plainCpu.push(asItComes.cpu)
  const mine = await turn(paths, 'whole')
  ourCpu.push(mine.cpu)
  ours.push(mine.seconds)
  pixels = mine.pixels
}
clearInterval(watched)
const each = (all: number[]): string => ((1000 * median(all)) / paths.length).toFixed(0)
console.log(`machine   ${availableParallelism()} cores, Node ${process.version}; ${threads} threads`)
console.log(`input     ${paths.length} photos, mean ${(pixels / paths.length / 1e6).toFixed(1)} MP; ${rounds} rounds, alternating`)
console.log(`whole     ${each(ours)} ms a photo, ${(paths.length / median(ours)).toFixed(1)} photos a second`)
console.log(`bare      ${each(theirs)} ms a photo: sharp making the same two JPEGs`)
console.log(`cpu       ${each(ourCpu)} ms a photo whole, ${each(theirCpu)} ms bare: what a busy machine changes less than the time`)
const against = (other: number[], otherCpu: number[]): string =>
  `${spread(ours.map((one, n) => one / (other[n] ?? Number.NaN)))}; by cpu ${spread(ourCpu.map((one, n) => one / (otherCpu[n] ?? Number.NaN)))}`
console.log(`ratio     ${against(plain, plainCpu)}: to sharp as it comes, goal 1.80`)
console.log(`          ${against(theirs, theirCpu)}: to sharp with the encoder's settings we use`)
const mb = (share: number): number =>
  Math.round((resident.toSorted((a, b) => a - b)[Math.floor(share * (resident.length - 1))] ?? 0) / 2 ** 20)
console.log(`resident  ${mb(1)} MB at most, ${mb(0.5)} MB in the middle (every 50 ms, both ways of working), goal 700`)
await Promise.all(pool.map((worker) => worker.terminate()))
await rm(dir, { recursive: true, force: true })

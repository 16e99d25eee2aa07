import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomFillSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { availableParallelism, platform, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { corpus } from '../support/corpus.ts'

/** What both offload benchmarks need: a disk, a card, a cold cache, a measured program. */

const memoryDisks = new Set([0x01021994, 0x858458f6])

/** A folder of its own on a real disk: a benchmark of durable copies in memory would say nothing. */
export function workFolder(given: string | undefined): string {
  const checkout = resolve(import.meta.dirname, '../..')
  for (const folder of given === undefined ? [tmpdir(), checkout] : [given]) {
    if (!memoryDisks.has(statfsSync(folder).type)) return mkdtempSync(join(folder, 'dropcard-bench-'))
  }
  throw new Error('expected a folder on a disk, came one in memory; name another with --dir')
}

/** Forgets what the system has read, so that every run starts at the disk. False where that is not permitted. */
export function dropCaches(): boolean {
  if (platform() !== 'linux') return false
  execFileSync('sync')
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}

/** Photos of 8 MP and more: the corpus' where it is there, and those of the sample card. */
async function largePhotos(): Promise<Buffer[]> {
  const roots = [...(corpus === null ? [] : [join(corpus, 'dev/photos')]), resolve(import.meta.dirname, '../fixtures/card')]
  const found = new Map<string, Buffer>()
  for (const root of roots) {
    for (const name of (await readdir(root, { recursive: true })).toSorted()) {
      if (!/\.jpe?g$/i.test(name)) continue
      const size = await sharp(join(root, name))
        .metadata()
        .catch(() => null)
      if (size === null || size.width * size.height < 8e6) continue
      const bytes = await readFile(join(root, name))
      found.set(createHash('sha256').update(bytes).digest('hex'), bytes)
    }
  }
  return [...found.values()]
}

export type BuiltCard = { path: string; files: number; bytes: number; photos: number }

/**
 * A card of `files` photos of about `bytes / files` each. Every file is one of the large photos with a trailer of random bytes after its
 * end marker (cameras put previews there), so that no two files share their content; a share smaller than the photo cuts it.
 */
export async function buildCard(path: string, files: number, bytes: number): Promise<BuiltCard> {
  const photos = await largePhotos()
  const each = Math.floor(bytes / files)
  const trailer = Buffer.alloc(each + 65_536)
  let written = 0
  for (let n = 0; n < files; n += 1) {
    const photo = photos[n % photos.length]
    if (photo === undefined) throw new Error('expected photos of 8 MP and more on the sample card, came none')
    const folder = join(path, 'DCIM', `${100 + Math.floor(n / 1000)}CANON`)
    if (n % 1000 === 0) await mkdir(folder, { recursive: true })
    // Sizes differ a little, as they do on a card.
    const length = each - 997 + (n % 1995)
    const head = photo.subarray(0, Math.max(0, length - 512))
    const rest = randomFillSync(trailer.subarray(0, length - head.length))
    const name = join(folder, `IMG_${String((n % 1000) + 1).padStart(4, '0')}.JPG`)
    await writeFile(name, Buffer.concat([head, rest]))
    const at = 1_770_000_000 + n * 2
    await utimes(name, at, at)
    written += length
  }
  return { path, files, bytes: written, photos: photos.length }
}

export type Ran = { seconds: number; code: number | null; stdout: string; peakMb: number | null }

/** Runs a program to its end: wall time of the whole process, and for a Node program its peak of resident memory. */
export async function run(program: string, args: string[], rssFile: string | null = null): Promise<Ran> {
  const began = performance.now()
  const { code, stdout } = await new Promise<{ code: number | null; stdout: string }>((done, fail) => {
    const child = spawn(program, rssFile === null ? args : ['--import', noteRss, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: rssFile === null ? process.env : { ...process.env, DROPCARD_BENCH_RSS: rssFile },
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    child.on('error', fail)
    child.on('close', (ended) => done({ code: ended, stdout: text }))
  })
  const seconds = (performance.now() - began) / 1000
  const peakMb = rssFile !== null && existsSync(rssFile) ? Number(readFileSync(rssFile, 'utf8')) / 1024 : null
  return { seconds, code, stdout, peakMb }
}

/** Writes the peak at exit: the kernel's own figure for this program where there is one (getrusage counts the parent's at fork). */
const noteRss = `data:text/javascript,${encodeURIComponent(`
import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) process.on('exit', () => {
  let kb = process.resourceUsage().maxRSS
  try { kb = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? kb) } catch {}
  writeFileSync(process.env.DROPCARD_BENCH_RSS, String(kb))
})`)}`

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[half] ?? Number.NaN) : ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2
}

/** `2.31 (2.20–2.60)` */
export const spread = (values: readonly number[], digits = 2): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`

export const machine = (): string => `${availableParallelism()} cores, ${platform()}, Node ${process.version}`

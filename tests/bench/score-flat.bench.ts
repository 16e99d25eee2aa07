/**
 * Memory of the engine over a long card, in the real engine process as the window starts it: resident memory while photos are offloaded and scored.
 *   node tests/bench/score-flat.bench.ts [PHOTOS] [EVERY] [small]
 * PHOTOS (2000) files made from the corpus' photos of 2 to 24 MP (without a corpus a drawn one), each with a comment of its own, so that none is known
 * already. `small`: nineteen of twenty are made from those of at most 3.5 MP, so that a long card takes minutes. Goal: at most 700 MB with two threads, and the last quarter no higher than the first.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import type { FileLog } from '../../main/adapters/log.ts'
import { type Supervisor, superviseEngine } from '../../main/hosts/electron/supervisor.ts'
import { corpus } from '../support/corpus.ts'
import { scene } from '../workers/score/pictures.ts'
import { machine, median } from './offload-card.ts'

const photos = Number(process.argv[2] ?? 2000)
const every = Number(process.argv[3] ?? 100)
const small = process.argv[4] === 'small'
const root = resolve(import.meta.dirname, '../..')
const dir = await mkdtemp(join(tmpdir(), 'dropcard-flat-'))
const card = join(dir, 'CARD', 'DCIM')

type Source = { bytes: Buffer; pixels: number }

async function sources(): Promise<Source[]> {
  if (corpus === null) {
    const drawn = sharp(scene({ width: 3264, height: 2448 })).jpeg({ quality: 92 })
    return [{ bytes: await drawn.toBuffer(), pixels: 3264 * 2448 }]
  }
  const folder = join(corpus, 'dev/photos')
  const found: Source[] = []
  for (const name of (await readdir(folder, { recursive: true })).filter((one) => /\.jpe?g$/i.test(one)).toSorted()) {
    const seen = await sharp(join(folder, name))
      .metadata()
      .catch(() => null)
    if (seen !== null && seen.width * seen.height >= 2e6)
      found.push({ bytes: await readFile(join(folder, name)), pixels: seen.width * seen.height })
  }
  return found
}

async function build(from: readonly Source[]): Promise<void> {
  const quick = small ? from.filter(({ pixels }) => pixels <= 3.5e6) : from
  for (let n = 0; n < photos; n += 1) {
    const folder = join(card, `${100 + Math.floor(n / 1000)}CANON`)
    if (n % 1000 === 0) await mkdir(folder, { recursive: true })
    const [among, at] = n % 20 === 19 ? [from, Math.floor(n / 20)] : [quick, n]
    const photo = among[at % among.length]?.bytes ?? Buffer.alloc(0)
    const words = Buffer.from(`frame ${String(n).padStart(6, '0')}`)
    const comment = Buffer.from([0xff, 0xfe, 0, words.length + 2])
    await writeFile(
      join(folder, `IMG_${String((n % 1000) + 1).padStart(4, '0')}.JPG`),
      Buffer.concat([photo.subarray(0, 2), comment, words, photo.subarray(2)]),
    )
  }
}

const status = async (pid: number, name: 'VmRSS' | 'VmHWM'): Promise<number> =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024

async function call(engine: Supervisor, name: string, input: unknown): Promise<unknown> {
  const reply = await engine.call(name, input)
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.value
}

const from = await sources()
await build(from)
console.log(
  `machine   ${machine()}\ninput     ${photos} files made from ${from.length} photos${small ? ', most from the smaller ones' : ''}; ${corpus === null ? 'drawn' : 'the corpus, 2 MP and more'}`,
)
let pid = 0
const log: FileLog = {
  path: '',
  info: (_, details) => {
    if (typeof details?.['pid'] === 'number') pid = details['pid']
  },
  warn: () => undefined,
  error: () => undefined,
  lines: () => undefined,
}
const engine = superviseEngine({
  node: process.execPath,
  entry: join(root, 'main/hosts/engine.ts'),
  args: ['--library', join(dir, 'library')],
  log,
})
const rows: { done: number; mb: number; seconds: number }[] = []
try {
  await call(engine, 'settings.get', {})
  console.log(`idle      ${(await status(pid, 'VmRSS')).toFixed(0)} MB`)
  const began = performance.now()
  const scored = new Set<string>()
  let landed: number | null = null
  let first: number | null = null
  engine.onEvent((name, event) => {
    if (
      name !== 'assets.changed' ||
      typeof event !== 'object' ||
      event === null ||
      !('assetIds' in event) ||
      !Array.isArray(event.assetIds)
    )
      return
    landed ??= performance.now()
    for (const id of event.assetIds) scored.add(String(id))
    if (scored.size > 0) first ??= performance.now()
  })
  await call(engine, 'offload.start', { path: join(dir, 'CARD') })
  let samples: number[] = []
  while (scored.size < photos) {
    await sleep(100)
    samples.push(await status(pid, 'VmRSS'))
    const last = rows.at(-1)
    if (scored.size < (last?.done ?? 0) + every && scored.size < photos) continue
    rows.push({ done: scored.size, mb: median(samples), seconds: (performance.now() - began) / 1000 })
    console.log(
      `${String(scored.size).padStart(6)}    ${median(samples).toFixed(0)} MB in the middle, ${Math.max(...samples).toFixed(0)} at most, ${rows.at(-1)?.seconds.toFixed(0)} s`,
    )
    samples = []
  }
  if (first !== null && landed !== null)
    console.log(`first     ${(first - landed).toFixed(0)} ms from the first photo in the library to the first score`)
  const quarter = (k: number): number =>
    median(rows.slice(Math.floor((k * rows.length) / 4), Math.ceil(((k + 1) * rows.length) / 4)).map(({ mb }) => mb))
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const late = rows.slice(Math.floor(rows.length / 4))
  const [mx, my] = [mean(late.map(({ done }) => done)), mean(late.map(({ mb }) => mb))]
  const slope = mean(late.map(({ done, mb }) => (done - mx) * (mb - my))) / mean(late.map(({ done }) => (done - mx) ** 2))
  console.log(
    `quarters  ${[0, 1, 2, 3].map((k) => quarter(k).toFixed(0)).join(', ')} MB; last to first ${(quarter(3) / quarter(0)).toFixed(3)}`,
  )
  console.log(`slope     ${(1000 * slope).toFixed(1)} MB per 1,000 photos, over the last three quarters`)
  console.log(`peak      ${(await status(pid, 'VmHWM')).toFixed(0)} MB, goal 700`)
  await sleep(5000)
  console.log(`settled   ${(await status(pid, 'VmRSS')).toFixed(0)} MB five seconds after the last one`)
} finally {
  await engine[Symbol.asyncDispose]()
  await rm(dir, { recursive: true, force: true })
}

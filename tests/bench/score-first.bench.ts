/**
 * How soon the first score is there, in the real engine process as the window starts it: from the first photo in the library to the first score in
 * it, and what that time goes to.
 *   node tests/bench/score-first.bench.ts [RUNS] [SECONDS]
 * SECONDS: how long the card is looked at before the order to copy it, 4.
 * Goal: 2 s. Reference, turn by turn in the same run: the same photo scored by a thread that was just started, and again by the same thread. CPU
 * seconds of the engine beside it (Linux), which a busy machine changes less than the time: no two cores can be faster than half of them.
 */
import '../../main/hosts/lean.ts'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { type Supervisor, superviseEngine } from '../../main/hosts/electron/supervisor.ts'
import { machine, spread } from './offload-card.ts'
import { eightMegapixels } from './score-material.ts'

const runs = Number(process.argv[2] ?? 3)
const lookMs = 1000 * Number(process.argv[3] ?? 4)
const root = resolve(import.meta.dirname, '../..')
const dir = await mkdtemp(join(tmpdir(), 'dropcard-first-score-'))
const { paths, from } = await eightMegapixels(join(dir, 'in'))
const [volumes, outside] = [join(dir, 'volumes'), join(dir, 'CARD')]
const card = join(volumes, 'CARD')
await mkdir(volumes)
await mkdir(join(outside, 'DCIM', '100CANON'), { recursive: true })
for (const [n, path] of paths.entries())
  await copyFile(path, join(outside, 'DCIM', '100CANON', `IMG_${String(n + 1).padStart(4, '0')}.JPG`))

const listed = z.object({ assets: z.array(z.object({ score: z.number().nullable() })) })

async function call(engine: Supervisor, name: string, input: unknown): Promise<unknown> {
  const reply = await engine.call(name, input)
  if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`)
  return reply.value
}

/** CPU milliseconds (user + system) of a process so far, its ended threads too, in steps of 10; proc_pid_stat(5). */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return 10 * (Number(user) + Number(system))
}

/** Milliseconds from the order to copy to the first photo in the library, and from there to the first score and to the tenth; CPU from the order to each. */
async function offload(n: number): Promise<{ copied: number; first: number; tenth: number; cpuCopied: number; cpuFirst: number }> {
  const library = join(dir, `library-${n}`)
  const quiet = () => undefined
  let pid = 0
  const engine = superviseEngine({
    node: process.execPath,
    entry: join(root, 'main/hosts/engine.ts'),
    args: ['--library', library],
    env: { DROPCARD_VOLUMES: volumes },
    log: {
      path: '',
      info: (_, details) => {
        if (typeof details?.['pid'] === 'number') pid = details['pid']
      },
      warn: quiet,
      error: quiet,
      lines: quiet,
    },
  })
  try {
    await call(engine, 'settings.get', {})
    await rename(outside, card)
    // The mounted volumes are looked at every 2 s; then whoever inserted the card looks at it for a while before ordering the copy.
    await sleep(2000 + lookMs)
    const [began, cpuBefore] = [performance.now(), await cpuOf(pid)]
    let [cpuCopied, cpuFirst] = [0, 0]
    void call(engine, 'offload.start', { path: card })
    let copied: number | null = null
    let first: number | null = null
    for (;;) {
      await sleep(20)
      // What the window asks for to show the photos and their scores.
      const { assets } = listed.parse(await call(engine, 'asset.list', {}))
      const now = performance.now()
      const scored = assets.filter(({ score }) => score !== null).length
      if (assets.length > 0 && copied === null) {
        copied = now
        cpuCopied = (await cpuOf(pid)) - cpuBefore
      }
      if (scored > 0 && first === null) {
        first = now
        cpuFirst = (await cpuOf(pid)) - cpuBefore
      }
      if (copied !== null && first !== null && scored >= Math.min(10, paths.length))
        return { copied: copied - began, first: first - copied, tenth: now - copied, cpuCopied, cpuFirst }
    }
  } finally {
    await engine[Symbol.asyncDispose]()
    await rename(card, outside)
    await rm(library, { recursive: true, force: true })
  }
}

/** Milliseconds of a photo in a thread that was just started, with everything it has to load, and of the same photo again. */
async function alone(): Promise<{ cold: number; warm: number }> {
  const worker = new Worker(new URL('score-thread.ts', import.meta.url), { workerData: { dir, n: 0 } })
  const one = async (): Promise<number> => {
    const began = performance.now()
    worker.postMessage({ path: paths[0], how: 'whole' })
    await new Promise((done) => worker.once('message', done))
    return performance.now() - began
  }
  const [cold, warm] = [await one(), await one()]
  await worker.terminate()
  return { cold, warm }
}

const found: (Awaited<ReturnType<typeof offload>> & Awaited<ReturnType<typeof alone>>)[] = []
// The first run warms up the disk's memory and is not counted.
for (let n = 0; n <= runs; n += 1) {
  const one = { ...(await offload(n)), ...(await alone()) }
  if (n === 0) continue
  found.push(one)
  console.log(
    `run ${n}     copied ${one.copied.toFixed(0)}, first score ${one.first.toFixed(0)}, tenth ${one.tenth.toFixed(0)} ms (CPU ${one.cpuCopied}, then ${one.cpuFirst - one.cpuCopied}); alone ${one.cold.toFixed(0)}, again ${one.warm.toFixed(0)} ms`,
  )
}
const of = (name: keyof (typeof found)[number]): string => spread(found.map((one) => one[name]))
console.log(`machine   ${machine()}\ninput     ${from}, a card of them; ${runs} runs after one to warm up`)
console.log(`copied    ${of('copied')} ms from the order to the first photo in the library`)
console.log(`first     ${of('first')} ms from there to the first score, goal 2000`)
console.log(`tenth     ${of('tenth')} ms to the tenth`)
console.log(
  `cpu       ${of('cpuCopied')} ms of the engine to the first photo, ${of('cpuFirst')} ms to the first score, both from the order`,
)
console.log(`reference ${of('cold')} ms for one photo in a thread of its own that was just started, ${of('warm')} ms for the same again`)
console.log(`ratio     ${spread(found.map((one) => one.first / one.cold))}: first score to that thread's first`)
await rm(dir, { recursive: true, force: true })

/**
 * What is asked before and after the copying: the plan of a large card, and a second insert of one that has not changed.
 *   node tests/bench/offload-plan.bench.ts [--files 10000] [--again 2000] [--runs 3] [--dir FOLDER]
 * Goals: the plan of 10,000 files in 5 s; "nothing new" for 2,000 files in 3 s, with samples read, not the card. Reference in the same
 * run: `find` over the same card (a bare look at every file), and SHA-256 of all of it. POSIX.
 */
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CommandIn, CommandName, CommandOut } from '../../main/contract/ipc.ts'
import { composeEngine } from '../../main/hosts/compose.ts'
import { buildCard, dropCaches, machine, median, run, spread, workFolder } from './offload-card.ts'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    again: { type: 'string', default: '2000' },
    runs: { type: 'string', default: '3' },
    dir: { type: 'string' },
  },
})
const runs = Number(values.runs)
const dir = workFolder(values.dir)

/** Bytes this program and its threads have read so far, from the cache or not; null where the system does not say. */
const readSoFar = (): number | null =>
  platform() === 'linux' ? Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN) : null

async function timed<T>(act: () => Promise<T>): Promise<{ ms: number; read: number | null; out: T }> {
  const before = readSoFar()
  const began = performance.now()
  const out = await act()
  const after = readSoFar()
  return { ms: performance.now() - began, read: before === null || after === null ? null : after - before, out }
}

const mb = (bytes: number | null): string => (bytes === null ? '?' : `${(bytes / 1e6).toFixed(0)} MB`)
const resident = (): string => `${Math.round(process.memoryUsage().rss / 2 ** 20)} MB resident`

try {
  console.log(`machine   ${machine()}; ${dropCaches() ? 'caches dropped before every run' : 'warm cache'}`)
  const card = await buildCard(join(dir, 'large'), Number(values.files), Number(values.files) * 20_000)
  const twice = await buildCard(join(dir, 'twice'), Number(values.again), Number(values.again) * 500_000)
  await using engine = await composeEngine({ libraryDir: join(dir, 'library'), watchCards: false, work: 'offload' })
  const call = async <N extends CommandName>(name: N, input: CommandIn<N>): Promise<CommandOut<N>> => {
    const reply = await engine.call(name, input)
    if (reply.ok) return reply.value
    throw new Error(`${name}: ${reply.error.message}`)
  }

  const [plans, looks]: [number[], number[]] = [[], []]
  console.log(`input     ${card.files} files, ${mb(card.bytes)}; ${resident()}`)
  for (let n = 0; n < runs; n += 1) {
    dropCaches()
    looks.push((await run('sh', ['-c', 'find "$1" -type f -size +0 | wc -l', 'sh', card.path])).seconds)
    dropCaches()
    const { ms, out } = await timed(() => call('offload.plan', { path: card.path, backups: [] }))
    if (out.files.length !== card.files) throw new Error(`expected ${card.files} files in the plan, came ${out.files.length}`)
    plans.push(ms / 1000)
  }
  console.log(`plan      ${spread(plans)} s, goal 5; ${(median(plans) / median(looks)).toFixed(1)} times a bare find; ${resident()}`)

  console.log(`input     ${twice.files} files, ${mb(twice.bytes)}, offloaded once`)
  const first = await timed(() => call('offload.start', { path: twice.path, backups: [], verify: 'destination' }))
  await call('engine.settle', {})
  const made = await call('offload.report', { offloadId: first.out.offloadId })
  if (made.counts.copied !== twice.files) throw new Error(`expected ${twice.files} copied, came ${JSON.stringify(made.counts)}`)
  console.log(`offload   done; ${resident()}`)
  const [known, seconds, sums]: [number[], number[], number[]] = [[], [], []]
  let read: number | null = null
  for (let n = 0; n < runs; n += 1) {
    dropCaches()
    const planned = await timed(() => call('offload.plan', { path: twice.path, backups: [] }))
    const fresh = planned.out.files.filter((file) => file.action !== 'have').length
    if (fresh > 0) throw new Error(`expected nothing new, came ${fresh} files`)
    known.push(planned.ms / 1000)
    read = planned.read
    dropCaches()
    const second = await timed(async () => {
      const { offloadId } = await call('offload.start', { path: twice.path, backups: [], verify: 'destination' })
      await call('engine.settle', {})
      return call('offload.report', { offloadId })
    })
    if (second.out.counts.skipped !== twice.files) throw new Error(`expected all skipped, came ${JSON.stringify(second.out.counts)}`)
    seconds.push(second.ms / 1000)
    dropCaches()
    sums.push((await run('sh', ['-c', 'find "$1" -type f -print0 | xargs -0 openssl dgst -sha256 >/dev/null', 'sh', twice.path])).seconds)
  }
  console.log(`known     ${spread(known)} s for the plan, goal 3; ${mb(read)} read of ${mb(twice.bytes)}; ${resident()}`)
  console.log(
    `again     ${spread(seconds)} s for the whole second offload, ${(median(seconds) / median(sums)).toFixed(2)} of hashing it all; ${resident()}`,
  )
} finally {
  await rm(dir, { recursive: true, force: true })
}

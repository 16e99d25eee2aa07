/**
 * A verified offload against `cp -r` + `sync` + `sha256sum` of both sides, whole programs, alternating in one run, from a cold cache:
 *   node tests/bench/offload.bench.ts [--gb 3] [--files 500] [--many 5000] [--runs 3] [--dir FOLDER]
 * and the engine's peak of memory at `files` and at `many` files of the same total. POSIX (cp, sync, sha256sum).
 * Goals: at most 0.8 of the reference; at most 250 MB, the same for many files.
 */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type BuiltCard, buildCard, dropCaches, machine, median, type Ran, run, spread, workFolder } from './offload-card.ts'

const { values } = parseArgs({
  options: {
    gb: { type: 'string', default: '3' },
    files: { type: 'string', default: '500' },
    many: { type: 'string', default: '5000' },
    runs: { type: 'string', default: '3' },
    dir: { type: 'string' },
  },
})
const [gb, files, many, runs] = [Number(values.gb), Number(values.files), Number(values.many), Number(values.runs)]
const cli = resolve(import.meta.dirname, '../../main/hosts/cli.ts')
const reply = z.object({ counts: z.object({ copied: z.number() }), safeToErase: z.object({ verdict: z.string() }) })

const dir = workFolder(values.dir)
const copyTo = join(dir, 'copied')
const library = join(dir, 'library')

async function ours(card: BuiltCard): Promise<Ran> {
  await rm(library, { recursive: true, force: true })
  dropCaches()
  const ran = await run(
    process.execPath,
    ['--max-semi-space-size=2', '--initial-old-space-size=16', cli, 'offload', card.path, '--library', library, '--json'],
    join(dir, 'rss'),
  )
  const report = reply.parse(JSON.parse(ran.stdout))
  if (report.counts.copied !== card.files || report.safeToErase.verdict !== 'safe')
    throw new Error(`expected ${card.files} files copied and safe to erase, came ${JSON.stringify(report)}`)
  return ran
}

const sums = 'find . -type f -print0 | sort -z | xargs -0'
/** What a careful person types; both sides must agree, as they must for us. */
async function reference(card: BuiltCard, sum: string): Promise<Ran> {
  await rm(copyTo, { recursive: true, force: true })
  dropCaches()
  const script = `cp -r "$1" "$2" && sync && (cd "$1" && ${sums} ${sum}) >"$3.a" && (cd "$2" && ${sums} ${sum}) >"$3.b" && cmp "$3.a" "$3.b"`
  const ran = await run('sh', ['-c', script, 'sh', card.path, copyTo, join(dir, 'sums')])
  if (ran.code !== 0) throw new Error(`the reference ended with ${ran.code}`)
  return ran
}

try {
  const cold = dropCaches()
  console.log(`machine   ${machine()}; ${cold ? 'caches dropped before every run' : 'warm cache: dropping it needs root on Linux'}`)
  const card = await buildCard(join(dir, 'card'), files, gb * 1e9)
  console.log(`input     ${card.files} files, ${(card.bytes / 1e9).toFixed(2)} GB, from ${card.photos} photos of 8 MP and more`)
  const [us, them, faster]: [Ran[], Ran[], Ran[]] = [[], [], []]
  for (let n = 0; n < runs; n += 1) {
    us.push(await ours(card))
    them.push(await reference(card, 'sha256sum'))
    faster.push(await reference(card, 'openssl dgst -sha256 -r'))
  }
  const of = (all: Ran[]): number[] => all.map((one) => one.seconds)
  console.log(`offload   ${spread(of(us))} s, ${(card.bytes / 1e6 / median(of(us))).toFixed(0)} MB/s`)
  console.log(`reference ${spread(of(them))} s  cp -r + sync + sha256sum of both sides`)
  console.log(`          ${spread(of(faster))} s  the same with openssl's SHA-256`)
  const ratio = (all: Ran[]): string => {
    const each = all.map((one, n) => (us[n]?.seconds ?? Number.NaN) / one.seconds)
    return spread(each)
  }
  console.log(`ratio     ${ratio(them)} of sha256sum's, goal 0.80; ${ratio(faster)} of openssl's`)
  const few = us.map((one) => one.peakMb ?? Number.NaN)
  console.log(`memory    ${spread(few, 0)} MB peak with ${card.files} files, goal 250`)
  await rm(card.path, { recursive: true, force: true })
  await rm(copyTo, { recursive: true, force: true })
  if (many > 0) {
    const larger = await buildCard(join(dir, 'card'), many, gb * 1e9)
    const once = await ours(larger)
    console.log(
      `          ${(once.peakMb ?? Number.NaN).toFixed(0)} MB peak with ${larger.files} files, ${((once.peakMb ?? Number.NaN) / median(few)).toFixed(2)} of that`,
    )
    const same = await reference(larger, 'sha256sum')
    console.log(
      `many      ${once.seconds.toFixed(2)} s against ${same.seconds.toFixed(2)} s, ratio ${(once.seconds / same.seconds).toFixed(2)}`,
    )
  }
} finally {
  await rm(dir, { recursive: true, force: true })
}

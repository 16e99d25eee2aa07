import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import { inputArgs, openSource } from '../../workers/cut/container/sniff.ts'
import { needFfmpeg } from '../../workers/cut/ffmpeg/tools.ts'
import { find } from '../../workers/cut/find.ts'
import { shots } from '../../workers/cut/shots.ts'
import { corpus } from '../support/corpus.ts'
import { compare, f1, readTruth } from '../workers/cut/truth.ts'
import { cameraTake } from './cut-camera.ts'
import { cpuOf, sum } from './cut-cpu.ts'
import { type Half, makeFilms, matchTransitions } from './cut-films.ts'

/**
 * Finding clips: what it costs against a plain full decode of the same file in the same breath, and what it finds. Goals stand beside.
 * `node tests/bench/cut.bench.ts [--only cost|search|films] [--minutes 10] [video…]`. Costs are processor time, own thread and children, of a warm
 * thread: workers live as long as the engine. Linux only.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, minutes: { type: 'string', default: '10' } },
})
const context = { signal: new AbortController().signal, progress: () => {} }
const modelsDir = join(import.meta.dirname, '../../models')
const round = (value: number): number => Math.round(value * 1000) / 1000
const wants = (part: string): boolean => values.only === undefined || values.only === part

const folder = await mkdtemp(join(tmpdir(), 'dropcard-bench-'))
try {
  const ffmpeg = await needFfmpeg()
  if (wants('films') && corpus !== null) await accuracy(corpus)
  if (wants('cost')) await cost(ffmpeg.path, positionals.length > 0 ? positionals : await someClips())
  if (wants('search') && positionals.length === 0) await search(ffmpeg.path, Number(values.minutes))
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function accuracy(root: string): Promise<void> {
  const rows: Record<string, unknown>[] = []
  const count = { hit: 0, missed: 0, invented: 0 }
  for (const { file, cuts } of await readTruth(root)) {
    const result = compare((await shots({ path: file }, context)).cuts, cuts)
    count.hit += result.hit
    count.missed += result.missed.length
    count.invented += result.invented.length
  }
  rows.push({
    films: 'labelled films and single shots (tuned on)',
    of: 'cuts',
    ...count,
    F1: round(f1(count.hit, count.missed, count.invented)),
    goal: '≥ 0.95',
  })
  for (const half of ['tune', 'report'] satisfies Half[]) {
    const [cut, gradual] = [
      { hit: 0, missed: 0, invented: 0 },
      { hit: 0, missed: 0, invented: 0 },
    ]
    for (const film of await makeFilms(root, folder, half)) {
      const found = await shots({ path: film.file }, context)
      const cuts = compare(found.cuts, film.cuts)
      const transitions = matchTransitions(found.transitions, film.transitions)
      for (const [total, one] of [
        [cut, cuts],
        [gradual, transitions],
      ] as const) {
        total.hit += one.hit
        total.missed += one.missed.length
        total.invented += one.invented.length
      }
    }
    const films = half === 'tune' ? 'made films, tuned on' : 'made films of other takes, never tuned on'
    rows.push({ films, of: 'cuts', ...cut, F1: round(f1(cut.hit, cut.missed, cut.invented)), goal: '≥ 0.95' })
    rows.push({ films, of: 'dissolves and fades', ...gradual, F1: round(f1(gradual.hit, gradual.missed, gradual.invented)), goal: '≥ 0.8' })
  }
  console.table(rows)
}

async function cost(ffmpeg: string, files: readonly string[]): Promise<void> {
  const rows = []
  for (const path of files) {
    const plain = await plainDecode(ffmpeg, path)
    const list = () => shots({ path }, context)
    await list()
    const times = 3
    const decode = await cpuOf(plain, times)
    const listed = await cpuOf(list, times)
    rows.push({
      file: basename(path),
      'plain decode, CPU s': round(sum(decode)),
      'own thread, CPU s': round(listed.own),
      'ffmpeg, CPU s': round(listed.children),
      'shot list / decode': round(sum(listed) / sum(decode)),
      goal: '≤ 1.15',
    })
  }
  console.table(rows)
}

async function search(ffmpeg: string, minutes: number): Promise<void> {
  const rows = []
  for (const keySeconds of [1, 2]) {
    const path = join(folder, `camera-${keySeconds}.mp4`)
    const { bitsPerSecond } = await cameraTake(ffmpeg, path, { minutes, keySeconds, corpus })
    // One minute is repeated: decoding that minute tells what all of them cost.
    const decode = sum(await cpuOf(await plainDecode(ffmpeg, path, ['-t', '60']))) * minutes
    const found = await cpuOf(() => find({ path, minUs: 5e6, maxUs: 15e6, most: 3, modelsDir }, context))
    rows.push({
      take: `${minutes} min of 1080p30, ${Math.round(bitsPerSecond / 1e6)} Mb/s, keyframe each ${keySeconds} s`,
      'plain decode, CPU s': round(decode),
      'own thread, CPU s': round(found.own),
      'ffmpeg, CPU s': round(found.children),
      'search / decode': round(sum(found) / decode),
      goal: '≤ 0.35',
      'peak memory of this program, MB': Math.round(process.resourceUsage().maxRSS / 1024),
      'goal ': '≤ 400',
    })
    await rm(path)
  }
  console.table(rows)
}

async function plainDecode(ffmpeg: string, path: string, options: string[] = []): Promise<() => Promise<unknown>> {
  const args = ['-nostdin', '-v', 'error', ...inputArgs(await openSource(path), options), '-map', '0:v:0', '-f', 'null', '-']
  return () => execa(ffmpeg, args, { stdin: 'ignore' })
}

async function someClips(): Promise<string[]> {
  if (corpus === null) {
    const path = join(folder, 'camera.mp4')
    await cameraTake(await needFfmpeg().then((ffmpeg) => ffmpeg.path), path, { minutes: 1, keySeconds: 1, corpus })
    return [path]
  }
  const clips = join(corpus, 'dev/clips')
  return [
    'mapillary_tools/tests/data/videos/sample-5s.mp4',
    'mediabunny/test/public/video-h265.mp4',
    'mdn-shared-assets/videos/tears-of-steel-battle-clip-medium.webm',
    'moviepy/media/big_buck_bunny_0_30.webm',
    'auto-editor/example.mp4',
    'mdn-shared-assets/videos/flower.mp4',
    'mdn-shared-assets/videos/friday.mp4',
    'moviepy/media/chaplin.mp4',
  ].map((file) => join(clips, file))
}

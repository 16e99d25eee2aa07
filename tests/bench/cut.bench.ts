import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { inputArgs, openSource } from '../../workers/cut/container/sniff.ts'
import { needFfmpeg } from '../../workers/cut/ffmpeg/tools.ts'
import { find } from '../../workers/cut/find.ts'
import { shots } from '../../workers/cut/shots.ts'
import { corpus } from '../support/corpus.ts'

/**
 * CPU time of the shot list and of the clip search against a plain full decode of the same file in the same run, as ratios.
 * `node tests/bench/cut.bench.ts [video…]`; without files: three of the corpus, or a made one. The figure of a run is the whole
 * program with its children, start of Node included. POSIX only (it asks the shell for the time of its children).
 */

const task = process.argv[2]
if (task === '--shots' || task === '--find') {
  const path = process.argv[3] ?? ''
  const context = { signal: new AbortController().signal, progress: () => {} }
  if (task === '--shots') await shots({ path }, context)
  else await find({ path, minUs: 2_000_000, maxUs: 15_000_000, most: 3 }, context)
} else await measure(process.argv.slice(2))

async function measure(given: string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-bench-'))
  try {
    const ffmpeg = await needFfmpeg()
    const files = given.length > 0 ? given : await defaults(folder, ffmpeg.path)
    const rows = []
    for (const path of files) {
      const decode = await cpuSeconds(ffmpeg.path, [
        '-nostdin',
        '-v',
        'error',
        ...inputArgs(await openSource(path)),
        '-map',
        '0:v:0',
        '-f',
        'null',
        '-',
      ])
      const list = await cpuSeconds(process.execPath, [import.meta.filename, '--shots', path])
      const search = await cpuSeconds(process.execPath, [import.meta.filename, '--find', path])
      rows.push({
        file: basename(path),
        'plain decode, CPU s': round(decode),
        'shot list, CPU s': round(list),
        'shot list / decode': round(list / decode),
        'clip search / decode': round(search / decode),
      })
    }
    console.table(rows)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/** Ten seconds of noisy 1080p at camera rate when there is no corpus. */
async function defaults(folder: string, ffmpeg: string): Promise<string[]> {
  if (corpus !== null) {
    const clips = join(corpus, 'dev/clips')
    return [
      join(clips, 'mapillary_tools/tests/data/videos/sample-5s.mp4'),
      join(clips, 'mediabunny/test/public/video-h265.mp4'),
      join(clips, 'mdn-shared-assets/videos/tears-of-steel-battle-clip-medium.webm'),
    ]
  }
  const path = join(folder, 'made.mp4')
  const source = 'testsrc2=s=1920x1080:r=30:d=10,noise=alls=12:allf=t'
  await execa(ffmpeg, [
    '-nostdin',
    '-v',
    'error',
    '-y',
    '-f',
    'lavfi',
    '-i',
    source,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-b:v',
    '50M',
    '-g',
    '15',
    path,
  ])
  return [path]
}

/** User and system time of a program and of all its children, from the shell's `times`. */
async function cpuSeconds(program: string, args: string[]): Promise<number> {
  const { stdout } = await execa('sh', ['-c', '"$@" >/dev/null && times', 'sh', program, ...args], { stdin: 'ignore' })
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)].map((match) => Number(match[1]) * 60 + Number(match[2]))
  if (parts.length !== 2) throw new Error(`expected user and system time from the shell, came "${line}"`)
  return parts.reduce((sum, part) => sum + part, 0)
}

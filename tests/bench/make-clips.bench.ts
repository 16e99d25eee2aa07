import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { modelsDir } from '../../models/load.ts'
import { channels, type Destination } from '../../workers/cut/channels/index.ts'
import { measureLoudness } from '../../workers/cut/clip/loudness.ts'
import { clip } from '../../workers/cut/clip.ts'
import { readMp4 } from '../../workers/cut/container/boxes.ts'
import { inputArgs, openSource } from '../../workers/cut/container/sniff.ts'
import { needFfmpeg } from '../../workers/cut/ffmpeg/tools.ts'
import { probe } from '../../workers/cut/probe.ts'
import { type TaskIn, tasks } from '../../workers/protocol.ts'
import { corpus } from '../support/corpus.ts'
import { lateBy, offBy, picturesOf } from '../workers/cut/exact.ts'

/**
 * What making a clip costs and how exact it is. `node tests/bench/make-clips.bench.ts [cpu|exact|preflight]…`, all three without words.
 * `cpu`: processor time of a vertical clip of up to ten seconds against bare ffmpeg (decode, centre crop, scale, x264 veryfast at the same size and
 * quality, AAC) in the same run. `exact`: every clip of the corpus, measured on the result. `preflight`: every channel. POSIX only.
 */

const signal = new AbortController().signal
const quiet = { signal, progress: () => {} }
const make = (input: TaskIn<'cut.clip'>) => clip(tasks['cut.clip'].in.parse(input), quiet)

if (process.argv[2] === '--make') await make(JSON.parse(process.argv[3] ?? ''))
else await measure(process.argv.slice(2))

async function measure(asked: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-bench-'))
  const wants = (name: string): boolean => asked.length === 0 || asked.includes(name)
  try {
    const files = await sources(folder)
    if (wants('cpu')) console.table(await cpu(folder, files.slice(0, 2)))
    if (wants('exact')) console.table(await exact(folder, files))
    if (wants('preflight')) console.table(await preflights(folder, files.slice(0, 2)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function sources(folder: string): Promise<string[]> {
  if (corpus !== null) {
    const root = join(corpus, 'dev/clips')
    const first = ['mediabunny/test/public/video-h265.mp4', 'auto-editor/example.mp4']
    const all = globSync('**/*.{mp4,MP4,mov,MOV,avi,AVI,mts,MTS,ts,3gp,webm}', { cwd: root }).sort()
    return [...first, ...all.filter((file) => !first.includes(file))].map((file) => join(root, file))
  }
  const { path: ffmpeg } = await needFfmpeg()
  const path = join(folder, 'made.mp4')
  const source = ['-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=30:d=11', '-f', 'lavfi', '-i', 'sine=d=11:sample_rate=48000']
  await execa(ffmpeg, ['-nostdin', '-v', 'error', ...source, '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '30M', '-c:a', 'aac', path])
  return [path]
}

async function cpu(folder: string, files: readonly string[]) {
  const { path: ffmpeg } = await needFfmpeg()
  const rows = []
  for (const path of files) {
    const { durationUs } = await probe({ path }, quiet)
    const seconds = Math.min(10, Math.floor(durationUs / 1e6 - 0.5))
    const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-g', '60', '-c:a', 'aac', '-b:a', '128k']
    const bare = await cpuSeconds(ffmpeg, [
      ...['-nostdin', '-v', 'error', '-y', ...inputArgs(await openSource(path)), '-t', `${seconds}`],
      ...['-vf', 'crop=ih*9/16:ih,scale=1080:1920', '-r', '30', ...x264, join(folder, 'bare.mp4')],
    ])
    const masterPath = join(folder, 'master.mp4')
    const ask = (more: Partial<TaskIn<'cut.clip'>>) =>
      cpuSeconds(process.execPath, [
        ...['--disable-warning=ExperimentalWarning', import.meta.filename, '--make'],
        JSON.stringify({
          path,
          inUs: 0,
          outUs: seconds * 1e6,
          channel: 'tiktok',
          outPath: join(folder, 'clip.mp4'),
          posterPath: join(folder, 'c.jpg'),
          ...more,
        }),
      ])
    const centre = await ask({ reframe: 'center' })
    const follow = await ask({ modelsDir, masterPath })
    const second = await ask({ modelsDir, masterPath, channel: 'instagram-reels', outPath: join(folder, 'second.mp4') })
    const times = (value: number): number => Math.round((value / bare) * 100) / 100
    rows.push({
      take: basename(path),
      seconds,
      'bare ffmpeg, CPU s': Math.round(bare * 10) / 10,
      'centre / bare': times(centre),
      'follow / bare': times(follow),
      'next channel, from the master / bare': times(second),
    })
  }
  return rows
}

async function exact(folder: string, files: readonly string[]) {
  const ffmpeg = await needFfmpeg()
  const rows = []
  for (const path of files) {
    const { durationUs } = await probe({ path }, quiet)
    const inUs = Math.round(durationUs * 0.31)
    const outUs = Math.round(Math.min(inUs + 2_500_000, durationUs * 0.97))
    const outPath = join(folder, 'exact.mp4')
    const made = await make({ path, inUs, outUs, channel: 'plain', outPath, posterPath: null })
    const off = offBy(await picturesOf(path), await picturesOf(outPath), inUs / 1e6)
    const report = await readMp4(outPath)
    const late = async (at: number): Promise<number | null> => {
      const value = await lateBy(path, outPath, inUs / 1e6, Math.max(0.05, at))
      return value === null ? null : Math.round(value * 10) / 10
    }
    const heard = report.tracks.some(({ kind }) => kind === 'audio')
      ? await measureLoudness(ffmpeg, { input: ['-i', `file:${outPath}`], map: '0:a', filters: [], bytes: made.bytes, signal })
      : null
    rows.push({
      take: basename(path),
      'length off, ms': Math.round((made.durationUs - (outUs - inUs)) / 100) / 10,
      'first, pictures off': off.first,
      'last, pictures off': off.last,
      'sound late at start, ms': await late(0.05),
      'sound late at end, ms': await late(made.durationUs / 1e6 - 0.45),
      LUFS: heard?.integrated ?? null,
      dBTP: heard?.truePeak ?? null,
      'edit lists': report.tracks.reduce((sum, track) => sum + track.editLists, 0),
      notes: made.notes.filter((note) => !note.startsWith('no models')).join('; '),
    })
  }
  return rows
}

async function preflights(folder: string, files: readonly string[]) {
  const rows = []
  for (const path of files) {
    const { durationUs } = await probe({ path }, quiet)
    const outUs = Math.min(6_000_000, Math.floor(durationUs * 0.9))
    const row: Record<string, string> = { take: basename(path) }
    for (const channel of Object.keys(channels) as Destination[]) {
      const shape = channels[channel].render.frame.kind
      const masterPath = join(folder, `${basename(path)}-${shape}.mp4`)
      const outPath = join(folder, `${channel}.mp4`)
      row[channel] = await make({ path, inUs: 0, outUs, channel, outPath, posterPath: null, masterPath }).then(
        ({ width, height, bytes }) => `green ${width}×${height} ${(bytes / 1e6).toFixed(1)} MB`,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      )
    }
    rows.push(row)
  }
  return rows
}

/** User and system time of a program and of all its children, from the shell's `times`. */
async function cpuSeconds(program: string, args: string[]): Promise<number> {
  const { stdout } = await execa('sh', ['-c', '"$@" >/dev/null && times', 'sh', program, ...args], { stdin: 'ignore' })
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)].map((match) => Number(match[1]) * 60 + Number(match[2]))
  if (parts.length !== 2) throw new Error(`expected user and system time from the shell, came "${line}"`)
  return parts.reduce((sum, part) => sum + part, 0)
}

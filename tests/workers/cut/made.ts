import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { needFfmpeg } from '../../../workers/cut/ffmpeg/tools.ts'
import { Refusal, type TaskArgs, type TaskContext, type TaskIn, tasks } from '../../../workers/protocol.ts'

/** A folder of its own for one suite, gone afterwards. */
export async function makeFolder(): Promise<AsyncDisposable & { path(name: string): string; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-cut-'))
  return { folder, path: (name) => join(folder, name), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** Runs the real ffmpeg to make a source for a test. */
export async function make(path: string, ...args: string[]): Promise<string> {
  const { path: ffmpeg } = await needFfmpeg()
  await execa(ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args, `file:${path}`], { stdin: 'ignore' })
  return path
}

/** Each frame N is one flat grey that names it: brightness 20 + 4 × (N mod 50). Small, so that geq is quick. */
export const numbered = (frames: number, rate: number): string =>
  `color=black:s=64x36:r=${rate}:d=${frames / rate},format=gray,geq=lum='20+4*mod(N\\,50)',format=yuv420p`
export const numberOf = (brightness: number): number => Math.abs(Math.round((brightness - 20) / 4))

export const context = (signal = new AbortController().signal): TaskContext & { shares: number[] } => {
  const shares: number[] = []
  return { signal, shares, progress: (done, total) => void shares.push(done / total) }
}

/** Mean brightness and time of every frame of a file, read independently of the code under test. */
export async function readFrames(path: string): Promise<{ brightness: number; seconds: number }[]> {
  const { path: ffmpeg, everyFrame } = await needFfmpeg()
  const filters = 'scale=16:16:flags=area,format=gray,showinfo'
  const { stderr } = await execa(ffmpeg, [
    '-nostdin',
    '-nostats',
    '-i',
    `file:${path}`,
    '-map',
    '0:v',
    '-vf',
    filters,
    ...everyFrame,
    '-f',
    'null',
    '-',
  ])
  return [...stderr.matchAll(/pts_time:(-?[\d.]+).*mean:\[(\d+)/g)].map((match) => ({
    seconds: Number(match[1]),
    brightness: Number(match[2]),
  }))
}

/** Seconds at which sound starts after at least a quarter of a second of near silence. */
export async function readOnsets(path: string): Promise<number[]> {
  const { path: ffmpeg } = await needFfmpeg()
  const { stdout } = await execa(
    ffmpeg,
    ['-nostdin', '-v', 'error', '-i', `file:${path}`, '-vn', '-ac', '1', '-ar', '48000', '-f', 's16le', '-'],
    { encoding: 'buffer' },
  )
  const onsets: number[] = []
  let quiet = 12_000
  for (let at = 0; at + 1 < stdout.length; at += 2) {
    const loud = Math.abs(Buffer.from(stdout.buffer, stdout.byteOffset + at, 2).readInt16LE()) > 2000
    if (loud && quiet >= 12_000) onsets.push(at / 2 / 48_000)
    quiet = loud ? 0 : quiet + 1
  }
  return onsets
}

/** The refusal a task ends in; anything else fails the test. */
export async function refusal(task: Promise<unknown>): Promise<{ code: string; message: string }> {
  const ended = await task.then(
    (value: unknown) => ({ value }),
    (error: unknown) => error,
  )
  if (ended instanceof Refusal) return { code: ended.code, message: ended.message }
  throw new Error(`expected a refusal, came ${JSON.stringify(ended)}`, { cause: ended })
}

/** A request for a clip, with what is not said filled in as on the way into a thread. */
export const wanted = (input: TaskIn<'cut.clip'>): TaskArgs<'cut.clip'> => tasks['cut.clip'].in.parse(input)

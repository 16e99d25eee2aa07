// biome-ignore-all lint/style/noNonNullAssertion: sample loops; every index is in range by the loop bounds
import { execa } from 'execa'
import { needFfmpeg } from '../../../workers/cut/ffmpeg/tools.ts'

/** Pictures of a file, tiny and grey, with the time of each: read by ffmpeg alone, without anything of ours. */
export type Pictures = { times: number[]; pixels: Uint8Array[] }
const [wide, high] = [32, 32]

export async function picturesOf(path: string): Promise<Pictures> {
  const { path: ffmpeg, everyFrame } = await needFfmpeg()
  const args = [
    '-nostdin',
    '-nostats',
    '-i',
    `file:${path}`,
    '-map',
    '0:v:0',
    '-vf',
    `scale=${wide}:${high}:flags=area,format=gray,showinfo`,
  ]
  const { stdout, stderr } = await execa(ffmpeg, [...args, ...everyFrame, '-f', 'rawvideo', '-'], {
    encoding: 'buffer',
    maxBuffer: 400_000_000,
  })
  const times = [
    ...Buffer.from(stderr)
      .toString('latin1')
      .matchAll(/_showinfo_.* pts_time:(-?[\d.]+)/g),
  ].map((match) => Number(match[1]))
  const size = wide * high
  return { times, pixels: times.map((_, n) => stdout.subarray(n * size, (n + 1) * size)) }
}

function difference(a: Uint8Array, b: Uint8Array): number {
  // Light is taken out: a colour matrix or range that changes on the way is not what is asked here.
  const mean = (of: Uint8Array): number => of.reduce((sum, value) => sum + value, 0) / of.length
  const [ma, mb] = [mean(a), mean(b)]
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - ma - (b[i]! - mb))
  return sum / a.length
}

/**
 * How far the pictures of a clip are from those that are due, in pictures of the take: at `at` seconds of the take the nearest one is due. Pictures that
 * look like the one that is due count as it. `first` and `last` picture by themselves, `worst` of all.
 */
export function offBy(take: Pictures, clip: Pictures, inSeconds: number): { first: number; last: number; worst: number } {
  const off = clip.pixels.map((picture, n) => {
    const at = inSeconds + clip.times[n]!
    const due = nearest(take.times, at)
    const told = difference(take.pixels[due]!, picture)
    let best = { far: 0, value: told }
    for (let far = -6; far <= 6; far++) {
      const other = take.pixels[due + far]
      if (other === undefined) continue
      const value = difference(other, picture)
      if (value < best.value) best = { far, value }
    }
    // Equal times on both sides of a picture make two of them due.
    const isTie = Math.abs(best.far) === 1 && Math.abs(Math.abs(take.times[due + best.far]! - at) - Math.abs(take.times[due]! - at)) < 0.002
    return isTie || told <= best.value * 1.25 + 0.4 ? 0 : Math.abs(best.far)
  })
  return { first: off[0] ?? Number.NaN, last: off.at(-1) ?? Number.NaN, worst: Math.max(...off) }
}

function nearest(times: readonly number[], at: number): number {
  let best = 0
  for (const [n, time] of times.entries()) if (Math.abs(time - at) < Math.abs(times[best]! - at)) best = n
  return best
}

const rate = 8000

/** The sound of a file from `from` on by its own time stamps, mono, 8 kHz; null without any that can be decoded. */
async function soundOf(path: string, from: number, seconds: number): Promise<Int16Array | null> {
  const { path: ffmpeg } = await needFfmpeg()
  // Decoded from the start: what a seek does is not taken on trust. Gaps before the first sample stay gaps.
  const filters = `atrim=start=${from}:end=${from + seconds},asetpts=PTS-${from}/TB,aresample=${rate}:async=1:first_pts=0`
  const ran = await execa(
    ffmpeg,
    ['-nostdin', '-v', 'error', '-i', `file:${path}`, '-vn', '-af', filters, '-ac', '1', '-f', 's16le', '-'],
    {
      encoding: 'buffer',
      reject: false,
      maxBuffer: 400_000_000,
    },
  )
  const { stdout } = ran
  if (!(stdout instanceof Uint8Array) || stdout.length < rate / 4) return null
  return new Int16Array(stdout.slice().buffer, 0, stdout.length >> 1)
}

/**
 * How late the clip's sound is around `at` seconds of the clip, milliseconds, by the strongest correlation within 80 ms; null where there is too little
 * sound, or it repeats itself, so that nothing can be said.
 */
export async function lateBy(take: string, clip: string, inSeconds: number, at: number): Promise<number | null> {
  const margin = 0.1
  const length = Math.round(0.4 * rate)
  const from = Math.max(0, inSeconds + at - margin)
  const [a, b] = [await soundOf(take, from, 0.7), await soundOf(clip, at, 0.4)]
  if (a === null || b === null) return null
  const start = Math.round((inSeconds + at - from) * rate)
  const reach = Math.round(0.08 * rate)
  const scores = Array.from({ length: 2 * reach + 1 }, (_, n) => correlation(a, start - (n - reach), b, 0, length))
  const best = scores.reduce((top, score, n) => (score > scores[top]! ? n : top), 0)
  const far = scores.filter((_, n) => Math.abs(n - best) > 0.004 * rate)
  if (scores[best]! < 0.6 || Math.max(...far) > scores[best]! * 0.95) return null
  return ((best - reach) / rate) * 1000
}

function correlation(a: Int16Array, fromA: number, b: Int16Array, fromB: number, length: number): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[fromA + i] ?? 0, b[fromB + i] ?? 0]
    ab += x * y
    aa += x * x
    bb += y * y
  }
  // Below about −56 dBFS there is nothing to compare.
  return Math.min(aa, bb) < length * 50 ** 2 ? 0 : ab / Math.sqrt(aa * bb)
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { openTake } from '../../workers/cut/container/take.ts'
import { decodeFrames, frameBytes } from '../../workers/cut/ffmpeg/frames.ts'
import { needFfmpeg } from '../../workers/cut/ffmpeg/tools.ts'

/**
 * Films with hard cuts, dissolves, fades, wipes and flashes, put together picture by picture from real takes, so that every boundary is known to
 * the frame. The takes are split in two: what is tuned on `tune` is reported on `report`. Nothing is random: the same films every time.
 */

export type Gradual = { type: 'dissolve' | 'fade-in' | 'fade-out'; startFrame: number; endFrame: number }
export type Film = { file: string; frames: number; cuts: number[]; transitions: Gradual[]; flashes: number[]; wipes: [number, number][] }
export type Half = 'tune' | 'report'

/** A stretch of a take that holds one shot, in frames. None is plain or black: a dissolve to black is a fade. */
type Stretch = { file: string; from: number; to: number }

const tears = 'mdn-shared-assets/videos/tears-of-steel-battle-clip-medium.webm'
const bunny = 'moviepy/media/big_buck_bunny_0_30.webm'
const stretches: Record<Half, readonly Stretch[]> = {
  tune: [
    ...[
      [2, 50],
      [54, 120],
      [160, 220],
      [223, 307],
      [320, 420],
      [500, 600],
      [610, 710],
      [717, 786],
      [790, 870],
      [903, 985],
      [990, 1120],
      [1286, 1343],
      [1474, 1523],
      [1573, 1616],
    ].map(([from = 0, to = 0]) => ({ file: tears, from, to })),
    { file: 'mdn-shared-assets/videos/flower.mp4', from: 0, to: 150 },
    { file: 'mapillary_tools/tests/data/videos/sample-5s.mp4', from: 0, to: 170 },
    { file: 'moviepy/media/chaplin.mp4', from: 0, to: 240 },
    { file: 'metadata-extractor-images/mov/with-gps.mov', from: 0, to: 119 },
    { file: 'metadata-extractor-images/3gp/sample.3gp', from: 0, to: 73 },
  ],
  report: [
    { file: bunny, from: 60, to: 280 },
    { file: bunny, from: 285, to: 374 },
    { file: bunny, from: 378, to: 495 },
    { file: bunny, from: 553, to: 700 },
    { file: 'mdn-shared-assets/videos/friday.mp4', from: 0, to: 184 },
    { file: 'mediabunny/test/public/video-h265.mp4', from: 0, to: 150 },
    { file: 'mediabunny/test/public/video-h265.mp4', from: 150, to: 299 },
    { file: 'mdn-shared-assets/videos/learn/bug_video_640.mp4', from: 0, to: 202 },
    { file: 'mediabunny/test/public/cursed-vfr.mp4', from: 6, to: 60 },
    { file: 'metadata-extractor-images/mp4/sample_mpeg4.mp4', from: 0, to: 148 },
    { file: 'metadata-extractor-images/avi/100_0306.AVI', from: 0, to: 41 },
    { file: 'metadata-extractor-images/mp4/ftyp3gp5.mp4', from: 0, to: 38 },
    { file: 'mediabunny/test/public/hevc.ts', from: 60, to: 118 },
  ],
}

const [width, height] = [320, 180]
const size = frameBytes(width, height, 'yuv420p')

/** A small fixed sequence of numbers in [0, 1): xorshift. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

type Shot = { take: string; frames: Uint8Array[] }

async function readShots(corpus: string, half: Half, signal: AbortSignal): Promise<Shot[]> {
  const ffmpeg = await needFfmpeg()
  const shots: Shot[] = []
  const all = stretches[half]
  for (const file of new Set(all.map((stretch) => stretch.file))) {
    const wanted = all.filter((stretch) => stretch.file === file).map((stretch) => ({ ...stretch, frames: [] as Uint8Array[] }))
    const { media } = await openTake(join(corpus, 'dev/clips', file), signal)
    await decodeFrames(ffmpeg, {
      media,
      width,
      height,
      format: 'yuv420p',
      upright: false,
      signal,
      onFrame: (pixels, at) => {
        for (const stretch of wanted) if (at >= stretch.from && at < stretch.to) stretch.frames.push(pixels.slice())
      },
    })
    for (const { frames } of wanted) if (frames.length >= 30) shots.push({ take: file, frames })
  }
  return shots
}

const black = (() => {
  const frame = new Uint8Array(size).fill(128)
  frame.fill(16, 0, width * height)
  return frame
})()

function mix(a: Uint8Array, b: Uint8Array, share: number): Uint8Array {
  const out = new Uint8Array(size)
  for (let at = 0; at < size; at++) out[at] = Math.round((a[at] ?? 0) * (1 - share) + (b[at] ?? 0) * share)
  return out
}

function wipe(a: Uint8Array, b: Uint8Array, share: number): Uint8Array {
  const out = a.slice()
  const edge = 2 * Math.round((width * share) / 2)
  for (let y = 0; y < height; y++) out.set(b.subarray(y * width, y * width + edge), y * width)
  for (let y = 0; y < height; y++) {
    const row = width * height + (y * width) / 2
    out.set(b.subarray(row, row + edge / 2), row)
  }
  return out
}

function flash(a: Uint8Array, amount: number): Uint8Array {
  const out = a.slice()
  for (let at = 0; at < width * height; at++) out[at] = Math.round((a[at] ?? 0) * (1 - amount) + 235 * amount)
  return out
}

type Encoding = readonly string[]
const encodings: readonly Encoding[] = [
  ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20'],
  ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '29', '-g', '250'],
  ['-c:v', 'mpeg4', '-q:v', '5', '-g', '12'],
]

/** Makes the films of one half in `folder`; needs the corpus. */
export async function makeFilms(corpus: string, folder: string, half: Half, count = 6): Promise<Film[]> {
  const signal = new AbortController().signal
  const shots = await readShots(corpus, half, signal)
  const films: Film[] = []
  for (let at = 0; at < count; at++) {
    const file = join(folder, `${half}-${at}.mp4`)
    const { frames, film } = cutFilm(shots, sequence(1 + at * 7919 + (half === 'tune' ? 0 : 104_729)))
    await encode(file, frames, encodings[at % encodings.length] ?? [])
    films.push({ file, ...film })
  }
  return films
}

function cutFilm(shots: readonly Shot[], random: () => number): { frames: Uint8Array[]; film: Omit<Film, 'file'> } {
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1))
  const film: Omit<Film, 'file'> = { frames: 0, cuts: [], transitions: [], flashes: [], wipes: [] }
  const frames: Uint8Array[] = []
  let before: Uint8Array[] = []
  let last: Shot | null = null
  for (let n = 0; n < 14; n++) {
    const others = shots.filter((shot) => shot !== last && (shot.take !== last?.take || (shot.take === tears && random() < 0.3)))
    const shot = others[between(0, others.length - 1)]
    if (shot === undefined) continue
    const used = Math.min(shot.frames.length, between(70, 130))
    const first = between(0, shot.frames.length - used)
    const next = shot.frames.slice(first, first + used)
    const kind = n === 0 ? 1 : random()
    // Each side of a transition leaves some frames of the shot alone.
    const longest = Math.min(30, Math.floor(before.length / 3), Math.floor(next.length / 3))
    const length = Math.max(8, between(8, Math.max(8, longest)))
    if (n > 0 && kind < 0.32) {
      const start = frames.length + before.length - length
      frames.push(...before.slice(0, -length))
      for (let i = 0; i < length; i++)
        frames.push(mix(before[before.length - length + i] ?? black, next[i] ?? black, (i + 1) / (length + 1)))
      film.transitions.push({ type: 'dissolve', startFrame: start, endFrame: start + length })
      before = next.slice(length)
    } else if (n > 0 && kind < 0.48) {
      const start = frames.length + before.length - length
      frames.push(...before.slice(0, -length))
      for (let i = 0; i < length; i++) frames.push(mix(before[before.length - length + i] ?? black, black, (i + 1) / length))
      film.transitions.push({ type: 'fade-out', startFrame: start, endFrame: start + length })
      for (let i = between(1, 6); i > 0; i--) frames.push(black)
      film.transitions.push({ type: 'fade-in', startFrame: frames.length, endFrame: frames.length + length })
      for (let i = 0; i < length; i++) frames.push(mix(black, next[i] ?? black, (i + 1) / (length + 1)))
      before = next.slice(length)
    } else if (n > 0 && kind < 0.58) {
      const start = frames.length + before.length - length
      frames.push(...before.slice(0, -length))
      for (let i = 0; i < length; i++)
        frames.push(wipe(before[before.length - length + i] ?? black, next[i] ?? black, (i + 1) / (length + 1)))
      film.wipes.push([start, start + length])
      before = next.slice(length)
    } else {
      frames.push(...before)
      if (n > 0) film.cuts.push(frames.length)
      before = next
    }
    if (random() < 0.3) {
      const lit = between(15, before.length - 15)
      const lasts = between(1, 4)
      for (let i = 0; i < lasts; i++) before[lit + i] = flash(before[lit + i] ?? black, 0.9 - i * 0.2)
      film.flashes.push(frames.length + lit)
    }
    last = shot
  }
  frames.push(...before)
  return { frames, film: { ...film, frames: frames.length } }
}

async function encode(file: string, frames: readonly Uint8Array[], encoding: Encoding): Promise<void> {
  const { path } = await needFfmpeg()
  const input = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', '25', '-i', 'pipe:0']
  const child = spawn(path, ['-v', 'error', '-y', ...input, ...encoding, '-pix_fmt', 'yuv420p', `file:${file}`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(child, 'close')
  for (const frame of frames) if (!child.stdin.write(frame)) await once(child.stdin, 'drain')
  child.stdin.end()
  const [code] = await ended
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while making ${file}`)
}

/** Found and wanted transitions, one to one: the same kind of thing (a fade must have its direction) and more than half of their union in common. */
export function matchTransitions(
  found: readonly Gradual[],
  wanted: readonly Gradual[],
  least = 0.5,
): { hit: number; missed: Gradual[]; invented: Gradual[] } {
  const left = [...found]
  const missed: Gradual[] = []
  for (const want of wanted) {
    const at = left.findIndex((one) => one.type === want.type && union(one, want) >= least)
    if (at < 0) missed.push(want)
    else left.splice(at, 1)
  }
  return { hit: wanted.length - missed.length, missed, invented: left }
}

const union = (a: Gradual, b: Gradual): number => {
  const shared = Math.min(a.endFrame, b.endFrame) - Math.max(a.startFrame, b.startFrame)
  return shared / (Math.max(a.endFrame, b.endFrame) - Math.min(a.startFrame, b.startFrame))
}

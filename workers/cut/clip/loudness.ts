import { z } from 'zod'
import { targetLoudness } from '../channels/channel.ts'
import { limitFor, run } from '../ffmpeg/run.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'

/** EBU R 128 figures of a stretch of sound: integrated loudness in LUFS, true peak in dBTP. */
export type Loudness = { integrated: number; truePeak: number }

/** A stretch of sound to measure: `filters` bring it to where it is measured. */
export type Sound = { input: readonly string[]; map: string; filters: readonly string[]; bytes: number; signal: AbortSignal }

const figure = z.string().transform(Number).pipe(z.number())
const report = z.object({ input_i: figure, input_tp: figure })

/** Integrated loudness by loudnorm's measuring pass. null: nothing audible, or the sound cannot be decoded. */
export async function measureLoudness(ffmpeg: Ffmpeg, { input, map, filters, bytes, signal }: Sound): Promise<Loudness | null> {
  if (!ffmpeg.filters.has('loudnorm')) return null
  const lines: string[] = []
  const chain = [...filters, 'loudnorm=I=-14:TP=-1:LRA=11:print_format=json'].join(',')
  const args = [
    '-nostdin',
    '-hide_banner',
    '-nostats',
    '-v',
    'info',
    ...input,
    '-map',
    map,
    '-vn',
    '-sn',
    '-dn',
    '-af',
    chain,
    '-f',
    'null',
    '-',
  ]
  const ran = await run({
    path: ffmpeg.path,
    args,
    what: 'measuring loudness',
    signal,
    limitMs: limitFor(bytes),
    onStderrLine: (line) => lines.push(line),
  })
  const from = lines.lastIndexOf('{')
  const to = lines.lastIndexOf('}')
  if (ran.exitCode !== 0 || from < 0 || to < from) return null
  const parsed = report.safeParse(parseJson(lines.slice(from, to + 1).join('\n')))
  return parsed.success ? { integrated: parsed.data.input_i, truePeak: parsed.data.input_tp } : null
}

/** loudnorm prints "-inf" for silence: no finite number, so silence parses as nothing. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Below this there is room noise, not sound: at full level, hiss would be the loudest thing in the clip. LUFS. */
const quietest = -50
/** What the limiter holds at first, dBTP: AAC adds up to half a decibel, and −1 is what the result must not pass. */
export const usualCeiling = -1.5
export const highestPeak = -1
const closeEnough = 0.3

/** How a clip's sound is brought to the target: the filters, and whether the measured result reached it. */
export type Level = { filters: string[]; reached: boolean }

/**
 * Finds the gain that brings a stretch to −14 LUFS: measured once, and where peaks have to be limited, measured again with the limiter
 * until it fits (loudnorm's own second pass missed by up to 8 LU on clips of a few seconds). null: leave the sound as it is.
 * @param ceiling what the limiter holds, dBTP
 */
export async function findLevel(ffmpeg: Ffmpeg, sound: Sound, ceiling = usualCeiling): Promise<Level | null> {
  const before = await measureLoudness(ffmpeg, sound)
  if (before === null || before.integrated < quietest) return null
  let gain = targetLoudness - before.integrated
  if (before.truePeak + gain <= ceiling) return { filters: [volume(gain)], reached: true }
  if (!ffmpeg.filters.has('alimiter')) return { filters: [volume(Math.min(gain, ceiling - before.truePeak))], reached: false }
  let best = { gain, miss: Number.POSITIVE_INFINITY }
  let last: { gain: number; miss: number } | null = null
  for (let round = 0; round < 8; round++) {
    const after = await measureLoudness(ffmpeg, { ...sound, filters: [...sound.filters, ...limited(gain, ceiling)] })
    if (after === null) break
    const miss = targetLoudness - after.integrated
    if (Math.abs(miss) < Math.abs(best.miss)) best = { gain, miss }
    if (Math.abs(miss) <= closeEnough) break
    // The harder the limiter works, the less of each added decibel arrives: the last step tells how much.
    const arrives: number = last === null || gain === last.gain ? 1 : (last.miss - miss) / (gain - last.gain)
    last = { gain, miss }
    gain = Math.min(gain + miss / Math.min(1, Math.max(0.2, arrives)), 60)
  }
  return { filters: limited(best.gain, ceiling), reached: Math.abs(best.miss) <= closeEnough }
}

const volume = (gain: number): string => `volume=${gain.toFixed(2)}dB`

/** Limited at four times the rate, where the peaks between samples show. `level=disabled`: by default it turns everything up again. */
const limited = (gain: number, ceiling: number): string[] => [
  volume(gain),
  'aresample=192000',
  `alimiter=limit=${(10 ** (ceiling / 20)).toFixed(4)}:attack=2:release=50:level=disabled`,
  'aresample=48000',
]

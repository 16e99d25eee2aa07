import { chmod, writeFile } from 'node:fs/promises'
import { execa } from 'execa'
import { vi } from 'vitest'
import { clip } from '../../../../workers/cut/clip.ts'
import { findTools, needFfmpeg } from '../../../../workers/cut/ffmpeg/tools.ts'
import type { TaskIn } from '../../../../workers/protocol.ts'
import { context, make, wanted } from '../made.ts'

type Folder = { path(name: string): string }
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '12', '-pix_fmt', 'yuv420p']

/** Six seconds of a patterned box that stands, moves from left to right and stands, with a tone; a keyframe every 1.5 s. */
export const movingTake = (at: Folder): Promise<string> =>
  make(
    at.path('moving.mp4'),
    ...['-f', 'lavfi', '-i', 'color=0xb0a890:s=320x180:r=30:d=6', '-f', 'lavfi', '-i', 'testsrc2=s=50x110:r=30:d=6'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=330:sample_rate=48000:duration=6', '-filter_complex'],
    "[1]format=yuv420p[b];[0][b]overlay=x='if(lt(t,0.8),20,if(lt(t,5.2),20+115*(1-cos(PI*(t-0.8)/4.4)),250))':y=40[v]",
    ...['-map', '[v]', '-map', '2', '-t', '6', ...x264, '-g', '45', '-c:a', 'aac'],
  )

export const darkTake = (at: Folder): Promise<string> =>
  make(at.path('dark.mp4'), '-f', 'lavfi', '-i', 'color=black:s=320x180:r=30:d=4', ...x264)

/** Three seconds of a pattern in a trembling hand. */
export const shakyTake = (at: Folder): Promise<string> =>
  make(
    at.path('shaky.mp4'),
    ...['-f', 'lavfi', '-i', 'testsrc2=s=400x240:r=30:d=3,format=yuv420p'],
    ...['-vf', "crop=320:180:x='40+7*sin(n*1.9)':y='30+5*sin(n*2.7)'", ...x264],
  )

/** Blurred for 2.2 s, then sharp. */
export const halvesTake = (at: Folder): Promise<string> =>
  make(
    at.path('halves.mp4'),
    ...['-f', 'lavfi', '-i', "testsrc2=s=320x180:r=25:d=4,format=yuv420p,boxblur=8:2:enable='lt(t,2.2)'", ...x264],
  )

/** Ten-bit HDR: 203 cd/m² (reference white, ITU-R BT.2408) on the left, black on the right. */
export const hdrTake = (at: Folder, name: 'pq' | 'hlg'): Promise<string> => {
  const trc = name === 'pq' ? 'smpte2084' : 'arib-std-b67'
  const picture = `color=black:s=128x72:r=25:d=2,format=yuv420p10le,geq=lum='if(lt(X,64),${name === 'pq' ? 573 : 721},64)':cb=512:cr=512`
  return make(
    at.path(`${name}.mp4`),
    ...['-f', 'lavfi', '-i', picture, '-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-preset', 'ultrafast'],
    ...['-color_primaries', 'bt2020', '-color_trc', trc, '-colorspace', 'bt2020nc', '-tag:v', 'hvc1'],
    ...['-x265-params', `log-level=error:colorprim=bt2020:transfer=${trc}:colormatrix=bt2020nc`],
  )
}

export type Ask = Partial<TaskIn<'cut.clip'>> & { path: string; outPath: string }
/** Three seconds for the plain channel, but for what is said. */
export const ask = (input: Ask) => clip(wanted({ inUs: 0, outUs: 3_000_000, channel: 'plain', posterPath: null, ...input }), context())

/** An ffmpeg that does not have these filters, as far as it tells. */
export async function without(at: Folder, ...filters: string[]): Promise<void> {
  await standIn(
    at,
    `without-${filters.join('-')}`,
    (real) => `case "$*" in *-filters*) ${real} | grep -vE " (${filters.join('|')}) ";; *) exec ${real};; esac`,
  )
}

/** A program in front of the real ffmpeg, until the environment is put back. */
export async function standIn(at: Folder, name: string, script: (real: string) => string): Promise<void> {
  const { ffmpeg } = await findTools({ ...process.env, DROPCARD_FFMPEG: undefined })
  const path = at.path(`${name}.sh`)
  await writeFile(path, `#!/bin/sh\n${script(`"${ffmpeg?.path}" "$@"`)}\n`)
  await chmod(path, 0o755)
  vi.stubEnv('DROPCARD_FFMPEG', path)
}

export type Pixels = { at(frame: number, x: number, y: number): readonly number[]; frames: number }

/** Every picture at a small size, three bytes a pixel; `filter` comes first. */
export async function pixels(path: string, width: number, height: number, filter = ''): Promise<Pixels> {
  const { path: ffmpeg } = await needFfmpeg()
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    `file:${path}`,
    '-map',
    '0:v',
    '-vf',
    `${filter}scale=${width}:${height}:flags=area,format=rgb24`,
  ]
  const { stdout } = await execa(ffmpeg, [...args, '-f', 'rawvideo', '-'], { encoding: 'buffer', maxBuffer: 200_000_000 })
  return {
    frames: stdout.length / (3 * width * height),
    at: (frame, x, y) => [...stdout.subarray(3 * ((frame * height + y) * width + x), 3 * ((frame * height + y) * width + x) + 3)],
  }
}

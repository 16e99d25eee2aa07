import { stat } from 'node:fs/promises'
import type { TaskHandler } from '../protocol.ts'
import { progressReader } from './clip/encode.ts'
import { even, matrixOf, mirrorBack } from './clip/plan.ts'
import { inputArgs, seekBefore } from './container/sniff.ts'
import { openTake, type Take } from './container/take.ts'
import { limitFor, refusalOf, run } from './ffmpeg/run.ts'
import { type Ffmpeg, needFfmpeg } from './ffmpeg/tools.ts'
import { land } from './land.ts'

const thumbSide = 480
const previewSide = 2048
const proxySide = 960

/**
 * A still of the take at `atUs` in two sizes, and a proxy that any browser plays, on the take's own clock. Each file gets its name only
 * when it is whole; `written` lists them in order. Nothing is ever enlarged.
 */
export const preview: TaskHandler<'cut.preview'> = async ({ path, atUs, thumbPath, previewPath, proxyPath }, { signal, progress }) => {
  const ffmpeg = await needFfmpeg()
  const take = await openTake(path, signal)
  const written: string[] = []
  const stills = [
    ...(thumbPath === null ? [] : [{ path: thumbPath, side: thumbSide }]),
    ...(previewPath === null ? [] : [{ path: previewPath, side: previewSide }]),
  ]
  for (const still of stills) {
    await land(still.path, (part) => writeStill(ffmpeg, take, atUs, still.side, part, signal))
    written.push(still.path)
  }
  if (proxyPath !== null) {
    await land(proxyPath, (part) => writeProxy(ffmpeg, take, part, signal, (share) => progress(Math.round(share * 1000), 1000)))
    written.push(proxyPath)
  }
  progress(1000, 1000)
  return { written }
}

function fit({ info }: Take, side: number): { width: number; height: number } {
  const shrink = Math.min(1, side / Math.max(info.width, info.height))
  return { width: even(info.width * shrink), height: even(info.height * shrink) }
}

/** HDR shown without tone mapping is grey; with it, it is right. Where the filters are missing, grey is better than nothing. */
const hdrFilters = (ffmpeg: Ffmpeg, { media }: Take): string[] =>
  media.video.hdr && ffmpeg.filters.has('zscale') && ffmpeg.filters.has('tonemap')
    ? ['zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p']
    : []

async function writeStill(ffmpeg: Ffmpeg, take: Take, atUs: number, side: number, path: string, signal: AbortSignal): Promise<void> {
  const { source, video } = take.media
  const { width, height } = fit(take, side)
  // The last picture may be asked for by its end, and a damaged stretch may hold no picture: then the first one that decodes.
  const latest = take.rate.firstUs + take.rate.durationUs - (take.rate.stepUs ?? 0) * 1.5
  const at = Math.max(0, Math.min(atUs, latest))
  const what = `making a still of ${source.name}`
  for (const seconds of at > 0 ? [at / 1e6, 0] : [0]) {
    const { options, at: into } = seekBefore(source, seconds * 1e6)
    const filters = [
      ...mirrorBack(video, ffmpeg),
      `trim=start=${into.toFixed(6)}`,
      ...hdrFilters(ffmpeg, take),
      `scale=${width}:${height}:flags=lanczos${take.media.video.hdr ? '' : matrixOf(video)}:out_color_matrix=bt601:out_range=pc`,
      'setsar=1',
      'format=yuvj420p',
    ]
    const args = [
      ...['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-y', ...inputArgs(source, options)],
      ...[
        '-map',
        `0:${video.index}`,
        '-frames:v',
        '1',
        '-vf',
        filters.join(','),
        '-q:v',
        '3',
        '-f',
        'image2',
        '-update',
        '1',
        `file:${path}`,
      ],
    ]
    const ran = await run({ path: ffmpeg.path, args, what, signal, limitMs: limitFor(source.bytes) })
    if (ran.exitCode === 0 && (await hasBytes(path))) return
    if (seconds === 0) throw refusalOf(ran, what)
  }
}

async function writeProxy(ffmpeg: Ffmpeg, take: Take, path: string, signal: AbortSignal, progress: (share: number) => void): Promise<void> {
  const { source, video, audio } = take.media
  const { width, height } = fit(take, proxySide)
  const filters = [
    ...(video.interlaced && ffmpeg.filters.has('yadif') ? ['yadif'] : []),
    ...mirrorBack(video, ffmpeg),
    ...hdrFilters(ffmpeg, take),
    `scale=${width}:${height}:flags=bicubic${video.hdr ? '' : matrixOf(video)}:out_color_matrix=bt709:out_range=tv`,
    'setsar=1',
    'format=yuv420p',
  ]
  const what = `making a preview of ${source.name}`
  // A sound track that cannot be decoded must not cost the picture.
  for (const sound of audio === null
    ? [[]]
    : [['-map', `0:${audio.index}`, '-c:a', 'aac', '-b:a', '96k', '-ar', '48000', '-ac', '2'], []]) {
    const args = [
      ...['-nostdin', '-hide_banner', '-nostats', '-v', 'error', '-progress', 'pipe:1', '-y', ...inputArgs(source)],
      ...['-map', `0:${video.index}`, '-vf', filters.join(','), ...sound, '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-profile:v',
        'main',
        '-crf',
        '26',
        '-g',
        '60',
        '-colorspace',
        'bt709',
        '-color_primaries',
        'bt709',
      ],
      ...['-color_trc', 'bt709', '-movflags', '+faststart', '-f', 'mp4', `file:${path}`],
    ]
    const onStdout = progressReader((done) => progress(Math.min(1, (done * 1e6) / take.rate.durationUs)))
    const limitMs = limitFor(source.bytes) + take.rate.durationUs / 20
    const ran = await run({ path: ffmpeg.path, args, what, signal, limitMs, onStdout })
    if (ran.exitCode === 0 && (await hasBytes(path))) return
    if (sound.length === 0) throw refusalOf(ran, what)
  }
}

async function hasBytes(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.size > 0,
    () => false,
  )
}

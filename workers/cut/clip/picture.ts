import { Refusal } from '../../protocol.ts'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import { expressionOf } from './framing/expression.ts'
import type { Framing } from './framing/frame.ts'
import { even, matrixOf, type Plan, type Size, timing, toneMap } from './plan.ts'
import type { Steadying } from './stabilise.ts'

/** A PNG with its place on the frame (pixels) and the output pictures it is on, `to` exclusive; null = all of them. */
export type Layer = { file: string; x: number; y: number; shown: { from: number; to: number } | null }

export const layerInput = ({ file }: Layer): string[] => ['-protocol_whitelist', 'file,pipe', '-f', 'png_pipe', '-i', `file:${file}`]

export type Picture = { plan: Plan; framing: Framing; steady: Steadying; layers: readonly Layer[] }

const needed = ['setpts', 'fps', 'trim', 'crop', 'scale', 'setsar', 'format']

/** Refusal 'unavailable' with the names of the filters that are missing and without which no clip can be made. */
export function needFilters(ffmpeg: Ffmpeg): void {
  const missing = needed.filter((name) => !ffmpeg.filters.has(name))
  if (missing.length > 0)
    throw new Refusal('unavailable', `this ffmpeg (${ffmpeg.version}) has no ${missing.join(', ')}: set DROPCARD_FFMPEG to one that has`)
}

export const canLayer = (ffmpeg: Ffmpeg): boolean => ffmpeg.filters.has('overlay')
export const canPad = (ffmpeg: Ffmpeg): boolean => canLayer(ffmpeg) && ffmpeg.filters.has('split')

/**
 * The whole way from the decoder to the encoder as one filter graph that ends in [v]. Layers are inputs `firstLayer`, `firstLayer + 1`, …
 */
export function graphOf({ plan, framing, steady, layers }: Picture, ffmpeg: Ffmpeg, firstLayer: number): string {
  const { take, size } = plan
  const { video } = take.media
  // vidstab reads 8 bits: what is HDR comes to normal colours before it, else where it costs least, at the size of the clip.
  const early = video.hdr && steady.make.length > 0
  const start = [...timing(plan, ffmpeg), ...(early ? [toneMap(ffmpeg, take)] : []), ...steady.make]
  const colour = coloursOf(plan, early || !video.hdr)
  const tones = video.hdr && !early ? [toneMap(ffmpeg, take)] : []
  const source = `[0:${video.index}]${start.join(',')}`
  const parts =
    framing.kind === 'pad'
      ? padded(source, framing, plan, colour, tones)
      : [`${source},${[...fill(framing, size, colour), ...tones].join(',')}[p0]`]
  for (const [n, { x, y, shown }] of layers.entries()) {
    const when = shown === null ? '' : `:enable='between(n,${shown.from},${shown.to - 1})'`
    parts.push(`[${firstLayer + n}:v]scale=out_color_matrix=bt709:out_range=tv,format=yuva420p[o${n}]`)
    parts.push(`[p${n}][o${n}]overlay=x=${x}:y=${y}:eof_action=repeat${when}[p${n + 1}]`)
  }
  // Layers may give one picture more than what they lie on.
  parts.push(`[p${layers.length}]trim=end_frame=${plan.frames},setsar=1,format=yuv420p[v]`)
  return parts.join(';')
}

/** How `scale` treats colours. */
const coloursOf = ({ take }: Plan, toBt709: boolean): string =>
  toBt709 ? `flags=bicubic${matrixOf(take.media.video)}:out_color_matrix=bt709:out_range=tv` : 'flags=bicubic'

/** The window, cut out and brought to `size`. A moving one is cut out of the strip it moves in after scaling, so that it moves by whole small pixels. */
function fill({ kind, axis, window, path }: Framing, size: Size, colour: string): string[] {
  const scaled = (w: number, h: number): string => `scale=${w}:${h}:${colour}`
  if (kind === 'whole' || window >= 1) return [scaled(size.width, size.height)]
  const knots = path.flat()
  const low = Math.min(...knots.map(({ at }) => at))
  const high = Math.max(...knots.map(({ at }) => at))
  const share = Math.min(1, high - low + window)
  const strip = cut(axis, share, low)
  if (high - low < 1e-6) return [strip, scaled(size.width, size.height)]
  const long = (side: number): number => even((side * share) / window)
  const place = (side: number): string => expressionOf(path, (at) => Math.min(long(side) - side, Math.max(0, ((at - low) / window) * side)))
  return axis === 'x'
    ? [strip, scaled(long(size.width), size.height), `crop=w=${size.width}:h=${size.height}:x='${place(size.width)}':y=0:exact=1`]
    : [strip, scaled(size.width, long(size.height)), `crop=w=${size.width}:h=${size.height}:x=0:y='${place(size.height)}':exact=1`]
}

/** In fractions of the picture, so that pixel aspect and rotation do not matter. */
const cut = (axis: 'x' | 'y', share: number, at: number): string =>
  axis === 'x'
    ? `crop=w=iw*${share.toFixed(6)}:h=ih:x=iw*${at.toFixed(6)}:y=0`
    : `crop=w=iw:h=ih*${share.toFixed(6)}:x=0:y=ih*${at.toFixed(6)}`

/** The window whole, over itself: filled up, so small that nothing can be made out, and darker. */
function padded(source: string, framing: Framing, { take, size }: Plan, colour: string, tones: readonly string[]): string[] {
  const own = take.info.width / take.info.height
  const shape = framing.axis === 'x' ? own * framing.window : own / framing.window
  const target = size.width / size.height
  const front =
    shape > target
      ? { width: size.width, height: Math.min(size.height, even(size.width / shape)) }
      : { width: Math.min(size.width, even(size.height * shape)), height: size.height }
  const back: string[] =
    shape > target ? [`crop=w=iw*${(target / shape).toFixed(6)}:h=ih`] : [`crop=w=iw:h=ih*${(shape / target).toFixed(6)}`]
  const small = { width: even(size.width / 72), height: even(size.height / 72) }
  back.push(`scale=${small.width}:${small.height}:flags=area`, `scale=${small.width * 6}:${small.height * 6}:flags=bicubic`)
  back.push(`scale=${size.width}:${size.height}:flags=bicubic`)
  return [
    `${source},${[...fill(framing, front, colour), ...tones].join(',')},split=2[f0][b0]`,
    `[b0]${back.join(',')},lutyuv=y=val*0.72[b1]`,
    `[b1][f0]overlay=x=(W-w)/2:y=(H-h)/2[p0]`,
  ]
}

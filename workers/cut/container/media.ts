import { z } from 'zod'
import { Refusal } from '../../protocol.ts'
import { limitFor, type Ran, refusalOf, run } from '../ffmpeg/run.ts'
import { needFfmpeg, tools } from '../ffmpeg/tools.ts'
import { packetReader, parseReport } from './by-ffmpeg.ts'
import type { Packet } from './packet.ts'
import { readSampleTable } from './sample-table.ts'
import { inputArgs, type Source } from './sniff.ts'

const tags = z.record(z.string(), z.string()).catch({})
const ffprobeStream = z.object({
  index: z.number().int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  sample_aspect_ratio: z.string().optional(),
  pix_fmt: z.string().optional(),
  field_order: z.string().optional(),
  color_transfer: z.string().optional(),
  color_space: z.string().optional(),
  channels: z.number().int().optional(),
  sample_rate: z.string().optional(),
  start_time: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  disposition: z.object({ attached_pic: z.number(), default: z.number() }).partial().optional(),
  tags: tags.optional(),
  side_data_list: z
    .array(z.object({ rotation: z.number().optional().catch(undefined), displaymatrix: z.string().optional().catch(undefined) }))
    .optional(),
})
const ffprobeReply = z.object({
  streams: z.array(ffprobeStream).default([]),
  format: z.object({ duration: z.string().optional(), start_time: z.string().optional(), tags: tags.optional() }).default({}),
})
type Stream = z.infer<typeof ffprobeStream>
type Reply = z.infer<typeof ffprobeReply>

export type Rotation = 0 | 90 | 180 | 270
export type VideoStream = {
  index: number
  codec: string
  /** As stored, before rotation and pixel aspect. */
  storedWidth: number
  storedHeight: number
  /** As shown. */
  width: number
  height: number
  /** Clockwise turn that makes it upright, degrees. */
  rotation: Rotation
  /** The display matrix flips left and right (before the turn): front cameras of some phones. */
  mirrored: boolean
  pixelFormat: string
  interlaced: boolean
  /** The header's mean rate, or null: only asked whether packets are fields or whole pictures. */
  claimedFps: number | null
  /** Colour matrix the file names ('bt709'), or null. */
  matrix: string | null
  hdr: boolean
  /** The transfer curve that makes it HDR. */
  transfer: 'pq' | 'hlg' | null
}
export type AudioStream = { index: number; codec: string; channels: number; sampleRate: number }

/** What the container says about itself; times are claims until packets have been read. */
export type Media = {
  source: Source
  video: VideoStream
  audio: AudioStream | null
  audioTracks: number
  /** Time 0 of everything Dropcard says about a take, in the file's own clock. Microseconds. */
  startUs: number
  claimedDurationUs: number | null
  tags: Record<string, string>
  warnings: string[]
}

const seconds = (text: string | undefined): number | null => {
  const value = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}
export const toUs = (value: number): number => Math.round(value * 1e6)

function rotationOf(stream: Stream, warnings: string[]): Rotation {
  const matrix = stream.side_data_list?.find((entry) => entry.rotation !== undefined)?.rotation
  const tag = seconds(stream.tags?.['rotate'])
  const degrees = matrix !== undefined ? -matrix : (tag ?? 0)
  const turn = (((Math.round(degrees / 90) % 4) + 4) % 4) * 90
  if (Math.abs(degrees - Math.round(degrees / 90) * 90) > 0.5)
    warnings.push(`turned by ${degrees} degrees: shown at the nearest right angle`)
  return turn === 90 || turn === 180 || turn === 270 ? turn : 0
}

/** Whether the upper left 2 × 2 of the matrix turns the picture inside out: rows of three 16.16 numbers, "00000000:  65536  0  0". */
function isMirrored(stream: Stream): boolean {
  const text = stream.side_data_list?.find((entry) => entry.displaymatrix !== undefined)?.displaymatrix
  const rows = (text ?? '').split('\n').flatMap((line) => {
    const row = /^\w{8}:\s+(-?\d+)\s+(-?\d+)/.exec(line)
    return row === null ? [] : [[Number(row[1]), Number(row[2])] as const]
  })
  const [[a, b] = [1, 0], [c, d] = [0, 1]] = rows
  return a * d - b * c < 0
}

/** "30000/1001" or "29.97"; null when it says nothing. */
function ratioOf(text: string | undefined): number | null {
  const [over = 0, under = 1] = (text ?? '').split('/').map(Number)
  const ratio = over / under
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null
}

/** "2:1" → 2; unknown or absurd ratios count as square. */
function pixelAspect(text: string | undefined): number {
  const [wide = 1, high = 1] = (text ?? '1:1').split(':').map(Number)
  const ratio = wide / high
  return Number.isFinite(ratio) && ratio >= 0.1 && ratio <= 10 ? ratio : 1
}

function videoStream(stream: Stream, source: Source, warnings: string[]): VideoStream {
  const { width: storedWidth = 0, height: storedHeight = 0, codec_name: codec } = stream
  if (codec === undefined || codec === 'unknown' || codec === 'none')
    throw new Refusal('unsupported', `${source.name}: the video is in a coding this ffprobe does not know`)
  if (storedWidth <= 0 || storedHeight <= 0)
    throw new Refusal('damaged', `${source.name}: the video has no picture size; copy it from the card again`)
  if (storedWidth * storedHeight > 8192 * 8192)
    throw new Refusal('too-large', `${source.name} declares ${storedWidth}×${storedHeight} pixels: expected at most 8192×8192`)
  const rotation = rotationOf(stream, warnings)
  const shownWidth = Math.max(1, Math.round(storedWidth * pixelAspect(stream.sample_aspect_ratio)))
  const sideways = rotation === 90 || rotation === 270
  // PQ and HLG are the two HDR transfer curves (ITU-R BT.2100). Wide primaries alone are no HDR.
  const transfer = stream.color_transfer === 'smpte2084' ? 'pq' : stream.color_transfer === 'arib-std-b67' ? 'hlg' : null
  return {
    index: stream.index,
    codec,
    storedWidth,
    storedHeight,
    width: sideways ? storedHeight : shownWidth,
    height: sideways ? shownWidth : storedHeight,
    rotation,
    mirrored: isMirrored(stream),
    pixelFormat: stream.pix_fmt ?? 'unknown',
    interlaced: ['tt', 'bb', 'tb', 'bt'].includes(stream.field_order ?? ''),
    claimedFps: ratioOf(stream.avg_frame_rate),
    matrix: stream.color_space === undefined || stream.color_space === 'unknown' ? null : stream.color_space,
    hdr: transfer !== null,
    transfer,
  }
}

function audioStream(streams: Stream[]): AudioStream | null {
  const usable = streams.filter((stream) => stream.codec_type === 'audio' && (stream.channels ?? 0) > 0 && stream.codec_name !== undefined)
  const chosen = usable.find((stream) => stream.disposition?.default === 1) ?? usable[0]
  const sampleRate = seconds(chosen?.sample_rate)
  if (chosen?.codec_name === undefined || chosen.channels === undefined || sampleRate === null || sampleRate <= 0) return null
  return { index: chosen.index, codec: chosen.codec_name, channels: chosen.channels, sampleRate: Math.round(sampleRate) }
}

/** One answer of a program, or null when it is not on this machine or died of the file. */
async function ask(
  path: string | undefined,
  what: string,
  args: string[],
  limitMs: number,
  signal: AbortSignal,
): Promise<(Ran & { stdout: string }) | null> {
  if (path === undefined) return null
  const chunks: Uint8Array[] = []
  const ran = await run({ path, args, what, signal, limitMs, onStdout: (chunk) => chunks.push(chunk) })
  return ran.signal === null ? { ...ran, stdout: Buffer.concat(chunks).toString('utf8') } : null
}

/** ffprobe's answer; without a usable ffprobe, what ffmpeg prints about its input (it then always ends with exit code 1). */
async function describe(source: Source, signal: AbortSignal): Promise<Reply> {
  const { ffprobe } = await tools()
  const what = `reading ${source.name}`
  const args = ['-v', 'error', '-show_streams', '-show_format', '-of', 'json=c=1', ...inputArgs(source)]
  const probed = await ask(ffprobe?.path, what, args, 60_000, signal)
  if (probed !== null && probed.exitCode !== 0) throw refusalOf(probed, what)
  if (probed !== null) return parseReply(source, () => JSON.parse(probed.stdout))
  const ffmpeg = await needFfmpeg()
  const lines: string[] = []
  const onStderrLine = (line: string) => lines.push(line)
  const ran = await run({
    path: ffmpeg.path,
    args: ['-nostdin', '-hide_banner', ...inputArgs(source)],
    what,
    signal,
    limitMs: 60_000,
    onStderrLine,
  })
  if (!lines.some((line) => line.startsWith('Input #0'))) throw refusalOf(ran, what)
  return parseReply(source, () => parseReport(lines))
}

/** What is inside a file. Refusals: 'unavailable' (no ffmpeg at all), 'damaged', 'unsupported' (no video in it), 'too-large', 'timeout'. */
export async function readMedia(source: Source, signal: AbortSignal): Promise<Media> {
  const reply = await describe(source, signal)
  const warnings: string[] = []
  const videos = reply.streams.filter((stream) => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1)
  const largest = videos.toSorted((a, b) => (b.width ?? 0) * (b.height ?? 0) - (a.width ?? 0) * (a.height ?? 0))[0]
  if (largest === undefined) throw new Refusal('unsupported', `${source.name} holds no video: expected at least one video track`)
  const duration = seconds(reply.format.duration)
  return {
    source,
    video: videoStream(largest, source, warnings),
    audio: audioStream(reply.streams),
    audioTracks: reply.streams.filter((stream) => stream.codec_type === 'audio').length,
    startUs: toUs(seconds(reply.format.start_time) ?? 0),
    claimedDurationUs: duration === null ? null : toUs(duration),
    tags: { ...largest.tags, ...reply.format.tags },
    warnings,
  }
}

function parseReply(source: Source, read: () => unknown): Reply {
  try {
    return ffprobeReply.parse(read())
  } catch (error) {
    throw new Refusal('damaged', `${source.name}: there is no readable description in it; copy it from the card again`, { cause: error })
  }
}

/**
 * Every packet of the video stream in presentation order. This is what the file really holds: a header may promise a century. Packets
 * that an edit list hides are left out, as every player leaves them out.
 */
export async function readPackets(media: Media, signal: AbortSignal): Promise<Packet[]> {
  const { source, video, startUs } = media
  const table = source.demuxer === 'mov' ? await readSampleTable(source.path, video.index) : null
  if (table !== null) return table.map((packet) => ({ ...packet, timeUs: packet.timeUs - startUs })).sort((a, b) => a.timeUs - b.timeUs)
  const { ffprobe } = await tools()
  const what = `reading the packets of ${source.name}`
  const limitMs = limitFor(source.bytes)
  const entries = 'packet=pts_time,dts_time,duration_time,size,flags'
  const args = ['-v', 'error', '-select_streams', `${video.index}`, '-show_entries', entries, '-of', 'compact=p=0', ...inputArgs(source)]
  const probed = await collect(ffprobe?.path, args, (line) => parsePacket(line, startUs), { what, limitMs, signal })
  // A crash in the middle of a damaged file still leaves the packets before it; only a crash without any is asked again elsewhere.
  const { ran, packets } = probed !== null && (probed.packets.length > 0 || probed.ran.signal === null) ? probed : await copyPackets()
  if (packets.length === 0) throw ran.exitCode === 0 ? emptyVideo(source) : refusalOf(ran, what)
  return packets.sort((a, b) => a.timeUs - b.timeUs)

  async function copyPackets(): Promise<Collected> {
    const { path } = await needFfmpeg()
    const copy = [
      '-nostdin',
      '-v',
      'error',
      ...inputArgs(source),
      '-map',
      `0:${video.index}`,
      '-c',
      'copy',
      '-copyinkf',
      '-f',
      'framecrc',
      '-',
    ]
    return collectFrom(path, copy, packetReader(), { what, limitMs, signal })
  }
}

type Collected = { ran: Ran; packets: Packet[] }
type Reading = { what: string; limitMs: number; signal: AbortSignal }

async function collect(
  path: string | undefined,
  args: string[],
  parse: (line: string) => Packet | null,
  reading: Reading,
): Promise<Collected | null> {
  return path === undefined ? null : collectFrom(path, args, parse, reading)
}

async function collectFrom(path: string, args: string[], parse: (line: string) => Packet | null, reading: Reading): Promise<Collected> {
  const packets: Packet[] = []
  const decoder = new TextDecoder()
  let rest = ''
  const take = (line: string) => {
    const packet = parse(line)
    if (packet !== null) packets.push(packet)
  }
  const onStdout = (chunk: Uint8Array) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  }
  const ran = await run({ path, args, ...reading, onStdout })
  take(rest)
  return { ran, packets }
}

const emptyVideo = (source: Source): Refusal =>
  new Refusal('damaged', `${source.name}: its video track holds no pictures (the recording was cut off before any was saved)`)

function parsePacket(line: string, startUs: number): Packet | null {
  const field = (name: string): number | null => seconds(new RegExp(`(?:^|\\|)${name}=([^|]*)`).exec(line)?.[1]?.trim() || undefined)
  const flags = /(?:^|\|)flags=([A-Z_]*)/.exec(line)?.[1]
  // AVI has no presentation times; its pictures are stored in the order they are shown.
  const time = field('pts_time') ?? field('dts_time')
  if (flags === undefined || time === null || flags[1] === 'D') return null
  const duration = field('duration_time')
  return {
    timeUs: toUs(time) - startUs,
    durationUs: duration === null ? null : toUs(duration),
    bytes: field('size') ?? 0,
    key: flags.startsWith('K'),
  }
}

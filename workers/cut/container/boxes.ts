import { type FileHandle, open } from 'node:fs/promises'

/** What an MP4 says about itself, read from its boxes (ISO/IEC 14496-12) without any other program. */
export type Mp4Track = {
  kind: 'video' | 'audio' | 'other'
  /** Sample entry: 'avc1', 'hvc1', 'mp4a'. */
  codec: string
  editLists: number
  timescale: number
  samples: number
  /** Seconds, from the sample table. */
  seconds: number
  bytes: number
  /** Different sample lengths in the table: 1 = constant rate. */
  differentSteps: number
  /** Pictures per second when constant. */
  framesPerSecond: number
  width: number
  height: number
  /** H.264 profile number (100 = High), or null. */
  profile: number | null
  /** Longest run from one keyframe to the next, or to the end; seconds. Every sample is a keyframe when there is no table. */
  keyframeSeconds: number
  channels: number
  sampleRate: number
}
export type Mp4Report = { brand: string; indexInFront: boolean; fragmented: boolean; bytes: number; tracks: Mp4Track[] }

type Box = { type: string; body: Buffer }
const largestIndex = 64 * 1024 * 1024
/** A whole recording has a handful; a fragmented one thousands. */
const mostBoxes = 100_000

/** Direct children of a box body. Stops at the first box that does not fit: what follows is not to be trusted. */
export function children(body: Buffer): Box[] {
  const found: Box[] = []
  for (let at = 0; at + 8 <= body.length; ) {
    const size = body.readUInt32BE(at)
    if (size < 8 || at + size > body.length) break
    found.push({ type: body.toString('latin1', at + 4, at + 8), body: body.subarray(at + 8, at + size) })
    at += size
  }
  return found
}
export const child = (body: Buffer | undefined, ...path: string[]): Buffer | undefined =>
  path.reduce<Buffer | undefined>((parent, type) => parent && children(parent).find((box) => box.type === type)?.body, body)

/** Reads an MP4 file. Throws a plain Error on a file that is no MP4: callers read files they made themselves. */
export async function readMp4(path: string): Promise<Mp4Report> {
  await using file = await open(path, 'r')
  const { top, bytes, index, moov } = await readTop(file)
  const ftyp = top.find((box) => box.type === 'ftyp')
  const media = top.find((box) => box.type === 'mdat')
  return {
    brand: ftyp === undefined ? '' : (await readAt(file, ftyp.at + 8, 4)).toString('latin1'),
    indexInFront: media === undefined || moov.at < media.at,
    fragmented: top.some((box) => box.type === 'moof'),
    bytes,
    tracks: children(index)
      .filter((box) => box.type === 'trak')
      .map((box) => trackOf(box.body)),
  }
}

type TopBox = { type: string; at: number; size: number; header: number }

/** The outermost boxes of a file and the body of its moov, which may have 64 MB. Throws a plain Error when there is no such thing. */
export async function readTop(file: FileHandle): Promise<{ top: TopBox[]; bytes: number; index: Buffer; moov: TopBox }> {
  const { size: bytes } = await file.stat()
  const top: TopBox[] = []
  for (let at = 0; at + 8 <= bytes; ) {
    const head = await readAt(file, at, 16)
    const short = head.readUInt32BE(0)
    const size = short === 1 && head.length === 16 ? Number(head.readBigUInt64BE(8)) : short === 0 ? bytes - at : short
    if (size < 8 || top.length >= mostBoxes) throw new Error(`box at byte ${at}: expected a size of at least 8, came ${size}`)
    top.push({ type: head.toString('latin1', 4, 8), at, size, header: short === 1 ? 16 : 8 })
    at += size
  }
  const moov = top.find((box) => box.type === 'moov')
  if (moov === undefined || moov.size > largestIndex)
    throw new Error(`expected one moov box of at most 64 MB, came ${moov?.size ?? 'none'}`)
  return { top, bytes, moov, index: await readAt(file, moov.at + moov.header, moov.size - moov.header) }
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}

/** A box that counts its entries: version and flags, then a count at `countAt`, then entries of `width` bytes. */
function entries(body: Buffer | undefined, countAt: number, width: number): Buffer[] {
  if (body === undefined || body.length < countAt + 4) return []
  const count = Math.min(body.readUInt32BE(countAt), Math.floor((body.length - countAt - 4) / width))
  return Array.from({ length: count }, (_, at) => body.subarray(countAt + 4 + at * width, countAt + 4 + (at + 1) * width))
}

function trackOf(trak: Buffer): Mp4Track {
  const handler = child(trak, 'mdia', 'hdlr')?.toString('latin1', 8, 12)
  const kind = handler === 'vide' ? 'video' : handler === 'soun' ? 'audio' : 'other'
  const header = child(trak, 'mdia', 'mdhd')
  const timescale = header === undefined ? 0 : header.readUInt32BE(header[0] === 1 ? 20 : 12)
  const table = child(trak, 'mdia', 'minf', 'stbl')
  const steps = entries(child(table, 'stts'), 4, 8).map((entry) => ({ count: entry.readUInt32BE(0), length: entry.readUInt32BE(4) }))
  const samples = steps.reduce((sum, { count }) => sum + count, 0)
  const ticks = steps.reduce((sum, { count, length }) => sum + count * length, 0)
  const seconds = timescale === 0 ? 0 : ticks / timescale
  return {
    kind,
    editLists: children(trak).filter((box) => box.type === 'edts').length,
    timescale,
    samples,
    seconds,
    bytes: totalBytes(child(table, 'stsz')),
    differentSteps: new Set(steps.map((step) => step.length)).size,
    framesPerSecond: seconds === 0 ? 0 : samples / seconds,
    keyframeSeconds: longestRun(child(table, 'stss'), samples) * (samples === 0 ? 0 : seconds / samples),
    ...sampleEntry(child(table, 'stsd'), kind),
  }
}

function totalBytes(sizes: Buffer | undefined): number {
  if (sizes === undefined || sizes.length < 12) return 0
  const same = sizes.readUInt32BE(4)
  if (same !== 0) return same * sizes.readUInt32BE(8)
  return entries(sizes, 8, 4).reduce((sum, entry) => sum + entry.readUInt32BE(0), 0)
}

function longestRun(keys: Buffer | undefined, samples: number): number {
  if (keys === undefined) return 1
  const numbers = [...entries(keys, 4, 4).map((entry) => entry.readUInt32BE(0)), samples + 1]
  return numbers.slice(1).reduce((longest, number, at) => Math.max(longest, number - (numbers[at] ?? number)), 0)
}

function sampleEntry(stsd: Buffer | undefined, kind: Mp4Track['kind']) {
  const entry = stsd === undefined ? undefined : children(stsd.subarray(8))[0]
  const blank = { codec: entry?.type ?? '', width: 0, height: 0, profile: null, channels: 0, sampleRate: 0 }
  if (entry === undefined) return blank
  const { body } = entry
  if (kind === 'video' && body.length >= 78) {
    const config = child(body.subarray(78), 'avcC')
    return { ...blank, width: body.readUInt16BE(24), height: body.readUInt16BE(26), profile: config?.[1] ?? null }
  }
  if (kind === 'audio' && body.length >= 28) return { ...blank, channels: body.readUInt16BE(16), sampleRate: body.readUInt16BE(24) }
  return blank
}

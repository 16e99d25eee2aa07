import { open } from 'node:fs/promises'
import { child, children, readTop } from './boxes.ts'
import type { Packet } from './packet.ts'

/**
 * The packets of one track straight from the sample tables of an MP4 or MOV (ISO/IEC 14496-12, 8.6): for a take of gigabytes this reads the index
 * alone, where asking another program would read the whole file. Times are those of the file's own clock, edit list applied.
 *
 * null where the index is not plain enough to be sure: fragments, several edits, a changed speed, a file that ends before its boxes do, tables that
 * contradict each other. Callers then ask ffprobe.
 * @param track place among all tracks, as ffmpeg numbers them
 */
export async function readSampleTable(path: string, track: number): Promise<Packet[] | null> {
  try {
    await using file = await open(path, 'r')
    const { top, bytes, index } = await readTop(file)
    const whole = top.every((box) => box.at + box.size <= bytes) && !top.some((box) => box.type === 'moof')
    return whole ? packetsOf(index, track, bytes) : null
  } catch {
    return null
  }
}

const mostSamples = 5_000_000

function packetsOf(moov: Buffer, track: number, bytes: number): Packet[] | null {
  const trak = children(moov).filter((box) => box.type === 'trak')[track]?.body
  const table = child(trak, 'mdia', 'minf', 'stbl')
  const media = clock(child(trak, 'mdia', 'mdhd'))
  const movie = clock(child(moov, 'mvhd'))
  const sizes = sampleSizes(child(table, 'stsz'))
  const steps = runs(child(table, 'stts'))
  if (trak === undefined || media === null || movie === null || sizes === null || steps === null) return null
  if (child(trak, 'mdia', 'hdlr')?.toString('latin1', 8, 12) !== 'vide' || child(moov, 'mvex') !== undefined) return null
  const edit = editOf(child(trak, 'edts', 'elst'), media, movie)
  const delays = runs(child(table, 'ctts'))
  if (edit === null || (child(table, 'ctts') !== undefined && delays === null)) return null
  const count = sizes.length
  if (count === 0 || total(steps) !== count || (delays !== null && total(delays) < count)) return null
  if (!liesInside(table, sizes, bytes)) return null
  const keys = keyframes(child(table, 'stss'), count)
  const packets: Packet[] = []
  const delayOf = delays === null ? () => 0 : reader(delays)
  const stepOf = reader(steps)
  let decoded = 0
  for (let at = 0; at < count; at++) {
    const step = stepOf()
    // Version 0 of ctts says unsigned, but cameras write negative numbers there too: both are read as signed.
    const shown = decoded + (delayOf() | 0)
    decoded += step
    if (shown < edit.from || shown >= edit.to) continue
    packets.push({
      timeUs: Math.round((1e6 * (shown - edit.start)) / media + edit.pauseUs),
      durationUs: step === 0 ? null : Math.round((1e6 * step) / media),
      bytes: sizes[at] ?? 0,
      key: keys === null || keys.has(at + 1),
    })
  }
  if (packets.length === 0) return null
  // An edit that begins between two pictures shows the next one at once: players and ffmpeg count from there.
  const lateUs =
    edit.from === Number.NEGATIVE_INFINITY
      ? 0
      : packets.reduce((least, { timeUs }) => Math.min(least, timeUs), Number.POSITIVE_INFINITY) - edit.pauseUs
  return lateUs <= 0 ? packets : packets.map((packet) => ({ ...packet, timeUs: Math.round(packet.timeUs - lateUs) }))
}

/** Ticks a second of a media or movie header. */
function clock(header: Buffer | undefined): number | null {
  const scale = header === undefined || header.length < 24 ? 0 : header.readUInt32BE(header[0] === 1 ? 20 : 12)
  return scale > 0 ? scale : null
}

type Run = { count: number; value: number }

function runs(body: Buffer | undefined): Run[] | null {
  if (body === undefined || body.length < 8) return null
  const count = body.readUInt32BE(4)
  if (8 + count * 8 > body.length) return null
  return Array.from({ length: count }, (_, at) => ({ count: body.readUInt32BE(8 + at * 8), value: body.readUInt32BE(12 + at * 8) }))
}

const total = (table: readonly Run[]): number => table.reduce((sum, { count }) => sum + count, 0)

/** Gives the value of one sample after the other. */
function reader(table: readonly Run[]): () => number {
  let at = 0
  let used = 0
  return () => {
    while (used >= (table[at]?.count ?? Number.POSITIVE_INFINITY)) {
      at += 1
      used = 0
    }
    used += 1
    return table[at]?.value ?? 0
  }
}

function sampleSizes(body: Buffer | undefined): Uint32Array | null {
  if (body === undefined || body.length < 12) return null
  const same = body.readUInt32BE(4)
  const count = body.readUInt32BE(8)
  if (count > mostSamples || (same === 0 && 12 + count * 4 > body.length)) return null
  const sizes = new Uint32Array(count)
  for (let at = 0; at < count; at++) sizes[at] = same === 0 ? body.readUInt32BE(12 + at * 4) : same
  return sizes
}

/** Whether every chunk the tables name is in the file: an index without its pictures says what was lost, not what there is. */
function liesInside(table: Buffer | undefined, sizes: Uint32Array, bytes: number): boolean {
  const narrow = child(table, 'stco')
  const chunks = narrow ?? child(table, 'co64')
  const map = child(table, 'stsc')
  if (chunks === undefined || map === undefined || chunks.length < 8 || map.length < 20) return false
  const count = chunks.readUInt32BE(4)
  const entries = map.readUInt32BE(4)
  if (8 + count * (narrow === undefined ? 8 : 4) > chunks.length || 8 + entries * 12 > map.length) return false
  let sample = 0
  for (let chunk = 0, entry = 0; chunk < count && sample < sizes.length; chunk++) {
    while (entry + 1 < entries && chunk + 1 >= map.readUInt32BE(8 + (entry + 1) * 12)) entry += 1
    let end = narrow === undefined ? Number(chunks.readBigUInt64BE(8 + chunk * 8)) : narrow.readUInt32BE(8 + chunk * 4)
    const until = Math.min(sizes.length, sample + map.readUInt32BE(12 + entry * 12))
    for (; sample < until; sample++) end += sizes[sample] ?? 0
    if (end > bytes) return false
  }
  return sample === sizes.length
}

/** Numbers (from 1) of the keyframes; null = every sample is one. */
function keyframes(body: Buffer | undefined, samples: number): Set<number> | null {
  if (body === undefined || body.length < 8) return null
  const count = Math.min(body.readUInt32BE(4), samples, Math.floor((body.length - 8) / 4))
  return new Set(Array.from({ length: count }, (_, at) => body.readUInt32BE(8 + at * 4)))
}

/** What is shown (`from` to `to`), and what is time 0 of it (`start`). */
type Edit = { from: number; to: number; start: number; pauseUs: number }

/** One stretch shown at normal speed, perhaps after a pause: anything else is null. Ticks of the track. */
function editOf(body: Buffer | undefined, media: number, movie: number): Edit | null {
  if (body === undefined) return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY, start: 0, pauseUs: 0 }
  if (body.length < 8) return null
  const wide = body[0] === 1
  const width = wide ? 20 : 12
  const count = body.readUInt32BE(4)
  if (count < 1 || count > 2 || 8 + count * width > body.length) return null
  const edits = Array.from({ length: count }, (_, n) => {
    const at = 8 + n * width
    return {
      length: wide ? Number(body.readBigUInt64BE(at)) : body.readUInt32BE(at),
      from: wide ? Number(body.readBigInt64BE(at + 8)) : body.readInt32BE(at + 4),
      speed: body.readInt32BE(at + (wide ? 16 : 8)),
    }
  })
  const shown = edits.at(-1)
  const pause = count === 2 ? edits[0] : undefined
  if (shown === undefined || shown.from < 0 || shown.speed !== 0x10000 || (pause !== undefined && pause.from !== -1)) return null
  return {
    from: shown.from,
    start: shown.from,
    // A length of 0 means: to the end. Lengths are in the movie's coarser ticks: half of one more is still inside.
    to: shown.length === 0 ? Number.POSITIVE_INFINITY : shown.from + ((shown.length + 0.5) * media) / movie,
    pauseUs: pause === undefined ? 0 : (1e6 * pause.length) / movie,
  }
}

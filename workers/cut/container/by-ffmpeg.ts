/**
 * What ffmpeg itself tells about a file, for machines without ffprobe and for files that ffprobe dies of (one bundled build of it
 * crashes on HEVC in a transport stream). Pure parsers of its text; see media.ts for who calls them.
 */

type TextStream = Record<string, unknown>

/** Parses the report of `ffmpeg -i`; the shape is that of `ffprobe -of json`, with unknown fields left out. */
export function parseReport(lines: readonly string[]): { streams: TextStream[]; format: Record<string, unknown> } {
  const streams: TextStream[] = []
  const format: { duration?: string; start_time?: string; tags: Record<string, string> } = { tags: {} }
  let tags = format.tags
  for (const line of lines) {
    const duration = /^ {2}Duration: (\d+):(\d+):([\d.]+)/.exec(line)
    if (duration !== null) format.duration = String(Number(duration[1]) * 3600 + Number(duration[2]) * 60 + Number(duration[3]))
    const start = /^ {2}Duration:.* start: (-?[\d.]+)/.exec(line)
    if (start?.[1] !== undefined) format.start_time = start[1]
    const stream = /^ {2,4}Stream #0:(\d+)\S*: (Video|Audio): (.*)$/.exec(line)
    if (stream !== null) {
      tags = {}
      streams.push({
        index: Number(stream[1]),
        tags,
        ...(stream[2] === 'Video' ? videoFields(stream[3] ?? '') : audioFields(stream[3] ?? '')),
      })
      continue
    }
    const matrix = /displaymatrix: rotation of (-?[\d.]+) degrees/.exec(line)
    const last = streams.at(-1)
    if (matrix !== null && last !== undefined) last['side_data_list'] = [{ rotation: Number(matrix[1]) }]
    const tag = /^\s+([\w.-]+)\s*: (.*)$/.exec(line)
    if (tag?.[1] !== undefined && matrix === null && duration === null) tags[tag[1]] = tag[2] ?? ''
  }
  return { streams, format }
}

function videoFields(text: string): TextStream {
  const size = /, (\d+)x(\d+)/.exec(text)
  const aspect = /\bSAR (\d+:\d+)/.exec(text)?.[1]
  const pixels = /, ((?:yuvj?|gray|gbr|rgb|bgr|nv|p0)\w*)/.exec(text)?.[1]
  const matrix = /\((?:(?:tv|pc), )?(bt709|bt470bg|smpte170m|smpte240m|bt2020nc|bt2020c|fcc)\b/.exec(text)?.[1]
  const transfer = /smpte2084|arib-std-b67/.exec(text)?.[0]
  return {
    codec_type: 'video',
    codec_name: /^(\w+)/.exec(text)?.[1],
    width: size === null ? undefined : Number(size[1]),
    height: size === null ? undefined : Number(size[2]),
    ...(aspect === undefined ? {} : { sample_aspect_ratio: aspect }),
    ...(pixels === undefined ? {} : { pix_fmt: pixels }),
    ...(matrix === undefined ? {} : { color_space: matrix }),
    ...(transfer === undefined ? {} : { color_transfer: transfer }),
    ...(/top (first|coded)/.test(text) ? { field_order: 'tt' } : /bottom (first|coded)/.test(text) ? { field_order: 'bb' } : {}),
    avg_frame_rate: /, ([\d.]+) fps/.exec(text)?.[1] ?? '0/0',
    disposition: { attached_pic: text.includes('(attached pic)') ? 1 : 0, default: text.includes('(default)') ? 1 : 0 },
  }
}

function audioFields(text: string): TextStream {
  const layout = /\d+ Hz, (\w[\w.]*)(?: channels)?/.exec(text)?.[1] ?? ''
  const named: Record<string, number> = { mono: 1, stereo: 2, '5.1': 6, '7.1': 8, quad: 4 }
  const channels = named[layout] ?? (/^\d+$/.test(layout) ? Number(layout) : undefined)
  return {
    codec_type: 'audio',
    codec_name: /^(\w+)/.exec(text)?.[1],
    sample_rate: /(\d+) Hz/.exec(text)?.[1],
    ...(channels === undefined ? {} : { channels }),
    disposition: { default: text.includes('(default)') ? 1 : 0 },
  }
}

export type TextPacket = { timeUs: number; durationUs: number | null; bytes: number; key: boolean }

/** Reads the lines of `-c copy -f framecrc -`: "stream, dts, pts, duration, size, checksum[, F=0x0]". Times start at the take's 0. */
export function packetReader(): (line: string) => TextPacket | null {
  let tick: number | null = null
  return (line) => {
    const base = /^#tb 0: (\d+)\/(\d+)/.exec(line)
    if (base !== null) tick = (1e6 * Number(base[1])) / Number(base[2])
    const fields = /^0,\s*(-?\d+),\s*(-?\d+),\s*(\d+),\s*(\d+)/.exec(line)
    if (fields === null || tick === null) return null
    const [pts, duration, bytes] = [Number(fields[2]), Number(fields[3]), Number(fields[4])]
    return {
      timeUs: Math.round(pts * tick),
      durationUs: duration === 0 ? null : Math.round(duration * tick),
      bytes,
      key: !line.includes('F=0x0'),
    }
  }
}

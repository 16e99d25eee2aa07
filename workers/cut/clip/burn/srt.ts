/** One caption on the take's clock; `text` holds no marks, at most three lines. */
export type Cue = { fromUs: number; toUs: number; text: string }

/** The captions of a whole film take a tenth of this. */
export const largestSrt = 4_000_000
const mostCharacters = 240
const mostLines = 3

const stamp = String.raw`(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[,.](\d{1,3}))?`
const timing = new RegExp(String.raw`^\s*${stamp}\s*-->\s*${stamp}`)

/** Bytes as text: by their byte order mark, else UTF-8 where they are that, else Windows-1252, which any bytes are. */
export function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/**
 * The captions of a SubRip file, in order. Whatever is no caption is passed over: numbers, tags, impossible times, lines without end. One pass over
 * the text, whatever it holds.
 */
export function parseSrt(bytes: Uint8Array): Cue[] {
  const cues: Cue[] = []
  let open: { fromUs: number; toUs: number; lines: string[] } | null = null
  const close = () => {
    const text = open?.lines.join('\n').trim().slice(0, mostCharacters) ?? ''
    if (open !== null && text !== '' && open.toUs > open.fromUs) cues.push({ fromUs: open.fromUs, toUs: open.toUs, text })
    open = null
  }
  for (const line of textOf(bytes).split(/\r\n|\n|\r/)) {
    const times = line.length < 200 ? timing.exec(line) : null
    if (times !== null) {
      // A number that belongs to this caption was taken for a line of the one before, where no blank line stood between.
      if (/^\s*\d+\s*$/.test(open?.lines.at(-1) ?? '')) open?.lines.pop()
      close()
      open = { fromUs: microseconds(times.slice(1, 5)), toUs: microseconds(times.slice(5, 9)), lines: [] }
    } else if (line.trim() === '') close()
    else if (open !== null && open.lines.length < mostLines) {
      const words = plain(line)
      if (words !== '') open.lines.push(words)
    }
  }
  close()
  return cues.sort((a, b) => a.fromUs - b.fromUs)
}

function microseconds([hours, minutes, seconds, fraction]: (string | undefined)[]): number {
  return (Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6 + Number((fraction ?? '').padEnd(3, '0')) * 1000
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Without tags, style codes in braces and control characters. */
function plain(line: string): string {
  return line
    .slice(0, 1000)
    .replace(/<[^<>]{0,200}>/g, '')
    .replace(/\{\\[^{}]{0,200}\}/g, '')
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => entities[name] ?? '')
    .replace(/[\p{Cc}\uFEFF\u2028\u2029]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** What is shown at each output picture of [inUs, outUs): one caption at a time, the later one where two meet. `from` and `to` in pictures. */
export function onClip(
  cues: readonly Cue[],
  inUs: number,
  frames: number,
  framesPerSecond: number,
): { from: number; to: number; text: string }[] {
  const pictureAt = (us: number): number => Math.min(frames, Math.max(0, Math.round(((us - inUs) / 1e6) * framesPerSecond)))
  const shown: { from: number; to: number; text: string }[] = []
  for (const { fromUs, toUs, text } of cues) {
    const [from, to] = [pictureAt(fromUs), pictureAt(toUs)]
    if (to <= from) continue
    const before = shown.at(-1)
    if (before !== undefined && before.to > from) before.to = from
    if (before !== undefined && before.to <= before.from) shown.pop()
    shown.push({ from, to, text })
  }
  return shown
}

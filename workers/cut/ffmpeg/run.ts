import { setPriority } from 'node:os'
import { execa } from 'execa'
import { Refusal, type RefusalCode } from '../../protocol.ts'

export type Run = {
  /** Absolute path of ffmpeg or ffprobe. */
  path: string
  /** Never a shell: each entry reaches the program as it is. */
  args: readonly string[]
  /** What is being done, for the error text: "reading C0001.MP4". */
  what: string
  signal: AbortSignal
  /** The whole run may take this long, in milliseconds. */
  limitMs: number
  /** Without any output for this long, the run counts as hung. Milliseconds, default 60 000. */
  stallMs?: number
  onStdout?: (chunk: Uint8Array) => void
  /** Called with every whole line of stderr. */
  onStderrLine?: (line: string) => void
}

/** `signal`: the signal the program died of (a crash of its own: a cancel or a limit rejects instead), or null. */
export type Ran = { exitCode: number; signal: string | null; stderrTail: string[] }

const tailLines = 40
/** Background work: culling in the window must stay quick. */
const niceness = 10

/**
 * Runs one program to its end. Cancel and the two time limits send SIGTERM, then SIGKILL. Resolves however it ended by itself; rejects with a
 * Refusal ('timeout', 'unavailable'), or with the reason of the abort.
 */
export async function run({ path, args, what, signal, limitMs, stallMs = 60_000, onStdout, onStderrLine }: Run): Promise<Ran> {
  signal.throwIfAborted()
  const stop = new AbortController()
  const abort = () => stop.abort()
  signal.addEventListener('abort', abort, { once: true })
  const child = execa(path, args, {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    cancelSignal: stop.signal,
    timeout: Math.round(limitMs),
    forceKillAfterDelay: 2_000,
    windowsHide: true,
  })
  if (child.pid !== undefined) lowerPriority(child.pid)

  let stalled = false
  const watchdog = setTimeout(() => {
    stalled = true
    stop.abort()
  }, stallMs)
  child.stdout.on('data', (chunk: Uint8Array) => {
    watchdog.refresh()
    onStdout?.(chunk)
  })
  const tail: string[] = []
  const lines = splitLines((line) => {
    onStderrLine?.(line)
    tail.push(line)
    if (tail.length > tailLines) tail.shift()
  })
  child.stderr.on('data', (chunk: Uint8Array) => {
    watchdog.refresh()
    lines.push(chunk)
  })

  try {
    const result = await child
    lines.end()
    signal.throwIfAborted()
    if (result.timedOut) throw new Refusal('timeout', `${what} took longer than ${Math.round(limitMs / 1000)} s and was stopped`)
    if (stalled) throw new Refusal('timeout', `${what} made no progress for ${Math.round(stallMs / 1000)} s and was stopped`)
    if (result.exitCode === undefined) {
      if (child.pid === undefined) throw new Refusal('unavailable', `${path} could not be started`, { cause: result.cause })
      return { exitCode: -1, signal: result.signal ?? 'unknown', stderrTail: tail }
    }
    return { exitCode: result.exitCode, signal: null, stderrTail: tail }
  } finally {
    clearTimeout(watchdog)
    signal.removeEventListener('abort', abort)
  }
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, niceness)
  } catch {
    // It may have ended already, or the system may not allow it: then it simply runs at normal priority.
  }
}

/** Cuts a byte stream into lines (\n, \r\n or \r); a line longer than 64 KB is cut, since a hostile file can make one. */
function splitLines(onLine: (line: string) => void): { push(chunk: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder()
  let rest = ''
  const flush = (text: string) => {
    const parts = text.split(/\r\n|\n|\r/)
    rest = (parts.pop() ?? '').slice(0, 65_536)
    for (const part of parts) if (part !== '') onLine(part)
  }
  return {
    push: (chunk) => flush(rest + decoder.decode(chunk, { stream: true })),
    end: () => {
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}

const causes: readonly { pattern: RegExp; code: RefusalCode; words: string }[] = [
  { pattern: /No space left on device|Disk quota exceeded/, code: 'no-space', words: 'the disk is full: free some space and try again' },
  { pattern: /Permission denied/, code: 'unreadable', words: 'the system does not allow it: check the permissions' },
  {
    pattern: /Cannot allocate memory|Picture size .* is invalid/,
    code: 'too-large',
    words: 'the picture size it declares cannot be decoded here',
  },
  {
    pattern: /Unknown decoder|[Dd]ecoder.*not found|no decoder found|Could not find codec parameters|not currently supported/,
    code: 'unsupported',
    words: 'this ffmpeg cannot decode its video: a newer ffmpeg may (set DROPCARD_FFMPEG)',
  },
]

/** The named ending for a run that failed: what ffmpeg said, in one line, with the next step. */
export function refusalOf({ exitCode, signal, stderrTail }: Ran, what: string): Refusal {
  const text = stderrTail.join('\n')
  const cause = causes.find(({ pattern }) => pattern.test(text))
  const said = stderrTail.findLast((line) => /error|invalid|fail|not found|corrupt|unable|no such/i.test(line)) ?? stderrTail.at(-1)
  const detail = signal !== null ? `ffmpeg crashed: ${signal}` : said === undefined ? `exit code ${exitCode}` : cleanLine(said)
  return new Refusal(cause?.code ?? 'damaged', `${what} failed: ${cause?.words ?? 'the file is damaged or not what it says'} (${detail})`)
}

/** One stderr line for people: no memory addresses, folders or control characters, bounded. */
export function cleanLine(line: string): string {
  return line
    .replace(/ @ 0x[0-9a-f]+/g, '')
    .replace(/file:.*[\\/]/, '')
    .replace(/\p{Cc}/gu, '\uFFFD')
    .trim()
    .slice(0, 200)
}

/**
 * A limit that no honest file reaches: two minutes plus 20 s for each MB. Decoding 4K on a slow machine takes about 2 s per MB.
 */
export function limitFor(bytes: number): number {
  return Math.round(Math.min(120_000 + bytes / 50, 12 * 3_600_000))
}

import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import type { Log } from '../core/ports.ts'

export type FileLog = Log & {
  /** The file that is written now. */
  readonly path: string
  /** Lines another process wrote, kept as they are. */
  lines(from: string, text: string): void
}

/**
 * A log that never fills a disk: the file at `path` (`x.log`), and those before it as `x.1.log` (newest) to `x.4.log`. Written synchronously, so that
 * the last line before a crash is there. A disk that refuses stops nothing: `onProblem` is told.
 */
export function createLog(
  path: string,
  { maxBytes = 1_000_000, files = 5, onProblem }: { maxBytes?: number; files?: number; onProblem?: (because: string) => void } = {},
): FileLog {
  const ending = extname(path)
  const nth = (index: number) => (index === 0 ? path : `${path.slice(0, path.length - ending.length)}.${index}${ending}`)
  let size: number | null = null

  const rotate = () => {
    rmSync(nth(files - 1), { force: true })
    for (let index = files - 2; index >= 0; index -= 1) if (existsSync(nth(index))) renameSync(nth(index), nth(index + 1))
    size = 0
  }
  const append = (text: string) => {
    try {
      if (size === null) {
        mkdirSync(dirname(path), { recursive: true })
        size = existsSync(path) ? statSync(path).size : 0
      }
      const bytes = Buffer.byteLength(text)
      if (size > 0 && size + bytes > maxBytes) rotate()
      appendFileSync(path, text, { mode: 0o600 })
      size += bytes
    } catch (error) {
      size = null
      onProblem?.(`the log ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const write = (level: string, message: string, details?: Record<string, unknown>) => {
    const rest = details === undefined ? '' : ` ${JSON.stringify(details, plainErrors)}`
    append(`${new Date().toISOString()} ${level} ${oneLine(message)}${rest}\n`)
  }
  return {
    path,
    info: (message, details) => write('info', message, details),
    warn: (message, details) => write('warn', message, details),
    error: (message, details) => write('error', message, details),
    lines: (from, text) => {
      const at = new Date().toISOString()
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      if (lines.length > 0) append(lines.map((line) => `${at} ${from} ${oneLine(line).slice(0, 4000)}\n`).join(''))
    },
  }
}

/** File names may hold line breaks and terminal codes; a log line may not. */
const oneLine = (text: string): string => text.replace(/\p{Cc}/gu, (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`)

function plainErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack, cause: value.cause } : value
}

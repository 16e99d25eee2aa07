import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../../core/ports.ts'

export type FileLog = Log & {
  /** The file that is written now. */
  readonly path: string
  /** Lines another process wrote, kept as they are. */
  lines(from: string, text: string): void
}

/**
 * A log that never fills a disk: `dropcard.log`, and the four before it as `dropcard.1.log` (newest) to `dropcard.4.log`.
 * Written synchronously, so that the last line before a crash is there. A disk that refuses is no reason to stop the app.
 */
export function createLog(folder: string, { maxBytes = 1_000_000, files = 5 }: { maxBytes?: number; files?: number } = {}): FileLog {
  const nth = (index: number) => join(folder, index === 0 ? 'dropcard.log' : `dropcard.${index}.log`)
  const path = nth(0)

  const rotate = () => {
    rmSync(nth(files - 1), { force: true })
    for (let index = files - 2; index >= 0; index -= 1) if (existsSync(nth(index))) renameSync(nth(index), nth(index + 1))
  }
  const append = (text: string) => {
    try {
      mkdirSync(folder, { recursive: true })
      if (existsSync(path) && statSync(path).size + Buffer.byteLength(text) > maxBytes) rotate()
      appendFileSync(path, text, { mode: 0o600 })
    } catch (error) {
      console.error(`the log ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
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

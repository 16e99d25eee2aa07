import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '../core/ports.ts'

const mostBytes = 1_000_000
const mostFiles = 5

/** One JSON line per entry, appended at once (a log that waits loses the line that matters), rotated at 1 MB, five files kept. */
export function createFileLog(path: string): Log {
  mkdirSync(dirname(path), { recursive: true })
  let size = existsSync(path) ? statSync(path).size : 0
  const rotate = (): void => {
    rmSync(`${path}.${mostFiles - 1}`, { force: true })
    for (let n = mostFiles - 2; n >= 1; n -= 1) if (existsSync(`${path}.${n}`)) renameSync(`${path}.${n}`, `${path}.${n + 1}`)
    renameSync(path, `${path}.1`)
    size = 0
  }
  const write = (level: string, message: string, details?: Record<string, unknown>): void => {
    const line = `${JSON.stringify({ at: new Date().toISOString(), level, message, ...details })}\n`
    try {
      if (size + line.length > mostBytes && existsSync(path)) rotate()
      appendFileSync(path, line)
      size += line.length
    } catch {
      // A full disk must not stop the work that the log is about.
    }
  }
  return {
    info: (message, details) => write('info', message, details),
    warn: (message, details) => write('warn', message, details),
    error: (message, details) => write('error', message, details),
  }
}

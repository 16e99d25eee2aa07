import { spawn } from 'node:child_process'

export type CommandEnd = { ok: true; stdout: string } | { ok: false; because: string }

/** Runs a program to its end without a terminal; `timeoutMs` kills it. Never rejects. */
export function runCommand(
  file: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: options.env ?? process.env,
      killSignal: 'SIGKILL',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    })
    let stdout = ''
    let tail = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      tail = (tail + text).slice(-2000)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-2000)
    })
    child.on('error', (error) => resolve({ ok: false, because: error.message }))
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ ok: true, stdout })
      else resolve({ ok: false, because: `${signal === null ? `exit code ${code}` : `ended by ${signal}`}: ${tail.trim()}` })
    })
  })
}

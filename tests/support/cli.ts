import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

export const projectRoot = resolve(import.meta.dirname, '../..')
export const fixtureCard = resolve(projectRoot, 'tests/fixtures/card')

export type CliResult = { code: number | null; signal: string | null; stdout: string; stderr: string; json: unknown }

/** Runs the real command line in a process of its own, as `npm run dropcard` does. */
export function dropcard(
  args: readonly string[],
  options: { killAfterMs?: number; killWhen?: () => boolean; env?: Record<string, string>; cwd?: string } = {},
): Promise<CliResult> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', resolve(projectRoot, 'main/hosts/cli.ts'), ...args], {
      cwd: options.cwd ?? projectRoot,
      env: { ...process.env, ...options.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const timer = options.killAfterMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs)
    const watch = options.killWhen
    const poll =
      watch === undefined
        ? null
        : setInterval(() => {
            if (watch()) child.kill('SIGKILL')
          }, 10)
    child.on('error', fail)
    child.on('close', (code, signal) => {
      if (timer !== null) clearTimeout(timer)
      if (poll !== null) clearInterval(poll)
      let json: unknown
      try {
        json = JSON.parse(stdout)
      } catch {
        json = undefined
      }
      done({ code, signal, stdout, stderr, json })
    })
  })
}

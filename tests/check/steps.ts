import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { repositoryRoot } from './repository.ts'

export type StepEnd = {
  /** Exit code; null when a signal or the time limit ended it. */
  code: number | null
  seconds: number
  /** Programs the step left running (they were ended). Known on Linux only; elsewhere always empty. */
  survivors: string[]
  timedOut: boolean
}

export type Steps = AsyncDisposable & {
  run(command: string[], options: { minutes: number; env?: Record<string, string> }): Promise<StepEnd>
}

const markName = 'DROPCARD_STEPS'

/**
 * Runs programs one after another with their output straight to ours, each in its own group, and leaves none of their children behind:
 * not after a step, not when this program is interrupted.
 * @param graceMs how long what a step started may take to go by itself (a window and its display need a moment)
 */
export function createSteps({ graceMs = 5_000 } = {}): Steps {
  const mark = randomUUID()
  let current: ChildProcess | null = null
  const endAll = () => {
    if (current?.pid !== undefined) endGroup(current.pid)
    for (const { pid } of marked(mark)) quietly(() => process.kill(pid, 'SIGKILL'))
  }
  const onSignal = (signal: NodeJS.Signals) => {
    endAll()
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  process.on('exit', endAll)

  return {
    async run([program, ...args], { minutes, env = {} }) {
      if (program === undefined) throw new Error('expected a command, got an empty list')
      const startedAt = performance.now()
      const child = spawn(program, args, {
        cwd: repositoryRoot,
        env: { ...process.env, ...env, [markName]: mark },
        stdio: ['ignore', 'inherit', 'inherit'],
        detached: process.platform !== 'win32',
        windowsHide: true,
      })
      current = child
      let timedOut = false
      const timer = setTimeout(() => {
        timedOut = true
        if (child.pid !== undefined) endGroup(child.pid)
      }, minutes * 60_000)
      const code = await new Promise<number | null>((resolve) => {
        child.once('error', (error) => {
          console.error(`${program}: did not start: ${error.message}`)
          resolve(null)
        })
        child.once('exit', (exitCode) => resolve(exitCode))
      })
      clearTimeout(timer)
      const survivors = await survivorsAfter(mark, graceMs)
      if (child.pid !== undefined) endGroup(child.pid)
      endAll()
      current = null
      return { code, seconds: (performance.now() - startedAt) / 1000, survivors, timedOut }
    },
    async [Symbol.asyncDispose]() {
      endAll()
      process.off('exit', endAll)
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}

/** Services of the desktop that a window starts on demand and that are meant to stay: ended with the rest, but nobody's fault. */
const desktopService = /(^|\/)(dbus-|at-spi|gvfs|dconf|xdg-)/

async function survivorsAfter(mark: string, graceMs: number): Promise<string[]> {
  const until = performance.now() + graceMs
  while (performance.now() < until) {
    if (left(mark).length === 0) return []
    await sleep(100)
  }
  return left(mark).map(({ pid, name }) => `${name} (${pid})`)
}

const left = (mark: string) => marked(mark).filter(({ name }) => !desktopService.test(name.split(' ')[0] ?? ''))

function endGroup(pid: number) {
  if (process.platform === 'win32') spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' })
  else quietly(() => process.kill(-pid, 'SIGKILL'))
}

/** Living programs that carry our mark in their environment, wherever they moved to: /proc tells, on Linux only. */
function marked(mark: string): { pid: number; name: string }[] {
  if (process.platform !== 'linux') return []
  const found: { pid: number; name: string }[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue
    quietly(() => {
      if (!readFileSync(`/proc/${entry}/environ`, 'latin1').includes(`${markName}=${mark}\0`)) return
      if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${entry}/status`, 'latin1'))) return
      const words = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0')
      found.push({ pid: Number(entry), name: words.slice(0, 3).join(' ').trim() })
    })
  }
  return found
}

/** For what may be gone by the time we look. */
function quietly(act: () => void) {
  try {
    act()
  } catch {}
}

const packageFile = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) })

/** The command that runs a package's program with this very Node: no shell, no PATH, the same on every system. */
export function programOf(packageName: string, name = packageName): string[] {
  const file = join(repositoryRoot, 'node_modules', packageName, 'package.json')
  const { bin } = packageFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  const script = typeof bin === 'string' ? bin : bin[name]
  if (script === undefined) throw new Error(`expected a program "${name}" in ${packageName}, got none`)
  return [process.execPath, join(dirname(file), script)]
}

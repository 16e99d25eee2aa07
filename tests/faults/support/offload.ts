import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { projectRoot } from '../../support/cli.ts'
import { tempFolder } from '../../support/temp.ts'
import { shim } from './shim.ts'

/** What a fault run may do to the engine; see shim.c. */
export type Faults = {
  /** `operation|part of the path|from the n-th|how many, 0 = for ever|action` */
  rules?: readonly string[]
  /** kill -9 right before this step. */
  killAt?: number
  killUs?: number
  /** Where steps are written. */
  log?: string
  /** Parts of the paths whose steps count. */
  only?: readonly string[]
  gate?: string
  /** Mounted ext4 disks whose power goes together with the engine. */
  cut?: readonly string[]
  /** `ms:seconds,…` */
  clock?: string
}

const report = z.object({
  offload: z.object({ state: z.string(), because: z.string().nullable() }),
  counts: z.record(z.string(), z.number()),
  assets: z.array(z.object({ source: z.string(), outcome: z.string(), stored: z.string().nullable(), because: z.string().optional() })),
  ignored: z.array(z.object({ source: z.string(), because: z.string(), travels: z.boolean() })),
  safeToErase: z.object({ verdict: z.enum(['safe', 'not-safe']), because: z.array(z.string()) }),
  manifest: z.string().nullable(),
})
const failure = z.object({ error: z.object({ code: z.string(), message: z.string(), next: z.string().nullable() }) })

export type Report = z.infer<typeof report>
export type Run = {
  code: number | null
  signal: string | null
  /** It did not end by itself in a minute and a half and was ended. */
  hung: boolean
  report: Report | null
  error: z.infer<typeof failure>['error'] | null
  stderr: string
}
export type Job = {
  card: string
  library: string
  backups?: readonly string[]
  verify?: 'destination' | 'source-and-destination' | 'size'
  faults?: Faults
  endAfterMs?: number
}

/** What a program is started with so that these faults happen to it. */
export const environment = ({ rules, killAt, killUs, log, only, gate, cut, clock }: Faults): Record<string, string> => ({
  LD_PRELOAD: shim(),
  ...(rules === undefined ? {} : { FAULTS: rules.join(';') }),
  ...(killAt === undefined ? {} : { FAULT_KILL: String(killAt) }),
  ...(killUs === undefined ? {} : { FAULT_KILL_US: String(killUs) }),
  ...(log === undefined ? {} : { FAULT_LOG: log }),
  ...(only === undefined ? {} : { FAULT_ONLY: only.join(':') }),
  ...(gate === undefined ? {} : { FAULT_GATE: gate }),
  ...(cut === undefined ? {} : { FAULT_CUT: cut.join(':') }),
  ...(clock === undefined ? {} : { FAULT_CLOCK: clock }),
})

/** Offloads with the real command line, in a program of its own, under these faults. */
export function offload(job: Job): Promise<Run> {
  const args = ['offload', job.card, '--library', job.library, '--json', '--verify', job.verify ?? 'destination']
  for (const backup of job.backups ?? []) args.push('--backup', backup)
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(projectRoot, 'main/hosts/cli.ts'), ...args], {
      cwd: projectRoot,
      env: {
        ...process.env,
        NODE_COMPILE_CACHE: join(projectRoot, '.cache/faults/compiled'),
        NO_COLOR: '1',
        ...(job.faults === undefined ? {} : environment(job.faults)),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let hung = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // A program that floods must not flood the report.
      if (stderr.length < 4000) stderr += text
    })
    const timer = setTimeout(() => {
      hung = true
      child.kill('SIGKILL')
    }, job.endAfterMs ?? 90_000)
    child.on('error', fail)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      let json: unknown = null
      try {
        json = JSON.parse(stdout)
      } catch {
        // Killed before it could say anything.
      }
      done({
        code,
        signal,
        hung,
        stderr,
        report: report.safeParse(json).data ?? null,
        error: failure.safeParse(json).data?.error ?? null,
      })
    })
  })
}

/** Holds the engine at one call of `rule` (without its action) until `act` is done. */
export async function offloadWith(job: Job, rule: string, act: () => void | Promise<void>): Promise<Run> {
  const gate = join(tempFolder('gate'), 'gate')
  const running = offload({ ...job, faults: { ...job.faults, gate, rules: [...(job.faults?.rules ?? []), `${rule}|gate`] } })
  let ended = false
  void running.finally(() => {
    ended = true
  })
  while (!existsSync(gate) && !ended) await pause(3)
  if (ended) throw new Error(`the engine never came to ${rule}: ${JSON.stringify(await running)}`)
  try {
    await act()
  } finally {
    writeFileSync(`${gate}.go`, '')
  }
  return running
}

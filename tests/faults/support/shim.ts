import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { platform, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll } from 'vitest'

const compiler = ['cc', 'gcc', 'clang'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0) ?? null

/** Calls can only be made to fail where a library can be put before libc and can be built. */
export const shimHere: boolean = platform() === 'linux' && compiler !== null

let built: string | null = null

/** The built fault library; see shim.c for what it can do. Built once per suite file, gone after it. */
export function shim(): string {
  if (built !== null) return built
  const folder = mkdtempSync(join(tmpdir(), 'faults-'))
  const out = join(folder, 'shim.so')
  const run = spawnSync(
    compiler ?? 'cc',
    ['-O1', '-w', '-shared', '-fPIC', '-o', out, resolve(import.meta.dirname, 'shim.c'), '-ldl', '-lpthread'],
    {
      encoding: 'utf8',
    },
  )
  if (run.status !== 0) throw new Error(`the fault library cannot be built: ${run.stderr}`)
  built = out
  return out
}

afterAll(() => {
  if (built !== null) rmSync(resolve(built, '..'), { recursive: true, force: true })
})

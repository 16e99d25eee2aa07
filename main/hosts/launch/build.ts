import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { runCommand } from './command.ts'
import { withLock } from './lock.ts'

const root = resolve(import.meta.dirname, '../../..')
const sources = ['main/contract', 'main/hosts/electron', 'main/hosts/preload.ts', 'renderer', 'electron.vite.config.ts', 'package.json']

/** The file Electron is given. */
export const builtApp: string = join(root, 'out/main/index.cjs')
const outputs = [builtApp, join(root, 'out/preload/preload.cjs'), join(root, 'out/renderer/index.html')]
/** In a folder that every build empties first, so that it never outlives what it describes. */
const stamp = join(root, 'out/main/built-from')

export type Build = { ok: true; built: boolean } | { ok: false; because: string; next: string }

/** Builds main, preload and renderer into out/, unless out/ was built from exactly these sources (compared by content, not by date). */
export async function buildApp(log: (line: string) => void): Promise<Build> {
  return withLock(join(root, 'node_modules/.cache/dropcard-build.lock'), async () => {
    const wanted = await fingerprint().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
    if (wanted instanceof Error) return { ok: false, because: wanted.message, next: 'check that this checkout is complete: git status' }
    if (outputs.every((path) => existsSync(path)) && (await readFile(stamp, 'utf8').catch(() => '')) === wanted) {
      return { ok: true, built: false }
    }
    log('building the window')
    const builder = join(root, 'node_modules/electron-vite/bin/electron-vite.js')
    const env = { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' }
    const run = await runCommand(process.execPath, [builder, 'build', '--logLevel', 'warn'], { cwd: root, env })
    if (!run.ok) return { ok: false, because: `the build failed: ${run.because}`, next: 'fix what it names, then run npm run build' }
    await writeFile(stamp, wanted)
    return { ok: true, built: true }
  })
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const path of await filesIn(join(root, source))) {
      hash.update(path.slice(root.length)).update('\0')
      hash.update(await readFile(path)).update('\0')
    }
  }
  return hash.digest('hex')
}

async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return null
    throw new Error(`a source of the window is missing: ${path}`, { cause: error })
  })
  if (entries === null) return [path]
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

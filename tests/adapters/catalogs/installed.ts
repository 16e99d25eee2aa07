import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const cache = resolve(import.meta.dirname, '../../../.cache')

/** A real shop's server from npm: a folder of tests/fixtures/shops, installed once into `.cache/` from its committed lockfile. */
export type Fixture = {
  folder: string
  /** Where it is installed. */
  home: string
  /** Of the contents of files of the fixture: 12 hex digits. */
  hashOf(...names: string[]): string
  /** Why it cannot be had; null = it is there, installed now if need be. */
  missing(): Promise<string | null>
  /** Several suites may want the same folder at once: one makes it, the others wait. Answers with why it could not be had. */
  alone(folder: string, isThere: () => boolean, make: () => Promise<string | null>): Promise<string | null>
}

const noAnswer =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|ENOTCACHED|E403|E404|E5\d\d|socket hang up|network/

/** @param limitMs how long `npm ci` may take; @param staleMs whoever holds a lock longer was killed; @param args more for `npm ci` */
export function fixture(name: 'medusa' | 'vendure', limits: { limitMs: number; staleMs: number }, args: readonly string[] = []): Fixture {
  const folder = resolve(import.meta.dirname, '../../fixtures/shops', name)
  const hashOf = (...names: string[]): string => {
    const hash = createHash('sha256')
    for (const one of names) hash.update(readFileSync(join(folder, one)))
    return hash.digest('hex').slice(0, 12)
  }
  const home = join(cache, `${name}-${hashOf('package.json', 'package-lock.json')}`)
  const install = async (): Promise<string | null> => {
    const failed = (await fetched()) === null ? null : await fetched()
    if (failed !== null) {
      // Anything but a registry that does not answer is a fault of ours, and no reason to skip.
      if (!noAnswer.test(failed.message)) throw failed
      return `[needs an npm registry that answers, to fetch ${name[0]?.toUpperCase()}${name.slice(1)}]`
    }
    await writeFile(join(home, 'installed'), '')
    return null
  }
  const fetched = async (): Promise<Error | null> => {
    await rm(home, { recursive: true, force: true })
    await mkdir(home, { recursive: true })
    for (const one of ['package.json', 'package-lock.json', '.npmrc']) await cp(join(folder, one), join(home, one))
    try {
      await promisify(execFile)('npm', ['ci', ...args, '--no-progress'], {
        cwd: home,
        timeout: limits.limitMs,
        shell: process.platform === 'win32',
        env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`, NODE_ENV: 'production' },
      })
      return null
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error(String(thrown))
    }
  }
  return {
    folder,
    home,
    hashOf,
    missing: () => alone(home, () => existsSync(join(home, 'installed')), install, limits.staleMs),
    alone: (wanted, isThere, make) => alone(wanted, isThere, make, limits.staleMs),
  }
}

async function alone(folder: string, isThere: () => boolean, make: () => Promise<string | null>, staleMs: number): Promise<string | null> {
  const lock = `${folder}.lock`
  await mkdir(dirname(folder), { recursive: true })
  while (!isThere()) {
    try {
      await mkdir(lock)
    } catch {
      const since = await stat(lock).catch(() => null)
      if (since !== null && Date.now() - since.mtimeMs > staleMs) await rm(lock, { recursive: true, force: true })
      await sleep(200)
      continue
    }
    try {
      return isThere() ? null : await make()
    } finally {
      await rm(lock, { recursive: true, force: true })
    }
  }
  return null
}

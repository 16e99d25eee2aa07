import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { answers } from '../../../support/port.ts'

/** PostgreSQL from the system's packages, on a folder of its own: `apt-get install --no-install-recommends postgresql`. */
const packaged = '/usr/lib/postgresql'
const newest = existsSync(packaged)
  ? readdirSync(packaged)
      .filter((version) => existsSync(join(packaged, version, 'bin', 'postgres')))
      .sort((a, b) => Number(b) - Number(a))[0]
  : undefined
const bin = newest === undefined ? null : join(packaged, newest, 'bin')
const isRoot = userInfo().uid === 0

/** It refuses to run as root: then it runs as the user that its package made. */
function someoneElse(): { uid: number; gid: number } | null {
  try {
    const ids = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8', stdio: 'pipe' })))
    const [uid, gid] = ids
    return uid === undefined || gid === undefined ? null : { uid, gid }
  } catch {
    return null
  }
}
const runner = isRoot ? someoneElse() : null

/** Why there is no PostgreSQL here; null = there is one. */
export const noPostgres = bin === null ? '[needs PostgreSQL]' : isRoot && runner === null ? '[needs the user postgres]' : null

export type Postgres = {
  url: string
  /** Tidily: what lies in the folder can then be copied. */
  stop(): Promise<void>
}

const as = runner ?? {}

/** A new, empty database in `data`, which must be reachable for everybody. */
export async function initPostgres(data: string): Promise<void> {
  await mkdir(data, { recursive: true })
  await own(data)
  await run('initdb', ['-D', data, '-A', 'trust', '-U', 'medusa', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'])
}

/** Gives a folder that was copied to whoever the server runs as. */
export async function own(data: string): Promise<void> {
  if (runner !== null) await promisify(execFile)('chown', ['-R', `${runner.uid}:${runner.gid}`, data])
  await chmod(data, 0o700)
}

async function run(program: string, args: string[]): Promise<void> {
  if (bin === null) throw new Error('expected PostgreSQL')
  await promisify(execFile)(join(bin, program), args, { ...as, cwd: '/' })
}

/** Without waiting for the disk: nothing here outlives the machine. */
export async function startPostgres(data: string, port: number): Promise<Postgres> {
  if (bin === null) throw new Error('expected PostgreSQL')
  const settings = ['listen_addresses=127.0.0.1', 'fsync=off', 'full_page_writes=off', 'unix_socket_directories=', 'shared_buffers=64MB']
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])], {
    ...as,
    cwd: '/',
    stdio: 'ignore',
  })
  await answers(port, () => child.exitCode !== null)
  return {
    url: `postgres://medusa@127.0.0.1:${port}/postgres`,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGINT')
      await ended
    },
  }
}

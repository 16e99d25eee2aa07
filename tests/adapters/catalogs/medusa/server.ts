import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import { freePort } from '../../../support/port.ts'
import { fixture } from '../installed.ts'
import { initPostgres, noPostgres, own, type Postgres, startPostgres } from './postgres.ts'

/**
 * A real Medusa server (tests/fixtures/shops/medusa), installed once into `.cache/` from the committed lockfile, on a PostgreSQL of its own, both on free
 * ports of this machine. Every start gets a copy of a shop that was set up once.
 */
const { folder: fixtures, home, hashOf, missing, alone } = fixture('medusa', { limitMs: 800_000, staleMs: 900_000 })
const parts = ['medusa-config.js', 'stay-here.cjs', 'seed.cjs']
const template = join(home, `shop-${hashOf('package-lock.json', ...parts)}`)
const admin = { email: 'admin@example.test', password: 'only-for-tests' }
const call = promisify(execFile)

/** Why there is no real Medusa here; null = there is one, installed now if need be. Ten minutes the first time: only where it was asked for. */
export async function noMedusa(): Promise<string | null> {
  if (process.env['DROPCARD_LONG'] !== '1') return '[needs DROPCARD_LONG=1]'
  if (noPostgres !== null) return noPostgres
  return missing()
}

const seeded = z.object({
  keys: z.object({ secret: z.string(), revoked: z.string(), publishable: z.string() }),
  region: z.string(),
  location: z.string(),
  channel: z.string(),
})

export type RealMedusa = z.infer<typeof seeded> & {
  url: string
  /** As the owner of the shop, or somebody else at work in it: the reply's JSON. Throws what the server says against it. */
  owner<T>(method: 'GET' | 'POST' | 'DELETE', path: string, value: unknown, data: z.ZodType<T>): Promise<T>
  /** As a buyer. */
  store<T>(path: string, data: z.ZodType<T>): Promise<T>
  /** SHA-256 of everything that lies in its storage, in the order of its names. */
  files(): Promise<string[]>
  /** Ends it without warning; its database goes on. */
  kill(): Promise<void>
  /** At the same address, with what was on the disk. */
  start(): Promise<void>
  /** Hosts that it tried to reach outside. */
  triedToLeave(): Promise<string[]>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startMedusa(): Promise<RealMedusa> {
  await alone(template, () => existsSync(template), provision)
  const dir = await folder()
  await call('cp', ['-a', `${template}/.`, dir])
  await own(join(dir, 'pg'))
  await chmod(dir, 0o755)
  const facts = seeded.parse(JSON.parse(await readFile(join(dir, 'shop.json'), 'utf8')))
  const shop = await boot(dir)
  const read = async <T>(reply: Response, data: z.ZodType<T>): Promise<T> => {
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`)
    return data.parse(await reply.json())
  }
  return {
    ...facts,
    url: shop.url,
    owner: async (method, path, value, data) => {
      const reply = await fetch(`${shop.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${facts.keys.secret}:`).toString('base64')}` },
        ...(value === undefined ? {} : { body: JSON.stringify(value) }),
      })
      return read(reply, data)
    },
    store: async (path, data) =>
      read(await fetch(`${shop.url}${path}`, { headers: { 'x-publishable-api-key': facts.keys.publishable } }), data),
    async files() {
      const names = (await readdir(join(dir, 'static')).catch(() => [])).sort()
      return Promise.all(
        names.map(async (name) =>
          createHash('sha256')
            .update(await readFile(join(dir, 'static', name)))
            .digest('hex'),
        ),
      )
    },
    kill: shop.kill,
    start: shop.start,
    triedToLeave: async () => (await readFile(join(dir, 'tried.log'), 'utf8').catch(() => '')).split('\n').filter((host) => host !== ''),
    async [Symbol.asyncDispose]() {
      await shop.kill()
      await shop.postgres.stop()
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** PostgreSQL runs as somebody else, who has to get there. */
async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'dropcard-medusa-'))
  await chmod(dir, 0o755)
  return dir
}

const environment = (dir: string, url: string, postgres: Postgres): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_ENV: 'production',
  NODE_OPTIONS: `--require=${join(dir, 'stay-here.cjs')}`,
  TRIED_TO_LEAVE: join(dir, 'tried.log'),
  MEDUSA_DISABLE_TELEMETRY: 'true',
  HOME: join(dir, 'home'),
  SHOP_URL: url,
  DATABASE_URL: postgres.url,
})
const medusa = () => join(home, 'node_modules', '@medusajs', 'cli', 'cli.js')

async function boot(dir: string) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const postgres = await startPostgres(join(dir, 'pg'), await freePort())
  const start = async (): Promise<ChildProcess> => {
    // Its own group, so that whatever it starts ends with it.
    const child = spawn(process.execPath, [medusa(), 'start', '-H', '127.0.0.1', '-p', String(port)], {
      cwd: dir,
      env: environment(dir, url, postgres),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const log = createWriteStream(join(dir, 'medusa.log'), { flags: 'a' })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
      const health = await fetch(`${url}/health`).catch(() => null)
      if (health?.ok === true) return child
      await sleep(200)
    }
    await end(child)
    throw new Error(`Medusa is not ready:\n${(await readFile(join(dir, 'medusa.log'), 'utf8')).slice(-3000)}`)
  }
  let running = await start().catch(async (thrown: unknown) => {
    await postgres.stop()
    throw thrown
  })
  return {
    url,
    postgres,
    kill: () => end(running),
    async start() {
      running = await start()
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = once(child, 'exit')
  process.kill(-child.pid, 'SIGKILL')
  await ended
}

/** Tables, an administrator, and what a shop needs before anything can be sold. */
async function provision(): Promise<null> {
  const dir = await folder()
  for (const name of parts) await cp(join(fixtures, name), join(dir, name))
  await cp(join(fixtures, 'package.json'), join(dir, 'package.json'))
  await symlink(join(home, 'node_modules'), join(dir, 'node_modules'))
  await mkdir(join(dir, 'home'))
  await initPostgres(join(dir, 'pg'))
  const setUp = await startPostgres(join(dir, 'pg'), await freePort())
  const env = environment(dir, 'http://127.0.0.1', setUp)
  await call(process.execPath, [medusa(), 'db:migrate'], { cwd: dir, env, timeout: 400_000, maxBuffer: 2 ** 26 })
  await call(process.execPath, [medusa(), 'user', '-e', admin.email, '-p', admin.password], { cwd: dir, env, timeout: 200_000 })
  await setUp.stop()
  const shop = await boot(dir)
  const { stdout } = await call(process.execPath, [join(dir, 'seed.cjs'), JSON.stringify({ url: shop.url, ...admin })])
  await writeFile(join(dir, 'shop.json'), JSON.stringify(seeded.parse(JSON.parse(stdout))))
  await shop.kill()
  await shop.postgres.stop()
  // Whole or not at all: a kill may come at any time.
  await rm(`${template}.part`, { recursive: true, force: true })
  await call('cp', ['-a', dir, `${template}.part`])
  await rename(`${template}.part`, template)
  await rm(dir, { recursive: true, force: true })
  return null
}

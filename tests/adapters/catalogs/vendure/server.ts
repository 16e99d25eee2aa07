import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { delimiter, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { z } from 'zod'

/**
 * A real Vendure server (tests/fixtures/shops/vendure), installed once into `.cache/` from the committed lockfile, on SQLite, on a free port of this
 * machine. Every start gets a copy of a shop that was provisioned once.
 */
const fixture = resolve(import.meta.dirname, '../../../fixtures/shops/vendure')
const script = join(fixture, 'server.cjs')
const cache = resolve(import.meta.dirname, '../../../../.cache')
const hashOf = (...names: string[]) => {
  const hash = createHash('sha256')
  for (const name of names) hash.update(readFileSync(join(fixture, name)))
  return hash.digest('hex').slice(0, 12)
}
const home = join(cache, `vendure-${hashOf('package.json', 'package-lock.json')}`)
const templates = join(home, `shops-${hashOf('package-lock.json', 'server.cjs')}`)

/** Where Vendure is installed, or why it cannot be had: then suites that need it count as skipped. */
export async function vendureHome(): Promise<{ home: string } | { reason: string }> {
  const offline = await alone(home, () => existsSync(join(home, 'installed')), install)
  return offline === null ? { home } : { reason: offline }
}

/** Several suites may want the same at once: one makes it, the others wait. Answers with why it could not be had. */
async function alone(folder: string, isThere: () => boolean, make: () => Promise<string | null>): Promise<string | null> {
  const lock = `${folder}.lock`
  await mkdir(dirname(folder), { recursive: true })
  while (!isThere()) {
    try {
      await mkdir(lock)
    } catch {
      const since = await stat(lock).catch(() => null)
      // Whoever held it was killed.
      if (since !== null && Date.now() - since.mtimeMs > 300_000) await rm(lock, { recursive: true, force: true })
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

async function install(): Promise<string | null> {
  await rm(home, { recursive: true, force: true })
  await mkdir(home, { recursive: true })
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) await cp(join(fixture, name), join(home, name))
  try {
    await promisify(execFile)('npm', ['ci', '--legacy-peer-deps', '--no-progress'], {
      cwd: home,
      timeout: 280_000,
      shell: process.platform === 'win32',
      env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`, NODE_ENV: 'production' },
    })
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    // Anything but a registry that does not answer is a fault of ours, and no reason to skip.
    if (!/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|ENOTCACHED|E403|E404|network/.test(message))
      throw thrown
    return '[needs an npm registry that answers, to fetch Vendure]'
  }
  await writeFile(join(home, 'installed'), '')
  return null
}

const ready = z.object({
  url: z.string(),
  keys: z.object({ publishing: z.string(), least: z.string(), reading: z.string() }),
  token: z.string(),
})

/** The owner's, as the fixture has them. */
export const owner = { user: 'admin', password: 'only-for-tests' }

export type Vendure = {
  url: string
  keys: z.infer<typeof ready>['keys']
  /** Of the owner's session: answered much faster than keys, whose hash is computed anew for each field. */
  token: string
  dir: string
  /** As the owner of the shop, or somebody else at work in it. Throws what the server says against it. */
  owner<T>(text: string, variables: Readonly<Record<string, unknown>>, data: z.ZodType<T>): Promise<T>
  /** Ends it without warning. */
  kill(): Promise<void>
  /** At the same address, with what was on the disk. */
  start(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** `stock`: as Vendure comes; else assets have the unique field `contentHash`. `cookies`: sessions in cookies alone, then `owner` cannot be used. */
export async function startVendure(dir: string, kind: { stock?: boolean; cookies?: boolean } = {}): Promise<Vendure> {
  const { stock = false } = kind
  const template = join(templates, stock ? 'stock' : 'unique')
  await alone(
    template,
    () => existsSync(template),
    () => provision(template, stock),
  )
  await mkdir(dir, { recursive: true })
  await cp(template, dir, { recursive: true })
  const port = await freePort()
  let running = await boot(dir, port, kind)
  const { url, keys, token } = running.shop
  return {
    url,
    keys,
    token,
    dir,
    async owner(text, variables, data) {
      const reply = await fetch(`${url}/admin-api`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: text, variables }),
      })
      const body = z
        .object({ data: z.unknown(), errors: z.unknown() })
        .partial()
        .parse(await reply.json())
      if (body.errors !== undefined) throw new Error(JSON.stringify(body.errors))
      return data.parse(body.data)
    },
    kill: () => end(running.child, 'SIGKILL'),
    async start() {
      running = await boot(dir, port, kind)
    },
    [Symbol.asyncDispose]: () => end(running.child, 'SIGKILL'),
  }
}

async function provision(template: string, stock: boolean): Promise<null> {
  const part = `${template}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  const { child } = await boot(part, await freePort(), { stock })
  await end(child, 'SIGTERM')
  await rename(part, template)
  return null
}

async function boot(dir: string, port: number, kind: { stock?: boolean; cookies?: boolean }) {
  const child = spawn(process.execPath, [script, JSON.stringify({ home, dir, port, ...kind })], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(String(chunk)))
  const lines = createInterface({ input: child.stdout })
  const line = new Promise<string>((yes, no) => {
    lines.on('line', (one) => (one.startsWith('READY ') ? yes(one.slice('READY '.length)) : said.push(one)))
    child.once('exit', (code) => no(new Error(`Vendure ended with ${code} before it was ready:\n${said.slice(-20).join('\n')}`)))
  })
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000)
  try {
    return { child, shop: ready.parse(JSON.parse(await line)) }
  } finally {
    clearTimeout(late)
  }
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return address.port
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { freePort } from '../../../support/port.ts'
import { fixture } from '../installed.ts'

/**
 * A real Vendure server (tests/fixtures/shops/vendure), installed once into `.cache/` from the committed lockfile, on SQLite, on a free port of this
 * machine. Every start gets a copy of a shop that was provisioned once.
 */
const { folder, home, hashOf, missing, alone } = fixture('vendure', { limitMs: 800_000, staleMs: 900_000 }, ['--legacy-peer-deps'])
const script = join(folder, 'server.cjs')
const templates = join(home, `shops-${hashOf('package-lock.json', 'server.cjs')}`)

/** Where Vendure is installed, or why it cannot be had: then suites that need it count as skipped. */
export async function vendureHome(): Promise<{ home: string } | { reason: string }> {
  const offline = await missing()
  return offline === null ? { home } : { reason: offline }
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

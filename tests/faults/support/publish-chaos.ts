import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { keyOf } from '../../../main/adapters/catalogs/vendure/product.ts'
import { startVendure } from '../../adapters/catalogs/vendure/server.ts'

const program = join(import.meta.dirname, 'publish-child.ts')

export type ChaosResult = {
  kills: { publishing: number; server: number }
  jobs: number
  attempts: number
  /** Second copies that were ever made, and those still there at the end. */
  duplicates: { made: number; left: number }
  missing: number
  galleriesInOrder: number
  products: number
  integrity: { library: string; shop: string }
  seconds: number
}

/** The publishing side: killed and begun again, always on the same library. */
function createPublisher(config: object) {
  let child: ChildProcess | null = null
  let uploads = 0
  let held = 0
  let tookMs = 400
  let idle = false
  const listeners = new Set<(line: string) => void>()
  const next = (wanted: RegExp, ms: number): Promise<string | null> =>
    new Promise((resolve) => {
      const end = (line: string | null) => {
        clearTimeout(timer)
        listeners.delete(look)
        resolve(line)
      }
      const look = (line: string) => {
        if (wanted.test(line)) end(line)
      }
      const timer = setTimeout(() => end(null), ms)
      listeners.add(look)
    })
  const tell = (line: string) => child?.stdin?.write(`${line}\n`)
  return {
    uploads: () => uploads,
    /** How long the last upload took that was not cut off. */
    tookMs: () => tookMs,
    idle: () => idle,
    tell,
    /** Waits until nothing is left to do, not even later. */
    async settled(): Promise<void> {
      tell('settle')
      if ((await next(/^did settle$/, 120_000)) === null) throw new Error('the publishing side did not come to rest')
    },
    /** Lets the next upload begin, once one is there to begin; false when none came within `ms`. */
    async letOneBegin(ms: number): Promise<boolean> {
      if (held === 0 && (await next(/^upload/, ms)) === null) return false
      held -= 1
      tell('go')
      return true
    },
    async start() {
      idle = false
      held = 0
      const one = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, JSON.stringify(config)], {
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      child = one
      one.stdin?.on('error', () => undefined)
      const said: string[] = []
      one.stderr?.on('data', (chunk: Buffer) => said.push(String(chunk)))
      if (one.stdout !== null)
        createInterface({ input: one.stdout }).on('line', (line) => {
          if (line === 'upload') {
            uploads += 1
            held += 1
          }
          if (line.startsWith('sent ')) tookMs = Number(line.slice(5))
          idle = line.startsWith('idle')
          for (const look of listeners) look(line)
        })
      one.once('exit', (code) => {
        if (code !== null && code !== 0) throw new Error(`the publishing side ended with ${code}:\n${said.join('').slice(-2000)}`)
      })
      if ((await next(/^up$/, 60_000)) === null) throw new Error(`the publishing side did not start:\n${said.join('').slice(-2000)}`)
    },
    async kill() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

export type Expected = { handle: string; keys: string[] }[]

/**
 * Publishes a library to a Vendure as it comes (no field of ours, so that nothing but our own rules stands against a second copy) and kills the
 * publishing side or the server, `kills` times: each time one upload is let through and the end comes before, while or soon after it is sent,
 * however fast the machine is. Then it may finish. The library has more pictures than `kills`.
 */
export async function publishThroughKills(
  dir: string,
  at: { kills: number; settleMs: number; wanted: Expected; note?: (line: string) => void },
): Promise<ChaosResult> {
  const began = Date.now()
  await using shop = await startVendure(join(dir, 'shop'), { stock: true })
  const publisher = createPublisher({ dir: join(dir, 'library'), url: shop.url, token: shop.token, settleMs: at.settleMs })
  const kills = { publishing: 0, server: 0 }
  try {
    await publisher.start()
    publisher.tell('start')
    while (kills.publishing + kills.server < at.kills) {
      for (let tries = 0; !(await publisher.letOneBegin(30_000)); tries++) {
        if (tries === 8) throw new Error('expected an upload to begin within four minutes')
        publisher.tell('again')
      }
      await sleep(Math.random() * 1.6 * publisher.tookMs())
      if (Math.random() < 0.75) {
        kills.publishing += 1
        await publisher.kill()
        await publisher.start()
      } else {
        kills.server += 1
        await shop.kill()
        await shop.start()
      }
      publisher.tell('again')
      const count = kills.publishing + kills.server
      if (count % 20 === 0) at.note?.(`${count} kills, ${publisher.uploads()} uploads begun, ${Math.round((Date.now() - began) / 1000)} s`)
    }
    publisher.tell('freely')
    for (let tries = 0; !publisher.idle(); tries++) {
      if (tries > 600) throw new Error('it never came to rest')
      await sleep(500)
      if (tries % 20 === 19) publisher.tell('again')
    }
    // Whatever was in doubt has its doubles looked for after the settling time.
    await publisher.settled()
  } finally {
    await publisher.kill()
  }

  const { assets, products } = await shop.owner(
    '{ assets(options: { take: 1000 }) { items { id type fileSize mimeType width height source tags { value } } } products(options: { take: 1000 }) { items { slug enabled assets { id type fileSize mimeType width height source tags { value } } } } }',
    {},
    z.object({
      assets: z.object({ items: z.array(asset) }),
      products: z.object({ items: z.array(z.object({ slug: z.string(), enabled: z.boolean(), assets: z.array(asset) })) }),
    }),
  )
  const keys = assets.items.map(keyOf)
  const wantedKeys = at.wanted.flatMap((one) => one.keys)
  const inOrder = at.wanted.filter((one) => {
    const product = products.items.find((shown) => shown.slug === one.handle)
    return product?.enabled === true && product.assets.map(keyOf).join() === one.keys.join()
  })
  await shop.kill()
  using library = new DatabaseSync(join(dir, 'library', 'dropcard.sqlite'))
  using theirs = new DatabaseSync(join(shop.dir, 'shop.sqlite'))
  const made = z.object({ seq: z.number() }).parse(theirs.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'asset'").get()).seq
  const check = (db: DatabaseSync): string =>
    z.object({ integrity_check: z.string() }).parse(db.prepare('PRAGMA integrity_check').get()).integrity_check
  return {
    kills,
    jobs: wantedKeys.length,
    attempts: publisher.uploads(),
    duplicates: { made: made - new Set(keys).size, left: keys.length - new Set(keys).size },
    missing: wantedKeys.filter((key) => !keys.includes(key)).length,
    galleriesInOrder: inOrder.length,
    products: products.items.length,
    integrity: { library: check(library), shop: check(theirs) },
    seconds: Math.round((Date.now() - began) / 1000),
  }
}

const asset = z.object({
  id: z.string(),
  type: z.string(),
  fileSize: z.number(),
  mimeType: z.string(),
  width: z.number(),
  height: z.number(),
  source: z.string(),
  tags: z.array(z.object({ value: z.string() })),
})

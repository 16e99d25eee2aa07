import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CatalogMedia } from '../../../../main/core/catalog.ts'
import { type Chaos, createChaos, type Seen } from '../chaos.ts'
import { classOf, faults, patienceMs } from '../faults.ts'
import { flipOnce, publishOnce } from '../once.ts'
import { image, listing } from '../shop.ts'
import { filesIn, mediaIn, openAt, tempRoot } from './places.ts'
import { reportTable } from './report.ts'
import { ftpStandIn, type LineFault, type LineServer } from './servers/ftp.ts'
import { s3StandIn } from './servers/s3.ts'
import { sftpStandIn } from './servers/sftp.ts'
import { davStandIn } from './servers/webdav.ts'

let home: string
let picture: CatalogMedia
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'files-faults-'))
  picture = await image(home, 1)
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Everything there is there once: one listing, shown, and one picture with the right content, public. */
function expectOnce(files: ReadonlyMap<string, Buffer>, where: string): void {
  expect(mediaIn(files), where).toEqual([`public ${picture.key}`])
  const listings = [...files].filter(([path]) => /(^|\/)listings\/[^/]+\.json$/.test(path))
  expect(
    listings.map(([path, bytes]) => [path, (JSON.parse(String(bytes)) as { media: { file: string }[] }).media.map((one) => one.file)]),
    where,
  ).toEqual([['listings/mug.json', [`${picture.key}.jpg`]]])
}

type Http = {
  url: string
  target: 's3' | 'webdav'
  secret: { now: string }
  hosts?: Set<string>
  files(): Promise<Map<string, Buffer>>
  [Symbol.asyncDispose](): Promise<void>
}
const http: Record<'s3' | 'webdav', () => Promise<Http>> = {
  async s3() {
    const server = await s3StandIn()
    return {
      ...server,
      target: 's3',
      files: async () => new Map([...server.objects].map(([name, { bytes }]) => [name, bytes])),
    }
  },
  async webdav() {
    const { root, files, remove } = await tempRoot()
    const server = await davStandIn(root)
    return {
      url: server.url,
      target: 'webdav',
      secret: server.password,
      files,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await remove()
      },
    }
  },
}
const asked =
  (method: string, path: RegExp) =>
  (seen: Seen): boolean =>
    seen.method === method && path.test(decodeURIComponent(seen.path))
/** The request that each operation stands or falls with. `part`: it goes to a name that nobody looks for, so losing it is never in doubt. */
const httpOperations: Record<'s3' | 'webdav', { name: string; matches: (seen: Seen) => boolean; kind: 'read' | 'change' | 'part' }[]> = {
  s3: [
    { name: 'find', matches: asked('GET', /listings\/mug/), kind: 'read' },
    { name: 'create', matches: asked('PUT', /listings\/mug/), kind: 'change' },
    { name: 'look up', matches: asked('HEAD', /stall\/media/), kind: 'read' },
    { name: 'upload', matches: asked('PUT', /dropcard-.*\/media\//), kind: 'change' },
    { name: 'flip', matches: asked('PUT', /stall\/media\//), kind: 'change' },
  ],
  webdav: [
    { name: 'find', matches: asked('GET', /listings\/mug/), kind: 'read' },
    { name: 'create', matches: asked('MOVE', /listings\/mug/), kind: 'change' },
    { name: 'look up', matches: asked('PROPFIND', /^\/media\//), kind: 'read' },
    { name: 'upload', matches: asked('PUT', /dropcard-.*\/media\//), kind: 'part' },
    { name: 'upload (rename)', matches: asked('MOVE', /dropcard-.*\/media\/.*part/), kind: 'change' },
    { name: 'flip', matches: asked('MOVE', /dropcard-.*\/media\/[0-9a-f]{64}\.jpg$/), kind: 'change' },
  ],
}

for (const target of ['s3', 'webdav'] as const) {
  const open = (chaos: Chaos, shop: Http, timeoutMs: number) => {
    shop.hosts?.add(new URL(chaos.url).host)
    const address = target === 's3' ? `${chaos.url}/stall` : chaos.url
    return openAt(
      { config: { target, address, user: target === 's3' ? 'AK1' : 'seller' }, secrets: { password: shop.secret.now } },
      {},
      { timeoutMs },
    )
  }
  describe(`files by ${target}, every fault at every step`, () => {
    const cells = new Map<string, string>()
    const operations = httpOperations[target]
    // A web page instead of an answer that nobody reads is as good as the answer: what is there is asked for next.
    for (const { name, fault, change, read } of faults) {
      it(`${name}: everything ends there once`, async () => {
        const one = async (operation: (typeof operations)[number]) => {
          // An answer to HEAD has no body that could be without end.
          const isHead = operation.name === 'look up' && target === 's3'
          if (isHead && fault.kind === 'flood') return
          await using shop = await http[target]()
          await using chaos = await createChaos(shop.url)
          const catalog = open(chaos, shop, patienceMs(fault))
          const aimed = chaos.once(operation.matches, fault)
          const ended = await publishOnce(catalog, listing('mug', [picture]), { repair: () => {} })
          const flipped = await flipOnce(catalog, 'mug', ended.remote?.remoteId ?? '')
          const all = [...ended.problems, ...flipped]
          const where = `${operation.name}, ${name}: ${all.join('; ')}`
          expect(aimed.used(), where).toBe(true)
          const isPage = fault.kind === 'answer' && fault.status === 200
          const wanted = operation.kind === 'read' ? read : operation.kind === 'part' && change === 'ambiguous' ? 'retryable' : change
          cells.set(`${name}/${operation.name}`, classOf(all))
          if (!isPage && !(isHead && fault.kind === 'truncate')) expect(classOf(all), where).toBe(wanted)
          expect(all.length, where).toBeLessThanOrEqual(1)
          expectOnce(await shop.files(), where)
        }
        await Promise.all(operations.map(one))
      })
    }

    it('offline, and an expired password: it waits, and goes on', async () => {
      await using shop = await http[target]()
      await using chaos = await createChaos(shop.url)
      const catalog = open(chaos, shop, 5000)
      await chaos.offline()
      const away = await publishOnce(catalog, listing('mug', [picture]), { after: () => chaos.online() })
      expect(away.problems).toEqual(['find retryable offline'])
      cells.set('nothing listens (offline)/find', 'retryable')
      const before = shop.secret.now
      shop.secret.now = 'another-secret'
      const old = await flipOnce(catalog, 'mug', 'mug')
      expect(classOf(old)).toBe('auth')
      cells.set('the password expired/flip', 'auth')
      shop.secret.now = before
      await flipOnce(catalog, 'mug', 'mug')
      expectOnce(await shop.files(), 'after')
    })

    it('is what the report says', async () => {
      const rows = [...faults.map((one) => one.name), 'nothing listens (offline)', 'the password expired']
      const { now, written } = await reportTable(
        `files by ${target}, stand-in`,
        rows,
        operations.map((one) => one.name),
        cells,
      )
      expect(written).toBe(now)
    })
  })
}

const lines: Record<
  'ftp' | 'sftp',
  {
    faults: Record<string, { fault: LineFault; only?: string[] }>
    operations: Record<string, { command: string; path: RegExp; isChange: boolean }>
  }
> = {
  ftp: {
    faults: {
      'reset before the server saw it': { fault: { kind: 'reset', after: false } },
      'done, answer lost': { fault: { kind: 'reset', after: true } },
      'no answer': { fault: { kind: 'hang' } },
      '421 too many connections': { fault: { kind: 'answer', line: '421 Too many connections.' } },
      '450 busy': { fault: { kind: 'answer', line: '450 Busy.' } },
      nonsense: { fault: { kind: 'answer', line: '999 \u0001 hello' } },
      '552 disk full, before': { fault: { kind: 'answer', line: '552 Disk full.' } },
      'disk full half way': { fault: { kind: 'full', bytes: 700 }, only: ['upload'] },
      'cut off half way': { fault: { kind: 'cut', bytes: 700 }, only: ['upload'] },
      'cut short': { fault: { kind: 'cut', bytes: 40 }, only: ['set (read)'] },
    },
    operations: {
      find: { command: 'LIST', path: /.*/, isChange: false },
      'create (rename)': { command: 'RNTO', path: /listings\/mug/, isChange: true },
      'look up': { command: 'SIZE', path: /^\/media\//, isChange: false },
      upload: { command: 'STOR', path: /media\//, isChange: false },
      'upload (rename)': { command: 'RNTO', path: /dropcard-.*media\//, isChange: true },
      'set (read)': { command: 'RETR', path: /listings\/mug/, isChange: false },
      flip: { command: 'RNTO', path: /^\/media\//, isChange: true },
    },
  },
  sftp: {
    faults: {
      'reset before the server saw it': { fault: { kind: 'reset', after: false } },
      'done, answer lost': { fault: { kind: 'reset', after: true } },
      'no answer': { fault: { kind: 'hang' } },
      'status 4, failure': { fault: { kind: 'answer', line: '4 Failure' } },
      'status 4, no space': { fault: { kind: 'answer', line: '4 No space left on device' } },
      'status 3, permission denied': { fault: { kind: 'answer', line: '3 Permission denied' } },
      'disk full half way': { fault: { kind: 'full', bytes: 700 }, only: ['upload'] },
      'cut off half way': { fault: { kind: 'cut', bytes: 700 }, only: ['upload'] },
    },
    operations: {
      find: { command: 'OPENDIR', path: /.*/, isChange: false },
      'create (rename)': { command: 'RENAME', path: /listings\/mug/, isChange: true },
      'look up': { command: 'STAT', path: /^\/media\//, isChange: false },
      upload: { command: 'WRITE', path: /media\//, isChange: false },
      'upload (rename)': { command: 'RENAME', path: /dropcard-.*media\//, isChange: true },
      'set (read)': { command: 'OPEN', path: /listings\/mug\.json$/, isChange: false },
      flip: { command: 'RENAME', path: /^\/media\//, isChange: true },
    },
  },
}
/** What a broken line has to be called where only a name that nobody looks for, or nothing, was written; and where the name itself was. */
const broken = /reset|answer lost|no answer|nonsense|cut/

for (const target of ['ftp', 'sftp'] as const) {
  const { faults: own, operations } = lines[target]
  const start = (root: string): Promise<LineServer & { fingerprint?: string }> => (target === 'ftp' ? ftpStandIn(root) : sftpStandIn(root))
  describe(`files by ${target}, every fault at every step`, () => {
    const cells = new Map<string, string>()
    for (const [name, { fault, only }] of Object.entries(own)) {
      it(`${name}: everything ends there once`, async () => {
        const one = async ([operation, { command, path, isChange }]: [string, (typeof operations)[string]]) => {
          if (only !== undefined && !only.includes(operation)) return
          const { root, remove } = await tempRoot()
          await using server = await start(root)
          const at = {
            config: { target, address: server.address, user: 'seller', fingerprint: server.fingerprint ?? '' },
            secrets: { password: server.password.now },
          }
          const catalog = openAt(at, {}, { timeoutMs: patienceMs(fault) })
          let isUsed = false
          server.choose((got, where) => {
            if (isUsed || got !== command || !path.test(where)) return { kind: 'none' }
            isUsed = true
            return fault
          })
          const ended = await publishOnce(catalog, listing('mug', [picture]), { repair: () => {} })
          const flipped = await flipOnce(catalog, 'mug', ended.remote?.remoteId ?? '')
          const all = [...ended.problems, ...flipped]
          const where = `${operation}, ${name}: ${all.join('; ')}`
          expect(isUsed, where).toBe(true)
          cells.set(`${name}/${operation}`, classOf(all))
          expect(all.length, where).toBeLessThanOrEqual(1)
          if (broken.test(name) && all.length > 0) expect(classOf(all), where).toBe(isChange ? 'ambiguous' : 'retryable')
          if (/full|space/.test(name) && all.length > 0) expect(all[0], where).toMatch(/retryable (disk-full|sftp-4|ftp-\d+)$/)
          expectOnce(await filesIn(root), where)
          await remove()
        }
        await Promise.all(Object.entries(operations).map(one))
      })
    }

    it('offline, and an expired password: it waits, and goes on', async () => {
      const { root, remove } = await tempRoot()
      await using server = await start(root)
      const at = {
        config: { target, address: server.address, user: 'seller', fingerprint: server.fingerprint ?? '' },
        secrets: { password: server.password.now },
      }
      await server.offline()
      const away = await publishOnce(openAt(at), listing('mug', [picture]), { after: () => server.online() })
      expect(away.problems).toEqual(['find retryable offline'])
      cells.set('nothing listens (offline)/find', 'retryable')
      const before = server.password.now
      server.password.now = 'another-secret'
      expect(classOf(await flipOnce(openAt(at), 'mug', 'mug'))).toBe('auth')
      cells.set('the password expired/flip', 'auth')
      server.password.now = before
      await flipOnce(openAt(at), 'mug', 'mug')
      expectOnce(await filesIn(root), 'after')
      await remove()
    })

    it('is what the report says', async () => {
      const rows = [...Object.keys(own), 'nothing listens (offline)', 'the password expired']
      const { now, written } = await reportTable(`files by ${target}, stand-in`, rows, Object.keys(operations), cells)
      expect(written).toBe(now)
    })
  })
}

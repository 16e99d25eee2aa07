import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { createLocalCatalog } from '../../../main/adapters/catalogs/local/catalog.ts'
import type { CatalogListing } from '../../../main/core/catalog.ts'
import { publish, value } from './local-publish.ts'
import { image, listing, sha256 } from './shop.ts'

const signal = new AbortController().signal
const source = (path: string) => JSON.stringify(resolve(import.meta.dirname, path))
const open = (dir: string): ReturnType<typeof createLocalCatalog> =>
  createLocalCatalog({
    name: 'local',
    dir: join(dir, 'shop'),
    stateDir: join(dir, 'state'),
    clock: { now: () => Date.UTC(2026, 10, 21, 12) },
    title: null,
    baseUrl: 'https://shop.example/',
  })

/** A process of its own that does one thing with the listings of a file, saying "go" when it starts: it can be killed anywhere. */
const PROGRAM = `
import { readFileSync } from 'node:fs'
import { createLocalCatalog } from ${source('../../../main/adapters/catalogs/local/catalog.ts')}
import { publish, value } from ${source('./local-publish.ts')}
const [, dir, file, act] = process.argv
const catalog = createLocalCatalog({ name: 'local', dir: dir + '/shop', stateDir: dir + '/state', clock: { now: () => Date.UTC(2026, 10, 21, 12) }, title: null, baseUrl: 'https://shop.example/' })
const { signal } = new AbortController()
const listings = JSON.parse(readFileSync(file, 'utf8'))
process.stdout.write('go')
if (act === 'publish') for (const entry of listings) value(await publish(catalog, entry, 'hidden'))
else for (const { reply } of await catalog.flip(listings.map(({ productId }) => ({ productId, remoteId: productId })), act, null, signal)) value(reply)
value(await catalog.finish({ title: 'Market', drops: [] }, signal))
if (process.argv.includes('stay')) {
  process.stdout.write('done')
  setInterval(() => undefined, 1000)
}
`

let home: string
const running = new Set<ChildProcess>()
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'crash-'))
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
  await rm(home, { recursive: true, force: true })
})

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}

/** Runs the program; kills it `afterMs` after it started (null = lets it end). The next one comes when a lease that was cut short is no news. */
const run = async (file: string, act: 'publish' | 'live' | 'hidden', afterMs: number | null): Promise<NodeJS.Signals | number | null> => {
  const child = start(home, file, act)
  child.stdout?.once('data', () => {
    if (afterMs !== null) setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  const ended = await new Promise<NodeJS.Signals | number | null>((done) => child.once('close', (code, end) => done(end ?? code)))
  const past = new Date(Date.now() - 1000)
  await utimes(join(home, 'shop', '.dropcard-lease'), past, past).catch(() => undefined)
  return ended
}

async function twelve(): Promise<{ listings: CatalogListing[]; file: string }> {
  const listings: CatalogListing[] = []
  for (let index = 0; index < 12; index += 1) {
    const media = await Promise.all([0, 1, 2].map((step) => image(join(home, 'renditions'), index * 3 + step)))
    listings.push(listing(`p${index}`, media))
  }
  const file = join(home, 'listings.json')
  await writeFile(file, JSON.stringify(listings))
  return { listings, file }
}
const refOf = (entry: CatalogListing) => ({ productId: entry.productId, remoteId: null, sku: null, handle: entry.handle })

it('killed at any moment and run again, holds every listing once and whole', async () => {
  const { listings, file } = await twelve()
  const keys = (entry: CatalogListing) => entry.media.map((media) => media.key)
  const ends = []
  for (const afterMs of [1, 9, 17, 28, 41, 60, 85]) {
    ends.push(await run(file, 'publish', afterMs))
    // Whatever was there when it died: readable, no listing that names half a file; what is there under a key has its bytes.
    const catalog = open(home)
    for (const entry of listings) {
      const found = value(await catalog.find(refOf(entry), signal))
      if (found === null) continue
      expect([[], keys(entry)]).toContainEqual(found.media.map((one) => one.key))
      expect(found.media.every((one) => one.state === 'ready')).toBe(true)
      for (const one of value(await catalog.findMedia(keys(entry), found.remoteId, signal))) expect(one.state).toBe('ready')
    }
  }
  expect(ends).toContain('SIGKILL')
  expect(await run(file, 'publish', null)).toBe(0)

  // Showing and hiding, too: what is half done is finished, and nothing of a hidden listing stays behind.
  for (const act of ['live', 'hidden', 'live'] as const) {
    for (const afterMs of [2, 8, 20]) await run(file, act, afterMs)
    expect(await run(file, act, null)).toBe(0)
    const shown = act === 'live' ? listings.map((entry) => entry.productId).sort() : []
    expect((await readdir(join(home, 'shop', 'products'))).sort()).toEqual(shown)
    const media = await readdir(join(home, 'shop', 'media'))
    const wanted =
      act === 'live' ? listings.flatMap((entry) => entry.media.flatMap((one) => [one.key, ...one.sources.map(({ key }) => key)])) : []
    const found = await Promise.all(media.map(async (name) => sha256(await readFile(join(home, 'shop', 'media', name)))))
    expect(found.sort()).toEqual([...new Set(wanted)].sort())
    const catalog = open(home)
    for (const entry of listings)
      expect(value(await catalog.find(refOf(entry), signal))).toMatchObject({
        visible: act === 'live',
        media: entry.media.map(({ key }) => ({ key, state: 'ready' })),
      })
  }
  expect((await readdir(home, { recursive: true })).filter((name) => name.endsWith('.part'))).toEqual([])
}, 120_000)

it('lets one program at a time into a folder, and the next one in when the first is gone', async () => {
  const file = join(home, 'listings.json')
  await writeFile(file, JSON.stringify([listing('mug', [])]))
  const first = start(home, file, 'publish', 'stay')
  await new Promise<void>((done, failed) => {
    let said = ''
    first.stdout?.on('data', (text: Buffer) => {
      said += text.toString()
      if (said.includes('done')) done()
    })
    first.once('close', (code) => failed(new Error(`ended with ${code}`)))
  })
  const catalog = open(home)
  const busy = { ok: false, problem: { class: 'retryable', code: 'in-use', message: expect.stringContaining(`process ${first.pid}`) } }
  expect(await publish(catalog, listing('bowl', []))).toMatchObject(busy)
  expect(await catalog.finish({ title: 'Mine', drops: [] }, signal)).toMatchObject(busy)
  expect(value(await catalog.find(refOf(listing('mug', [])), signal))).toMatchObject({ remoteId: 'mug' })
  const gone = new Promise((done) => first.once('close', done))
  first.kill('SIGKILL')
  await gone
  expect(value(await publish(catalog, listing('bowl', [])))).toMatchObject({ visible: true })

  // One that was cut short while it was written, one of a machine that was not heard of for long, and one of now.
  const lease = join(home, 'shop', '.dropcard-lease')
  const by = (more: object) => JSON.stringify({ pid: 4_000_000, life: 'x', host: 'elsewhere', at: Date.now(), ...more })
  await writeFile(lease, by({}))
  expect(await publish(open(home), listing('cup', []))).toMatchObject({
    problem: { code: 'in-use', message: expect.stringContaining('on elsewhere') },
  })
  await writeFile(lease, by({ at: Date.now() - 11 * 60_000 }))
  expect(value(await publish(open(home), listing('cup', [])))).toMatchObject({ visible: true })
  await writeFile(lease, '{"pid":')
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  await utimes(lease, new Date(), new Date())
  expect(await publish(open(home), listing('jug', []))).toMatchObject({ problem: { code: 'in-use' } })
  vi.setSystemTime(Date.now() + 300)
  expect(value(await publish(open(home), listing('jug', [])))).toMatchObject({ visible: true })
}, 60_000)

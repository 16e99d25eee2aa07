import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLocalCatalog } from '../../../main/adapters/catalogs/local.ts'
import type { CatalogListing } from '../../../main/core/ports.ts'
import { image, listing, sha256 } from './shop.ts'

/** A process of its own that publishes the listings of a file, saying "go" when it starts: it can be killed anywhere. */
const PUBLISHER = `
import { readFileSync } from 'node:fs'
import { createLocalCatalog } from ${JSON.stringify(resolve(import.meta.dirname, '../../../main/adapters/catalogs/local.ts'))}
const [, dir, file] = process.argv
const catalog = createLocalCatalog({ dir, clock: { now: () => Date.UTC(2026, 10, 21, 12) } })
process.stdout.write('go')
for (const entry of JSON.parse(readFileSync(file, 'utf8'))) await catalog.put(entry, new AbortController().signal)
await catalog.finish({ title: 'Market' })
`

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'crash-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

/** Runs the publisher; kills it `afterMs` after it started (null = lets it end). */
const run = (dir: string, file: string, afterMs: number | null): Promise<NodeJS.Signals | null> =>
  new Promise((done) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PUBLISHER, dir, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.once('data', () => {
      if (afterMs !== null) setTimeout(() => child.kill('SIGKILL'), afterMs)
    })
    child.once('close', (_, signal) => done(signal))
  })

it('killed at any moment and run again, holds every listing once and whole', async () => {
  const dir = join(home, 'shop')
  const listings: CatalogListing[] = []
  for (let index = 0; index < 12; index += 1) {
    const media = await Promise.all([0, 1, 2].map((step) => image(join(home, 'renditions'), index * 3 + step)))
    listings.push(listing(`p${index}`, media))
  }
  const file = join(home, 'listings.json')
  await writeFile(file, JSON.stringify(listings))

  const ends = []
  for (const afterMs of [1, 9, 17, 28, 41, 60, 85]) {
    ends.push(await run(dir, file, afterMs))
    // Whatever was there when it died: readable, no listing twice, no listing that points at half a file.
    const catalog = createLocalCatalog({ dir, clock: { now: () => 0 } })
    for (const entry of listings) {
      const reply = await catalog.read(entry.productId)
      expect(reply.ok).toBe(true)
      if (reply.ok && reply.value !== null) expect(reply.value.mediaKeys).toEqual(entry.media.map((media) => media.key))
    }
  }
  expect(ends).toContain('SIGKILL')

  expect(await run(dir, file, null)).toBeNull()
  const state = JSON.parse(await readFile(join(dir, 'catalog.json'), 'utf8'))
  expect(state.listings.map((entry: { productId: string }) => entry.productId)).toEqual(listings.map((entry) => entry.productId))
  expect(await readdir(join(dir, 'products'))).toHaveLength(listings.length)
  const wanted = listings.flatMap((entry) => entry.media.flatMap((media) => [media.key, ...media.sources.map((source) => source.key)]))
  const found = await Promise.all((await readdir(join(dir, 'media'))).map(async (name) => sha256(await readFile(join(dir, 'media', name)))))
  expect(found.sort()).toEqual([...new Set(wanted)].sort())
  expect((await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.part'))).toEqual([])
}, 60_000)

import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dropcard } from '../../support/cli.ts'
import { corpus, corpusReason } from '../../support/corpus.ts'
import { tempFolder } from '../../support/temp.ts'

const shape = z.object({
  offload: z.object({
    assets: z.array(z.object({ source: z.string(), outcome: z.string(), id: z.string().nullable() })),
    ignored: z.array(z.object({ source: z.string(), because: z.string().min(1) })),
    safeToErase: z.object({ verdict: z.string() }),
  }),
  refused: z.array(z.object({ what: z.string(), because: z.string().min(1) })),
  publish: z.object({ published: z.number(), failed: z.array(z.unknown()), waiting: z.number() }),
  page: z.string(),
})

const files = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

/** Copies a set into a DCIM tree under the names a camera gives. */
function asCard(sources: readonly string[], card: string): void {
  sources.forEach((source, index) => {
    const folder = join(card, 'DCIM', `${100 + Math.floor(index / 999)}TESTS`)
    mkdirSync(folder, { recursive: true })
    copyFileSync(source, join(folder, `IMG_${String((index % 999) + 1).padStart(4, '0')}${extname(source).toUpperCase()}`))
  })
}

async function everyFileEnds(card: string, library: string): Promise<z.infer<typeof shape>> {
  const result = await dropcard(['run', card, '--library', library, '--json'])
  expect([0, 2]).toContain(result.code)
  const job = shape.parse(result.json)
  const named = new Set([...job.offload.assets.map((one) => one.source), ...job.offload.ignored.map((one) => one.source)])
  expect(files(card).filter((file) => ![...named].some((one) => file === one || file.startsWith(`${one}/`)))).toEqual([])
  expect(job.offload.assets.filter((one) => one.outcome !== 'copied' && one.outcome !== 'skipped')).toEqual([])
  expect(job.publish).toMatchObject({ failed: [], waiting: 0 })
  return job
}

describe.skipIf(corpus === null)(`run on real photos and on hostile files (${corpus === null ? corpusReason : 'corpus present'})`, () => {
  test('every photo of the set, as a card, ends as an asset in the shop or a named refusal', async () => {
    const dir = tempFolder()
    const photos = files(join(corpus ?? '', 'dev/photos')).filter((path) => /\.jpe?g$/i.test(path))
    asCard(photos, join(dir, 'card'))
    const job = await everyFileEnds(join(dir, 'card'), join(dir, 'library'))
    expect(job.offload.assets.length).toBe(photos.length)
    // One file of the set is a lossless JPEG, which no decoder here reads: it is named.
    expect(job.refused.map((one) => one.because)).toEqual(['Expected a JPEG of 8 bits per colour, found a lossless JPEG.'])
    expect(job.publish.published).toBeGreaterThan(30)
  }, 300_000)

  test('every hostile file ends as an asset with a warning or a named refusal, and the rest goes on', async () => {
    const dir = tempFolder()
    const job = await everyFileEnds(join(corpus ?? '', 'dev/hostile'), join(dir, 'library'))
    expect(job.refused.length).toBeGreaterThan(20)
    expect(job.refused.filter((one) => /inside Dropcard/.test(one.because))).toEqual([])
  }, 300_000)
})

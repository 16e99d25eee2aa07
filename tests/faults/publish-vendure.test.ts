import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLibrary } from '../../main/core/library/db.ts'
import { realPictures } from '../adapters/catalogs/vendure/pictures.ts'
import { vendureHome } from '../adapters/catalogs/vendure/server.ts'
import { stock } from '../core/publishing/shop-engine.ts'
import { tempFolder } from '../support/temp.ts'
import { type Expected, publishThroughKills } from './support/publish-chaos.ts'

const long = process.env['DROPCARD_LONG'] === '1'
const there = await vendureHome()
const reason = 'reason' in there ? there.reason : ''
const report = resolve(import.meta.dirname, '../reports/publish-chaos.md')

async function library(dir: string, products: number, pictures: number, width: number, height: number): Promise<Expected> {
  await stock(dir, products, pictures)
  await realPictures(dir, 'shop-3000', width, height)
  await using opened = await openLibrary(dir)
  const rows = await opened.db
    .selectFrom('product')
    .innerJoin('product_asset', 'product_asset.product_id', 'product.id')
    .innerJoin('rendition', 'rendition.asset_id', 'product_asset.asset_id')
    .select(['product.handle', 'rendition.key'])
    .orderBy('product.handle')
    .orderBy('product_asset.position')
    .execute()
  const wanted = new Map<string, string[]>()
  for (const row of rows) wanted.set(row.handle, [...(wanted.get(row.handle) ?? []), row.key])
  return [...wanted].map(([handle, keys]) => ({ handle, keys }))
}

describe.skipIf(reason !== '')(`kill -9 while publishing to a real Vendure ${reason}`, () => {
  test(
    'wherever an upload is cut off, on either side: every file there once, every gallery in order, both databases sound',
    async () => {
      const dir = tempFolder('publish-chaos')
      const wanted = await library(join(dir, 'library'), long ? 75 : 6, long ? 6 : 3, long ? 1600 : 900, long ? 1200 : 675)
      const kills = long ? 210 : 10
      const result = await publishThroughKills(dir, {
        kills,
        settleMs: 3000,
        wanted,
        note: (line) => (long ? console.log(line) : undefined),
      })
      if (long) await writeFile(report, written(result))
      else console.log(JSON.stringify(result))
      expect(result).toMatchObject({
        jobs: wanted.flatMap((one) => one.keys).length,
        duplicates: { left: 0 },
        missing: 0,
        galleriesInOrder: wanted.length,
        products: wanted.length,
        integrity: { library: 'ok', shop: 'ok' },
      })
      expect(result.kills.publishing + result.kills.server).toBe(kills)
    },
    long ? 7_200_000 : 1_200_000,
  )
})

const written = (of: Awaited<ReturnType<typeof publishThroughKills>>): string => `# Killed while publishing

The engine publishes to a real Vendure ${'3.7.3'} on SQLite, as it comes (without our unique field: nothing but our own rules stands against a second copy).
Again and again one upload is let through and one side gets SIGKILL before, while or soon after it is sent, and is started again: the publishing process with its library, or the server.
A lost upload is looked up after 3 s (60 s in use). Made by \`DROPCARD_LONG=1 npx vitest run --project faults tests/faults/publish-vendure.test.ts\`; the run
behind every change does the same with 10 kills.

| | |
|---|---|
| kills of the publishing process | ${of.kills.publishing} |
| kills of the server | ${of.kills.server} |
| files to publish (JPEG of noise, 1600 × 1200) | ${of.jobs} |
| uploads begun | ${of.attempts} |
| second copies: ever made / left at the end | ${of.duplicates.made} / ${of.duplicates.left} |
| missing | ${of.missing} |
| galleries whole and in order, and shown | ${of.galleriesInOrder} of ${of.products} |
| \`integrity_check\` of the library / of the shop | ${of.integrity.library} / ${of.integrity.shop} |
| time | ${of.seconds} s |

One run: it shows that it holds, not how often it would not.
`

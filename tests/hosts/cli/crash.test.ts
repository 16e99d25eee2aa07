import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { dropcard, fixtureCard } from '../../support/cli.ts'
import { tempFolder } from '../../support/temp.ts'

const tree = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()

const sha = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** What must be the same however often the engine was killed on the way. */
function outcome(library: string): unknown {
  const db = new DatabaseSync(join(library, 'dropcard.sqlite'), { readOnly: true })
  try {
    const all = (sql: string): unknown[][] =>
      db
        .prepare(sql)
        .all()
        .map((row) => Object.values(row))
    const photos = new Set(
      all("select substr(key, 1, 24) from rendition join asset on asset.id = asset_id where asset.kind = 'photo'").map(([key]) => key),
    )
    return {
      check: all('pragma integrity_check'),
      assets: all('select id, kind, bytes from asset order by id'),
      stacks: all('select stack_id, asset_id, rank, suggestion from stack_member order by asset_id'),
      decisions: all('select asset_id, decision, count(*) from decision group by 1, 2 order by 1'),
      listings: all('select title, (select count(*) from product_asset where product_id = product.id) from product order by title'),
      publications: all('select product_id, state from publication order by product_id'),
      open: all("select stage, key, state from job where state in ('queued', 'running')"),
      originals: tree(join(library, 'originals')).map(sha).sort(),
      // An encoder with several threads need not give the same bytes twice: clips, and covers taken from them, are compared by their number.
      catalog: tree(join(library, 'catalog'))
        .map((path) => path.slice(library.length).replace(/[0-9a-f]{24}(?=-\d+\.\w+$)/, (key) => (photos.has(key) ? key : 'of a clip')))
        .sort(),
    }
  } finally {
    db.close()
  }
}

test('kill -9 in the middle of run, again and again, then run: every asset once, the same shop', async () => {
  const dir = tempFolder()
  const whole = join(dir, 'whole')
  const torn = join(dir, 'torn')
  const reference = await dropcard(['run', fixtureCard, '--library', whole, '--json'])
  // Killed by what has been reached, not by the clock: this machine may be slow, and every life goes on where the last one ended.
  const files = (folder: string): number => (existsSync(join(torn, folder)) ? tree(join(torn, folder)).length : 0)
  const moments: [string, number][] = [
    ['originals', 1],
    ['originals', 9],
    ['cache', 5],
    ['cache', 30],
    ['renditions', 3],
    ['renditions', 30],
    ['catalog', 2],
    ['catalog', 20],
  ]
  for (const [folder, least] of moments) {
    const life = await dropcard(['run', fixtureCard, '--library', torn, '--json'], { killWhen: () => files(folder) >= least })
    expect([folder, least, life.signal]).toEqual([folder, least, 'SIGKILL'])
  }
  const last = await dropcard(['run', fixtureCard, '--library', torn, '--json'])
  expect([last.code, last.stderr]).toEqual([reference.code, ''])
  expect(outcome(torn)).toEqual(outcome(whole))
  const report = z.object({
    offload: z.object({
      assets: z.array(z.object({ outcome: z.enum(['copied', 'skipped']) })),
      safeToErase: z.object({ verdict: z.literal('safe') }),
    }),
  })
  expect(report.safeParse(last.json).error).toBeUndefined()
}, 900_000)

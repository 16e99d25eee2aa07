import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { buildCard, photo } from '../../support/card.ts'
import { dropcard } from '../../support/cli.ts'
import { tempFolder } from '../../support/temp.ts'

const photos = 16

/** When each score was made, by asset. */
function scores(library: string): Map<string, string> {
  const db = new DatabaseSync(join(library, 'dropcard.sqlite'))
  try {
    return new Map(
      db
        .prepare('select asset_id, made_at from score')
        .all()
        .map((row) => [String(row['asset_id']), String(row['made_at'])]),
    )
  } finally {
    db.close()
  }
}

test('scoring that is killed goes on where it stopped: what was scored is not scored again', { timeout: 240_000 }, async () => {
  const dir = tempFolder()
  const library = join(dir, 'library')
  const names = Array.from({ length: photos }, (_, n) => n)
  const card = await buildCard(
    join(dir, 'card'),
    Object.fromEntries(names.map((n) => [`100CANON/IMG_${1000 + n}.JPG`, photo({ seed: n, width: 1600, height: 1200 })])),
  )
  const cache = join(library, 'cache')
  const pictures = (): number =>
    existsSync(cache) ? readdirSync(cache, { recursive: true }).filter((name) => String(name).endsWith('-preview.jpg')).length : 0
  // By what has been reached: with the fifth preview on the disk at least one photo is scored, and most are not.
  const life = await dropcard(['run', card, '--library', library], { killWhen: () => pictures() >= 5 })
  expect(life.signal).toBe('SIGKILL')
  const before = scores(library)
  expect(before.size).toBeGreaterThan(0)
  expect(before.size).toBeLessThan(photos)

  expect((await dropcard(['run', card, '--library', library])).code).toBe(0)
  const after = scores(library)
  expect(after.size).toBe(photos)
  expect([...before].filter(([id, at]) => after.get(id) !== at)).toEqual([])
})

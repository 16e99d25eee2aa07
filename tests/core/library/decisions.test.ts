import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Label, label as labels } from '../../../main/contract/views.ts'
import { type Db, openLibrary } from '../../../main/core/library/db.ts'
import { act, history, redo, undo, type Wanted } from '../../../main/core/library/decisions.ts'
import { migrations } from '../../../main/core/library/migrations/index.ts'
import { tempFolder } from '../../support/temp.ts'

const now = '2026-05-01T10:00:00.000Z'
const ids = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(64))

async function library(): Promise<AsyncDisposable & { db: Db }> {
  const made = await openLibrary(null)
  for (const id of ids)
    await made.db
      .insertInto('asset')
      .values({ id, kind: 'photo', bytes: 1, name: `${id[0]}.jpg`, stored: id, modified_ms: 0, fingerprint: id, added_at: now })
      .execute()
  return made
}
type Standing = { decision: string; rating: number | null; label: string | null }
const standing = async (db: Db): Promise<Record<string, Standing>> =>
  Object.fromEntries(
    (await db.selectFrom('standing').selectAll().orderBy('asset_id').execute()).flatMap(({ asset_id, ...rest }) =>
      rest.decision === 'undecided' && rest.rating === null && rest.label === null ? [] : [[asset_id, rest]],
    ),
  )
const does = (db: Db, wanted: Wanted): Promise<string[]> => db.transaction().execute((tx) => act(tx, wanted, 'human', now))

const wanted = fc.record({
  decisions: fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom('pick', 'reject', 'undecided'))),
  ratings: fc.array(fc.tuple(fc.constantFrom(...ids), fc.option(fc.integer({ min: 0, max: 5 })))),
  labels: fc.array(fc.tuple(fc.constantFrom(...ids), fc.option(fc.constantFrom<Label>(...labels.options)))),
})
const step = fc.oneof(
  { weight: 3, arbitrary: wanted.map((one) => ({ kind: 'act' as const, one })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'undo' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'redo' as const }) },
)

test('any mix of acts, undos and redos holds what a plain list of states would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      await using made = await library()
      const { db } = made
      /** The model: states one after the other, and where we are. */
      let states: Record<string, Standing>[] = [{}]
      let at = 0
      for (const one of steps) {
        if (one.kind === 'act') {
          const changed = await does(db, {
            decisions: new Map(one.one.decisions as [string, 'pick'][]),
            ratings: new Map(one.one.ratings),
            labels: new Map(one.one.labels),
          })
          if (changed.length > 0) {
            states = [...states.slice(0, at + 1), await standing(db)]
            at += 1
          }
        } else {
          const turned = await db.transaction().execute((tx) => (one.kind === 'undo' ? undo : redo)(tx, null, now))
          const could = one.kind === 'undo' ? at > 0 : at < states.length - 1
          expect(turned.what !== null).toBe(could)
          if (could) at += one.kind === 'undo' ? -1 : 1
        }
        expect(await standing(db)).toEqual(states[at])
      }
      expect((await history(db, 100)).map(({ undone }) => undone)).toEqual(
        Array.from({ length: states.length - 1 }, (_, index) => states.length - 2 - index >= at),
      )
    }),
    { numRuns: 60 },
  )
})

test('the history says what was done, in words, and goes to any point', async () => {
  await using made = await library()
  const { db } = made
  const [a = '', b = '', c = ''] = ids
  await does(db, {
    decisions: new Map([
      [a, 'pick'],
      [b, 'reject'],
      [c, 'reject'],
    ]),
  })
  await does(db, {
    ratings: new Map([
      [a, 4],
      [b, 4],
    ]),
    labels: new Map([[c, 'red']]),
  })
  await does(db, { ratings: new Map([[a, 0]]) })
  const told = await history(db, 10)
  expect(told.map(({ what, count, by }) => [what, count, by])).toEqual([
    ['a.jpg without stars', 1, 'person'],
    ['2 given 4 stars, 1 labelled red', 3, 'person'],
    ['2 rejected, 1 picked', 3, 'person'],
  ])
  const first = told.at(-1)?.id ?? ''
  const back = await db.transaction().execute((tx) => undo(tx, first, now))
  expect([back.changed.toSorted(), back.what, await standing(db)]).toEqual([[a, b, c], '3 steps', {}])
  await expect(db.transaction().execute((tx) => undo(tx, first, now))).rejects.toThrow('undone already')
  const again = await db.transaction().execute((tx) => redo(tx, told[1]?.id ?? '', now))
  expect([again.what, (await standing(db))[a]]).toEqual(['2 steps', { decision: 'pick', rating: 4, label: null }])
  // Something else is done: what was undone is gone for good.
  await does(db, { labels: new Map([[b, 'blue']]) })
  expect(await db.transaction().execute((tx) => redo(tx, null, now))).toEqual({ changed: [], what: null, compared: null })
  expect((await history(db, 10)).map(({ what }) => what)).toEqual([
    'b.jpg labelled blue',
    '2 given 4 stars, 1 labelled red',
    '2 rejected, 1 picked',
  ])
})

test('decisions of an older library keep standing, and can still be undone', async () => {
  const dir = join(tempFolder(), 'old')
  mkdirSync(dir)
  const old = new DatabaseSync(join(dir, 'dropcard.sqlite'))
  for (const { sql } of migrations.slice(0, 3)) old.exec(sql)
  old.exec('pragma user_version = 3')
  for (const id of ids) old.prepare(`insert into asset values (?, 'photo', 1, ?, ?, 0, ?, ?)`).run(id, id, id, id, now)
  const [a = '', b = ''] = ids
  const add = old.prepare('insert into decision (batch, asset_id, decision, previous, made_by, undoes, at) values (?, ?, ?, ?, ?, ?, ?)')
  add.run('one', a, 'pick', 'undecided', 'human', null, now)
  add.run('two', b, 'reject', 'undecided', 'suggestion', null, now)
  add.run('three', b, 'undecided', 'reject', 'human', 'two', now)
  old.close()
  await using made = await openLibrary(dir)
  expect(await standing(made.db)).toEqual({ [a]: { decision: 'pick', rating: null, label: null } })
  expect(await made.db.transaction().execute((tx) => undo(tx, null, now))).toMatchObject({ changed: [a] })
  expect(await standing(made.db)).toEqual({})
  expect(await made.db.transaction().execute((tx) => undo(tx, null, now))).toEqual({ changed: [], what: null, compared: null })
})

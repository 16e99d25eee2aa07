import { expect, test } from 'vitest'
import { openLibrary } from '../../../main/core/library/db.ts'
import { shotFor } from '../../../main/core/library/shot-for.ts'
import { tempFolder } from '../../support/temp.ts'

test('what was shot for products: their stacks whole, and what lies between, but nothing of another product or card', async () => {
  await using library = await openLibrary(tempFolder())
  const { db } = library
  /** Name, card, minute (null = the camera did not say), stack, product. */
  const shots: [string, string, number | null, string | null, string | null][] = [
    ['before', 'a', 0, null, null],
    ['front-1', 'a', 1, 'front', 'mug'],
    ['front-2', 'a', 2, 'front', null],
    ['detail', 'a', 3, null, null],
    ['trashed', 'a', 4, null, null],
    ['vase-1', 'a', 5, 'vase', 'vase'],
    ['vase-2', 'a', 6, 'vase', null],
    ['back', 'a', 7, null, 'mug'],
    ['after', 'a', 8, null, null],
    ['other-card', 'b', 5, null, null],
    ['timeless', 'a', null, null, null],
    ['bowl', 'b', null, null, 'bowl'],
  ]
  await db.transaction().execute(async (tx) => {
    const at = '2026-05-01T10:00:00.000Z'
    for (const card of ['a', 'b'])
      await tx
        .insertInto('offload')
        .values({
          id: card,
          path: card,
          label: card,
          state: 'done',
          verify: 'destination',
          backups: '[]',
          because: null,
          manifest: null,
          started_at: at,
          finished_at: at,
        })
        .execute()
    for (const product of ['mug', 'vase', 'bowl'])
      await tx
        .insertInto('product')
        .values({ id: product, handle: product, title: product, made_from: product, created_at: at, updated_at: at })
        .execute()
    for (const stack of ['front', 'vase'])
      await tx
        .insertInto('stack')
        .values({ id: stack, cover: `${stack}-1`, reason: '' })
        .execute()
    for (const [id, card, minute, stack, product] of shots) {
      await tx
        .insertInto('asset')
        .values({ id, kind: 'photo', bytes: 1, name: id, stored: id, modified_ms: 0, fingerprint: id, added_at: at })
        .execute()
      await tx
        .insertInto('analysis')
        .values({
          asset_id: id,
          state: 'ready',
          because: null,
          captured_at: minute === null ? null : `2026-05-01T10:0${minute}:00`,
          camera: null,
          width: 1,
          height: 1,
          duration_us: null,
          info: '{}',
          phash: null,
          embedding: null,
          has_thumb: 0,
        })
        .execute()
      const line = { offload_id: card, source: id, name: id, kind: 'photo', bytes: 1, modified_ms: 0, companions: '[]', outcome: 'copied' }
      await tx
        .insertInto('offload_asset')
        .values({ ...line, because: null, asset_id: id, stored: id, copies: '[]', riders: '[]' })
        .execute()
      if (stack !== null)
        await tx.insertInto('stack_member').values({ asset_id: id, stack_id: stack, rank: 1, suggestion: null, because: null }).execute()
      if (product !== null) await tx.insertInto('product_asset').values({ product_id: product, asset_id: id, position: 0 }).execute()
    }
    await tx.insertInto('removal').values({ asset_id: 'trashed', trashed: 'originals/x', at }).execute()
  })
  const of = async (...products: string[]): Promise<string[]> => [...(await shotFor(db, new Set(products)))].toSorted()
  expect({
    mug: await of('mug'),
    vase: await of('vase'),
    bowl: await of('bowl'),
    both: (await of('mug', 'vase')).length,
    none: await of(),
  }).toEqual({
    mug: ['back', 'detail', 'front-1', 'front-2', 'trashed'],
    vase: ['vase-1', 'vase-2'],
    bowl: ['bowl'],
    both: 7,
    none: [],
  })
})

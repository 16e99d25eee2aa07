import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readdir } from 'node:fs/promises'

import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { openLibrary } from '../../main/core/library/db.ts'
import { places } from '../../main/core/library/places.ts'
import { modelsDir } from '../../models/load.ts'
import type { Measure } from '../../workers/protocol.ts'
import { photo } from '../../workers/score/photo.ts'
import { sampleCard } from '../support/card.ts'
import { quiet } from '../workers/score/pictures.ts'

type Model = { model: string; measures: string; width: number; height: number; thumb: string; preview: string }

const sizes = [1, 6, 1, 3, 1, 1, 4, 2, 9, 1] as const
const id = (index: number): string => createHash('sha256').update(`frame ${index}`).digest('hex')

/** The photos of the sample card, analysed once: their measures and pictures stand behind all frames. */
async function models(dir: string): Promise<Model[]> {
  await mkdir(dir, { recursive: true })
  sharp.concurrency(1)
  const found: Model[] = []
  const names = (await readdir(join(sampleCard, 'DCIM'), { recursive: true })).filter((name) => name.endsWith('.JPG')).toSorted()
  for (const [index, name] of names.entries()) {
    const thumb = join(dir, `${index}-thumb.jpg`)
    const preview = join(dir, `${index}-preview.jpg`)
    const out = await photo(
      { path: join(sampleCard, 'DCIM', name), modelsDir, thumbPath: thumb, previewPath: preview, subjectAt: null },
      quiet(),
    )
    found.push({
      // The real name, so that nothing is measured again.
      model: out.model,
      measures: JSON.stringify(out.measures satisfies Record<string, Measure>),
      width: out.info.width,
      height: out.info.height,
      thumb,
      preview,
    })
  }
  return found
}

/**
 * Fills `dir` with a library of `count` photos as three offloads over two days left it: bursts, singles, a few files that cannot be shown. Rows are written
 * straight into the tables; thumbs and previews are real ones of the sample card, under many names (hard links). Nothing is copied or analysed by the engine.
 */
export async function buildLibrary(dir: string, count: number): Promise<void> {
  if (existsSync(join(dir, 'dropcard.sqlite'))) return

  const from = await models(join(dir, 'models'))

  await using library = await openLibrary(dir)
  const { db } = library
  const now = '2026-05-04T08:00:00.000Z'
  for (const offload of [0, 1, 2])
    await db
      .insertInto('offload')
      .values({
        id: `offload-${offload}`,
        path: `/media/CARD_${offload}`,
        label: `CARD_${offload}`,
        state: 'done',
        verify: 'destination',
        backups: '[]',
        because: null,
        manifest: null,
        started_at: now,
        finished_at: now,
      })
      .execute()
  let at = Date.UTC(2026, 4, 3, 9, 0)
  let [stack, left, rank] = [-1, 0, 0]
  for (let start = 0; start < count; start += 500) {
    await db.transaction().execute(async (tx) => {
      for (let index = start; index < Math.min(count, start + 500); index += 1) {
        if (left === 0) {
          stack += 1
          left = sizes[stack % sizes.length] ?? 1
          rank = 0
          at += index === Math.floor(count / 2) ? 12 * 3_600_000 : 9_000
        }
        left -= 1
        rank += 1
        at += 300
        const asset = id(index)
        const model = from[(stack * 7 + rank) % from.length]
        if (model === undefined) throw new Error('the sample card holds no photos')
        const refused = index % 97 === 96
        const name = `IMG_${String((index % 9999) + 1).padStart(4, '0')}.JPG`
        const stored = `originals/${Math.floor(index / 1000)}/${name}`
        await tx
          .insertInto('asset')
          .values({ id: asset, kind: 'photo', bytes: 4_000_000, name, stored, modified_ms: at, fingerprint: asset, added_at: now })
          .execute()
        await tx
          .insertInto('offload_asset')
          .values({
            offload_id: index < 1000 ? 'offload-0' : `offload-${1 + (index % 2)}`,
            source: `DCIM/${stored}`,
            name,
            kind: 'photo',
            bytes: 4_000_000,
            modified_ms: at,
            companions: '[]',
            outcome: 'copied',
            because: null,
            asset_id: asset,
            stored,
            copies: '[]',
            riders: '[]',
          })
          .execute()
        await tx
          .insertInto('analysis')
          .values({
            asset_id: asset,
            state: refused ? 'refused' : 'ready',
            because: refused ? 'the picture data ends early' : null,
            captured_at: new Date(at).toISOString().slice(0, 19),
            camera: 'Canon EOS R8',
            width: model.width,
            height: model.height,
            duration_us: null,
            info: JSON.stringify({ cameraModel: 'Canon EOS R8', filler: 'x'.repeat(600) }),
            phash: null,
            embedding: new Uint8Array(5120),
            has_thumb: refused ? 0 : 1,
          })
          .execute()
        if (refused) continue
        await tx
          .insertInto('score')
          .values({ asset_id: asset, model: model.model, measures: model.measures, made_at: now, subject: null })
          .execute()
        if (rank === 1 && left > 0)
          await tx.insertInto('stack').values({ id: asset, cover: asset, reason: 'taken within a second of each other' }).execute()
        if (rank > 1 || left > 0)
          await tx
            .insertInto('stack_member')
            .values({
              asset_id: asset,
              stack_id: id(index - rank + 1),
              rank,
              suggestion: rank === 1 ? 'pick' : rank === 2 ? 'maybe' : 'reject',
              because: rank === 1 ? 'best of its stack' : 'weaker than the first',
            })
            .execute()
        for (const what of ['thumb', 'preview'] as const) {
          const path = join(dir, places.cache(asset, what))
          await mkdir(dirname(path), { recursive: true })
          await link(model[what], path)
        }
      }
    })
  }
}

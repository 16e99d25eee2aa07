import { join } from 'node:path'
import { z } from 'zod'
import { photoRecipe, type TaskOut } from '../../../workers/protocol.ts'
import { assetId } from '../../contract/ids.ts'
import { places } from '../library/places.ts'
import { listingsReady } from './publish-ready.ts'
import type { Stage } from './stage.ts'

const input = z.strictObject({ assetId, recipe: photoRecipe })
type In = z.infer<typeof input>

/** One rendition of one photo: sRGB, no private metadata. Frozen: its key is the SHA-256 of the bytes that will be sent. */
export const renderPhoto: Stage<In, TaskOut<'crop.photo'>> = {
  name: 'render.photo',
  lane: 'photo',
  input,
  key: (it) => `${it.assetId}/${it.recipe.name}`,
  repeat: 'again',
  attempts: 8,
  lands: 'soon',
  changes: (it) => [
    { of: 'asset', assetId: it.assetId },
    { of: 'publication', catalog: null },
  ],
  async run(it, ctx) {
    const asset = await ctx.read.selectFrom('asset').select('stored').where('id', '=', it.assetId).executeTakeFirstOrThrow()
    return ctx.work('crop.photo', {
      path: join(ctx.dir, asset.stored),
      outPath: join(ctx.dir, places.rendition(it.assetId, it.recipe.name, it.recipe.format)),
      recipe: it.recipe,
    })
  },
  async commit(tx, it, out) {
    const row = {
      key: out.sha256,
      path: places.rendition(it.assetId, it.recipe.name, it.recipe.format),
      width: out.width,
      height: out.height,
      bytes: out.bytes,
    }
    await tx
      .insertInto('rendition')
      .values({ asset_id: it.assetId, recipe: it.recipe.name, ...row })
      .onConflict((on) => on.columns(['asset_id', 'recipe']).doUpdateSet(row))
      .execute()
    return listingsReady(tx, { assetId: it.assetId })
  },
  failed: (tx, it) => listingsReady(tx, { assetId: it.assetId }),
}

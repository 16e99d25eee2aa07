import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { openLibrary } from '../../../../main/core/library/db.ts'

/** A JPEG of noise, which cannot be made smaller: one of 700 × 500 has about 400 kB. Another `seed`, other bytes. */
export async function noise(width: number, height: number, seed: number): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 3)
  let state = seed * 2_654_435_761 + 1
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    pixels[at] = state >>> 24
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 80 })
    .toBuffer()
}

/** Real pictures of this size in place of what `stock` wrote, under the name of the recipe that the shop asks for. */
export async function realPictures(dir: string, recipe: string, width: number, height: number): Promise<void> {
  await using library = await openLibrary(dir)
  const rows = await library.db.selectFrom('rendition').select(['asset_id', 'path']).orderBy('asset_id').execute()
  let seed = 0
  for (const row of rows) {
    seed += 1
    const bytes = await noise(width, height, seed)
    await writeFile(join(dir, row.path), bytes)
    await library.db
      .updateTable('rendition')
      .set({ recipe, key: createHash('sha256').update(bytes).digest('hex'), width, height, bytes: bytes.length })
      .where('asset_id', '=', row.asset_id)
      .execute()
  }
}

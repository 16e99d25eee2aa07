import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { photo } from '../../../workers/crop/photo.ts'
import type { PhotoRecipe } from '../../../workers/protocol.ts'
import { ending, jpeg, quiet, scene, temporary } from '../score/pictures.ts'

const recipe = (change: Partial<PhotoRecipe> = {}): PhotoRecipe => ({
  name: 'main',
  longestSide: 1000,
  aspect: 'keep',
  format: 'jpeg',
  quality: 85,
  ...change,
})

describe('crop.photo', () => {
  test('fits, crops, never enlarges, drops metadata, and gives the same bytes every time', async () => {
    await using temp = await temporary()
    const bytes = await sharp(await jpeg(scene()))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer()
    const path = await temp.put('IMG_1.JPG', bytes)
    const render = async (name: string, change: Partial<PhotoRecipe>) =>
      photo({ path, outPath: join(temp.dir, 'out', name), recipe: recipe(change) }, quiet())
    const sizes = [
      await render('keep.jpg', {}),
      await render('square.jpg', { aspect: 1, longestSide: 800 }),
      await render('tall.webp', { aspect: 4 / 5, format: 'webp' }),
      await render('large.jpg', { longestSide: 9000 }),
      await render('thin.jpg', { aspect: 5000 }),
    ]
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [750, 1000],
      [800, 800],
      [800, 1000],
      [1200, 1600],
      [1000, 1],
    ])
    for (const made of sizes) {
      const written = await readFile(made.path)
      const { exif, icc, orientation, width } = await sharp(written).metadata()
      expect([made.sha256, made.bytes, exif, icc, orientation, width]).toEqual([
        createHash('sha256').update(written).digest('hex'),
        written.length,
        undefined,
        undefined,
        undefined,
        made.width,
      ])
    }
    expect((await render('again.jpg', {})).sha256).toBe(sizes[0]?.sha256)
    expect((await readdir(join(temp.dir, 'out'))).filter((name) => name.endsWith('.part'))).toEqual([])
    expect(await readFile(path)).toEqual(bytes)
  })

  test('a source that is no photo is refused and leaves nothing behind', async () => {
    await using temp = await temporary()
    const path = await temp.put('page.jpg', '<html>not a photo, but long enough to look at</html>')
    expect(await ending(photo({ path, outPath: join(temp.dir, 'out.jpg'), recipe: recipe() }, quiet()))).toBe('unsupported')
    expect(await readdir(temp.dir)).toEqual(['page.jpg'])
  })
})

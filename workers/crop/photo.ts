import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { Refusal, type TaskHandler } from '../protocol.ts'
import { openPhoto } from '../score/open.ts'
import { writeWhole } from '../score/renditions.ts'

/**
 * Renders one photo for a destination: upright, sRGB, never enlarged, all metadata dropped, written by temp name → fsync → rename.
 * A recipe with an aspect takes the largest such rectangle around the frame's centre; the same file and recipe always give the same bytes.
 */
export const photo: TaskHandler<'crop.photo'> = async ({ path, outPath, recipe }, ctx) => {
  const { rgb } = await openPhoto(path)
  if (ctx.signal.aborted) throw new Refusal('timeout', 'Stopped before it was rendered.')
  const rect = recipe.aspect === 'keep' ? { left: 0, top: 0, width: rgb.width, height: rgb.height } : centred(rgb, recipe.aspect)
  const side = Math.min(recipe.longestSide, Math.max(rect.width, rect.height))
  const image = sharp(rgb.data, { raw: { width: rgb.width, height: rgb.height, channels: 3 } })
    .extract(rect)
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
  const encoded =
    recipe.format === 'jpeg'
      ? image.jpeg({ quality: recipe.quality, chromaSubsampling: recipe.quality >= 90 ? '4:4:4' : '4:2:0' })
      : image.webp({ quality: recipe.quality })
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
  await writeWhole(outPath, data)
  return {
    path: outPath,
    sha256: createHash('sha256').update(data).digest('hex'),
    bytes: data.length,
    width: info.width,
    height: info.height,
  }
}

function centred(frame: { width: number; height: number }, aspect: number): { left: number; top: number; width: number; height: number } {
  const width = Math.max(1, Math.min(frame.width, Math.round(frame.height * aspect)))
  const height = Math.max(1, Math.min(frame.height, Math.round(frame.width / aspect)))
  return { left: Math.floor((frame.width - width) / 2), top: Math.floor((frame.height - height) / 2), width, height }
}

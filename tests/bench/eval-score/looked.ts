import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { weigh } from '../../../main/core/domain/score.ts'
import { modelsDir } from '../../../models/load.ts'
import { encoded } from '../../../models/train/degrade.ts'
import type { Measure } from '../../../workers/protocol.ts'
import { lumaCrop, type Rgb } from '../../../workers/score/pixels.ts'
import { tiles } from '../../../workers/score/tiles.ts'
import { score } from '../../workers/score/pictures.ts'

/** What the product says about one picture, through its own handler and weights, and the baseline: Laplacian variance of the whole picture. */
export type Looked = {
  measures: Record<string, Measure>
  score: number
  points: Record<string, number>
  laplacian: number
  sketch: Uint8Array
}

/** Re-encodes, hands the file to the product as a card would, takes the answer. */
export async function look(rgb: Rgb, quality: number, baseline = false): Promise<Looked> {
  const bytes = await encoded(rgb, quality)
  const path = join(tmpdir(), `dropcard-eval-${randomUUID()}.jpg`)
  await writeFile(path, bytes)
  try {
    const { measures, sketch } = await score(path, { modelsDir })
    const weighed = weigh(measures)
    const points = Object.fromEntries(Object.entries(weighed.components).map(([name, c]) => [name, c.points]))
    return { measures, score: weighed.score, points, laplacian: baseline ? await laplacianOf(bytes) : Number.NaN, sketch }
  } finally {
    await rm(path, { force: true })
  }
}

async function laplacianOf(bytes: Buffer): Promise<number> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  const plane = lumaCrop({ data, width: info.width, height: info.height }, { x: 0, y: 0, width: info.width, height: info.height })
  return tiles(plane, Math.max(info.width, info.height) * 2).lap[0] ?? 0
}

export const reading = (looked: Looked, name: string): number =>
  name === 'score' ? looked.score : name === 'laplacian' ? looked.laplacian : (looked.measures[name]?.value ?? Number.NaN)

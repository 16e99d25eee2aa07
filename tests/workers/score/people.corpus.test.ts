import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { corpus } from '../../support/corpus.ts'
import { score } from './pictures.ts'

const media = corpus ?? ''
type Place = { x: number; y: number }

describe.skipIf(!corpus)('people in photos', () => {
  test('a face is measured where it is; a photo without people gets no word about faces', { timeout: 240_000 }, async () => {
    const table = (await readFile(join(import.meta.dirname, '../../../models/train/subject-truth.tsv'), 'utf8')).trim().split('\n').slice(1)
    const rows = table.map((line) => line.split('\t'))
    const fileOf = (scene: string): string => rows.find((row) => row[5] === scene)?.[0] ?? ''
    // The middle of each face, read from the photo by eye.
    const heads: [string, Place][] = [
      ['s50', { x: 0.51, y: 0.27 }],
      ['s92', { x: 0.52, y: 0.46 }],
      ['s21', { x: 0.51, y: 0.32 }],
    ]
    for (const [scene, at] of heads) {
      const { measures } = await score(join(media, fileOf(scene)))
      const region = measures['faces']?.region
      const holds = region != null && at.x > region.x && at.x < region.x + region.w && at.y > region.y && at.y < region.y + region.h
      expect([scene, holds, measures['eyes']?.because]).toEqual([scene, true, expect.stringMatching(/the eyes (look|may be)/)])
    }
    for (const scene of ['s13', 's42', 's243', 's256', 's186', 's169']) {
      const { measures } = await score(join(media, fileOf(scene)))
      expect([scene, measures['faces'], measures['eyes']]).toEqual([scene, undefined, undefined])
    }
  })
})

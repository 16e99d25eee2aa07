import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openPhoto } from '../../../workers/score/open.ts'
import { fit, thumbSide } from '../../../workers/score/renditions.ts'
import { cellMap, findSubject } from '../../../workers/score/subject.ts'
import { corpus } from '../../support/corpus.ts'
import { score } from './pictures.ts'

const media = corpus ?? ''
type Box = { x: number; y: number; w: number; h: number }

function overlap(a: Box, b: Box): number {
  const w = Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x))
  const h = Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y))
  return (w * h) / (a.w * a.h + b.w * b.h - w * h)
}
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe.skipIf(!corpus)('the subject on photos the head has not seen', () => {
  test('its box meets the one drawn by eye, far better than the hand-made rule', { timeout: 240_000 }, async () => {
    const table = (await readFile(join(import.meta.dirname, 'subject-check.tsv'), 'utf8')).trim().split('\n').slice(1)
    const found: number[] = []
    const ruled: number[] = []
    for (const line of table) {
      const [file = '', ...edges] = line.split('\t')
      const [left = 0, top = 0, right = 0, bottom = 0] = edges.map((edge) => Number(edge) / 100)
      const truth = { x: left, y: top, w: right - left, h: bottom - top }
      const { subject } = await score(join(media, file))
      found.push(subject === null ? 0 : overlap(subject, truth))
      ruled.push(overlap(findSubject(cellMap(await fit((await openPhoto(join(media, file))).rgb, thumbSide))).box, truth))
    }
    expect([found.length, mean(found) > 0.62, mean(found) > mean(ruled) + 0.12]).toEqual([24, true, true])
  })
})

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { assetId } from '../../../main/contract/ids.ts'
import { type BurstFrame, groupBursts } from '../../../main/core/domain/burst.ts'
import { weigh } from '../../../main/core/domain/score.ts'
import { suggest } from '../../../main/core/domain/suggestion.ts'
import { tasks } from '../../../workers/protocol.ts'
import { corpus } from '../../support/corpus.ts'
import { ending, score } from './pictures.ts'

const media = corpus ?? ''
const files = async (folder: string): Promise<string[]> =>
  (await readdir(join(media, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
const photos = async (folder: string) => (await files(folder)).filter((path) => /\.jpe?g$/i.test(path))

async function frameOf(path: string): Promise<BurstFrame> {
  const out = await score(path)
  return {
    id: assetId.parse(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ),
    name: path.split('/').at(-1) ?? path,
    capturedAt: out.info.capturedAt,
    camera: [out.info.cameraMake, out.info.cameraModel, out.info.cameraSerial].filter((part) => part !== null).join(' ') || null,
    orientation: out.info.orientation,
    focalMm: out.info.focalMm,
    exposureS: out.info.exposureS,
    fNumber: out.info.fNumber,
    iso: out.info.iso,
    width: out.info.width,
    height: out.info.height,
    phash: out.phash,
    embedding: out.embedding,
    sketch: out.sketch,
    score: weigh(out.measures).score,
    taste: 0,
    measures: out.measures,
  }
}

describe.skipIf(!corpus)('on the media corpus', () => {
  test('every hostile file ends as a score or a named refusal', { timeout: 240_000 }, async () => {
    const mustScore = /(NOEO|TAIL|ORI|DATE|XMP|TRUN000[3-6]|ICCP|THUM|MPFX|FLIP|ZERO)[^/]*\.JPG$|giant-image\.jpg$|PNGX0001\.JPG$/
    const mustRefuse = /(IMG_000[1-4]|BOMB000[12567]|NOQT|HTML|SVGX|MP4X)[^/]*\.JPG$|corrupt-header\.jpg$|\.(mp4|mov|avi|tsv)$/i
    const wrong: string[] = []
    const endings: Record<string, number> = {}
    for (const path of await files('dev/hostile')) {
      const started = performance.now()
      const end = await ending(score(path).then((out) => tasks['score.photo'].out.parse(out)))
      endings[end] = (endings[end] ?? 0) + 1
      const expected = mustScore.test(path) ? 'score' : mustRefuse.test(path) && !path.endsWith('JPGX0001.MP4') ? 'refusal' : 'either'
      if (expected !== 'either' && (end === 'scored') !== (expected === 'score')) wrong.push(`${path}: ${end}`)
      if (performance.now() - started > 10_000) wrong.push(`${path}: took more than 10 s`)
    }
    expect(wrong).toEqual([])
    expect(Object.keys(endings).toSorted()).toEqual(expect.arrayContaining(['damaged', 'scored', 'too-large', 'unsupported']))
  })

  test('every line of TRUTH-bursts.tsv holds, and different photos of the set stay apart', { timeout: 240_000 }, async () => {
    const frames = []
    for (const path of [
      ...(await photos('dev/bursts')),
      ...(await photos('dev/photos/exif-orientation-examples')),
      ...(await photos('dev/photos/immich-test-assets')),
    ]) {
      frames.push(await frameOf(path))
    }
    const stacks = groupBursts(frames)
    const nameOf = new Map(frames.map(({ id, name }) => [id, name]))
    const stackOf = (name: string) => stacks.find(({ members }) => members.some((id) => nameOf.get(id) === name))
    const members = (name: string) => stackOf(name)?.members.map((id) => nameOf.get(id)) ?? []
    const numbered = (stem: string, numbers: string[], end: string) => numbers.map((n) => `${stem}${n}${end}`)
    expect(members('pcb_004.JPG').toSorted()).toEqual(numbered('pcb_00', ['0', '2', '3', '4', '6', '7', '9'], '.JPG'))
    expect(['pcb_003.JPG', 'pcb_004.JPG']).toContain(members('pcb_004.JPG')[0])
    expect(members('pcb_004.JPG').slice(-3).toSorted()).toEqual(numbered('pcb_00', ['0', '7', '9'], '.JPG'))
    expect(members('pcb_004.jpg').toSorted()).toEqual(numbered('pcb_00', ['1', '2', '3', '4', '5', '6', '7'], '.jpg'))
    expect(members('Landscape_1.jpg').toSorted()).toEqual(numbered('Landscape_', ['0', '1', '2', '3', '4', '5', '6', '7', '8'], '.jpg'))
    expect(members('Portrait_1.jpg').toSorted()).toEqual(numbered('Portrait_', ['1', '6'], '.jpg'))
    const proposals = suggest(stacks, frames)
    const never = frames.filter(({ name }) => /pcb_00[079]\.JPG/.test(name)).map(({ id }) => proposals.get(id)?.suggestion)
    expect(never).not.toContain('pick')
  })

  test('the wiring from pixels to score keeps the order people gave (the head was trained on these photos: this shows nothing about others)', {
    timeout: 240_000,
  }, async () => {
    const table = (await readFile(join(media, 'live-in-the-wild/MOS.tsv'), 'utf8')).trim().split('\n').slice(1)
    const sample = table.filter((_, i) => i % 7 === 0).map((line) => line.split('\t'))
    const pairs: { mos: number; score: number }[] = []
    for (const [file, mos] of sample) {
      const out = await score(join(media, 'live-in-the-wild', file ?? ''))
      pairs.push({ mos: Number(mos), score: weigh(out.measures).score })
    }
    expect(
      spearman(
        pairs.map(({ mos }) => mos),
        pairs.map(({ score }) => score),
      ),
    ).toBeGreaterThan(0.7)
  })
})

function spearman(a: number[], b: number[]): number {
  const ranks = (values: number[]): number[] =>
    values.map((v) => values.filter((w) => w < v).length + values.filter((w) => w === v).length / 2)
  const [x, y] = [ranks(a), ranks(b)]
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const dot = x.reduce((sum, v, i) => sum + (v - mx) * ((y[i] ?? 0) - my), 0)
  return dot / Math.sqrt(x.reduce((sum, v) => sum + (v - mx) ** 2, 0) * y.reduce((sum, v) => sum + (v - my) ** 2, 0))
}

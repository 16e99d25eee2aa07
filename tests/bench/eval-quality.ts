/**
 * The learned quality head against what people said, with interval, control and baselines:
 *   node tests/bench/eval-quality.ts [FOLDER]
 * FOLDER holds MOS.tsv (columns `file`, `mos_0_100`) and the photos it names; default: `live-in-the-wild` of the corpus.
 *
 * Cross-validated: features by the product's own code, the training of `models/train/quality.py` done again here (closed-form ridge, 5 folds by
 * near-duplicate cluster, 5 splits), so no stored prediction is trusted. Two differences: features are standardised once over all photos, without
 * labels, and the photos made worse on purpose are left out.
 * Shipped: the head as it ships, asked only about photos that it was not trained on; skipped where there are none.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadModel, modelsDir } from '../../models/load.ts'
import { readTensors } from '../../models/tensors.ts'
import { random } from '../../models/train/degrade.ts'
import { type Looked, openLook } from '../../models/train/look.ts'
import { openPhoto } from '../../workers/score/open.ts'
import { lumaCrop } from '../../workers/score/pixels.ts'
import { predictMos, qualityLength } from '../../workers/score/quality.ts'
import { corpus, corpusReason } from '../support/corpus.ts'
import { clusters, foldsOf, kernel, predict, spearman } from './eval-quality-ridge.ts'

/** `low`, `high`: 95 % bootstrap over photos. `value` null: not measured, and `note` says why. */
export type QualityRow = { name: string; value: number | null; low: number | null; high: number | null; photos: number; note: string }

const splits = 5

export async function evalQuality(
  folder: string | null = corpus === null ? null : join(corpus, 'live-in-the-wild'),
): Promise<QualityRow[]> {
  if (folder === null || !existsSync(join(folder, 'MOS.tsv'))) {
    return [{ name: 'quality', value: null, low: null, high: null, photos: 0, note: folder ? `no MOS.tsv in ${folder}` : corpusReason }]
  }
  const look = await openLook()
  const seen: { looked: Looked; mos: number; laplacian: number; key: string }[] = []
  for (const { file, mos } of await truth(folder)) {
    const path = join(folder, file)
    const key = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
      .slice(0, 8)
    seen.push({ looked: await look(path), mos, laplacian: await laplacian(path), key })
  }
  const mos = seen.map((photo) => photo.mos)
  const label = clusters(seen.map(({ looked }) => looked.objects))
  const gram = kernel(seen.map(({ looked }) => [looked.asIs, looked.mirrored]))
  const runs = Array.from({ length: splits }, (_, seed) => predict(gram, [mos], foldsOf(label, 5, seed))[0] ?? [])
  const next = random(1)
  const shuffled = Array.from({ length: 20 }, () => shuffle(mos, next))
  const blind = predict(gram, shuffled, foldsOf(label, 5, 0))
  const rows = [
    figure('cross-validated', runs, mos, `5 folds by near-duplicate cluster (${new Set(label).size}), mean of ${splits} splits`),
    {
      ...figure('shuffled labels', [blind[0] ?? []], shuffled[0] ?? [], 'mean of 20; must be near 0'),
      value: mean(blind.map((values, i) => spearman(values, shuffled[i] ?? []))),
      low: null,
      high: null,
    },
    figure('Laplacian variance', [seen.map((photo) => photo.laplacian)], mos, 'whole picture, nothing learned'),
    figure('mean of the gradients', [seen.map(({ looked }) => looked.asIs[qualityLength - 3] ?? 0)], mos, 'one of the eight readings'),
  ]
  return [...rows, await shipped(seen)]
}

async function shipped(seen: readonly { looked: Looked; mos: number; key: string }[]): Promise<QualityRow> {
  const name = 'as shipped'
  const head = await loadModel(modelsDir, 'quality-head')
  if (!head.ok) return { name, value: null, low: null, high: null, photos: 0, note: head.because }
  const header = head.bytes.subarray(8, 8 + Number(head.bytes.readBigUInt64LE(0))).toString()
  const unseen = seen.filter(({ key }) => !header.includes(key))
  if (unseen.length < 30) {
    return {
      name,
      value: null,
      low: null,
      high: null,
      photos: unseen.length,
      note: 'the head was trained on these photos: nothing to measure',
    }
  }
  const t = readTensors(head.bytes)
  const f32 = (part: string) => t.f32(part, qualityLength)
  const weights = { mean: f32('mean'), scale: f32('scale'), weights: f32('weights'), bias: t.f32('bias', 1)[0] ?? 0 }
  const told = unseen.map(({ looked }) => predictMos(looked.asIs, weights))
  return figure(
    name,
    [told],
    unseen.map(({ mos }) => mos),
    'photos the head has not seen',
  )
}

function figure(name: string, runs: readonly number[][], truth: readonly number[], note: string): QualityRow {
  const next = random(2)
  const draws = Array.from({ length: 1000 }, () => {
    const pick = truth.map(() => Math.floor(next() * truth.length))
    const drawn = pick.map((i) => truth[i] ?? 0)
    return mean(
      runs.map((values) =>
        spearman(
          pick.map((i) => values[i] ?? 0),
          drawn,
        ),
      ),
    )
  }).toSorted((a, b) => a - b)
  return {
    name,
    value: mean(runs.map((v) => spearman(v, truth))),
    low: draws[24] ?? null,
    high: draws[974] ?? null,
    photos: truth.length,
    note,
  }
}

async function truth(folder: string): Promise<{ file: string; mos: number }[]> {
  const [head = '', ...lines] = (await readFile(join(folder, 'MOS.tsv'), 'utf8')).trim().split(/\r?\n/)
  const columns = head.split('\t')
  const [file, mos] = [columns.indexOf('file'), columns.indexOf('mos_0_100')]
  if (file < 0 || mos < 0) throw new Error(`MOS.tsv: expected the columns file and mos_0_100, found ${columns.join(', ')}`)
  return lines.map((line) => line.split('\t')).map((parts) => ({ file: parts[file] ?? '', mos: Number(parts[mos]) }))
}

async function laplacian(path: string): Promise<number> {
  const { rgb } = await openPhoto(path)
  const { data, width, height } = lumaCrop(rgb, { x: 0, y: 0, width: rgb.width, height: rgb.height })
  let [sum, square, count] = [0, 0, 0]
  const at = (i: number): number => data[i] ?? 0
  for (let y = 1; y < height - 1; y++) {
    for (let i = y * width + 1; i < (y + 1) * width - 1; i++, count++) {
      const l = at(i - width) + at(i + width) + at(i - 1) + at(i + 1) - 4 * at(i)
      sum += l
      square += l * l
    }
  }
  return square / count - (sum / count) ** 2
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length)

function shuffle(values: readonly number[], next: () => number): number[] {
  return values
    .map((value) => ({ value, order: next() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ value }) => value)
}

export function qualityTable(rows: readonly QualityRow[]): void {
  console.log('\nLearned quality, Spearman with the mean opinion of people [95 % over photos]')
  for (const { name, value, low, high, photos, note } of rows) {
    const shown = value === null ? 'skipped' : value.toFixed(3)
    console.log(
      `  ${name}: ${shown}${low !== null && high !== null ? ` [${low.toFixed(3)}, ${high.toFixed(3)}]` : ''} · ${photos} photos · ${note}`,
    )
  }
}

if (import.meta.main) qualityTable(await evalQuality(process.argv[2]))

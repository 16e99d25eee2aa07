/**
 * How good the measures, the score and the choice inside a series are, with intervals and baselines, through the product's own code:
 *   node tests/bench/eval-score.bench.ts [--only synthetic,bursts,sweep,white,clean,clutter] [--scenes N] [--pixels N] [--seen]
 *     [--mistakes KIND:MEASURE]
 * Scenes: the corpus' photos of camera models that no part of training saw (`models/train/scenes.ts`); `--seen` takes the others instead.
 * `--scenes N` stops after N scenes (a quick look, not a figure to quote). Synthetic faults on real photos; nothing here is a human judgement.
 */
import { cpus } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { atMost } from '../../models/train/degrade.ts'
import { findScenes } from '../../models/train/scenes.ts'
import { openPhoto } from '../../workers/score/open.ts'
import { corpus, corpusReason } from '../support/corpus.ts'
import { type Burst, burstOf, burstTable, sweep } from './eval-score/bursts.ts'
import { type AsShot, asShot, cleanTable } from './eval-score/clean.ts'
import { type Cluttered, clutteredOf, clutterOf, clutterTable, realOf } from './eval-score/clutter.ts'
import { faultsOf, mistakes, type Row, table } from './eval-score/synthetic.ts'
import { type OnWhite, onWhite, whiteTable } from './eval-score/white.ts'

const args = process.argv.slice(2)
const after = (flag: string): string | null => (args.includes(flag) ? (args[args.indexOf(flag) + 1] ?? null) : null)
const only = after('--only')?.split(',') ?? ['synthetic', 'bursts', 'sweep', 'white', 'clean', 'clutter']
const most = Number(after('--scenes') ?? Infinity)
const seen = args.includes('--seen')
/** Faults are made at the photo's own scale up to this size; larger photos are reduced first. */
const largest = Number(after('--pixels') ?? 8.2e6)
const burstsEach = 2
const burstSize = Math.min(largest, 3e6)

if (corpus === null) {
  console.log(`Nothing measured: ${corpusReason}.`)
} else {
  sharp.concurrency(1)
  sharp.cache(false)
  const started = performance.now()
  const all = await findScenes(join(corpus, 'dev/photos'), 0.25e6)
  const chosen = all.filter(({ heldOut }) => heldOut !== seen)
  // The quick look takes the largest: that is what cameras deliver.
  const scenes = chosen.toSorted((a, b) => b.pixels - a.pixels).slice(0, most)
  console.log(
    `${cpus().length} cores, Node ${process.version}. ${all.length} scenes of ${new Set(all.map(({ camera }) => camera)).size} cameras; ` +
      `${scenes.length} ${seen ? 'that training saw' : 'held out'}: ${scenes.filter(({ pixels }) => pixels >= 1.5e6).length} of 1.5 MP and more.`,
  )
  const rows: Row[] = []
  const bursts: Burst[] = []
  const whites: OnWhite[] = []
  const clean: AsShot[] = []
  const cluttered: Cluttered[] = []
  const stock = only.includes('clutter') ? await clutterOf(corpus, !seen) : null
  for (const [i, scene] of scenes.entries()) {
    const { rgb } = await openPhoto(scene.path)
    const seed = Number.parseInt(scene.sha256.slice(0, 6), 16)
    const name = scene.name.split('/').at(-1) ?? scene.name
    if (only.includes('synthetic')) rows.push(...(await faultsOf(name, await atMost(rgb, largest), seed)))
    if (only.includes('bursts'))
      for (let k = 0; k < burstsEach; k++) bursts.push(await burstOf(name, await atMost(rgb, burstSize), seed + k))
    const placed = only.includes('white') ? await onWhite(name, await atMost(rgb, largest)) : null
    if (placed) whites.push(placed)
    if (stock !== null) cluttered.push(...(await clutteredOf(name, rgb, stock, seed)))
    console.error(`${i + 1} of ${scenes.length}: ${name}, ${((performance.now() - started) / 1000).toFixed(0)} s`)
  }
  if (only.includes('clean')) for (const scene of all.slice(0, most * 4)) clean.push(await asShot(scene, (await openPhoto(scene.path)).rgb))
  if (rows.length > 0) {
    const large = new Set(scenes.filter(({ pixels }) => pixels >= 1.5e6).map(({ name }) => name.split('/').at(-1)))
    table(
      rows.filter(({ scene }) => large.has(scene)),
      'Synthetic faults, photos of 1.5 MP and more',
    )
    table(
      rows.filter(({ scene }) => !large.has(scene)),
      'Synthetic faults, smaller pictures',
    )
    const [kind, measure] = after('--mistakes')?.split(':') ?? []
    if (kind !== undefined && measure !== undefined) for (const text of mistakes(rows, kind, measure)) console.log(`  wrong: ${text}`)
  }
  if (bursts.length > 0) burstTable(bursts)
  if (only.includes('sweep')) await sweep(corpus)
  if (whites.length > 0) whiteTable(whites)
  if (clean.length > 0) cleanTable(clean)
  if (stock !== null) clutterTable([...cluttered, ...(await realOf(stock, most * 10))])
  console.log(
    `\n${((performance.now() - started) / 60_000).toFixed(1)} minutes, one thread, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
  )
}

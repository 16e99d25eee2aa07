/**
 * Where the time of one photo goes: CPU milliseconds (user + system, so that other programs on the machine count little) of each step of
 * `score.photo`, one step after the other in one thread, and of bare sharp making the same two JPEGs.
 *   node tests/bench/score-steps.bench.ts [ROUNDS]
 */
import '../../main/hosts/lean.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { calmCollector } from '../../main/adapters/collector.ts'
import { modelsDir } from '../../models/load.ts'
import { classicalMeasures, read } from '../../workers/score/analyse.ts'
import { besideSubject } from '../../workers/score/beside.ts'
import { learned } from '../../workers/score/learned.ts'
import { openModels } from '../../workers/score/models.ts'
import { openPhoto } from '../../workers/score/open.ts'
import { peopleMeasures } from '../../workers/score/people.ts'
import { phash } from '../../workers/score/phash.ts'
import { lumaAndHalf, release } from '../../workers/score/pixels.ts'
import { locate } from '../../workers/score/region.ts'
import { fit, jpeg, nearest, previewSide, stretch, thumbSide, writeWhole } from '../../workers/score/renditions.ts'
import { sketch } from '../../workers/score/sketch.ts'
import { cellMap } from '../../workers/score/subject.ts'
import { machine, median } from './offload-card.ts'
import { eightMegapixels } from './score-material.ts'

const rounds = Number(process.argv[2] ?? 3)
const dir = await mkdtemp(join(tmpdir(), 'dropcard-steps-'))
const { paths, from } = await eightMegapixels(join(dir, 'in'))
// As the engine's pool does.
calmCollector()
const models = await openModels(modelsDir)
const { objects, subject: head, faces } = models
if (objects === null || head === null || faces === null) throw new Error(`expected all models, came ${models.degraded.join('; ')}`)

const totals = new Map<string, number>()
/** The least CPU time that each step took for each photo, over all rounds: what a busy machine changes least. */
const least = new Map<string, Map<string, number>>()
let current = ''
async function step<T>(name: string, act: () => Promise<T> | T): Promise<T> {
  const began = process.cpuUsage()
  const out = await act()
  const { user, system } = process.cpuUsage(began)
  const spent = (user + system) / 1000
  totals.set(name, (totals.get(name) ?? 0) + spent)
  const photos = least.get(name) ?? new Map<string, number>()
  least.set(name, photos.set(current, Math.min(photos.get(current) ?? Infinity, spent)))
  return out
}

async function whole(path: string): Promise<void> {
  const picture = await step('read, camera data, decode', () => openPhoto(path))
  const preview = await step('resize to 2,048', () => fit(picture.rgb, previewSide))
  const { luma, half } = await step('luma and half of it', () => lumaAndHalf(preview))
  const small = await step('resize to 480', () => fit(nearest(preview, half, thumbSide, Math.max), thumbSide))
  const large = await step('encode preview', () => jpeg(preview, 85))
  const thumb = await step('encode thumbnail', () => jpeg(small, 80))
  await step('write both, made safe', async () => {
    await writeWhole(join(dir, 'p.jpg'), large)
    await writeWhole(join(dir, 't.jpg'), thumb)
  })
  const square = await step('resize for the object network', () => stretch(preview, objects?.side ?? 1, objects?.side ?? 1))
  const look = await step('object network', () => objects?.look(square))
  if (look === undefined || head === null || faces === null) throw new Error('expected all models')
  const cells = await step('cells', () => cellMap(small))
  const heat = await step('subject network', () => head.heat(look, cells))
  const found = await step('subject box', () => locate(cells, look, heat, null))
  const readings = await step('pixel readings', () => read(picture.rgb, preview, small, found, luma))
  await step('measures and trees', () => classicalMeasures(readings, found, picture, models.faults))
  const people = await step('faces', async () => {
    const all = await faces.find(small, preview)
    peopleMeasures(all, preview)
    return all
  })
  await step('clutter', () => besideSubject(cells, look, models.skin, found, people.length > 0))
  await step('general network, quality, descriptor', () =>
    learned(models, look.features, nearest(preview, half, models.general?.side ?? 0), small),
  )
  await step('hash and sketch', () => [phash(luma), sketch(small, luma)])
  for (const { data } of [picture.rgb, preview, half, luma, small, square]) release(data)
  for (const bytes of [large, thumb, ...Object.values(look.maps)]) release(bytes)
}

async function bare(path: string): Promise<void> {
  const one = (side: number, quality: number, name: string) =>
    sharp(path, { failOn: 'none' })
      .autoOrient()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality, optimiseCoding: false })
      .toFile(join(dir, name))
  await one(2048, 85, 'b.jpg')
  await one(480, 80, 'c.jpg')
}

sharp.concurrency(1)
sharp.cache(false)
for (const path of paths.slice(0, 3)) await whole(path)
await bare(paths[0] ?? '')
least.clear()
const perRound: Map<string, number>[] = []
for (let n = 0; n < rounds; n += 1) {
  totals.clear()
  for (const path of paths) {
    current = path
    await whole(path)
    await step('bare', () => bare(path))
  }
  perRound.push(new Map(totals))
}
const names = [...(perRound[0]?.keys() ?? [])]
const of = (name: string): number[] => perRound.map((one) => (one.get(name) ?? 0) / paths.length)
const leastOf = (which: readonly string[]): number =>
  which.reduce((sum, name) => sum + [...(least.get(name)?.values() ?? [])].reduce((all, value) => all + value, 0), 0) / paths.length
const line = (name: string, values: number[], low: number): void =>
  console.log(
    `${name.padEnd(38)} ${low.toFixed(1).padStart(6)}; ${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`,
  )
console.log(
  `machine   ${machine()}\ninput     ${from}; ${rounds} rounds; CPU ms a photo: mean of each photo's least; median of the rounds (lowest–highest)`,
)
for (const name of names) if (name !== 'bare') line(name, of(name), leastOf([name]))
const sums = perRound.map((one) =>
  names.filter((name) => name !== 'bare').reduce((sum, name) => sum + (one.get(name) ?? 0) / paths.length, 0),
)
const steps = names.filter((name) => name !== 'bare')
line('all', sums, leastOf(steps))
line('bare sharp, the same two JPEGs', of('bare'), leastOf(['bare']))
line(
  'ratio',
  sums.map((sum, n) => sum / (of('bare')[n] ?? Number.NaN)),
  leastOf(steps) / leastOf(['bare']),
)
await rm(dir, { recursive: true, force: true })

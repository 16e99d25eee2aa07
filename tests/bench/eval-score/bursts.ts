import { join } from 'node:path'
import { rankSeries, type SeriesFrame } from '../../../main/core/domain/series.ts'
import { cut, exposed, gaussian, moved, noisy, random } from '../../../models/train/degrade.ts'
import { openPhoto } from '../../../workers/score/open.ts'
import type { Rgb } from '../../../workers/score/pixels.ts'
import { type Looked, look } from './looked.ts'
import { share, shown } from './statistics.ts'

/** One clean frame among 4–8 clearly degraded ones, all a little apart as a hand holds a camera. */
export type Burst = { scene: string; frames: { done: string; looked: Looked }[] }

type Defect = (rgb: Rgb, next: () => number) => Promise<{ done: string; rgb: Rgb }>

const defects: Defect[] = [
  async (rgb, next) => {
    const sigma = 1.3 + 2.5 * next()
    return { done: `blur ${sigma.toFixed(1)}`, rgb: await gaussian(rgb, sigma) }
  },
  async (rgb, next) => {
    const length = 7 + 16 * next()
    return { done: `motion ${length.toFixed(0)}`, rgb: await moved(rgb, length, 180 * next()) }
  },
  async (rgb, next) => {
    const ev = (next() < 0.5 ? -1 : 1) * (1 + 1.5 * next())
    return { done: `light ${ev.toFixed(1)}`, rgb: exposed(rgb, ev) }
  },
  async (rgb, next) => {
    const sigma = 10 + 8 * next()
    return { done: `noise ${sigma.toFixed(0)}`, rgb: await noisy(rgb, sigma, 'white', Math.floor(1e6 * next())) }
  },
  async (rgb, next) => ({ done: 'blur 3 + noise 8', rgb: await noisy(await gaussian(rgb, 3), 8, 'white', Math.floor(1e6 * next())) }),
]

export async function burstOf(scene: string, rgb: Rgb, seed: number): Promise<Burst> {
  const next = random(seed)
  const clean = Math.floor(9 * next())
  const count = 5 + Math.floor(5 * next())
  const frames: Burst['frames'] = []
  for (let i = 0; i < count; i++) {
    const held = cut(rgb, { x: 0.03 * next(), y: 0.03 * next(), w: 0.97, h: 0.97 })
    const made = i === clean % count ? { done: 'clean', rgb: held } : await pick(next)(held, next)
    frames.push({ done: made.done, looked: await look(exposed(made.rgb, 0.12 * (next() - 0.5)), Math.round(82 + 12 * next())) })
  }
  return { scene, frames }
}

const pick = (next: () => number): Defect => {
  const chosen = defects[Math.floor(defects.length * next())]
  if (!chosen) throw new Error('expected a defect')
  return chosen
}

const asSeries = (frames: Burst['frames']): (SeriesFrame & { done: string })[] =>
  frames.map(({ done, looked }, i) => ({
    id: String(i),
    place: i,
    score: looked.score,
    measures: looked.measures,
    sketch: looked.sketch,
    done,
  }))

export function burstTable(bursts: readonly Burst[]): void {
  const tally = (right: (burst: Burst) => boolean): string => {
    const scenes = new Map<string, { right: number; asked: number }>()
    for (const burst of bursts) {
      const t = scenes.get(burst.scene) ?? { right: 0, asked: 0 }
      scenes.set(burst.scene, { right: t.right + (right(burst) ? 1 : 0), asked: t.asked + 1 })
    }
    return shown(share([...scenes.values()]))
  }
  const top = (of: (frame: Burst['frames'][number]) => number) => (burst: Burst) =>
    burst.frames.toSorted((a, b) => of(b) - of(a))[0]?.done === 'clean'
  console.log(
    `\nForced-defect bursts: ${bursts.length} of ${new Set(bursts.map(({ scene }) => scene)).size} scenes, one clean frame each, top-1 [95 % over scenes]`,
  )
  console.log(`  decided in the series   ${tally((burst) => rankSeries(asSeries(burst.frames)).order[0]?.done === 'clean')} (goal .97)`)
  console.log(`  overall score           ${tally(top(({ looked }) => looked.score))}`)
  console.log(`  detail alone            ${tally(top(({ looked }) => looked.measures['detail']?.value ?? 0))} (baseline)`)
  const mean = bursts.reduce((sum, { frames }) => sum + 1 / frames.length, 0) / bursts.length
  console.log(`  by chance               ${mean.toFixed(3)}`)
  for (const { scene, frames } of bursts) {
    const { order, why } = rankSeries(asSeries(frames))
    if (order[0]?.done !== 'clean') console.log(`  missed: ${scene}: ${order.map(({ done }) => done).join(' > ')} (${why})`)
  }
}

/** The real focus sweep: the order people see is 003 ~ 004 > 002 > 006 > 000 > 007 > 009. */
export async function sweep(corpus: string): Promise<void> {
  const folder = join(corpus, 'dev/bursts/focus-stack/examples/depthmap')
  const frames: Burst['frames'] = []
  for (const n of [0, 2, 3, 4, 6, 7, 9]) {
    const { rgb } = await openPhoto(join(folder, `pcb_00${n}.JPG`))
    frames.push({ done: `00${n}`, looked: await look(rgb, 95, true) })
  }
  const { order } = rankSeries(asSeries(frames))
  const by = (of: (looked: Looked) => number): string =>
    frames
      .toSorted((a, b) => of(b.looked) - of(a.looked))
      .map(({ done }) => done)
      .join(' ')
  console.log('\nReal focus sweep (by eye: 003 ~ 004 > 002 > 006 > 000 > 007 > 009; never 000, 007, 009 on top)')
  console.log(`  decided in the series   ${order.map(({ done }) => done).join(' ')}`)
  for (const name of ['focus', 'detail']) console.log(`  ${name.padEnd(24)}${by((looked) => looked.measures[name]?.value ?? 0)}`)
  console.log(
    `  score                   ${by(({ score }) => score)}  (${frames.map(({ done, looked }) => `${done} ${looked.score}`).join(', ')})`,
  )
  console.log(`  laplacian               ${by(({ laplacian }) => laplacian)} (baseline)`)
}

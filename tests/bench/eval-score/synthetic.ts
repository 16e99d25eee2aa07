import { exposed, gaussian, moved, noisy, random, tinted } from '../../../models/train/degrade.ts'
import type { Rgb } from '../../../workers/score/pixels.ts'
import { type Looked, look, reading } from './looked.ts'
import { across, auc, type Level, shown, shuffled, within } from './statistics.ts'

/** One picture of the table: what was done (`level` grows with the fault) and what the product says. */
export type Row = { scene: string; kind: string; level: number; looked: Looked }

const blurs = [0.7, 1.2, 2, 3, 4]
const motions = [3, 5, 9, 15, 25]
const stops = [0.5, 1, 2, 3]

/** All faults of one scene. Every picture is encoded at a quality of 80–95 of its own. */
export async function faultsOf(scene: string, rgb: Rgb, seed: number): Promise<Row[]> {
  const next = random(seed)
  const quality = (): number => Math.round(80 + 15 * next())
  const rows: Row[] = []
  const add = async (kind: string, level: number, picture: Rgb, q = quality(), baseline = false): Promise<void> => {
    rows.push({ scene, kind, level, looked: await look(picture, q, baseline) })
  }
  await add('clean', 0, rgb, quality(), true)
  for (const sigma of blurs) await add('blur', sigma, await gaussian(rgb, sigma), quality(), true)
  for (const length of motions) await add('motion', length, await moved(rgb, length, 180 * next()), quality(), true)
  for (const sigma of [4, 8, 16]) await add('noise', sigma, await noisy(rgb, sigma, 'white', seed + sigma))
  for (const sigma of [8, 16]) await add('smoothed noise', sigma, await noisy(rgb, sigma, 'smoothed', seed + sigma))
  for (const ev of stops) {
    await add('darker', ev, exposed(rgb, -ev))
    await add('brighter', ev, exposed(rgb, ev))
  }
  for (const q of [70, 50, 30]) await add('squeezed', 100 - q, rgb, q)
  const [warm, cool] = [1.18, 0.85]
  for (const k of [1, 2]) await add('tinted', k, tinted(rgb, seed % 2 === 0 ? [warm ** k, 1, cool ** k] : [cool ** k, 1, warm ** k]))
  await add('fooled', 1, await noisy(await gaussian(rgb, 3.5), 8, 'white', seed), quality(), true)
  return rows
}

const levels = (rows: readonly Row[], kinds: readonly string[], name: string): Level[] =>
  rows
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ scene, level, looked }) => ({ scene, level, value: reading(looked, name) }))
    .filter(({ value }) => !Number.isNaN(value))

/** Prints the table for one set of scenes. */
export function table(rows: readonly Row[], title: string): void {
  const scenes = new Set(rows.map(({ scene }) => scene)).size
  if (scenes === 0) return
  console.log(`\n${title}: ${scenes} scenes, ${rows.length} pictures. Share of pairs in the right order [95 % over scenes]`)
  const line = (what: string, kinds: readonly string[], names: readonly string[], goal: string): void => {
    for (const name of names) console.log(`  ${what.padEnd(34)} ${name.padEnd(12)} ${shown(within(levels(rows, kinds, name)))} ${goal}`)
  }
  line('blur, within a scene', ['clean', 'blur'], ['focus', 'detail', 'score'], '(goal .98)')
  line('', ['clean', 'blur'], ['laplacian'], '(baseline)')
  console.log(`  ${''.padEnd(34)} ${'focus'.padEnd(12)} ${shown(within(shuffled(levels(rows, ['clean', 'blur'], 'focus'))))} (shuffled)`)
  for (const [name, apart, goal] of [
    ['focus', 1e-9, '(goal .92)'],
    ['focus', 0.9, '(σ at least .9 apart)'],
    ['laplacian', 1e-9, '(baseline)'],
    ['score', 1e-9, ''],
  ] as const) {
    console.log(
      `  ${'blur, across scenes'.padEnd(34)} ${name.padEnd(12)} ${shown(across(levels(rows, ['clean', 'blur'], name), apart))} ${goal}`,
    )
  }
  line('motion, within a scene', ['clean', 'motion'], ['motion', 'focus', 'score', 'laplacian'], '')
  const motion = (kinds: readonly string[], least = 0): Level[] => levels(rows, kinds, 'motion').filter(({ level }) => level >= least)
  console.log(`  ${'motion 3–25 px against sharp, AUC'.padEnd(47)} ${shown(auc(motion(['clean']), motion(['motion'])))} (goal .95)`)
  console.log(`  ${'motion ≥ 5 px against sharp, AUC'.padEnd(47)} ${shown(auc(motion(['clean']), motion(['motion'], 5)))}`)
  console.log(`  ${'motion ≥ 9 px against sharp + blur, AUC'.padEnd(47)} ${shown(auc(motion(['clean', 'blur']), motion(['motion'], 9)))}`)
  const lap = (kinds: readonly string[]): Level[] => levels(rows, kinds, 'laplacian')
  console.log(`  ${'the same from the Laplacian, 3–25 px'.padEnd(47)} ${shown(auc(lap(['clean']), lap(['motion'])))} (baseline)`)
  line('noise, within a scene', ['clean', 'noise'], ['noise', 'score'], '(goal .97)')
  line('smoothed noise, within a scene', ['clean', 'smoothed noise'], ['noise', 'score'], '')
  line('darker, within a scene', ['clean', 'darker'], ['exposure', 'score'], '(goal .98)')
  line('brighter, within a scene', ['clean', 'brighter'], ['exposure', 'score'], '(goal .98)')
  line('squeezed, within a scene', ['clean', 'squeezed'], ['compression', 'score'], '')
  line('tinted, within a scene', ['clean', 'tinted'], ['colour-cast', 'score'], '')
  tints(rows)
  for (const name of ['focus', 'detail', 'score', 'laplacian']) {
    const clean = new Map(levels(rows, ['clean'], name).map(({ scene, value }) => [scene, value]))
    const fooled = levels(rows, ['fooled'], name).filter(({ scene, value }) => value >= (clean.get(scene) ?? Infinity)).length
    console.log(`  ${'noisy and blurred beats sharp'.padEnd(34)} ${name.padEnd(12)} ${fooled} of ${clean.size} scenes (goal ≤ 3 %)`)
  }
}

/** Tints apart by whether anything neutral is in the photo as shot: with it they must be found, without it they must not count. */
function tints(rows: readonly Row[]): void {
  const cast = (row: Row) => row.looked.measures['colour-cast']
  const clean = rows.filter(({ kind }) => kind === 'clean')
  for (const [what, fits] of [
    ['with neutral support', (sure: number) => sure >= 0.5],
    ['without', (sure: number) => sure < 0.15],
  ] as const) {
    const scenes = new Set(clean.filter((row) => fits(cast(row)?.confidence ?? 0)).map(({ scene }) => scene))
    const some = rows.filter(({ scene, kind }) => scenes.has(scene) && (kind === 'clean' || kind === 'tinted'))
    const points = some.map(({ looked }) => Math.abs(looked.points['colour-cast'] ?? 0))
    console.log(
      `  ${`  ${what}: ${scenes.size} scenes`.padEnd(34)} ${'colour-cast'.padEnd(12)} ${shown(within(levels(some, ['clean', 'tinted'], 'colour-cast')))}${what === 'without' ? `, moves the score by at most ${Math.max(0, ...points).toFixed(1)}` : ' (goal .9)'}`,
    )
  }
}

/** Which pairs went wrong, for looking at. */
export function mistakes(rows: readonly Row[], kind: string, name: string): string[] {
  const out: string[] = []
  for (const a of rows.filter((r) => r.kind === kind || r.kind === 'clean')) {
    for (const b of rows.filter((r) => r.scene === a.scene && (r.kind === kind || r.kind === 'clean') && r.level > a.level)) {
      if (reading(b.looked, name) >= reading(a.looked, name)) {
        out.push(
          `${a.scene} ${kind} ${a.level}→${b.level}: ${name} ${reading(a.looked, name).toFixed(3)} → ${reading(b.looked, name).toFixed(3)}`,
        )
      }
    }
  }
  return out
}

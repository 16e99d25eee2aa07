import { random } from '../../../models/train/degrade.ts'

/** One figure of one scene: how often it was right, and how often it was asked. */
export type Tally = { right: number; asked: number }
/** A share with its 95 % interval, from 1,000 draws of scenes (not of pictures). */
export type Share = { value: number; low: number; high: number; asked: number }

export function share(scenes: readonly Tally[]): Share {
  const of = (list: readonly Tally[]): number => {
    const asked = list.reduce((sum, t) => sum + t.asked, 0)
    return asked === 0 ? Number.NaN : list.reduce((sum, t) => sum + t.right, 0) / asked
  }
  const next = random(7)
  const draws = Array.from({ length: 1000 }, () =>
    of(scenes.map(() => scenes[Math.floor(next() * scenes.length)] ?? { right: 0, asked: 0 })),
  )
    .filter((v) => !Number.isNaN(v))
    .toSorted((a, b) => a - b)
  const at = (p: number): number => draws[Math.min(draws.length - 1, Math.floor(p * draws.length))] ?? Number.NaN
  return { value: of(scenes), low: at(0.025), high: at(0.975), asked: scenes.reduce((sum, t) => sum + t.asked, 0) }
}

export type Level = { scene: string; level: number; value: number }

/** Pairs of one scene with different levels: a higher level (a greater fault) must have the lower value; a tie is half right. */
export function within(rows: readonly Level[]): Share {
  return share([...byScene(rows).values()].map((list) => pairs(list, list, true)))
}

/** Pairs from two scenes whose levels differ by at least `apart`, counted to the scene of the first. */
export function across(rows: readonly Level[], apart: number): Share {
  const scenes = byScene(rows)
  return share(
    [...scenes].map(([scene, list]) =>
      pairs(
        list,
        rows.filter((r) => r.scene !== scene),
        false,
        apart,
      ),
    ),
  )
}

function pairs(one: readonly Level[], other: readonly Level[], once: boolean, apart = 1e-9): Tally {
  let [right, asked] = [0, 0]
  for (const a of one) {
    for (const b of other) {
      if (b.level - a.level < apart || (once && a === b)) continue
      asked++
      right += a.value > b.value ? 1 : a.value === b.value ? 0.5 : 0
    }
  }
  return { right, asked }
}

/** Probability that a faulty picture lies below a good one; interval from draws of scenes. */
export function auc(good: readonly Level[], faulty: readonly Level[]): Share {
  const scenes = [...new Set([...good, ...faulty].map(({ scene }) => scene))]
  const of = (list: readonly string[]): number => {
    const [up, down] = [good, faulty].map((rows) => list.flatMap((scene) => rows.filter((r) => r.scene === scene).map((r) => r.value)))
    let right = 0
    for (const a of up ?? []) for (const b of down ?? []) right += a > b ? 1 : a === b ? 0.5 : 0
    return right / Math.max(1, (up?.length ?? 0) * (down?.length ?? 0))
  }
  const next = random(11)
  const draws = Array.from({ length: 200 }, () => of(scenes.map(() => scenes[Math.floor(next() * scenes.length)] ?? ''))).toSorted(
    (a, b) => a - b,
  )
  return { value: of(scenes), low: draws[5] ?? Number.NaN, high: draws[194] ?? Number.NaN, asked: good.length * faulty.length }
}

function byScene(rows: readonly Level[]): Map<string, Level[]> {
  const out = new Map<string, Level[]>()
  for (const row of rows) out.set(row.scene, [...(out.get(row.scene) ?? []), row])
  return out
}

/** The same values dealt out anew within each scene: what a measure that knows nothing would get. */
export function shuffled(rows: readonly Level[]): Level[] {
  const next = random(3)
  return [...byScene(rows).values()].flatMap((list) => {
    const values = list.map(({ value }) => value)
    for (let i = values.length - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1))
      ;[values[i], values[j]] = [values[j] ?? 0, values[i] ?? 0]
    }
    return list.map((row, i) => ({ ...row, value: values[i] ?? 0 }))
  })
}

export const shown = ({ value, low, high }: Share): string =>
  Number.isNaN(value) ? 'not asked' : `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
export const quantileOf = (values: readonly number[], p: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(p * values.length))] ?? Number.NaN

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import { isCompanion, look, precious, sha256Of, type Tree } from './card.ts'
import type { Run } from './offload.ts'

export type Scene = {
  card: string
  /** The card before anything ran. */
  before: Tree
  /** Library first, then the backups. */
  disks: readonly string[]
  /** Hashes of what lay on the disks before and is none of our business. */
  others?: ReadonlySet<string>
}

const below = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : []

/** Parts of copies that never got their name. */
export const parts = (disks: readonly string[]): string[] => disks.flatMap(below).filter((path) => path.endsWith('.part'))

/** Every original on one disk, read again by us: hash → paths. */
export function originals(disk: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const path of below(join(disk, 'originals'))) {
    if (path.endsWith('.part')) continue
    const sum = sha256Of(path)
    found.set(sum, [...(found.get(sum) ?? []), path])
  }
  return found
}

export function cardIsUntouched({ card, before }: Scene): void {
  expect([...look(card)], 'the card is as it was').toEqual([...before])
}

/**
 * What must hold after any run, however it ended: the card is as it was, no wrong bytes have a right name, every precious file is named, what
 * counts as copied is on every disk byte for byte, and "safe" is only said when all of them are.
 * @param options.card false where the card itself was changed or taken away by the fault
 */
export function judge(run: Run, scene: Scene, options: { card?: boolean } = {}): void {
  if (options.card !== false) cardIsUntouched(scene)
  const wanted = precious(scene.before)
  const known = new Set([
    ...wanted.map((file) => file.sha256),
    ...[...scene.before.values()].map((seen) => seen.sha256),
    ...(scene.others ?? []),
  ])
  const there = scene.disks.map(originals)
  const wrong = there.flatMap((disk) => [...disk].filter(([sum]) => !known.has(sum)).flatMap(([, paths]) => paths))
  expect(wrong, 'no wrong bytes under a right name').toEqual([])
  if (run.signal === 'SIGKILL' && !run.hung) return
  expect(run.hung, `it ended by itself: ${run.stderr}`).toBe(false)
  expect(run.stderr, 'no stack, no warning').not.toMatch(/^\s+at /m)
  if (run.report === null) {
    expect([run.code, run.error], 'an end without a report has a code, a reason and a next step').toMatchObject([
      expect.any(Number),
      { message: expect.stringMatching(/\S/), next: expect.stringMatching(/\S/) },
    ])
    expect(run.code).not.toBe(0)
    return
  }
  const { assets, ignored, safeToErase, offload } = run.report
  const fine = new Set(assets.filter((one) => one.outcome === 'copied' || one.outcome === 'skipped').map((one) => one.source))
  const travels = new Set(ignored.filter((one) => one.travels).map((one) => one.source))
  const named = new Set([...assets.map((one) => one.source), ...ignored.map((one) => one.source)])
  const isNamed = (path: string): boolean => named.has(path) || [...named].some((one) => path.startsWith(`${one}/`))
  const everywhere = (sum: string): boolean => there.every((disk) => disk.has(sum))

  const claimed = wanted
    .filter((file) => (fine.has(file.path) || travels.has(file.path)) && !everywhere(file.sha256))
    .map((file) => file.path)
  expect(claimed, 'what counts as copied is on every disk, byte for byte').toEqual([])
  const silent = assets.filter((one) => !fine.has(one.source) && !(one.because !== undefined && /\S/.test(one.because)))
  expect(silent, 'what was not copied says why').toEqual([])
  if (safeToErase.verdict === 'safe') {
    expect(
      wanted.filter((file) => !everywhere(file.sha256)).map((file) => file.path),
      'safe: every file is on every disk, byte for byte',
    ).toEqual([])
    expect([run.code, offload.state]).toEqual([0, 'done'])
  } else {
    expect(safeToErase.because.length, 'a verdict of not-safe says why').toBeGreaterThan(0)
    expect(run.code).not.toBe(0)
    if (offload.state === 'done' && options.card !== false)
      expect(
        wanted.filter((file) => !isNamed(file.path)).map((file) => file.path),
        'every file is named',
      ).toEqual([])
  }
}

/**
 * After the fault is gone, a rerun completes: safe, nothing half left behind, no photo copied twice, the library whole.
 * @param options.loose the card holds memos or metadata without their photo: they stay there, are named, and the card is not called safe
 * @param options.twice a disk that failed in between may leave a good copy under the next free name as well
 */
export function judgeWhole(run: Run, scene: Scene, options: { card?: boolean; loose?: boolean; twice?: boolean } = {}): void {
  judge(run, scene, options)
  const outcome = run.report?.assets.filter((one) => one.outcome !== 'copied' && one.outcome !== 'skipped')
  const because = run.report?.safeToErase.because
  if (options.loose === true && run.report?.safeToErase.verdict === 'not-safe')
    expect([outcome, because], JSON.stringify(run)).toEqual([[], [expect.stringMatching(/stays? only on the card/)]])
  else expect([run.code, run.report?.safeToErase.verdict, because?.length, outcome], JSON.stringify(run)).toEqual([0, 'safe', 1, []])
  expect(parts(scene.disks), 'no part is left').toEqual([])
  const twice = scene.disks.flatMap((disk) =>
    [...originals(disk)].filter(([sum, paths]) => paths.length > 1 && onceOn(scene, sum)).flatMap(([, paths]) => paths),
  )
  // What travels with a photo is kept beside each version of it.
  expect(options.twice === true ? [] : twice.filter((path) => !isCompanion(path)), 'no photo was copied twice').toEqual([])
  const library = scene.disks[0]
  if (library === undefined) return
  const db = new DatabaseSync(join(library, 'dropcard.sqlite'), { readOnly: true })
  try {
    const open = db.prepare("select stage, key, because from job where state in ('queued', 'running') and stage like 'offload.%'").all()
    expect([db.prepare('pragma integrity_check').get(), open]).toEqual([{ integrity_check: 'ok' }, []])
  } finally {
    db.close()
  }
}

const onceOn = (scene: Scene, sum: string): boolean => [...scene.before.values()].filter((seen) => seen.sha256 === sum).length === 1

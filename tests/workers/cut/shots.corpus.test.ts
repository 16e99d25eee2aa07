import { basename } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { shots } from '../../../workers/cut/shots.ts'
import { makeFilms, matchTransitions } from '../../bench/cut-films.ts'
import { corpus, corpusReason } from '../../support/corpus.ts'
import { context, makeFolder } from './made.ts'
import { compare, f1, type Labelled, readTruth } from './truth.ts'

describe.skipIf(corpus === null)(`cuts of the labelled films${corpus === null ? ` (${corpusReason})` : ''}`, () => {
  const results: { film: Labelled; found: Awaited<ReturnType<typeof shots>> }[] = []
  beforeAll(async () => {
    for (const film of await readTruth(corpus ?? '')) results.push({ film, found: await shots({ path: film.file }, context()) })
  }, 300_000)

  test('are found on the very frame: F1 of at least 0.95, flashes and single shots included', () => {
    const wrong: Record<string, unknown> = {}
    const total = { hit: 0, missed: 0, invented: 0 }
    for (const { film, found } of results) {
      const { hit, missed, invented } = compare(found.cuts, film.cuts)
      total.hit += hit
      total.missed += missed.length
      total.invented += invented.length
      if (missed.length + invented.length > 0) wrong[basename(film.file)] = { missed, invented }
      if (film.frames !== null) expect(found.frames, film.file).toBe(film.frames)
    }
    expect(total.hit + total.missed).toBeGreaterThan(30)
    expect(f1(total.hit, total.missed, total.invented), JSON.stringify(wrong)).toBeGreaterThanOrEqual(0.95)
  })

  test('are not invented where there is one shot', () => {
    const invented = results.filter(({ film, found }) => film.cuts.length === 0 && found.cuts.length > 0).map(({ film }) => film.file)
    expect(invented).toEqual([])
  })

  test('come with the fades', () => {
    const wanted = results.flatMap(({ film, found }) => film.fades.map(([from, to]) => ({ from, to, transitions: found.transitions })))
    expect(wanted.length).toBeGreaterThan(0)
    for (const { from, to, transitions } of wanted) {
      const shared = transitions.map(({ startFrame, endFrame }) => Math.min(endFrame, to + 1) - Math.max(startFrame, from))
      expect(Math.max(0, ...shared) / (to + 1 - from)).toBeGreaterThan(0.5)
    }
    expect(results.flatMap(({ found }) => found.transitions)).toHaveLength(wanted.length)
  })

  test('and the cuts, fades and dissolves of films put together from takes that no threshold was chosen on', async () => {
    await using at = await makeFolder()
    const [cuts, gradual] = [
      { hit: 0, missed: 0, invented: 0 },
      { hit: 0, missed: 0, invented: 0 },
    ]
    for (const film of await makeFilms(corpus ?? '', at.folder, 'report', 3)) {
      const found = await shots({ path: film.file }, context())
      expect(found.frames).toBe(film.frames)
      for (const [total, one] of [
        [cuts, compare(found.cuts, film.cuts)],
        [gradual, matchTransitions(found.transitions, film.transitions)],
      ] as const) {
        total.hit += one.hit
        total.missed += one.missed.length
        total.invented += one.invented.length
      }
    }
    expect(cuts.hit + gradual.hit).toBeGreaterThan(30)
    expect(f1(cuts.hit, cuts.missed, cuts.invented)).toBeGreaterThanOrEqual(0.95)
    expect(f1(gradual.hit, gradual.missed, gradual.invented)).toBeGreaterThanOrEqual(0.8)
  })
})

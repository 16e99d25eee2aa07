import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openTake } from '../../workers/cut/container/take.ts'
import type { Components } from '../../workers/cut/shots/components.ts'
import { defaults, detect, type Thresholds } from '../../workers/cut/shots/detect.ts'
import { measureShots } from '../../workers/cut/shots.ts'
import { corpus, corpusReason } from '../support/corpus.ts'
import { compare, f1, readTruth } from '../workers/cut/truth.ts'
import { type Gradual, makeFilms, matchTransitions } from './cut-films.ts'

/**
 * The sweep behind `defaults` in workers/cut/shots/detect.ts: every film is decoded once, every threshold is judged on the same numbers.
 * Swept on: the labelled films of the corpus and the made films of half `tune`. Half `report` is never looked at here.
 */
type Judged = { name: string; components: Components; cuts: number[]; transitions: Gradual[] | null }
type Count = { hit: number; missed: number; invented: number }

const none: Count = { hit: 0, missed: 0, invented: 0 }
const add = (a: Count, b: Count): Count => ({ hit: a.hit + b.hit, missed: a.missed + b.missed, invented: a.invented + b.invented })
const score = ({ hit, missed, invented }: Count): number => f1(hit, missed, invented)
const round = (value: number): number => Math.round(value * 1000) / 1000

function judge(films: readonly Judged[], thresholds: Thresholds): { cuts: Count; transitions: Count } {
  let [cuts, transitions] = [none, none]
  for (const film of films) {
    const found = detect(film.components, thresholds)
    const cut = compare(found.cuts, film.cuts)
    cuts = add(cuts, { hit: cut.hit, missed: cut.missed.length, invented: cut.invented.length })
    if (film.transitions === null) continue
    const gradual = matchTransitions(found.transitions, film.transitions)
    transitions = add(transitions, { hit: gradual.hit, missed: gradual.missed.length, invented: gradual.invented.length })
  }
  return { cuts, transitions }
}

const jumps = [0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.1, 1.2, 1.4]
const grid = [0.2, 0.24, 0.27, 0.3, 0.34].flatMap((crooked) =>
  [0.06, 0.1, 0.14].flatMap((uneven) => [0.5, 0.65, 0.8, 0.95].map((jump) => ({ ...defaults.gradual, crooked, uneven, jump }))),
)

/** The middle of the settings that do best: the edge of a plateau is luck. */
function best<T>(settings: readonly T[], of: (setting: T) => number): T | undefined {
  const scores = settings.map(of)
  const top = Math.max(...scores)
  const winners = settings.filter((_, at) => (scores[at] ?? 0) >= top - 1e-9)
  return winners[winners.length >> 1]
}

async function read(folder: string, root: string): Promise<Judged[]> {
  const signal = new AbortController().signal
  const measure = async (file: string): Promise<Components> => (await measureShots(await openTake(file, signal), signal)).components
  const films: Judged[] = []
  for (const { file, cuts } of await readTruth(root))
    films.push({ name: basename(file), components: await measure(file), cuts, transitions: null })
  for (const { file, cuts, transitions } of await makeFilms(root, folder, 'tune'))
    films.push({ name: basename(file), components: await measure(file), cuts, transitions })
  return films
}

if (corpus === null) {
  console.error(corpusReason)
  process.exitCode = 1
} else {
  const folder = await mkdtemp(join(tmpdir(), 'dropcard-sweep-'))
  try {
    const films = await read(folder, corpus)
    console.table(
      jumps.map((jump) => {
        const { cuts } = judge(films, { ...defaults, jump })
        return { jump, ...cuts, F1: round(score(cuts)), default: jump === defaults.jump }
      }),
    )
    console.table(
      grid.map((gradual) => {
        const { transitions } = judge(films, { ...defaults, gradual })
        const { crooked, uneven, jump } = gradual
        return { crooked, uneven, jump, ...transitions, F1: round(score(transitions)) }
      }),
    )
    // Leave one film out: thresholds from all the others, judged on the one.
    let [cuts, transitions] = [none, none]
    for (const film of films) {
      const others = films.filter((other) => other !== film)
      const jump = best(jumps, (value) => score(judge(others, { ...defaults, jump: value }).cuts)) ?? defaults.jump
      const gradual = best(grid, (value) => score(judge(others, { ...defaults, gradual: value }).transitions)) ?? defaults.gradual
      const judged = judge([film], { ...defaults, jump, gradual })
      cuts = add(cuts, judged.cuts)
      transitions = add(transitions, judged.transitions)
    }
    console.table({
      'cuts, one film left out': { ...cuts, F1: round(score(cuts)) },
      'transitions, one film left out': { ...transitions, F1: round(score(transitions)) },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

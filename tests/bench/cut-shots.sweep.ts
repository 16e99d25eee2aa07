import { openTake } from '../../workers/cut/container/take.ts'
import type { FrameComponents } from '../../workers/cut/shots/components.ts'
import { defaults, detect } from '../../workers/cut/shots/detect.ts'
import { measureShots } from '../../workers/cut/shots.ts'
import { corpus, corpusReason } from '../support/corpus.ts'
import { compare, f1, type Labelled, readTruth } from '../workers/cut/truth.ts'

/** The sweep behind `defaults` in workers/cut/shots/detect.ts: every film is decoded once, every threshold is judged on the same numbers. */
if (corpus === null) {
  console.error(corpusReason)
  process.exitCode = 1
} else {
  const signal = new AbortController().signal
  const films: { film: Labelled; components: FrameComponents[] }[] = []
  for (const film of await readTruth(corpus))
    films.push({ film, components: (await measureShots(await openTake(film.file, signal), signal)).components })
  const thresholds = [0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.86, 0.88, 0.92, 0.96, 1, 1.1, 1.2, 1.4]
  console.table(
    thresholds.map((jump) => {
      const results = films.map(({ film, components }) => compare(detect(components, { ...defaults, jump }).cuts, film.cuts))
      const sum = (count: (result: (typeof results)[number]) => number): number =>
        results.reduce((total, result) => total + count(result), 0)
      const [hit, missed, invented] = [sum((r) => r.hit), sum((r) => r.missed.length), sum((r) => r.invented.length)]
      return { jump, hit, missed, invented, F1: Math.round(f1(hit, missed, invented) * 1000) / 1000, default: jump === defaults.jump }
    }),
  )
}

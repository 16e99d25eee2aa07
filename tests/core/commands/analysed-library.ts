import type { BurstFrame } from '../../../main/core/domain/burst.ts'
import { openLibrary } from '../../../main/core/library/db.ts'
import { madeSeries } from '../../bench/eval-learning.ts'
import { at, direction, frame, random, turned } from '../domain/frames.ts'
import { putAnalysed } from '../library/analysed.ts'

/** Bursts of three, analysed, in a library on disk. The pictures of each differ in brightness most of all. */
export async function analysedLibrary(dir: string, bursts: number): Promise<BurstFrame[][]> {
  const next = random(21)
  const series = Array.from({ length: bursts }, (_, s) =>
    madeSeries(next, 3).map((made, i) =>
      frame(`b${s}-${i}`, {
        ...made,
        capturedAt: at(s * 100 + i * 0.4),
        embedding: turned(direction(s), 0.2, s * 10 + i),
      }),
    ),
  )
  await using opened = await openLibrary(dir)
  await opened.db.transaction().execute(async (tx) => {
    for (const one of series.flat()) await putAnalysed(tx, one, { stored: `originals/${one.name}`, hasThumb: false })
  })
  return series
}

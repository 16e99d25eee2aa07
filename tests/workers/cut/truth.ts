import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const cuts = z.array(z.number().int())
const truth = z.object({
  clips: z.array(
    z.object({
      file: z.string(),
      frames: z.number(),
      cuts,
      gradual: z.array(z.object({ type: z.string(), frames: z.tuple([z.number(), z.number()]) })).default([]),
    }),
  ),
  derived: z.array(z.object({ file: z.string(), frames: z.number(), cuts, flashes: cuts })),
  single_shot_no_cut: z.array(z.string()),
})

export type Labelled = { file: string; frames: number | null; cuts: number[]; fades: [number, number][] }

/** The labelled films of the corpus; single shots have no cuts and no known length. */
export async function readTruth(corpus: string): Promise<Labelled[]> {
  const {
    clips,
    derived,
    single_shot_no_cut: single,
  } = truth.parse(JSON.parse(await readFile(join(corpus, 'dev/TRUTH-cuts.json'), 'utf8')))
  return [
    ...clips.map(({ file, frames, cuts: at, gradual }) => ({ file, frames, cuts: at, fades: gradual.map((fade) => fade.frames) })),
    ...derived.map(({ file, frames, cuts: at }) => ({ file, frames, cuts: at, fades: [] })),
    ...single.map((file) => ({ file, frames: null, cuts: [], fades: [] })),
  ].map((film) => ({ ...film, file: join(corpus, 'dev', film.file) }))
}

/** Cuts found on the very frame, missed and invented; F1 over all of them. */
export function compare(found: readonly number[], wanted: readonly number[]): { hit: number; missed: number[]; invented: number[] } {
  const missed = wanted.filter((cut) => !found.includes(cut))
  return { hit: wanted.length - missed.length, missed, invented: found.filter((cut) => !wanted.includes(cut)) }
}
export const f1 = (hit: number, missed: number, invented: number): number => (2 * hit) / (2 * hit + missed + invented)

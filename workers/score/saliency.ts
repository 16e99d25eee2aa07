import type { Look } from './features.ts'
import { openHead } from './head.ts'
import { type Cells, cueMap } from './subject.ts'

/** Says for each cell of the frame how much it looks like the subject. */
export type SubjectHead = { heat(look: Look, cells: Cells): Promise<Float32Array> }

const maps = [
  ['map32', 32, 28],
  ['map64', 64, 14],
  ['map96', 96, 14],
  ['map320', 320, 7],
  ['map1280', 1280, 7],
] as const

/** @param weights made by models/train/subject.py */
export async function openSubjectHead(runtime: Parameters<typeof openHead>[0], weights: Uint8Array): Promise<SubjectHead> {
  const head = await openHead(runtime, weights, maps, { name: 'rule', channels: 2 }, 'subject')
  return { heat: (look, cells) => head(look, cueMap(cells)) }
}

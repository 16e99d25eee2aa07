import type { Measure } from '../protocol.ts'
import type { Look } from './features.ts'
import { clutter, readAround } from './measures/clutter.ts'
import { findHand } from './measures/hand.ts'
import type { SkinHead } from './skin.ts'
import type { Cells, Subject } from './subject.ts'

/**
 * What is in the frame beside the subject. @param skin null: hands are not looked for. Where a face is, people are meant to be there: their hands are
 * no fault.
 */
export async function besideSubject(
  cells: Cells,
  look: Look | null,
  skin: SkinHead | null,
  subject: Subject,
  hasFace: boolean,
): Promise<Measure> {
  const heat = look === null || skin === null || hasFace ? null : await skin.heat(look, cells)
  return clutter(readAround(cells, subject), heat === null ? null : findHand(heat), subject)
}

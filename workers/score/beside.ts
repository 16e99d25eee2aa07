import type { Measure } from '../protocol.ts'
import type { Look } from './features.ts'
import { clutter, readAround } from './measures/clutter.ts'
import { findHand } from './measures/hand.ts'
import type { Rgb } from './pixels.ts'
import type { SkinHead } from './skin.ts'
import { cellMap, type Subject } from './subject.ts'

/**
 * What is in the frame beside the subject. @param small longest side at most 480; @param skin null: hands are not looked for. Where a face is, people
 * are meant to be there: their hands are no fault.
 */
export async function besideSubject(
  small: Rgb,
  look: Look | null,
  skin: SkinHead | null,
  subject: Subject,
  hasFace: boolean,
): Promise<Measure> {
  const cells = cellMap(small)
  const heat = look === null || skin === null || hasFace ? null : await skin.heat(look, cells)
  return clutter(readAround(cells, subject), heat === null ? null : findHand(heat), subject)
}

import { join } from 'node:path'
import type { Ffmpeg } from '../ffmpeg/tools.ts'
import type { Plan } from './plan.ts'

/** Filters for the pass that looks and for the pass that makes the clip; both see the same pictures. `note`: what is done instead. */
export type Steadying = { look: string[]; make: string[]; note: string | null }

export const notAsked: Steadying = { look: [], make: [], note: null }

/**
 * Against a trembling hand, no more: movement slower than about half a second stays, at most 4 % of the picture is lost. Two passes of vidstab; where
 * a build has only `deshake`, that one, which sees no further than the picture before.
 */
export function steadying(ffmpeg: Ffmpeg, { take, framesPerSecond }: Plan, folder: string): Steadying {
  if (ffmpeg.filters.has('vidstabdetect') && ffmpeg.filters.has('vidstabtransform')) {
    const seen = filterPath(join(folder, 'movement.trf'))
    const shift = Math.round(Math.min(take.info.width, take.info.height) * 0.04)
    return {
      look: [`vidstabdetect=result=${seen}:shakiness=4:accuracy=9:stepsize=8`],
      make: [
        `vidstabtransform=input=${seen}:smoothing=${Math.max(4, Math.round(framesPerSecond * 0.4))}:maxshift=${shift}:maxangle=0.035:optzoom=1:interpol=bilinear`,
      ],
      note: null,
    }
  }
  if (ffmpeg.filters.has('deshake'))
    return { look: [], make: ['deshake=rx=16:ry=16:edge=mirror'], note: 'no vidstab in this ffmpeg: steadied by deshake, in one pass' }
  return { look: [], make: [], note: 'no vidstab or deshake in this ffmpeg: not stabilised' }
}

/** A path as the value of a filter option: escaped for the option, then for the graph. */
export function filterPath(path: string): string {
  const option = path.replace(/\\/g, '/').replace(/[:']/g, '\\$&')
  return option.replace(/[\\'[\],;]/g, '\\$&')
}

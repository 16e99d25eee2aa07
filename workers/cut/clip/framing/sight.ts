import type { Box } from '../../../score/pixels.ts'
import type { Finder } from './finder.ts'
import type { Seen } from './frame.ts'
import { type Looked, rgbOf } from './look.ts'

/** What was found on one sampled picture, in fractions of it. */
export type Sight = {
  frame: number
  product: { box: Box; sure: number; across: number[]; down: number[] }
  faces: { box: Box; sure: number }[]
}

/** Faces move little in half a second, and looking for them costs as much as looking for the product. */
const facesEvery = 2

/** Product and faces on each sample. */
export async function sightsOf(looked: Looked, finder: Finder, signal: AbortSignal, progress: (share: number) => void): Promise<Sight[]> {
  const sights: Sight[] = []
  let faces: Sight['faces'] = []
  for (const [at, sample] of looked.samples.entries()) {
    signal.throwIfAborted()
    const rgb = rgbOf(sample, looked)
    const { box, confidence, across, down } = await finder.product(rgb)
    if (at % facesEvery === 0) faces = ((await finder.faces?.(rgb)) ?? []).map((face) => ({ box: face.box, sure: face.sure }))
    sights.push({ frame: sample.frame, product: { box, sure: confidence, across, down }, faces })
    progress((at + 1) / looked.samples.length)
  }
  return sights
}

/** What matters along one axis. */
export function along(sights: readonly Sight[], axis: 'x' | 'y'): Seen[] {
  const span = ({ box, sure }: { box: Box; sure: number }) =>
    axis === 'x' ? { from: box.x, to: box.x + box.w, sure } : { from: box.y, to: box.y + box.h, sure }
  return sights.map(({ frame, product, faces }) => ({
    frame,
    product: { ...span(product), spread: axis === 'x' ? product.across : product.down },
    faces: faces.map(span),
  }))
}

import { clippingMap, focusMap, histogramOf } from './maps.ts'
import type { MeasureAnswer, MeasureOrder } from './measuring.ts'

/** Works out overlays away from the page: one order, one answer; an order that cannot be read answers with null. */

addEventListener('message', ({ data }: MessageEvent<MeasureOrder>) => void measure(data))

async function measure({ key, from, parts }: MeasureOrder): Promise<void> {
  try {
    const bitmap = typeof from === 'string' ? await createImageBitmap(await (await fetch(from)).blob()) : from
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (context === null) throw new Error('expected a canvas that can draw')
    context.drawImage(bitmap, 0, 0)
    bitmap.close()
    const pixels = context.getImageData(0, 0, canvas.width, canvas.height)
    answer({
      key,
      measured: {
        focus: parts.includes('focus') ? focusMap(pixels) : null,
        clipping: parts.includes('clipping') ? clippingMap(pixels) : null,
        histogram: parts.includes('histogram') ? histogramOf(pixels) : null,
      },
    })
  } catch {
    answer({ key, measured: null })
  }
}

function answer(what: MeasureAnswer): void {
  self.postMessage(what)
}

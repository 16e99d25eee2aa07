import { useEffect, useState } from 'react'
import type { AssetId } from '../../../main/contract/ids.ts'
import { mediaUrl } from '../../../main/contract/media-url.ts'
import type { Histogram, Map2d } from './maps.ts'

export type Part = 'focus' | 'clipping' | 'histogram'
export type Measured = { focus: Map2d | null; clipping: Map2d | null; histogram: Histogram | null }
/** `from`: the address of the picture, or its pixels. */
export type MeasureOrder = { key: string; from: string | ImageBitmap; parts: readonly Part[] }
export type MeasureAnswer = { key: string; measured: Measured | null }

/** Nobody who only passes by waits for an overlay. */
const settleMs = 90

/** Overlays of one photo, from its large preview; null while they are worked out. Nothing is done while `parts` is empty. */
export function useMeasured(id: AssetId | null, parts: readonly Part[]): Measured | null {
  const [worker, setWorker] = useState<Worker | null>(null)
  const [found, setFound] = useState<{ key: string; measured: Measured | null } | null>(null)
  const isWanted = parts.length > 0
  const key = id === null || !isWanted ? '' : `${id} ${parts.join()}`
  useEffect(() => {
    if (!isWanted) return undefined
    const made = new Worker(new URL('./measure.worker.ts', import.meta.url), { type: 'module' })
    made.addEventListener('message', ({ data }: MessageEvent<MeasureAnswer>) => setFound(data))
    setWorker(made)
    return () => {
      made.terminate()
      setWorker(null)
    }
  }, [isWanted])
  useEffect(() => {
    if (worker === null || key === '' || id === null) return undefined
    const order: MeasureOrder = { key, from: mediaUrl(id, 'preview'), parts: key.split(' ')[1]?.split(',').filter(isPart) ?? [] }
    const timer = window.setTimeout(() => worker.postMessage(order), settleMs)
    return () => window.clearTimeout(timer)
  }, [worker, key, id])
  return found !== null && found.key === key ? found.measured : null
}

const isPart = (name: string): name is Part => name === 'focus' || name === 'clipping' || name === 'histogram'
